/** Which boards are tried together. */
import { expect, test } from 'vitest';
import { type BoardName, boards } from './emulators/boards.ts';
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

test('side by side, every board has its place in one run of its house, the one that takes longest begins, looking comes last', () => {
  const names = Object.keys(boards) as BoardName[];
  const runs = runsOf(names, 2) ?? [];
  expect(runs.flat().sort()).toEqual(names.sort());
  const [first = [], ...others] = runs.map((run) => trials.filter(({ board }) => run.includes(board)));
  const most = (tried: typeof first) => Math.max(0, ...tried.map(({ faults }) => faults.length));
  expect(first.map(({ board }) => board)).toContain('bitaxe-gamma');
  for (const other of others) expect(most(other)).toBeLessThanOrEqual(most(first));
  for (const tried of [first, ...others.slice(0, -1)]) expect(housesOf(tried)).toHaveLength(1);
  expect(others.at(-1)).toEqual([]);
});

test('few boards, or one processor, need one run', () => {
  expect(runsOf(['compac', 'r606'], 2)).toBeUndefined();
  expect(
    runsOf(
      trials.map(({ board }) => board),
      1,
    ),
  ).toBeUndefined();
});
