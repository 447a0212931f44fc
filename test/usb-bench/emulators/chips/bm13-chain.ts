/**
 * A chain of BM1397, BM1362, BM1366, BM1368 or BM1370 chips behind one UART, byte for byte as the protocol says:
 * commands with CRC5, jobs with CRC16, addresses given one after the other, replies in chain order.
 */
import { concat } from '../../../../core/bytes.ts';
import { sealed } from '../crc.ts';
import { swapBytes } from '../sha256.ts';
import { Bm13Chip } from './bm13-chip.ts';
import { Bm13Frames } from './bm13-frames.ts';
import type { Bm13Model } from './bm13-models.ts';
import { type Chain, type ChainOptions, type ChainStats, Hearing } from './chain.ts';
import { headerJob, midstateJob } from './job-input.ts';
import { type Found, NonceSearch, reverseBits, type SearchJob } from './nonce-search.ts';

const PREAMBLE = Uint8Array.of(0xaa, 0x55);
const TICKET = 0x14;
const opcodes = { setAddress: 0, write: 1, read: 2, inactive: 3 } as const;

interface Current {
  readonly id: number;
  /** Bits >> 13 of variant k, for chips that roll versions. */
  rolled?(variant: number): number;
}

export class Bm13Chain implements Chain {
  readonly #model: Bm13Model;
  readonly #options: ChainOptions;
  readonly #chips: readonly Bm13Chip[];
  readonly #frames: Bm13Frames;
  readonly #search: NonceSearch;
  readonly #hearing = new Hearing();
  #job: Current | undefined;
  #replies: { frame: Uint8Array; at: number }[] = [];
  #lastRun = 0;
  #isLow = false;
  #isOn = true;
  #hasCoreVoltage = true;
  #alive: number;
  #jobs = 0;
  #noncesSent = 0;

  constructor(model: Bm13Model, options: ChainOptions) {
    this.#model = model;
    this.#options = options;
    this.#chips = Array.from({ length: options.chips }, () => new Bm13Chip(model));
    this.#frames = new Bm13Frames(model.takes);
    this.#search = new NonceSearch(options.search);
    this.#alive = options.chips;
  }

  get heard() {
    return this.#hearing.heard;
  }

  get complaints() {
    return this.#hearing.complaints;
  }

  get baud(): number {
    return this.#chips[0]?.baud ?? 0;
  }

