/** When a board slows down, stops, starts again or is given up: the rules alone, without a board. */
import { expect, test } from 'vitest';
import { JobFeeder } from '../../../core/devices/board/job-feeder.ts';
import { nextFrequency } from '../../../core/devices/board/ramp.ts';
import { FASTER_MS, RetryPolicy, WELL_MS } from '../../../core/devices/board/retry-policy.ts';
import { type SafetyLimits, startFault, ThermalPolicy } from '../../../core/devices/board/thermal-policy.ts';
import type { Work } from '../../../core/devices/device.ts';
import { FakeClock } from '../../fake/fake-clock.ts';

const limits: SafetyLimits = { chip: { throttleC: 85, stopC: 100 }, resumeC: 50, plausibleC: [-20, 125], needsFan: true };
const clockLimits = { stockMhz: 200, stepMhz: 5 };

test('throttling comes at once, then every five seconds; recovery only five degrees below', () => {
  const policy = new ThermalPolicy(limits, 0);
  const at = (tempC: number, nowMs: number) => policy.judge({ tempC, fanRpm: 3000 }, nowMs).kind;
  expect([at(70, 0), at(85, 100), at(86, 1_100), at(86, 5_100), at(82, 12_000), at(79, 13_000)]).toEqual([
    'recover',
    'throttle',
    'well',
    'throttle',
    'well',
    'recover',
  ]);
});

test('one bad answer of a sensor is forgiven, three in a row are not, and a good one between starts anew', () => {
  const policy = new ThermalPolicy(limits, 0);
  const kinds = [undefined, undefined, 60, undefined, 300, undefined].map((tempC, index) => {
    return policy.judge(tempC === undefined ? undefined : { tempC, fanRpm: 3000 }, index * 1_000).kind;
  });
  expect(kinds).toEqual(['well', 'well', 'recover', 'well', 'well', 'stop']);
});

test('a fan may take ten seconds to spin up, then it must turn', () => {
  const policy = new ThermalPolicy(limits, 0);
  const kinds = [2, 4, 6, 8, 12, 14, 16].map((second) => policy.judge({ tempC: 60, fanRpm: 0 }, second * 1_000).kind);
  expect(kinds.slice(0, 6)).not.toContain('stop');
  expect(kinds[6]).toBe('stop');
});

test('what was stopped by heat starts only when it is cool', () => {
  expect(startFault({ tempC: 60 }, limits, false)).toBeUndefined();
  expect(startFault({ tempC: 60 }, limits, true)).toMatchObject({ code: 'device-too-hot', limitC: 50 });
  expect(startFault({ tempC: 50 }, limits, true)).toBeUndefined();
});

test('down in steps of at most 25 MHz, one every 100 ms, also right after the start', () => {
  const position = { mhz: 300, wantedMhz: 200, stepMhz: 6.25, sinceReadyMs: 0, sinceStepMs: 100, nonces: 0 };
  expect(nextFrequency(position)).toBe(275);
  expect(nextFrequency({ ...position, sinceStepMs: 99 })).toBeUndefined();
  expect(nextFrequency({ ...position, mhz: 210 })).toBe(200);
});

test('up only while nonces come', () => {
  const position = { mhz: 200, wantedMhz: 300, stepMhz: 5, sinceReadyMs: 10_000, sinceStepMs: 1_000, nonces: 9 };
  expect(nextFrequency(position)).toBe(205);
  expect(nextFrequency({ ...position, nonces: 8 })).toBeUndefined();
  expect(nextFrequency({ ...position, sinceReadyMs: 9_999 })).toBeUndefined();
});

test('the third failure at a frequency brings stock, then two steps less; a person’s change forgets it', () => {
  const retry = new RetryPolicy();
  const fail = (mhz: number) => retry.failed({ code: 'device-hung', text: '' }, 0, mhz, clockLimits);
  for (let time = 0; time < 3; time += 1) fail(400);
  expect(retry.capMhz).toBe(200);
  for (let time = 0; time < 3; time += 1) fail(200);
  expect(retry.capMhz).toBe(190);
  retry.forget();
  expect(retry.capMhz).toBeUndefined();
});

