import { expect, test } from 'vitest';
import { targetOfDifficulty } from '../../core/bitcoin/target.ts';
import { expectedSecondsPerShare, HASHES_PER_DIFFICULTY, HashrateMeter, hashrateWindows } from '../../core/work/hashrate.ts';

const MINUTE = 60_000;

/** Adds a share of `difficulty` every `everyMs`, from `fromMs` to `untilMs`. */
function mine(meter: HashrateMeter, difficulty: number, everyMs: number, fromMs: number, untilMs: number): void {
  for (let at = fromMs + everyMs; at <= untilMs; at += everyMs) meter.addShare(difficulty, at);
}

test('steady shares give the hashrate that makes them, in every window', () => {
  const meter = new HashrateMeter(0);
  const hours = 30 * 60 * MINUTE;
  mine(meter, 64, 10_000, 0, hours);
  for (const window of ['10min', '1h', '24h'] as const) {
    const expected = (64 * HASHES_PER_DIFFICULTY) / 10;
    expect(meter.estimate(window, hours).hashesPerSecond / expected).toBeCloseTo(1, 1);
  }
});

test('the error of n equal shares is one over the root of n', () => {
  const meter = new HashrateMeter(0);
  mine(meter, 8, 1000, 0, 100_000);
  const { samples, error } = meter.estimate('10min', 100_000);
  expect(samples).toBe(100);
  expect(error).toBeCloseTo(0.1, 12);
});

test('one hard share among many easy ones widens the error', () => {
  const meter = new HashrateMeter(0);
  mine(meter, 1, 1000, 0, 100_000);
  meter.addShare(100, 100_000);
  expect(meter.estimate('10min', 100_000).error).toBeCloseTo(Math.sqrt(100 + 100 ** 2) / 200, 12);
});

test('before the window is full, the time since the start counts', () => {
  const meter = new HashrateMeter(5000);
  mine(meter, 1, 1000, 5000, 65_000);
  const { coveredMs, hashesPerSecond } = meter.estimate('24h', 65_000);
  expect(coveredMs).toBe(60_000);
  expect(hashesPerSecond / HASHES_PER_DIFFICULTY).toBeCloseTo(1, 12);
});

test('shares leave a window as it moves on', () => {
  const meter = new HashrateMeter(0);
  mine(meter, 1, 1000, 0, 10 * MINUTE);
  expect(meter.estimate('10min', 21 * MINUTE)).toMatchObject({ samples: 0, hashesPerSecond: 0, error: Number.POSITIVE_INFINITY });
  expect(meter.estimate('1h', 21 * MINUTE).samples).toBe(600);
  expect(meter.estimate('1h', 90 * MINUTE).samples).toBe(0);
});

test('the covered time is the window to within a sixtieth', () => {
  const meter = new HashrateMeter(0);
  for (const now of [25 * 60 * MINUTE, 25 * 60 * MINUTE + 7777]) {
    for (const window of ['10min', '1h', '24h'] as const) {
      const { coveredMs } = meter.estimate(window, now);
      expect(coveredMs).toBeLessThanOrEqual(hashrateWindows[window]);
      expect(coveredMs).toBeGreaterThanOrEqual((hashrateWindows[window] * 59) / 60);
    }
  }
});

test('counted hashes give a rate without error', () => {
  const meter = new HashrateMeter(0);
  for (let second = 1; second <= 60; second += 1) meter.addHashes(5_000_000, second * 1000);
  expect(meter.estimate('10min', 60_000)).toMatchObject({ hashesPerSecond: 5_000_000, error: 0, samples: 60 });
});

test('at the very start nothing is divided by zero', () => {
  const meter = new HashrateMeter(1000);
  meter.addShare(1, 1000);
  expect(meter.estimate('10min', 1000)).toMatchObject({ hashesPerSecond: 0, coveredMs: 0 });
});

test('the expected time to a share is its hashes over the speed', () => {
  expect(expectedSecondsPerShare(targetOfDifficulty(1), 1e9)).toBeCloseTo(4.295, 3);
  expect(expectedSecondsPerShare(targetOfDifficulty(1), 0)).toBe(Number.POSITIVE_INFINITY);
});
