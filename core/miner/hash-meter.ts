/**
 * Hashes a second of one device. A processor counts its hashes; of a chip only checked nonces are seen, all those that
 * pass its ticket mask, so each stands for as many hashes as that mask asks for. The mask is not asked of the driver but
 * read from the nonces themselves: of n difficulties above a threshold, the least × (n − 1) / n estimates the threshold.
 */
import { RateMeter } from './rate-meter.ts';

const COUNTED_WINDOW_MS = 30_000;
/** A stick of 400 GH/s gives about a nonce every two seconds: five minutes make an error of some ten percent. */
const NONCE_WINDOW_MS = 300_000;
/** Nonces that vote on the mask. */
const VOTES = 64;
const HASHES_PER_DIFFICULTY = 2 ** 256 / (0xffff * 2 ** 208);

export class HashMeter {
  readonly #counted = new RateMeter(COUNTED_WINDOW_MS);
  readonly #estimated = new RateMeter(NONCE_WINDOW_MS);
  readonly #votes: number[] = [];
  #counts: boolean;

  /** @param counts the device counts its hashes itself */
  constructor(counts: boolean) {
    this.#counts = counts;
  }

  /** The device began to hash. */
  start(now: number): void {
    this.#counted.start(now);
    this.#estimated.start(now);
  }

  /** Hashes that the device counted. */
  counted(hashes: number, now: number): void {
    this.#counts = true;
    this.#counted.add(hashes, now);
  }

  /** A checked nonce of this difficulty. */
  nonce(difficulty: number, now: number): void {
    this.#votes.push(difficulty);
    if (this.#votes.length > VOTES) this.#votes.shift();
    if (!this.#counts) this.#estimated.add(this.hashesPerNonce, now);
  }

  /** What a nonce stands for; 0 before the second one. */
  get hashesPerNonce(): number {
    const n = this.#votes.length;
    return n < 2 ? 0 : (Math.min(...this.#votes) * HASHES_PER_DIFFICULTY * (n - 1)) / n;
  }

  /** True when the device counts its hashes itself. */
  get counts(): boolean {
    return this.#counts;
  }

  get total(): number {
    return this.#counts ? this.#counted.total : this.#estimated.total;
  }

  perSecond(now: number): number {
    return (this.#counts ? this.#counted : this.#estimated).perSecond(now);
  }
}
