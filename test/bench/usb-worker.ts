/**
 * Emulated boards in a thread of their own, so that what they cost is not counted as Hearth's. Transfers come as messages and
 * are answered as messages; the thread looks every half millisecond, and at once when something was said to it.
 */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { Board } from '../usb-bench/emulators/board.ts';
import { type BoardName, buildBoard } from '../usb-bench/emulators/boards.ts';
import type { ChainStats } from '../usb-bench/emulators/chips/chain.ts';
import type { DeviceSpec } from '../usb-bench/emulators/usb/descriptors.ts';
import type { Completion, Transfer } from '../usb-bench/emulators/usb/usb-device.ts';

export interface UsbWorkerData {
  readonly names: readonly BoardName[];
  /** Powers of two by which difficulty 1 is easier. */
  readonly shift: number;
  /** Raised by whoever sends a message. */
  readonly bell: Int32Array;
}

export type ToBoards =
  | { readonly type: 'submit'; readonly board: number; readonly transfer: Transfer }
  | { readonly type: 'reset'; readonly board: number }
  | { readonly type: 'unlink'; readonly board: number; readonly id: number }
  | { readonly type: 'stats' };

export type FromBoards =
  | { readonly type: 'boards'; readonly specs: readonly DeviceSpec[] }
  | { readonly type: 'done'; readonly board: number; readonly completions: readonly Completion[] }
  | { readonly type: 'stats'; readonly stats: readonly ChainStats[] };

/** A full-speed bus has a frame every millisecond. */
const LOOK_EVERY_MS = 0.5;

const port = parentPort as MessagePort;
const { names, shift, bell } = workerData as UsbWorkerData;
const boards = names.map((name, index) => buildBoard(name, { shift, serial: `BENCH${index}` }));
const say = (message: FromBoards) => port.postMessage(message);

function hear(message: ToBoards, now: number): void {
  if (message.type === 'stats') return say({ type: 'stats', stats: boards.map(({ chain }) => chain.stats) });
  const board = boards[message.board] as Board;
  if (message.type === 'submit') board.usb.submit(message.transfer, now);
  else if (message.type === 'unlink') board.usb.unlink(message.id);
  else board.plugIn(now);
}

for (const board of boards) board.plugIn(performance.now());
say({ type: 'boards', specs: boards.map(({ usb }) => usb.spec) });
for (;;) {
  const heard = Atomics.load(bell, 0);
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
    hear(next.message as ToBoards, performance.now());
  for (const [index, board] of boards.entries()) {
    const completions = board.advance(performance.now());
    if (completions.length > 0) say({ type: 'done', board: index, completions });
  }
  Atomics.wait(bell, 0, heard, LOOK_EVERY_MS);
}
