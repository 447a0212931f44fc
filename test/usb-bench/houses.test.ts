/** Which boards are tried together. */
import { expect, test } from 'vitest';
import { boards } from './emulators/boards.ts';
import { runsOf } from './lanes.ts';
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
    expect(together.length).toBeLessThanOrEqual(5);
  }
});

const names = trials.map(({ board }) => board);

test('side by side, every board has its place in one run, and what is only looked at in the shortest, which comes last', () => {
  const runs = runsOf([...names, 'terminus'], 2) ?? [];
  expect(runs.flat().sort()).toEqual([...names, 'terminus'].sort());
  const told = runs.map((run) =>
    trials
      .filter(({ board }) => run.includes(board))
      .reduce((sum, { faults }) => sum + faults.reduce((all, { codes }) => all + codes.length, 0), 0),
  );
  expect(told).toEqual(told.toSorted((a, b) => b - a));
  expect(runs.at(-1)).toContain('terminus');
});

test('a run of its own for a house tries it as one house', () => {
  for (const run of runsOf(names, 2) ?? []) expect(housesOf(trials.filter(({ board }) => run.includes(board)))).toHaveLength(1);
});

test('few boards, or one processor, need one run', () => {
  expect(runsOf(['compac', 'r606'], 2)).toBeUndefined();
  expect(runsOf(names, 1)).toBeUndefined();
});
