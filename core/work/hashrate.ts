/**
 * Hashrate estimated from shares (or nonces of known difficulty), each counting for the hashes it takes on average,
 * and from hashes that a device counted. Windows of 10 minutes, 1 hour and 24 hours in bounded buckets.
 */
import { hashesPerShare } from '../bitcoin/target.ts';

export const hashrateWindows = { '10min': 600_000, '1h': 3_600_000, '24h': 86_400_000 } as const;
export type HashrateWindow = keyof typeof hashrateWindows;

/** Buckets a window: its edge moves in steps of 1/60, far finer than the chance in an estimate of this kind. */
const BUCKETS = 60;
/** 2^256 ÷ the difficulty-1 target: hashes that difficulty 1 takes on average. */
export const HASHES_PER_DIFFICULTY: number = 2 ** 48 / 0xffff;

export interface HashrateEstimate {
  readonly hashesPerSecond: number;
  /** One standard deviation, as a part of the estimate: 1/√n for n equal shares; 0 when counted; infinite with no share. */
  readonly error: number;
  /** Shares (or counts) in the window. */
  readonly samples: number;
  /** Time it covers: the window to within 1/60, or less after the start. */
  readonly coveredMs: number;
}

/** Estimates for the three windows. Times are monotonic milliseconds. */
export class HashrateMeter {
  readonly #startMs: number;
  readonly #rings: Record<HashrateWindow, BucketRing>;

  constructor(nowMs: number) {
    this.#startMs = nowMs;
    this.#rings = {
      '10min': new BucketRing(hashrateWindows['10min']),
      '1h': new BucketRing(hashrateWindows['1h']),
      '24h': new BucketRing(hashrateWindows['24h']),
    };
  }

  /** A share of this (asked, not reached) difficulty. */
  addShare(difficulty: number, nowMs: number): void {
    const hashes = difficulty * HASHES_PER_DIFFICULTY;
    this.#add(hashes, hashes * hashes, nowMs);
  }

  /** Hashes that were really counted: no error. */
  addHashes(count: number, nowMs: number): void {
    this.#add(count, 0, nowMs);
  }

  /** The estimate over a window that ends now; over the time since the start while that is shorter. */
  estimate(window: HashrateWindow, nowMs: number): HashrateEstimate {
    const ring = this.#rings[window];
    const coveredMs = Math.max(0, nowMs - Math.max(this.#startMs, ring.beginsMs(nowMs)));
    const { hashes, variance, samples } = ring.sum(nowMs);
    const hashesPerSecond = coveredMs === 0 ? 0 : (hashes * 1000) / coveredMs;
    // Shares come at random: the variance of their sum is the sum of their squares, which for equal ones is 1/√n.
    return { hashesPerSecond, error: hashes === 0 ? Number.POSITIVE_INFINITY : Math.sqrt(variance) / hashes, samples, coveredMs };
  }

  #add(hashes: number, variance: number, nowMs: number): void {
    for (const ring of Object.values(this.#rings)) ring.add(hashes, variance, nowMs);
  }
}

/** Seconds between shares at this speed, on average; infinite at no speed. */
export function expectedSecondsPerShare(shareTarget: Uint8Array, hashesPerSecond: number): number {
  return hashesPerSecond > 0 ? hashesPerShare(shareTarget) / hashesPerSecond : Number.POSITIVE_INFINITY;
}

interface Sum {
  hashes: number;
  variance: number;
  samples: number;
}

/** Sums of the last `BUCKETS` slices of time. */
class BucketRing {
  readonly #bucketMs: number;
  readonly #buckets: (Sum & { slice: number })[];

  constructor(windowMs: number) {
    this.#bucketMs = windowMs / BUCKETS;
    this.#buckets = Array.from({ length: BUCKETS }, () => ({ slice: -1, hashes: 0, variance: 0, samples: 0 }));
  }

  add(hashes: number, variance: number, nowMs: number): void {
    const slice = Math.floor(nowMs / this.#bucketMs);
    const bucket = this.#buckets[slice % BUCKETS] as Sum & { slice: number };
    if (bucket.slice !== slice) Object.assign(bucket, { slice, hashes: 0, variance: 0, samples: 0 });
    bucket.hashes += hashes;
    bucket.variance += variance;
    bucket.samples += 1;
  }

  /** The moment at which the oldest bucket that still counts began. */
  beginsMs(nowMs: number): number {
    return (Math.floor(nowMs / this.#bucketMs) - BUCKETS + 1) * this.#bucketMs;
  }

  sum(nowMs: number): Sum {
    const newest = Math.floor(nowMs / this.#bucketMs);
    const total = { hashes: 0, variance: 0, samples: 0 };
    for (const bucket of this.#buckets) {
      if (bucket.slice <= newest - BUCKETS || bucket.slice > newest) continue;
      total.hashes += bucket.hashes;
      total.variance += bucket.variance;
      total.samples += bucket.samples;
    }
    return total;
  }
}
