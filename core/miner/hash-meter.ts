/**
 * Hashes a second of one device. A processor counts its hashes; of a chip only checked nonces are seen, all those that
 * pass its ticket mask, so each stands for as many hashes as that mask asks for. The mask is not asked of the driver but
 * read from the nonces themselves: of n difficulties above a threshold, the least × (n − 1) / n estimates the threshold.
 *
 * A mask that falls shows with the first nonce below the old one. That it rose is seen when the last nonces are all so far
 * above the least one that chance does not do it; then the older ones vote no more, and the last ones are credited in full.
 */
import { RateMeter } from './rate-meter.ts';

const COUNTED_WINDOW_MS = 30_000;
/** A stick of 400 GH/s gives about a nonce every two seconds: five minutes make an error of some ten percent. */
const NONCE_WINDOW_MS = 300_000;
/** Nonces that vote on the mask. */
const VOTES = 64;
/**
 * k nonces in a row are above r times the mask with a chance of r^-k. This is asked for: one in 4 · 10^9, less than once in ten
 * years at a nonce a second. It takes 33 nonces to see that a mask has doubled, and four that it is 256 times as high.
 */
const CHANCE_BITS = 32;
const HASHES_PER_DIFFICULTY = 2 ** 256 / (0xffff * 2 ** 208);

export class HashMeter {
  readonly #counted = new RateMeter(COUNTED_WINDOW_MS);
  readonly #estimated = new RateMeter(NONCE_WINDOW_MS);
  /** Difficulties, oldest first, and what each was credited with. */
  readonly #votes: number[] = [];
  readonly #credits: number[] = [];
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
    this.#forget(this.#votes.length - VOTES);
    const outvoted = this.#outvoted();
    this.#forget(outvoted);
    const credit = this.hashesPerNonce;
    const owed = outvoted === 0 ? 0 : this.#credits.reduce((sum, credited) => sum + credit - credited, 0);
    if (outvoted > 0) this.#credits.fill(credit);
    this.#credits.push(credit);
    if (!this.#counts) this.#estimated.add(credit + owed, now);
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

  /** How many of the oldest votes are of a lower mask. */
  #outvoted(): number {
    const least = Math.min(...this.#votes);
    let outvoted = 0;
    let leastSince = Number.POSITIVE_INFINITY;
    for (let at = this.#votes.length - 1; at > 0; at -= 1) {
      leastSince = Math.min(leastSince, this.#votes[at] as number);
      if (leastSince === least) break;
      if ((this.#votes.length - at) * Math.log2(leastSince / least) >= CHANCE_BITS) outvoted = at;
    }
    return outvoted;
  }

  #forget(count: number): void {
    if (count <= 0) return;
    this.#votes.splice(0, count);
    this.#credits.splice(0, count);
  }
}
