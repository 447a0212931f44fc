/** What a chain's replies were worth, in all and chip by chip. */

export interface ChipCount {
  nonces: number;
  duplicates: number;
  /** Monotonic; undefined before the first. */
  lastNonceMs: number | undefined;
}

export class ChipCounts {
  nonces = 0;
  recovered = 0;
  duplicates = 0;
  stale = 0;
  /** Replies whose hash was wrong. Which chip made them is not known for sure. */
  hardwareErrors = 0;
  /** Answers of healthy cores to the dummy job. */
  healthyCores = 0;
  /** How many replies in a row, the last included, carried the same nonce: 3 tell that a chip hangs. */
  sameNonceRun = 0;
  readonly chips: readonly ChipCount[];
  #lastNonce: number | undefined;

  constructor(chips: number) {
    this.chips = Array.from({ length: chips }, () => ({ nonces: 0, duplicates: 0, lastNonceMs: undefined }));
  }

  /** Hardware errors among all replies that were judged, 0–1; 0 before the first. */
  get errorRate(): number {
    const judged = this.nonces + this.hardwareErrors;
    return judged === 0 ? 0 : this.hardwareErrors / judged;
  }

  /** A nonce reply came, whatever it is worth. */
  heard(nonce: number): void {
    this.sameNonceRun = nonce === this.#lastNonce ? this.sameNonceRun + 1 : 1;
    this.#lastNonce = nonce;
  }

  good(chip: number, nowMs: number): void {
    this.nonces += 1;
    const count = this.chips[chip];
    if (count === undefined) return;
    count.nonces += 1;
    count.lastNonceMs = nowMs;
  }

  repeated(chip: number): void {
    this.duplicates += 1;
    const count = this.chips[chip];
    if (count !== undefined) count.duplicates += 1;
  }

  /** Chips that gave a correct nonce since `sinceMs`. */
  alive(sinceMs: number): number {
    return this.chips.filter(({ lastNonceMs }) => lastNonceMs !== undefined && lastNonceMs >= sinceMs).length;
  }
}
