import { expect, test } from 'vitest';
import { hashesPerShare, MAX_TARGET, targetOfDifficulty, targetOfHashrate } from '../../core/bitcoin/target.ts';
import { Vardiff } from '../../core/work/difficulty.ts';

/** Chance with a seed (Park–Miller), so that every run is the same. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** A miner of this speed sends shares at random for so long; returns those of the last ten minutes, a minute. */
function mine(vardiff: Vardiff, hashesPerSecond: number, fromMs: number, untilMs: number, random: () => number): number {
  let late = 0;
  let now = fromMs;
  for (;;) {
    now += (-Math.log(random()) * hashesPerShare(vardiff.target) * 1000) / hashesPerSecond;
    if (now > untilMs) return late / 10;
    vardiff.share(now);
    if (now > untilMs - 600_000) late += 1;
  }
}

test.each([1e5, 5e6, 2e10, 1.2e12, 1e15])('a miner of %d hashes a second comes to the shares a minute that were asked for', (speed) => {
  for (const declared of [0, speed, speed / 1000, speed * 20]) {
    const vardiff = new Vardiff({ sharesPerMinute: 12, hashesPerSecond: declared }, 0);
    for (let at = 0; at < 1_800_000; at += 30_000) {
      mine(vardiff, speed, at, at + 30_000, chance(at + 1));
      vardiff.tick(at + 30_000);
    }
    const perMinute = (speed * 60) / hashesPerShare(vardiff.target);
    expect(perMinute).toBeGreaterThan(12 / 2.5);
    expect(perMinute).toBeLessThan(12 * 2.5);
  }
});

test('a rush of shares is answered within seconds', () => {
  const vardiff = new Vardiff({ sharesPerMinute: 6, hashesPerSecond: 1e6 }, 0);
  const before = hashesPerShare(vardiff.target);
  let sent = 0;
  while (hashesPerShare(vardiff.target) < before * 1000 && sent < 1000) {
    sent += 1;
    vardiff.share(sent);
  }
  expect(sent).toBeLessThan(100);
});

test('a steady miner keeps its target', () => {
  const vardiff = new Vardiff({ sharesPerMinute: 20, hashesPerSecond: 1e12 }, 0);
  const target = vardiff.target;
  for (let at = 3000; at < 3_600_000; at += 3000) expect(vardiff.share(at)).toBe(false);
  expect(vardiff.target).toBe(target);
});

test('a miner that falls silent gets an easier target', () => {
  const vardiff = new Vardiff({ sharesPerMinute: 20, hashesPerSecond: 1e12 }, 0);
  expect(vardiff.tick(29_999)).toBe(false);
  expect(vardiff.tick(30_000)).toBe(true);
  expect(hashesPerShare(vardiff.target) / ((1e12 * 3) / 4)).toBeCloseTo(1, 6);
});

test('MIN-39 no target is easier than the easiest allowed', () => {
  const easiest = targetOfDifficulty(1);
  const vardiff = new Vardiff({ sharesPerMinute: 20, hashesPerSecond: 0, easiest }, 0);
  for (let at = 0; at < 3_600_000; at += 60_000) vardiff.tick(at);
  expect(vardiff.target).toEqual(easiest);
  expect(new Vardiff({ sharesPerMinute: 1e9, hashesPerSecond: 1 }, 0).target).toEqual(MAX_TARGET);
});

test('what a miner declares counts at once', () => {
  const vardiff = new Vardiff({ sharesPerMinute: 6, hashesPerSecond: 1e9 }, 0);
  expect(vardiff.declare(1e13, 1000)).toBe(true);
  expect(vardiff.target).toEqual(targetOfHashrate(1e13, 6));
  expect(vardiff.declare(1e13, 2000)).toBe(false);
  expect(vardiff.declare(0, 3000)).toBe(false);
});
