/**
 * How long a board's chips stood without fresh work: from when a job's search space was used up, or its work became void, or an
 * answer ended it, until the next job was written out whole. Time without any work to give does not count. A bench reads it
 * as `feed` of the board's telemetry.
 */

export interface FeedTimes {
  /** Milliseconds since the board was plugged in while there was work, and those among them without fresh work. */
  readonly totalMs: number;
  readonly starvedMs: number;
}

export class FeedRecord {
  readonly #now: () => number;
  #totalMs = 0;
  #starvedMs = 0;
  /** Counted up to here; undefined: there is no work. */
  #countedMs: number | undefined;
  #freshUntilMs = 0;

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  get times(): FeedTimes {
    this.#count();
    return { totalMs: this.#totalMs, starvedMs: this.#starvedMs };
  }

  /** How long the chips had fresh work. */
  get fedMs(): number {
    const { totalMs, starvedMs } = this.times;
    return totalMs - starvedMs;
  }

  /** A job was written whose search space lasts so long. */
  fresh(spanMs: number): void {
    this.#count();
    this.#countedMs = this.#now();
    this.#freshUntilMs = this.#countedMs + spanMs;
  }

  /** What the chips have is worth nothing any more. */
  spent(): void {
    this.#count();
    this.#freshUntilMs = Math.min(this.#freshUntilMs, this.#now());
  }

  /** There is no work to give, or nobody to give it to. */
  pause(): void {
    this.#count();
    this.#countedMs = undefined;
  }

  #count(): void {
    if (this.#countedMs === undefined) return;
    const now = this.#now();
    this.#totalMs += now - this.#countedMs;
    this.#starvedMs += Math.max(0, now - Math.max(this.#countedMs, this.#freshUntilMs));
    this.#countedMs = now;
  }
}
