/** A running bench: emulated boards on a USB/IP server, the guest that they are plugged into, and what was checked. */
import type { Board, BoardFault } from './emulators/board.ts';
import { type BoardName, type BuildOptions, buildBoard } from './emulators/boards.ts';
import { kernelEngine } from './emulators/hash-engine.ts';
import { Guest, type GuestOptions, type Program } from './guest/guest.ts';
import { guestCommand } from './guest/initramfs.ts';
import { UsbipServer } from './usbip/server.ts';

export interface Check {
  readonly claim: string;
  readonly isTrue: boolean;
  readonly detail: string;
}

/** How often a condition that is awaited is looked at. */
const LOOK_MS = 20;
/** A guest on a busy machine may be so many times slower than we are. */
const PATIENCE = 8;

export class Bench {
  readonly server: UsbipServer;
  readonly #guest: Guest;
  readonly #port: number;
  readonly #boards = new Map<string, Board>();
  readonly #engine = kernelEngine();
  readonly #openedAt = performance.now();
  readonly checks: Check[] = [];

  private constructor(guest: Guest, server: UsbipServer, port: number) {
    this.#guest = guest;
    this.server = server;
    this.#port = port;
  }

  static async open(options: Pick<GuestOptions, 'program' | 'isCounted'> = {}): Promise<Bench> {
    // Boards live by the guest's clock: then both are late together, or not at all.
    let now = () => 0;
    const server = new UsbipServer(() => now());
    const port = await server.listen();
    try {
      const guest = await Guest.boot(options);
      now = () => guest.now();
      return new Bench(guest, server, port);
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  /** Makes a board and plugs it in; returns its bus id. */
  async plugIn(name: BoardName, options: BuildOptions = {}): Promise<string> {
    const board = buildBoard(name, { engine: this.#engine, ...options });
    const busid = this.server.add(board);
    this.#boards.set(busid, board);
    await this.#guest.attach(busid, this.#port);
    return busid;
  }

  async unplug(busid: string): Promise<void> {
    this.server.inject(busid, { kind: 'unplug', isOut: true });
  }

  async replug(busid: string): Promise<void> {
    this.server.inject(busid, { kind: 'unplug', isOut: false });
    await this.#guest.attach(busid, this.#port);
  }

  inject(busid: string, fault: BoardFault): void {
    this.server.inject(busid, fault);
  }

  /** The emulated clock, in milliseconds: that of the guest. */
  now(): number {
    return this.#guest.now();
  }

  board(busid: string): Board {
    const board = this.#boards.get(busid);
    if (board === undefined) throw new Error(`no board at ${busid}`);
    return board;
  }

  /** `program`: a script of this repository, or the binary of the host that the bench was opened with. */
  start(
    program: string,
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
    onOutput?: (text: string) => void,
  ): Program {
    return this.#guest.start(guestCommand(program, args), env, onOutput);
  }

  /** Waits until `look` gives something; undefined when it does not in time: the guest's, and `PATIENCE` times as much of ours. */
  async until<Value>(look: () => Value | undefined, limitMs: number): Promise<Value | undefined> {
    const [end, realEnd] = [this.now() + limitMs, performance.now() + limitMs * PATIENCE];
    for (;;) {
      const value = look();
      if (value !== undefined || this.now() > end || performance.now() > realEnd) return value;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  check(claim: string, isTrue: boolean, detail = ''): void {
    this.checks.push({ claim, isTrue, detail });
    const seconds = Math.round((performance.now() - this.#openedAt) / 1000);
    console.log(`${String(seconds).padStart(4)} s  ${isTrue ? 'ok  ' : 'FAIL'} ${claim}${detail === '' ? '' : `: ${detail}`}`);
  }

  async close(): Promise<void> {
    await this.#guest.stop();
    await this.server.close();
  }
}
