/** Notices a nonce that was reported before (MIN-46). Remembers hashes of one prevHash, up to a limit. */
import { readU32Le } from '../bitcoin/u32.ts';

/** At ten nonces a second, nearly two hours; the oldest is forgotten first. */
export const MAX_REMEMBERED_NONCES = 65_536;

export class DuplicateGuard {
  readonly #seen = new Set<number>();

  /** True the first time a header's hash is shown. */
  isNew(hash: Uint8Array): boolean {
    const key = keyOf(hash);
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    if (this.#seen.size > MAX_REMEMBERED_NONCES) this.#seen.delete(this.#seen.values().next().value as number);
    return true;
  }

  /** A new prevHash: old headers cannot come again. */
  clear(): void {
    this.#seen.clear();
  }
}

/** 52 bits of the random end of the hash: two different ones among all remembered meet once in a million. */
function keyOf(hash: Uint8Array): number {
  return readU32Le(hash, 0) * 2 ** 20 + (readU32Le(hash, 4) >>> 12);
}
