/** Which frequency a board gets: wanted, less what heat takes, over what the chip can make. */
import { expect, test } from 'vitest';
import { bitaxeGamma, bitaxeMax, bitaxeSupra, bitaxeUltra } from '../../../core/devices/board/bitaxe-models.ts';
import type { BoardModel } from '../../../core/devices/board/board-model.ts';
import { emberOne } from '../../../core/devices/board/ember-one-model.ts';
import { FrequencyKeeper } from '../../../core/devices/board/frequency-keeper.ts';
import { antminer, antminerU1Stick, antminerU2Stick, antminerU3Board, blockErupter } from '../../../core/devices/board/icarus-models.ts';
import { compac, compacA1, compacA2, compacF, newPac, r606, r909, twoPac } from '../../../core/devices/board/models.ts';
import { bm1370Bitaxe } from '../../../core/devices/chip/bm1370/bitaxe.ts';
import { antminerU3 } from '../../../core/devices/chip/icarus/icarus.ts';

test('heat takes two steps at once and gives them back one by one; then nothing is throttled any more', () => {
  const keeper = new FrequencyKeeper(bm1370Bitaxe, 525);
  expect([keeper.allowedMhz, keeper.isThrottled]).toEqual([525, false]);
  keeper.throttle(525);
  expect([keeper.allowedMhz, keeper.isThrottled]).toEqual([512.5, true]);
  keeper.recover();
  expect([keeper.allowedMhz, keeper.isThrottled]).toEqual([518.75, true]);
  keeper.recover();
  expect([keeper.allowedMhz, keeper.isThrottled]).toEqual([525, false]);
});

test('heat that lasts an hour does not make the way back longer than the clock is high', () => {
  const keeper = new FrequencyKeeper(bm1370Bitaxe, 525);
  for (let step = 0; step < 720; step += 1) keeper.throttle(keeper.allowedMhz);
  expect(keeper.allowedMhz).toBe(50);
  keeper.recover();
  expect(keeper.allowedMhz).toBe(56.25);
});

test('on a chip that makes only some frequencies every step up leads somewhere', () => {
  const keeper = new FrequencyKeeper(antminerU3, 250);
  keeper.ready(0);
  const reached: number[] = [];
  let mhz = 100;
  for (let now = 10_000; now < 60_000; now += 1_000) {
    const next = keeper.step(mhz, 100, now);
    if (next === undefined) continue;
    mhz = antminerU3.pll(next).mhz;
    reached.push(mhz);
  }
  expect(reached).toEqual([125, 150, 175, 193.75, 200, 206.25, 212.5, 218.75, 225, 237.5, 243.75, 250]);
});

const gekko = [compac, twoPac, newPac, r606, compacF, r909, compacA1, compacA2];
const others = [bitaxeGamma, bitaxeSupra, bitaxeUltra, bitaxeMax, emberOne];
const icarus = [blockErupter, antminer, antminerU1Stick, antminerU2Stick, antminerU3Board];

/** Steps of a grid of 5 MHz over the widest range, and then some. */
const MOST_STEPS = 150;

/** The same model, whose settings are looked up: some families search long for each. */
function quick(model: BoardModel): BoardModel {
  const found = new Map<number, ReturnType<BoardModel['family']['pll']>>();
  const pll = (mhz: number) => {
    const setting = found.get(mhz) ?? model.family.pll(mhz);
    found.set(mhz, setting);
    return setting;
  };
  return { ...model, family: { ...model.family, pll } };
}

const models = [...gekko, ...others, ...icarus].map(quick);

/** A clock that follows its keeper: where it comes to rest, undefined if it does not. */
function clockOf({ family }: BoardModel, keeper: FrequencyKeeper, startMhz: number) {
  let { mhz } = family.pll(startMhz);
  let now = 10_000;
  const step = () => {
    now += 1_000;
    const next = keeper.step(mhz, 100, now);
    if (next !== undefined) mhz = family.pll(next).mhz;
    return next !== undefined;
  };
  keeper.ready(0);
  return () => {
    for (let steps = 0; steps < MOST_STEPS; steps += 1) if (!step()) return step() || step() ? undefined : mhz;
    return undefined;
  };
}

test.each(models)('$name: every whole MHz is reached and then left alone, from wherever it starts', (model) => {
  const [least, most] = model.rangeMhz;
  const starts = new Set([least, most, model.startMhz, ...Object.values(model.profiles)]);
  for (let mhz = Math.ceil(least); mhz <= most; mhz += 1) {
    for (const start of starts) {
      const settled = clockOf(model, new FrequencyKeeper(model.family, mhz), start);
      expect(settled(), `from ${start} to ${mhz} MHz`).toBe(model.family.pll(mhz).mhz);
    }
  }
});

test.each(models)('$name: after heat, in whatever order it came and went, the clock comes to rest', (model) => {
  for (let order = 0; order < 1 << 8; order += 1) {
    const keeper = new FrequencyKeeper(model.family, model.profiles.performance);
    const settle = clockOf(model, keeper, model.startMhz);
    let mhz = settle();
    for (let turn = 0; turn < 8; turn += 1) {
      if (((order >> turn) & 1) === 1) keeper.throttle(mhz);
      else keeper.recover();
      mhz = settle();
      expect(mhz, `heat ${order.toString(2)}, turn ${turn}`).toBe(model.family.pll(keeper.allowedMhz).mhz);
    }
  }
});
