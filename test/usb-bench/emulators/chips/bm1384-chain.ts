/**
 * A chain of BM1384 (Compac, 2Pac, Terminus): four-byte commands with a CRC5 over 27 bits, 64-byte jobs without any
 * framing, five-byte replies. The UART stays at the power-on rate; there is no reset line.
 */
import { concat, EMPTY } from '../../../../core/bytes.ts';
import { crc5, sealed } from '../crc.ts';
import type { ChainOptions } from './chain.ts';
import { midstateJob } from './job-input.ts';
import { MidstateChain } from './midstate-chain.ts';

const CORES = 55;
/** 100 MHz; the power-on clock is not known. */
const RESET_PLL = 0x0783;
const COMMAND_BYTES = 4;
const JOB_BYTES = 64;
/** Bytes that make no command wait this long for the rest of a job. */
const PATIENCE_MS = 100;
const BAUD = 25_000_000 / (8 * 27);
const HEALTHY = [Uint8Array.of(0x72, 0x03, 0xea, 0x83), Uint8Array.of(0xe1, 0x6b, 0xf8, 0x09)] as const;

function megahertz(word: number): number {
  const [m, n, od] = [(word >> 7) & 0xff, (word >> 2) & 0x1f, word & 3];
  return (50 * (m + 1)) / ((n + 1) * 2 ** od);
}

export class Bm1384Chain extends MidstateChain {
  #buffer: Uint8Array = EMPTY;
  #lastByteAt = 0;
  #id = 0;

  constructor(options: ChainOptions) {
    super({ cores: CORES, resetPll: RESET_PLL, megahertz }, options);
  }

  get baud(): number {
    return BAUD;
  }

  protected forgetBytes(): void {
    this.#buffer = EMPTY;
  }

  protected nonceFrame(wire: Uint8Array): Uint8Array {
    return Uint8Array.of(...wire, 0x80 | this.#id);
  }

  protected take(bytes: Uint8Array, now: number): void {
    if (this.#buffer.length > 0 && now - this.#lastByteAt > PATIENCE_MS) this.#drop(this.#buffer.length, now);
    this.#lastByteAt = now;
    this.#buffer = concat(this.#buffer, bytes);
    while (this.#buffer.length >= COMMAND_BYTES) {
      if (this.#isJob()) this.#takeJob(this.#cut(JOB_BYTES), now);
      else if (isCommand(this.#buffer)) this.#obey(this.#cut(COMMAND_BYTES), now);
      else if (this.#buffer.length < JOB_BYTES) return;
      else this.#drop(1, now);
    }
  }

  /** Nothing but its length and its zeros tells a job from noise. */
  #isJob(): boolean {
    const zeros = (from: number, to: number) => this.#buffer.subarray(from, to).every((byte) => byte === 0);
    return this.#buffer.length >= JOB_BYTES && zeros(32, 39) && zeros(44, 51);
  }

  #cut(length: number): Uint8Array {
    const cut = this.#buffer.slice(0, length);
    this.#buffer = this.#buffer.slice(length);
    return cut;
  }

  #drop(length: number, now: number): void {
    this.hearing.note(this.#cut(length), now, 'garbage');
  }

  #obey(command: Uint8Array, now: number): void {
    this.hearing.note(command, now, 'command');
    const [first, second, third] = command as unknown as [number, number, number];
    const chips = this.live.filter((chip) => (first & 0x80) !== 0 || chip.address === second);
    switch (first & 0x7f) {
      case 0x01:
        return this.setAddress(second);
      case 0x02:
        for (const chip of chips) chip.pll = (second << 8) | third;
        return;
      case 0x04:
        for (const { pll } of chips) this.reply(third === 0x04 ? pllReply(pll) : sealed([0x13, 0x84, 0, 0], 0), now);
        return;
      case 0x05:
        return this.setInactive();
    }
  }

  #takeJob(job: Uint8Array, now: number): void {
    this.hearing.note(job, now, 'job');
    this.#id = (job[51] as number) & 0x1f;
    const each = new DataView(job.buffer, job.byteOffset).getUint32(40);
    if (each === 0 || job.subarray(0, 32).every((byte) => byte === 0)) return this.#takeDummy(now);
    if (this.openedCores === 0) this.hearing.complaints.add('a job came before any core was opened');
    this.load(midstateJob([job.subarray(0, 32)], job.subarray(52, 64), (each + 1) * this.options.chips), job[39] as number);
  }

  #takeDummy(now: number): void {
    this.openCore();
    this.load(undefined, 0);
    this.reply(Uint8Array.of(...(HEALTHY[this.openedCores % 2] as Uint8Array), 0x80 | this.#id), now);
  }
}

function pllReply(word: number): Uint8Array {
  return sealed([0x80, (word >> 7) & 0xff, (word >> 2) & 0x1f, word & 3], 0);
}

/** The commands that exist; so strictly, that hardly any job begins like one. */
function isCommand(bytes: Uint8Array): boolean {
  const [first, second, third, fourth] = bytes as unknown as [number, number, number, number];
  if (crc5(bytes, 27) !== fourth) return false;
  const known: Record<number, boolean> = {
    130: true,
    2: false,
    132: second === 0 && (third === 0 || third === 4),
    4: third === 0 || third === 4,
    133: second === 0 && third === 0,
    1: third === 0,
    134: second === 0 && third === 0x9a,
  };
  return known[first] === true;
}
