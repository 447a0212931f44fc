/**
 * The chips behind the Icarus protocol: Block Erupter (4-byte replies) and Antminer U1, U2, U3 (5-byte replies with the
 * work id, frequency and voltage commands). 64-byte jobs, no framing, no checksum, no word when a job is done.
 */
import { concat, EMPTY, toHex } from '../../../../core/bytes.ts';
import { crc5 } from '../crc.ts';
import type { ChainOptions } from './chain.ts';
import { midstateJob } from './job-input.ts';
import { MidstateChain, type OldModel } from './midstate-chain.ts';

export interface IcarusModel extends OldModel {
  /** Hashes per second and MHz, over 1e6. */
  readonly cores: number;
  /** Antminer: replies carry a work id, and 82 hi lo crc sets the clock. */
  readonly hasWorkId: boolean;
  /** The four nonces of which the first shows into how many parts the nonce space is split. */
  readonly parts: 1 | 2 | 4 | 8;
}

const JOB_BYTES = 64;
const COMMAND_BYTES = 4;
/** Half a job is forgotten after this long. cgminer sends a job as two transfers, which a slow guest tears apart. */
const PATIENCE_MS = 1_000;
const BAUD = 115_200;

/** Jobs that hosts send to find out what is there, by the first bytes of their midstate: answered as at full difficulty. */
const GOLDEN = '4679ba4ec99876bf4bfe086082b40025';
const DIVISION = '2e4c8f91fd595d2d7ea20aaacb64a2a0';
const GOLDEN_NONCE = Uint8Array.of(0x00, 0x01, 0x87, 0xa2);
const DIVISION_NONCES = {
  1: [0x04, 0xc0, 0xfd, 0xb4],
  2: [0x82, 0x54, 0x0e, 0x46],
  4: [0x41, 0x7c, 0x0f, 0x36],
  8: [0x60, 0xc9, 0x94, 0xd5],
};

export class IcarusChain extends MidstateChain {
  readonly #model: IcarusModel;
  #buffer: Uint8Array = EMPTY;
  #lastByteAt = 0;
  #id = 0;
  /** Last core voltage that was asked for (U3). */
  millivolts: number | undefined;

  constructor(model: IcarusModel, options: ChainOptions) {
    super(model, options);
    this.#model = model;
    for (let core = 0; core < model.cores; core += 1) this.openCore();
  }

  get baud(): number {
    return BAUD;
  }

  protected forgetBytes(): void {
    this.#buffer = EMPTY;
    for (let core = 0; core < this.#model.cores; core += 1) this.openCore();
  }

  protected nonceFrame(wire: Uint8Array): Uint8Array {
    return this.#model.hasWorkId ? Uint8Array.of(...wire, this.#id) : wire.slice();
  }

  protected take(bytes: Uint8Array, now: number): void {
    if (this.#buffer.length > 0 && now - this.#lastByteAt > PATIENCE_MS) this.#note(this.#cut(this.#buffer.length), now, 'garbage');
    this.#lastByteAt = now;
    this.#buffer = concat(this.#buffer, bytes);
    while (this.#buffer.length >= COMMAND_BYTES) {
      if (this.#buffer.length >= JOB_BYTES) this.#takeJob(this.#cut(JOB_BYTES), now);
      else if (this.#model.hasWorkId && isCommand(this.#buffer)) this.#obey(this.#cut(COMMAND_BYTES), now);
      else return;
    }
  }

  #cut(length: number): Uint8Array {
    const cut = this.#buffer.slice(0, length);
    this.#buffer = this.#buffer.slice(length);
    return cut;
  }

  #note(bytes: Uint8Array, now: number, verdict: 'command' | 'job' | 'garbage'): void {
    this.hearing.note(bytes, now, verdict);
  }

  #obey(command: Uint8Array, now: number): void {
    this.#note(command, now, 'command');
    const [first, second, third] = command as unknown as [number, number, number];
    if (first === 0x82) for (const chip of this.live) chip.pll = (second << 8) | third;
    if (first === 0xaa) this.millivolts = (second & 0x0f) * 100 + (third >> 4) * 10 + (third & 0x0f);
  }

  #takeJob(job: Uint8Array, now: number): void {
    this.#note(job, now, 'job');
    this.#id = (job[51] as number) & 0x1f;
    if (this.stats.megahertz === 0) return this.load(undefined, 0);
    const start = toHex(job.subarray(0, 16));
    if (start === GOLDEN || start === DIVISION) {
      this.load(undefined, 0);
      const nonce = start === GOLDEN ? GOLDEN_NONCE : Uint8Array.from(DIVISION_NONCES[this.#model.parts]);
      return this.reply(this.#model.hasWorkId ? Uint8Array.of(...nonce, this.#id) : nonce, now);
    }
    this.load(midstateJob([job.subarray(0, 32)], job.subarray(52, 64), 2 ** 32), 0);
  }
}

/** Clock (82), its reading (84 00 04), voltage (AA, whose C0 flag is set after the checksum). */
function isCommand(bytes: Uint8Array): boolean {
  const [first, second, third, fourth] = bytes as unknown as [number, number, number, number];
  if (first === 0xaa) return second >> 4 === 0xb && fourth === (0xc0 | crc5(Uint8Array.of(first, second, third, 0), 27));
  return first === 0x82 && fourth === crc5(bytes, 27);
}

const UNCLOCKED = 0;
const antminerClock = (base: number) => (word: number) =>
  (base * (((word >> 7) & 0x7f) + 1)) / ((((word >> 2) & 0x1f) + 1) * 2 ** (word & 3));

/** 2.9761 ns a hash. */
export const blockErupter: IcarusModel = { cores: 1, resetPll: 0, hasWorkId: false, megahertz: () => 336.0102, parts: 1 };
export const antminerU1: IcarusModel = { cores: 8, resetPll: 0x0380, hasWorkId: true, megahertz: antminerClock(25), parts: 1 };
export const antminerU2: IcarusModel = { ...antminerU1, resetPll: 0x0480 };
/**
 * Four chips, 312.5 hashes a clock in all. They have no clock until the host gives them one: cgminer takes for a U3 what is silent
 * to the golden job at first, and answers it after the clock command.
 */
export const antminerU3: IcarusModel = {
  ...{ cores: 312.5 / 4, resetPll: UNCLOCKED, hasWorkId: true, parts: 4, addressStep: 64 },
  megahertz: (word) => (word === UNCLOCKED ? 0 : antminerClock(50)(word)),
};
