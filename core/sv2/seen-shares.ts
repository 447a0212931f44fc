/** Shares already sent on one tip (MIN-46): the same header is never sent twice. */
import { toHex } from '../bytes.ts';

/** A day of one share every five seconds; the oldest are forgotten first. */
const MOST_SEEN = 16_384;

export class SeenShares {
  readonly #hashes = new Set<string>();

  /** False when this header hash was here before. */
  add(hash: Uint8Array): boolean {
    const key = toHex(hash);
    if (this.#hashes.has(key)) return false;
    this.#hashes.add(key);
    if (this.#hashes.size > MOST_SEEN) this.#dropOldest();
    return true;
  }

  clear(): void {
    this.#hashes.clear();
  }

  #dropOldest(): void {
    for (const oldest of this.#hashes) {
      this.#hashes.delete(oldest);
      return;
    }
  }
}
