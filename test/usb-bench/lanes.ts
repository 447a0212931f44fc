/**
 * Many boards are shared out to runs of the bench side by side, a house each: a guest has one processor, this machine may have more. Each run
 * is a process of its own; what they say is told as it comes, and counted together.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { BoardName } from './emulators/boards.ts';
import { type BoardsTogether, housesOf } from './scenarios/houses.ts';
import { trials } from './scenarios/trials.ts';

/** More than one guest bears. */
const MOST_BOARDS = 8;
const RUN = new URL('run.ts', import.meta.url).pathname;
const COUNTS = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/;

type Counts = readonly [passed: number, failed: number, skipped: number];

/**
 * What each run has to do, the longest first: a house, whose boards are tried all at once, so that it takes as long as the board that
 * most is tried with; last, those that are only looked at. Undefined: one run does it all.
 */
export function runsOf(names: readonly BoardName[], processors: number): readonly (readonly BoardName[])[] | undefined {
  if (names.length <= MOST_BOARDS || processors < 2) return undefined;
  const tried = trials.filter(({ board }) => names.includes(board));
  const longest = (house: BoardsTogether) => Math.max(...house.trials.map(({ faults }) => faults.length));
  const houses = housesOf(tried).toSorted((a, b) => longest(b) - longest(a));
  const looked = names.filter((name) => !tried.some(({ board }) => board === name));
  return [...houses.map((house) => house.trials.map(({ board }) => board)), looked].filter((each) => each.length > 0);
}

/** As many at a time as there are processors. Its exit code: 0 when nothing failed. */
export async function runAll(runs: readonly (readonly BoardName[])[], processors: number): Promise<number> {
  const waiting = [...runs];
  const counts: Counts[] = [];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) counts.push(await run(next));
  };
  await Promise.all(Array.from({ length: processors }, lane));
  const sum = (index: 0 | 1 | 2) => counts.reduce((all, each) => all + each[index], 0);
  const skipped = sum(2) > 0 ? `, ${sum(2)} skipped` : '';
  console.log(`${sum(0)} passed, ${sum(1)} failed${skipped}`);
  return sum(1) === 0 ? 0 : 1;
}

/** Passed, failed, skipped. A run that ends without its figures has failed. */
async function run(names: readonly BoardName[]): Promise<Counts> {
  const child = spawn(process.execPath, [RUN, '--together', ...names.flatMap((name) => ['--board', name])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let last = '';
  for await (const line of createInterface({ input: child.stdout })) {
    if (!COUNTS.test(line)) console.log(line);
    last = line;
  }
  const [, passed, failed, skipped] = COUNTS.exec(last) ?? [undefined, '0', '1', '0'];
  return [Number(passed), Number(failed), Number(skipped ?? 0)];
}