test('a board that was well for ten minutes starts its count anew; heat never leads to giving up', () => {
  const retry = new RetryPolicy();
  const fail = (wellMs: number) => retry.failed({ code: 'device-hung', text: '' }, wellMs, undefined, clockLimits);
  for (let time = 0; time < 9; time += 1) fail(0);
  expect(fail(WELL_MS).waitMs).toBe(0);
  for (let time = 0; time < 8; time += 1) fail(0);
  expect(fail(0).waitMs).toBeUndefined();
  const hot = new RetryPolicy();
  const heat = { code: 'device-too-hot', part: 'chip', tempC: 101, limitC: 100 } as const;
  for (let time = 0; time < 50; time += 1) expect(hot.failed(heat, 0, 300, clockLimits).waitMs).toBe(30_000);
});

test('one hang a week does not slow a board down', () => {
  const retry = new RetryPolicy();
  const weekMs = 7 * 24 * 3_600_000;
  for (let week = 0; week < 30; week += 1) retry.failed({ code: 'device-hung', text: '' }, weekMs, 200, clockLimits);
  expect(retry.capMhz).toBeUndefined();
});

test('a board that was slowed down gets a step back with each fault that comes after a good hour', () => {
  const retry = new RetryPolicy();
  const hung = { code: 'device-hung', text: '' } as const;
  for (let time = 0; time < 3; time += 1) retry.failed(hung, 0, 200, clockLimits);
  expect(retry.capMhz).toBe(190);
  retry.failed(hung, FASTER_MS - 1, 190, clockLimits);
  expect(retry.capMhz).toBe(190);
  retry.failed(hung, FASTER_MS, 190, clockLimits);
  expect(retry.capMhz).toBe(195);
  retry.failed({ code: 'device-slept' }, FASTER_MS, 195, clockLimits);
  expect(retry.capMhz).toBe(200);
});

test('waiting for a person is no failure: however long it takes, the first one after it is tried again at once', () => {
  const retry = new RetryPolicy();
  const blocked = { code: 'usb-no-permission', location: 'usb 1-4', path: '/dev/bus/usb/001/004' } as const;
  for (let time = 0; time < 40; time += 1) {
    expect(retry.failed(blocked, 0, undefined, clockLimits)).toEqual({ waitMs: 15_000, tell: true, attempts: 0 });
  }
  const noChips = { code: 'device-no-chips', found: 0, expected: 1 } as const;
  expect(retry.failed(noChips, 0, undefined, clockLimits)).toEqual({ waitMs: 0, tell: false, attempts: 1 });
});

test('a timer that fires late sends the missed job at once and keeps the beat', () => {
  const clock = new FakeClock();
  const given: number[] = [];
  const late = {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (ms: number, callback: () => void) => clock.after(ms + 7, callback),
  };
  const feeder = new JobFeeder({
    clock: late,
    feed: { next: () => ({}) as Work },
    canTake: () => true,
    give: () => given.push(clock.monotonic()),
    intervalMs: () => 100,
    onSupply: () => {},
  });
  feeder.feedNow();
  clock.advance(1_000);
  // Seven milliseconds late each, and never more: the tenth is not seventy late.
  expect(given.map((at) => at - (given[0] as number))).toEqual([0, 107, 207, 307, 407, 507, 607, 707, 807, 907]);
});

test('while the bus stalls no jobs pile up; the newest work goes out when it moves again', () => {
  const clock = new FakeClock();
  let open = true;
  let pulled = 0;
  const feeder = new JobFeeder({
    clock,
    feed: {
      next: () => {
        pulled += 1;
        return {} as Work;
      },
    },
    canTake: () => open,
    give: () => {},
    intervalMs: () => 100,
    onSupply: () => {},
  });
  feeder.feedNow();
  open = false;
  clock.advance(10_000);
  expect(pulled).toBe(1);
  open = true;
  feeder.resume();
  expect(pulled).toBe(2);
});
