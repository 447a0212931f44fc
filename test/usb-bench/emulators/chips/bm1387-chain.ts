/** A chain of BM1387 (NewPac, R606): commands and jobs without preamble, the second byte is the length; 7-byte replies. */
import { concat, EMPTY } from '../../../../core/bytes.ts';
import { crc5, crc16, sealed } from '../crc.ts';
import type { ChainOptions } from './chain.ts';
import { midstateJob } from './job-input.ts';
import { MidstateChain, type OldChip } from './midstate-chain.ts';
import type { Found } from './nonce-search.ts';

const CORES = 114;
const RESET_DIVISOR = 26;
/** 100 MHz; the power-on clock is not known. */
const RESET_PLL = 0x0020_0241;
const JOB = 0x21;
const registers = { id: 0x00, pll: 0x0c, misc: 0x1c } as const;
const opcodes = { setAddress: 0x1, read: 0x4, inactive: 0x5, write: 0x8 } as const;
/** What a healthy core answers to the dummy job. */
const HEALTHY = [Uint8Array.of(0x72, 0x03, 0xea, 0x83), Uint8Array.of(0xe1, 0x6b, 0xf8, 0x09)] as const;

function megahertz(pll: number): number {
  const [feedback, reference, dividers] = [(pll >>> 16) & 0xff, (pll >>> 8) & 0xff, pll & 0xff];
  const by = reference * (dividers >> 4) * (dividers & 0xf);
  return by === 0 ? 0 : (25 * feedback) / by;
}

export class Bm1387Chain extends MidstateChain {
  #buffer: Uint8Array = EMPTY;
  #divisor = RESET_DIVISOR;
  #id = 0;

  constructor(options: ChainOptions) {
    super({ cores: CORES, resetPll: RESET_PLL, megahertz }, options);
  }

  get baud(): number {
    return 25_000_000 / (8 * (this.#divisor + 1));
  }

  protected forgetBytes(): void {
    this.#buffer = EMPTY;
    this.#divisor = RESET_DIVISOR;
  }

  protected nonceFrame(wire: Uint8Array, found: Found): Uint8Array {
    return sealed([...wire, this.options.plain ? 0 : found.excess & 0xff, (this.#id + found.variant) & 0x7f], 0x80);
  }

  protected take(bytes: Uint8Array, now: number): void {
    this.#buffer = concat(this.#buffer, bytes);
    while (this.#buffer.length >= 2) {
      const length = lengthOf(this.#buffer[0] as number, this.#buffer[1] as number);
      if (length !== undefined && this.#buffer.length < length) return;
      const frame = this.#buffer.slice(0, length ?? 1);
      const isGood = length !== undefined && isSound(frame);
      this.#buffer = this.#buffer.slice(isGood ? frame.length : 1);
      this.hearing.note(isGood ? frame : frame.subarray(0, 1), now, isGood ? (frame[0] === JOB ? 'job' : 'command') : 'garbage');
      if (isGood) this.#obey(frame, now);
    }
  }

  #obey(frame: Uint8Array, now: number): void {
    const [header, , address, register] = frame as unknown as [number, number, number, number];
    if (header === JOB) return this.#takeJob(frame, now);
    const opcode = header & 0x0f;
    const chips = this.live.filter((chip) => (header & 0x10) !== 0 || chip.address === address);
    if (opcode === opcodes.inactive) this.setInactive();
    if (opcode === opcodes.setAddress) this.setAddress(address);
    if (opcode === opcodes.read) for (const chip of chips) this.#answer(chip, register, now);
    if (opcode === opcodes.write && frame.length === 9) this.#write(chips, register, new DataView(frame.buffer, 4, 4).getUint32(0));
  }

  #write(chips: readonly OldChip[], register: number, value: number): void {
    if (register === registers.pll) for (const chip of chips) chip.pll = value;
    if (register === registers.misc) this.#divisor = (value >>> 8) & 0x1f;
  }

  #answer(chip: OldChip, register: number, now: number): void {
    if (register === registers.id) this.reply(sealed([0x13, 0x87, 0x90, chip.address, 0, 0], 0), now);
    if (register === registers.pll)
      this.reply(sealed([0x80, (chip.pll >>> 16) & 0xff, (chip.pll >>> 8) & 0xff, chip.pll & 0xff, 0, 0], 0), now);
  }

  #takeJob(frame: Uint8Array, now: number): void {
    this.#id = frame[2] as number;
    const count = (frame.length - 22) / 32;
    const body = frame.subarray(20, frame.length - 2);
    if (body.every((byte) => byte === 0) && frame.subarray(8, 20).every((byte) => byte === 0xff)) return this.#takeDummy(now);
    if (this.openedCores === 0) this.hearing.complaints.add('a job came before any core was opened');
    if (frame[3] !== count) this.hearing.complaints.add('a job does not hold the midstates that it announces');
    const midstates = Array.from({ length: count }, (_, index) => body.subarray(32 * index, 32 * index + 32));
    this.load(midstateJob(midstates, frame.subarray(8, 20), 2 ** 32 * count), 0);
  }

  #takeDummy(now: number): void {
    this.openCore();
    this.load(undefined, 0);
    const nonce = HEALTHY[this.openedCores % 2] as Uint8Array;
    this.reply(sealed([...nonce, 0, this.#id], 0x80), now);
  }
}

function lengthOf(header: number, length: number): number | undefined {
  if (header === JOB) return [54, 86, 150].includes(length) ? length : undefined;
  return (header & 0xe0) === 0x40 && (length === 5 || length === 9) ? length : undefined;
}

function isSound(frame: Uint8Array): boolean {
  const end = frame.length - 2;
  if (frame[0] === JOB) return crc16(frame.subarray(0, end)) === (((frame[end] as number) << 8) | (frame[end + 1] as number));
  return crc5(frame, (frame.length - 1) * 8) === frame.at(-1);
}
