/**
 * What the older chains (BM1384, BM1387, Icarus) have in common: one UART, chips with an address and a clock, jobs of
 * midstates, cores that are opened one dummy job at a time. The bytes are those of the subclass.
 */
import { type Chain, type ChainOptions, type ChainStats, Hearing } from './chain.ts';
import { type Found, NonceSearch, type SearchJob } from './nonce-search.ts';

export interface OldChip {
  address: number;
  isAddressed: boolean;
  /** As the chip stores it. */
  pll: number;
}

export interface OldModel {
  readonly cores: number;
  readonly resetPll: number;
  /** Between the addresses that chips have without being given any; 0 or absent: they all have the same. */
  readonly addressStep?: number;
  megahertz(pll: number): number;
}

export abstract class MidstateChain implements Chain {
  protected readonly model: OldModel;
  protected readonly options: ChainOptions;
  protected readonly hearing = new Hearing();
  readonly #search: NonceSearch;
  readonly #chips: OldChip[];
  #alive: number;
  #replies: { frame: Uint8Array; at: number }[] = [];
  #hasJob = false;
  #mask = 0;
  #lastRun = 0;
  #isLow = false;
  #isOn = true;
  #opened = 0;
  #jobs = 0;
  #noncesSent = 0;

  protected constructor(model: OldModel, options: ChainOptions) {
    this.model = model;
    this.options = options;
    this.#search = new NonceSearch(options.search);
    this.#chips = Array.from({ length: options.chips }, (_, index) => asAfterReset(model, index));
    this.#alive = options.chips;
  }

  abstract get baud(): number;
  protected abstract take(bytes: Uint8Array, now: number): void;
  protected abstract forgetBytes(): void;
  /** The reply that tells a nonce. */
  protected abstract nonceFrame(wire: Uint8Array, found: Found): Uint8Array;

  get heard() {
    return this.hearing.heard;
  }

  get complaints() {
    return this.hearing.complaints;
  }

  get stats(): ChainStats {
    const megahertz = this.live.reduce((sum, chip) => sum + this.model.megahertz(chip.pll), 0) / Math.max(1, this.live.length);
    const { hashes, lost, starved } = this.#search;
    const counts = { hashes, lostHashes: lost, starvedHashes: starved, jobs: this.#jobs, noncesSent: this.#noncesSent };
    return { ...counts, chips: this.options.chips, megahertz, hashesPerSecond: this.#hashesPerSecond };
  }

  setReset(isLow: boolean): void {
    if (isLow) this.#forget();
    this.#isLow = isLow;
  }

  setPower(isOn: boolean): void {
    if (!isOn) this.#forget();
    this.#isOn = isOn;
  }

  setAlive(count: number): void {
    this.#alive = count;
  }

  receive(bytes: Uint8Array, now: number): void {
    if (!this.#isLow && this.#isOn) this.take(bytes, now);
  }

  advance(now: number, say: (frame: Uint8Array, at: number) => void): void {
    for (const { frame, at } of this.#replies.splice(0)) say(frame, at);
    const hashes = (this.#hashesPerSecond * Math.max(0, now - this.#lastRun)) / 1000;
    this.#lastRun = Math.max(now, this.#lastRun);
    if (!this.#hasJob || hashes === 0) return;
    for (const found of this.#search.spend(hashes, this.#mask)) for (const frame of this.#framesOf(found)) say(frame, now);
  }

  protected get live(): OldChip[] {
    return this.#chips.slice(0, this.#alive);
  }

  protected get openedCores(): number {
    return this.#opened;
  }

  /** A dummy job opens one more core. */
  protected openCore(): void {
    this.#opened = Math.min(this.model.cores, this.#opened + 1);
  }

  protected reply(frame: Uint8Array, at: number): void {
    this.#replies.push({ frame, at });
  }

  /** `mask`: ticket difficulty - 1. */
  protected load(job: SearchJob | undefined, mask: number): void {
    this.#jobs += 1;
    this.#hasJob = job !== undefined;
    this.#mask = mask;
    this.#search.load(job);
  }

  protected setInactive(): void {
    for (const chip of this.live) chip.isAddressed = false;
  }

  protected setAddress(address: number): void {
    const waiting = this.live.find((chip) => !chip.isAddressed);
    if (waiting === undefined) {
      this.hearing.complaints.add('an address was set before the chain was made inactive');
      for (const chip of this.live) chip.address = address;
      return;
    }
    waiting.address = address;
    waiting.isAddressed = true;
  }

  get #hashesPerSecond(): number {
    if (this.#isLow || !this.#isOn || this.live.length === 0) return 0;
    const mean = this.live.reduce((sum, chip) => sum + this.model.megahertz(chip.pll), 0) / this.live.length;
    return mean * 1e6 * this.#opened * this.options.chips * (this.options.rateScale ?? 1);
  }

  #forget(): void {
    for (const [index, chip] of this.#chips.entries()) Object.assign(chip, asAfterReset(this.model, index));
    this.#replies = [];
    this.#hasJob = false;
    this.#opened = 0;
    this.#search.load(undefined);
    this.forgetBytes();
  }

  /** Which chip's: the first byte of the nonce. Chips without an address of their own find the same ones. */
  #framesOf(found: Found): Uint8Array[] {
    const wire = new Uint8Array(4);
    new DataView(wire.buffer).setUint32(0, found.nonce, true);
    const addresses = this.#chips.map((chip) => chip.address);
    const below = addresses.filter((address) => address <= (wire[0] as number));
    const owner = Math.max(...(below.length > 0 ? below : addresses));
    const frames = this.live.filter((chip) => chip.address === owner).map(() => this.nonceFrame(wire, found));
    this.#noncesSent += frames.length;
    return frames;
  }
}

function asAfterReset({ addressStep = 0, resetPll }: OldModel, index: number): OldChip {
  return { address: index * addressStep, isAddressed: true, pll: resetPll };
}
