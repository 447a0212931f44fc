/**
 * Holds back a flood of shares (MIN-39): a target far too easy must not drown the pool, the disk or the window.
 * A bucket of tokens that fills with time; blocks pass it, up to their own number.
 */

/** Devices of 1 PH/s together at difficulty 256 make this many; a pool adjusts long before. */
export const MAX_SHARES_PER_SECOND = 1000;
/** What may come at once, when many devices start on an easy job. */
export const MAX_SHARES_AT_ONCE = 2000;
/** More blocks of one prevHash can only be rivals of the first (a regtest chain finds thousands a second). */
export const MAX_BLOCKS_OF_PREV_HASH = 64;

export class ShareLimit {
  #tokens = MAX_SHARES_AT_ONCE;
  #filledAtMs = 0;
  #blocks = 0;

  /** True when this share may go out at `nowMs` (monotonic). */
  allows(isBlock: boolean, nowMs: number): boolean {
    if (isBlock && this.#blocks < MAX_BLOCKS_OF_PREV_HASH) {
      this.#blocks += 1;
      return true;
    }
    const gained = ((nowMs - this.#filledAtMs) * MAX_SHARES_PER_SECOND) / 1000;
    this.#tokens = Math.min(MAX_SHARES_AT_ONCE, this.#tokens + Math.max(0, gained));
    this.#filledAtMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** A new prevHash: its blocks are counted anew. */
  clearBlocks(): void {
    this.#blocks = 0;
  }
}
