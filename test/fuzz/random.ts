/** Randomness that a seed repeats exactly (sfc32): for tests and fuzzers only. */
import type { Random } from '../../core/ports.ts';

export interface SeededRandom extends Random {
  /** A whole number from 0 up to, not including, `limit` (at most 2^32). */
  below(limit: number): number;
  /** True once in `times` on average. */
  oneIn(times: number): boolean;
  /** One of them. */
  pick<T>(items: readonly T[]): T;
}

const WARM_UP_ROUNDS = 16;

/** The same stream for the same `seed` and `stream`, on every machine. */
export function seededRandom(seed: number, stream = 0): SeededRandom {
  let [a, b, c, counter] = [seed | 0, stream | 0, 0x9e3779b9 | 0, 1];
  const word = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) word();
  const below = (limit: number) => Math.floor((word() / 2 ** 32) * limit);
  return {
    bytes: (length) => Uint8Array.from({ length }, () => word() >>> 24),
    below,
    oneIn: (times) => below(times) === 0,
    pick: (items) => {
      if (items.length === 0) throw new RangeError('nothing to pick from');
      return items[below(items.length)] as (typeof items)[number];
    },
  };
}
