/** Which frequency a board gets: wanted, less what heat takes, over what the chip can make. */
import { expect, test } from 'vitest';
import { FrequencyKeeper } from '../../../core/devices/board/frequency-keeper.ts';
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
