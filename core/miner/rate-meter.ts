/** How much of something happened a second, over a sliding window of buckets; no allocation while it counts. */

const BUCKETS = 30;

export class RateMeter {
  readonly #bucketMs: number;
  readonly #buckets = new Float64Array(BUCKETS);
  #bucket = 0;
  #startedAt: number | undefined;
  #total = 0;

  /** @param windowMs length of the window */
  constructor(windowMs: number) {
    this.#bucketMs = windowMs / BUCKETS;
  }

  /** All that was ever added. */
  get total(): number {
    return this.#total;
  }

  /** `now` and all times: monotonic milliseconds. Counting begins with `start`, or the first amount. */
  start(now: number): void {
    this.#buckets.fill(0);
    this.#startedAt = now;
    this.#bucket = this.#bucketAt(now);
  }

  add(amount: number, now: number): void {
    if (this.#startedAt === undefined) this.start(now);
    this.#advance(now);
    const slot = this.#bucket % BUCKETS;
    this.#buckets[slot] = (this.#buckets[slot] as number) + amount;
    this.#total += amount;
  }

  /** Sum over the window. */
  inWindow(now: number): number {
    if (this.#startedAt === undefined) return 0;
    this.#advance(now);
    return this.#buckets.reduce((a, b) => a + b, 0);
  }

  /** Per second, over the window or the shorter time since the start. */
  perSecond(now: number): number {
    if (this.#startedAt === undefined) return 0;
    const sum = this.inWindow(now);
    const windowStart = (this.#bucket - BUCKETS + 1) * this.#bucketMs;
    // Early on a long first step would look like a burst: at least one bucket's time is taken as passed.
    const coveredMs = Math.max(now - Math.max(windowStart, this.#startedAt), this.#bucketMs);
    return (sum * 1000) / coveredMs;
  }

  #bucketAt(now: number): number {
    return Math.floor(now / this.#bucketMs);
  }

  #advance(now: number): void {
    const bucket = this.#bucketAt(now);
    if (bucket - this.#bucket >= BUCKETS) this.#buckets.fill(0);
    else for (let passed = this.#bucket + 1; passed <= bucket; passed += 1) this.#buckets[passed % BUCKETS] = 0;
    this.#bucket = Math.max(bucket, this.#bucket);
  }
}
