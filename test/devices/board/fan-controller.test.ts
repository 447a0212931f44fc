/** How fast the fan turns: quiet when cool, faster with heat, full when it must be. The rules alone, without a board. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FanController, FULL_AT_FIRST_MS, QUIET_PERCENT } from '../../../core/devices/board/fan-controller.ts';
import type { SafetyLimits } from '../../../core/devices/board/thermal-policy.ts';

const limits: SafetyLimits = {
  chip: { throttleC: 68, stopC: 75 },
  regulator: { throttleC: 90, stopC: 105 },
  resumeC: 45,
  plausibleC: [-20, 120],
};
const at = (tempC: number, regulatorTempC = 40) => ({ tempC, regulatorTempC });

/** Asked every two seconds, as boards ask; the speed after each. */
function speeds(temperatures: readonly number[], fan = new FanController(limits, -FULL_AT_FIRST_MS)): readonly number[] {
  return temperatures.map((tempC, index) => fan.percentFor(at(tempC), index * 2_000));
}

/** Where it ends when a temperature stays. */
function settled(tempC: number, regulatorTempC = 40): number {
  const fan = new FanController(limits, -FULL_AT_FIRST_MS);
  for (let now = 0; now < 300_000; now += 2_000) fan.percentFor(at(tempC, regulatorTempC), now);
  return fan.percentFor(at(tempC, regulatorTempC), 300_000);
}

test('full speed until the board has shown how hot it gets, then down in small steps to a quiet speed', () => {
  const fan = new FanController(limits, 0);
  const all = Array.from({ length: 60 }, (_, index) => fan.percentFor(at(40), index * 2_000));
  expect(all.slice(0, 8)).toEqual(Array(8).fill(100));
  for (let index = 1; index < all.length; index += 1) expect((all[index - 1] as number) - (all[index] as number)).toBeLessThanOrEqual(5);
  expect(all.at(-1)).toBe(QUIET_PERCENT);
});

test('a hotter board never gets a slower fan, whatever the temperatures', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 0, max: 30 }), (tempC, more) => {
      expect(settled(tempC + more)).toBeGreaterThanOrEqual(settled(tempC));
      expect(settled(50, tempC + more)).toBeGreaterThanOrEqual(settled(50, tempC));
    }),
    { numRuns: 60 },
  );
});

test.each([
  ['the chip at the limit that slows it down', at(68)],
  ['the chip above it', at(74)],
  ['the regulator at its limit, the chip cool', at(40, 90)],
  ['no answer of the sensors', undefined],
  ['an answer without the chip', { regulatorTempC: 40 }],
  ['a chip temperature that cannot be', at(200)],
  ['an answer without the regulator', { tempC: 40 }],
])('full speed at once: %s', (_title, readings) => {
  const fan = new FanController(limits, -FULL_AT_FIRST_MS);
  for (let now = 0; now < 300_000; now += 2_000) fan.percentFor(at(40), now);
  expect(fan.percentFor(at(40), 300_000)).toBe(QUIET_PERCENT);
  expect(fan.percentFor(readings, 300_001)).toBe(100);
});

test('up at once, by as much as is needed', () => {
  const fan = new FanController(limits, -FULL_AT_FIRST_MS);
  for (let now = 0; now < 300_000; now += 2_000) fan.percentFor(at(40), now);
  expect(fan.percentFor(at(66), 300_001)).toBe(settledFrom(66));
});

/** The curve: 35 % eighteen degrees below the limit, 100 % at it. */
function settledFrom(tempC: number): number {
  return Math.round(35 + (65 * (tempC - 50)) / 18);
}

test('a temperature that wavers by two degrees is not heard: the speed stays', () => {
  const first = speeds([...Array(60).fill(60), ...Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? 60 : 58))]);
  expect(new Set(first.slice(80))).toEqual(new Set([first[80]]));
});

test('after heat it stays faster until it is three degrees cooler', () => {
  const fan = new FanController(limits, -FULL_AT_FIRST_MS);
  const hold = (tempC: number, from: number) => {
    for (let now = from; now < from + 120_000; now += 2_000) fan.percentFor(at(tempC), now);
    return fan.percentFor(at(tempC), from + 120_000);
  };
  const cool = hold(55, 0);
  expect(cool).toBeLessThan(hold(60, 200_000));
  const warm = hold(60, 400_000);
  expect(hold(57.5, 600_000)).toBe(warm);
  expect(hold(56, 800_000)).toBeLessThan(warm);
});

test('a fan that stands still at a quiet speed is turned up at once, and never that slow again', () => {
  const fan = new FanController(limits, -FULL_AT_FIRST_MS);
  for (let now = 0; now < 300_000; now += 2_000) fan.percentFor({ ...at(40), fanRpm: 2_000 }, now);
  expect(fan.percentFor({ ...at(40), fanRpm: 0 }, 300_000)).toBe(100);
  let slowest = 100;
  for (let now = 302_000; now < 600_000; now += 2_000) slowest = Math.min(slowest, fan.percentFor({ ...at(40), fanRpm: 2_000 }, now));
  expect(slowest).toBe(QUIET_PERCENT + 15);
});
