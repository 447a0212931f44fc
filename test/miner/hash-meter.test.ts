/** The rate of a chip of which only nonces are seen, while its ticket mask changes: neither too little nor too much. */
import { expect, test } from 'vitest';
import { HashMeter } from '../../core/miner/hash-meter.ts';

/** A Gamma. */
const RATE = 1.071e12;
const HASHES_PER_DIFFICULTY = 2 ** 256 / (0xffff * 2 ** 208);

/** Park and Miller: 0 to 1, both excluded. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Mean rate over `runs` chips, as a share of the true one, at each of `seconds`; the mask is `from` before `changeS` and `to` after. */
function shares(from: number, to: number, changeS: number, seconds: readonly number[], runs = 100): readonly number[] {
  const random = chance(20_260);
  for (let skipped = 0; skipped < 10; skipped += 1) random();
  const sums = seconds.map(() => 0);
  for (let run = 0; run < runs; run += 1) {
    const meter = new HashMeter(false);
    meter.start(0);
    let now = 0;
    for (let asked = 0; asked < seconds.length; ) {
      const mask = now < changeS ? from : to;
      const next = now - (Math.log(random()) * mask * HASHES_PER_DIFFICULTY) / RATE;
      const until = Math.min(now < changeS ? Math.min(next, changeS) : next, seconds[asked] as number);
      if (until === seconds[asked]) {
        sums[asked] = (sums[asked] as number) + meter.perSecond(until * 1_000) / RATE;
        asked += 1;
      } else if (until === next) meter.nonce(mask / random(), next * 1_000);
      now = until;
    }
  }
  return sums.map((sum) => sum / runs);
}

// A single chip's rate over five minutes errs by some six percent, over the first 20 s by 25; the mean of a hundred by a tenth of that.
test.each([
  ['just begun', 1, 256, 3, [20, 40, 60, 120, 300]],
  ['four times as high', 64, 256, 300, [60, 300, 340, 400, 500, 590]],
  ['twice as high', 128, 256, 300, [60, 300, 360, 420, 500, 590]],
  ['lower', 256, 64, 300, [60, 300, 310, 400, 590]],
] as const)('the rate stays what it is when the mask is %s', (_, from, to, changeS, seconds) => {
  for (const [index, share] of shares(from, to, changeS, seconds).entries()) {
    expect(Math.abs(share - 1), `${share.toFixed(3)} after ${seconds[index]} s`).toBeLessThan(0.07);
  }
});

test('one nonce far too easy does not ruin the rate of the next five minutes', () => {
  const random = chance(7);
  const meter = new HashMeter(false);
  meter.start(0);
  for (let second = 1; second <= 120; second += 1) meter.nonce(256 / random(), second * 1_000);
  meter.nonce(1, 120_500);
  for (let second = 121; second <= 130; second += 1) meter.nonce(256 / random(), second * 1_000);
  expect(meter.hashesPerNonce / HASHES_PER_DIFFICULTY).toBeGreaterThan(200);
  expect(meter.total / (130 * 256 * HASHES_PER_DIFFICULTY)).toBeGreaterThan(0.9);
});

test('chance does not pass for a higher mask: over a hundred thousand nonces none is credited twice', () => {
  const random = chance(11);
  const meter = new HashMeter(false);
  meter.start(0);
  let most = 0;
  for (let nonce = 0; nonce < 100_000; nonce += 1) {
    const before = meter.total;
    meter.nonce(1 / random(), nonce);
    if (nonce > 64) most = Math.max(most, (meter.total - before) / HASHES_PER_DIFFICULTY);
  }
  expect(most).toBeLessThan(1.5);
});