  get stats(): ChainStats {
    const megahertz = this.#live.reduce((sum, chip) => sum + chip.megahertz, 0) / Math.max(1, this.#live.length);
    const { hashes, lost, starved } = this.#search;
    const counts = { hashes, lostHashes: lost, starvedHashes: starved, jobs: this.#jobs, noncesSent: this.#noncesSent };
    return { ...counts, chips: this.#options.chips, megahertz, hashesPerSecond: this.#hashesPerSecond };
  }

  setReset(isLow: boolean): void {
    if (isLow) this.#forget();
    this.#isLow = isLow;
  }

  setPower(isOn: boolean): void {
    if (!isOn) this.#forget();
    this.#isOn = isOn;
  }

  /** Boards whose core regulator is apart from the rest: without it the chips answer, but do not hash. */
  setCoreVoltage(isOn: boolean): void {
    this.#hasCoreVoltage = isOn;
  }

  setAlive(count: number): void {
    this.#alive = count;
  }

  receive(bytes: Uint8Array, now: number): void {
    if (this.#isLow || !this.#isOn) return;
    for (const { kind, bytes: frame } of this.#frames.push(bytes)) {
      this.#hearing.note(frame, now, kind);
      if (kind === 'command') this.#obey(frame, now);
      if (kind === 'job') this.#takeJob(frame);
    }
  }

  advance(now: number, say: (frame: Uint8Array, at: number) => void): void {
    for (const { frame, at } of this.#replies.splice(0)) say(frame, at);
    const hashes = (this.#hashesPerSecond * Math.max(0, now - this.#lastRun)) / 1000;
    this.#lastRun = Math.max(now, this.#lastRun);
    if (this.#job === undefined || hashes === 0) return;
    for (const chip of this.#live) chip.hashes += hashes / this.#live.length;
    for (const found of this.#search.spend(hashes, this.#ticketMask)) for (const frame of this.#framesOf(found)) say(frame, now);
  }

  get #live(): readonly Bm13Chip[] {
    return this.#chips.slice(0, this.#alive);
  }

  /** As if every chip hashed: nonces of those that do not are dropped when they are found. */
  get #hashesPerSecond(): number {
    if (this.#isLow || !this.#isOn || !this.#hasCoreVoltage) return 0;
    const rates = this.#live.map((chip) => chip.hashesPerSecond).filter((rate) => rate > 0);
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / Math.max(1, rates.length);
    return mean * this.#chips.length * (this.#options.rateScale ?? 1);
  }

  get #ticketMask(): number {
    const bytesReversed = swapBytes(reverseBits(this.#chips[0]?.registers.get(TICKET) ?? 0));
    return bytesReversed >>> 0;
  }

  #forget(): void {
    for (const chip of this.#chips) chip.reset();
    this.#frames.reset();
    this.#job = undefined;
    this.#search.load(undefined);
    this.#replies = [];
  }

  #obey(frame: Uint8Array, now: number): void {
    const [header, length, address, register] = frame as unknown as [number, number, number, number];
    const isForAll = (header & 0x10) !== 0;
    const opcode = header & 0x0f;
    if (opcode === opcodes.inactive) for (const chip of this.#live) chip.isAddressed = false;
    if (opcode === opcodes.setAddress) this.#setAddress(address);
    const chips = this.#live.filter((chip) => isForAll || chip.address === address);
    if (opcode === opcodes.write && length === 9) {
      const value = new DataView(frame.buffer, frame.byteOffset + 4, 4).getUint32(0);
      for (const chip of chips) chip.write(register, value);
    }
    if (opcode !== opcodes.read) return;
    for (const chip of chips) this.#replies.push({ frame: concat(PREAMBLE, chip.reply(register)), at: now });
  }

  /** The first chip without an address takes it and lets later ones through; all of them, if none was made to wait. */
  #setAddress(address: number): void {
    const waiting = this.#live.find((chip) => !chip.isAddressed);
    if (waiting === undefined) {
      this.#hearing.complaints.add('an address was set before the chain was made inactive');
      for (const chip of this.#live) chip.address = address;
      return;
    }
    waiting.address = address;
    waiting.isAddressed = true;
  }

  #takeJob(frame: Uint8Array): void {
    this.#jobs += 1;
    const id = frame[2] as number;
    if (this.#model.takes === 'midstates') {
      const count = (frame.length - 22) / 32;
      if (frame[3] !== count) this.#hearing.complaints.add('a job does not hold the midstates that it announces');
      const midstates = Array.from({ length: count }, (_, index) => frame.subarray(20 + 32 * index, 52 + 32 * index));
      return this.#load({ id }, midstateJob(midstates, frame.subarray(8, 20), 2 ** 32 * count));
    }
    const job = headerJob(frame.subarray(8, 84), this.#live[0]?.rollMask ?? 0);
    this.#load({ id, rolled: job.rolled }, job);
  }

  #load(current: Current, job: SearchJob): void {
    if (!this.#live.some((chip) => chip.isHashing)) this.#hearing.complaints.add('a job came before cores or clock were on');
    this.#job = current;
    this.#search.load(job);
  }

  #framesOf(found: Found): Uint8Array[] {
    const job = this.#job as Current;
    const wire = new Uint8Array(4);
    new DataView(wire.buffer).setUint32(0, found.nonce, true);
    const reporting = this.#owners(wire).filter((chip) => this.#model.isReported(chip.registers, wire));
    return reporting.map((chip) => {
      this.#noncesSent += 1;
      const { innerCores } = this.#model;
      const rolled = job.rolled?.(found.variant) ?? 0;
      // Every small core has its own version of a batch: its number is the low end of the version.
      const inner = innerCores === 0 ? found.variant : this.#options.plain ? 0 : rolled % innerCores;
      const hint = this.#options.plain ? 0 : Math.min(0xff, 2 * found.excess);
      const version = chip.isWide ? [rolled >> 8, rolled & 0xff] : [];
      return concat(PREAMBLE, sealed([...wire, hint, this.#model.jobByte(job.id, inner), ...version], 0x80));
    });
  }

  /** The hashing chips whose address is the nearest at or below the nonce's; several, where the host gave one address twice. */
  #owners(wire: Uint8Array): readonly Bm13Chip[] {
    const wanted = this.#model.owner(wire);
    const addresses = this.#chips.map((chip) => chip.address);
    const below = addresses.filter((address) => address <= wanted);
    const owner = Math.max(...(below.length > 0 ? below : addresses));
    return this.#live.filter((chip) => chip.address === owner && chip.isHashing);
  }
}
