/** Which boards are tried together. */
import { expect, test } from 'vitest';
import { boards } from './emulators/boards.ts';
import { lanesOf } from './lanes.ts';
import { housesOf } from './scenarios/houses.ts';
import { trials } from './scenarios/trials.ts';

const houses = housesOf(trials);

test('every board that is tried has its place in one house', () => {
  const placed = houses.flatMap((house) => house.trials.map(({ board }) => board));
  expect(placed.sort()).toEqual(trials.map(({ board }) => board).sort());
});

test('in every house the fastest board does not drown the pool, and the slowest finds shares while somebody waits', () => {
  for (const { trials: together, difficulty } of houses) {
    const sharesASecond = together.map(({ board }) => boards[board].typical / 2 ** 32 / difficulty);
    expect(Math.max(...sharesASecond)).toBeLessThanOrEqual(8);
    expect(Math.min(...sharesASecond)).toBeGreaterThanOrEqual(1 / 20);
    expect(together.length).toBeLessThanOrEqual(7);
  }
});

test('side by side, every board has its place in one run, and no run has much more to do than another', () => {
  const names = trials.map(({ board }) => board);
  const lanes = lanesOf(names, 2) ?? [];
  expect(lanes.flat().sort()).toEqual(names.sort());
  const told = lanes.map(
    (lane) => trials.filter(({ board }) => lane.includes(board)).flatMap(({ faults }) => faults.flatMap(({ codes }) => codes)).length,
  );
  expect(Math.max(...told)).toBeLessThan(1.5 * Math.min(...told));
});

test('few boards, or one processor, need one run', () => {
  expect(lanesOf(['compac', 'r606'], 2)).toBeUndefined();
  expect(
    lanesOf(
      trials.map(({ board }) => board),
      1,
    ),
  ).toBeUndefined();
});
