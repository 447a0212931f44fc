import { expect, test } from 'vitest';
import { DEFAULT_VARDIFF, type Vardiff, vardiff } from '../../core/sv2/vardiff.ts';

const FREE = { least: 1, most: Number.POSITIVE_INFINITY };

interface Run {
  readonly shares: readonly number[];
  readonly changes: number;
  readonly vardiff: Vardiff;
}

/** A small generator: these runs draw tens of thousands of numbers. */
function generator(seed: number): () => number {
  let state = seed * 0x9e3779b9 + 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const LATENCY_MS = 50;
const SLICE_MS = 1_000;

/** A device of this speed mines for so long; new targets reach it 50 ms after they are set. */
function run(hashesPerSecond: (ms: number) => number, nominal: number, ms: number, seed: number): Run {
  const draw = generator(seed);
  const machine = vardiff(DEFAULT_VARDIFF, { nominal, bounds: FREE, nowMs: 0 });
  const shares: number[] = [];
  let working = machine.hashesPerShare;
  let changes = 0;
  let switchAt = Number.POSITIVE_INFINITY;
  let now = 0;
  // Waiting for a share has no memory, so the wait may be drawn anew whenever anything changes.
  while (now < ms) {
    const found = now + (-Math.log(1 - draw()) * working * 1000) / hashesPerSecond(now);
    const next = Math.min(found, machine.deadline, switchAt, now + SLICE_MS);
    now = Math.max(now, next);
    if (next === switchAt) {
      working = machine.hashesPerShare;
      switchAt = Number.POSITIVE_INFINITY;
      continue;
    }
    if (next === found) shares.push(now);
    const changed = next === found ? machine.accepted(working, now) : machine.deadline <= now && machine.tick(now);
    if (!changed) continue;
    changes += 1;
    switchAt = now + LATENCY_MS;
  }
  return { shares, changes, vardiff: machine };
}

const SPEEDS = [0.5e6, 1e6, 3e6, 8e6];

test.each(SPEEDS)('a device of %s H/s that says nothing of itself sees its first share within about two seconds', (speed) => {
  const waits = Array.from({ length: 40 }, (_, seed) => run(() => speed, 0, 6_000, seed).shares[0] ?? 6_000);
  expect(waits.filter((wait) => wait <= 2_000).length).toBeGreaterThanOrEqual(38);
});

test.each(SPEEDS)('a device of %s H/s gets about six shares a minute after the first', (speed) => {
  const counts = Array.from({ length: 20 }, (_, seed) => run(() => speed, 0, 360_000, seed).shares.filter((at) => at > 60_000).length);
  const perMinute = counts.reduce((sum, count) => sum + count, 0) / 20 / 5;
  expect(perMinute).toBeGreaterThan(4.5);
  expect(perMinute).toBeLessThan(8);
});

test.each(SPEEDS)('a device of %s H/s never floods: some dozens of shares in the first minute, a handful of targets', (speed) => {
  for (let seed = 0; seed < 20; seed += 1) {
    const { shares, changes } = run(() => speed, 0, 60_000, seed);
    expect(shares.length).toBeLessThan(90);
    expect(changes).toBeLessThan(16);
  }
});

test('a USB stick that says its speed is given a fitting target at once', () => {
  const { shares } = run(() => 400e9, 400e9, 60_000, 1);
  expect(shares.length).toBeLessThan(60);
  expect(shares[0]).toBeLessThan(3_000);
});

test('a USB stick that says nothing is brought to heel within seconds', () => {
  const machine = vardiff(DEFAULT_VARDIFF, { nominal: 0, bounds: FREE, nowMs: 0 });
  let now = 0;
  let shares = 0;
  for (; machine.hashesPerShare < 400e9; now += 50) {
    // The stick's own link carries no more than some hundred shares in 50 ms.
    const count = Math.min(100, Math.ceil((400e9 * 0.05) / machine.hashesPerShare));
    const { hashesPerShare } = machine;
    for (let sent = 0; sent < count; sent += 1) machine.accepted(hashesPerShare, now);
    shares += count;
  }
  expect(now).toBeLessThan(5_000);
  expect(shares).toBeLessThan(3_000);
});

test('who claims an absurd speed still gets shares after a while', () => {
  expect(run(() => 5e6, 5e13, 120_000, 2).shares.length).toBeGreaterThan(5);
});

test('a device that becomes twenty times faster is slowed down again', () => {
  const { shares } = run((ms) => (ms < 300_000 ? 1e6 : 20e6), 0, 900_000, 3);
  const late = shares.filter((at) => at > 480_000).length / 7;
  expect(late).toBeGreaterThan(3);
  expect(late).toBeLessThan(12);
});

test('a device that becomes twenty times slower gets easier shares again', () => {
  const { shares } = run((ms) => (ms < 300_000 ? 20e6 : 1e6), 0, 900_000, 4);
  expect(shares.filter((at) => at > 600_000).length / 5).toBeGreaterThan(3);
});

test('a long pause does not make shares so easy that the return is a flood', () => {
  const { shares } = run((ms) => (ms < 300_000 || ms > 3_900_000 ? 8e6 : 0), 0, 3_960_000, 5);
  expect(shares.filter((at) => at > 3_900_000).length).toBeLessThan(150);
});

test('an idle client costs a few targets an hour, not one a second', () => {
  expect(run((ms) => (ms < 60_000 ? 5e6 : 0), 0, 3_600_000, 6).changes).toBeLessThan(30);
});

test('the bounds hold: never easier than the client allows, never harder than a block', () => {
  const machine = vardiff(DEFAULT_VARDIFF, { nominal: 1e6, bounds: { least: 1e6, most: 2e6 }, nowMs: 0 });
  expect(machine.hashesPerShare).toBe(1e6);
  for (let share = 1; share < 50; share += 1) machine.accepted(1e6, share);
  expect(machine.hashesPerShare).toBe(2e6);
  expect(machine.bound({ least: 3e6, most: 2e6 })).toBe(true);
  expect(machine.hashesPerShare).toBe(3e6);
});

test('a stated speed near the measured one changes nothing', () => {
  const machine = vardiff(DEFAULT_VARDIFF, { nominal: 1e6, bounds: FREE, nowMs: 0 });
  expect(machine.nominal(1.5e6, 0)).toBe(false);
  expect(machine.nominal(0, 0)).toBe(false);
  expect(machine.nominal(1e9, 0)).toBe(true);
});
