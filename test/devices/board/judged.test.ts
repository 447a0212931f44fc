/** Boards without transcripts, driven against the emulated ones of the USB bench, which share no code with the drivers. */
import { expect, test } from 'vitest';
import { chipDifficultyOf, DIFFICULTY_ONE } from '../../../core/bitcoin/chip-difficulty.ts';
import { sha256d } from '../../../core/bitcoin/sha256d.ts';
import { writeU32Le } from '../../../core/bitcoin/u32.ts';
import type { Device, DeviceEvent, FoundNonce } from '../../../core/devices/device.ts';
import { UsbFinder } from '../../../core/devices/usb-finder.ts';
import { FakeClock } from '../../fake/fake-clock.ts';
import { QuietLog } from '../../fake/quiet-log.ts';
import { type BoardName, boards, buildBoard } from '../../usb-bench/emulators/boards.ts';
import { EmulatedUsb } from './emulated-usb.ts';

/** Real hashes a second: few, so that the emulation stays cheap. */
const REAL_HASHES = 40_000;

class Judge {
  readonly clock = new FakeClock();
  readonly devices: Device[] = [];
  readonly events: DeviceEvent[] = [];
  readonly board;
  readonly shift: number;
  readonly #finder: UsbFinder;
  /** Difficulty 16 of the chips: answers come often enough, and the ticket is not the highest. */
  readonly #target = new Uint8Array(32);
  #works = 0;

  constructor(name: BoardName) {
    this.shift = Math.max(0, Math.min(30, Math.ceil(Math.log2(boards[name].typical / REAL_HASHES))));
    this.board = buildBoard(name, { shift: this.shift, serial: `JUDGE-${name}` });
    this.#target[(220 + this.shift) >> 3] = 1 << ((220 + this.shift) & 7);
    const usb = new EmulatedUsb(this.board, this.clock, name === 'block-erupter' ? 20 : 4);
    const bus = {
      list: async () => [usb],
      watch: async (listener: { onArrive(device: EmulatedUsb): void }) => {
        listener.onArrive(usb);
        return () => {};
      },
    };
    this.#finder = new UsbFinder({ bus, clock: this.clock, log: new QuietLog(), difficultyOne: DIFFICULTY_ONE / 2 ** this.shift });
  }

  async run(ms: number): Promise<void> {
    await this.#finder.start((device) => {
      this.devices.push(device);
      device.start({ next: () => this.#next(device) }, { paused: false, allowExperimental: true }, (event) => this.events.push(event));
    });
    await this.clock.settle(ms);
  }

  found(): readonly FoundNonce[] {
    return this.events.flatMap((event) => (event.type === 'nonce' ? [event.found] : []));
  }

  /** True when the nonce's hash is one that the chip may report. */
  isRight({ work, nonce, version, ntime }: FoundNonce): boolean {
    const header = Uint8Array.from(work.header);
    writeU32Le(header, 0, version);
    writeU32Le(header, 68, ntime);
    writeU32Le(header, 76, nonce);
    return chipDifficultyOf(sha256d(header), DIFFICULTY_ONE / 2 ** this.shift) >= 1;
  }

  get last(): string | undefined {
    return this.devices.at(-1)?.identity.model;
  }

  #next({ identity }: Device) {
    this.#works += 1;
    const header = new Uint8Array(80).fill(this.#works & 0xff, 4, 36);
    header.set([0, 0, 0, 0x20]);
    header[36] = this.#works >> 8;
    return { id: this.#works, header, versionMask: 0x1fffe000 & identity.versionMask, ntimeRolls: 0, target: this.#target };
  }
}

test.each<[BoardName, string, number]>([
  ['block-erupter', 'Block Erupter', 40_000],
  ['antminer-u1', 'Antminer U1', 12_000],
  ['antminer-u3', 'Antminer U3', 6_000],
  ['bitaxe-supra', 'Bitaxe Supra', 14_000],
  ['bitaxe-ultra', 'Bitaxe Ultra', 14_000],
  ['bitaxe-max', 'Bitaxe Max', 17_000],
  ['emberone00', 'EmberOne00', 14_000],
  ['emberone00-v1', 'EmberOne00', 14_000],
])('%s is found to be this: %s; it hashes, and its nonces are right', async (name, model, ms) => {
  const judge = new Judge(name);
  await judge.run(ms);
  expect(judge.events.filter((event) => event.type === 'fault')).toEqual([]);
  expect(judge.last).toBe(model);
  const found = judge.found();
  expect(found.length).toBeGreaterThan(2);
  expect(found.every((nonce) => judge.isRight(nonce))).toBe(true);
  expect(judge.events.filter((event) => event.type === 'hardware-error')).toEqual([]);
});
