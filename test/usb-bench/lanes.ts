/**
 * Many boards are shared out to runs of the bench, a house each, as many side by side as there are processors: a guest has one
 * processor, this machine may have more. Each run is a process of its own; what they say is told as it comes, and counted together.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { BoardName } from './emulators/boards.ts';
import { type BoardsTogether, housesOf } from './scenarios/houses.ts';
import { trials } from './scenarios/trials.ts';

/** Up to so many one guest tries one house after the other. */
const FEW_BOARDS = 8;
/** Boot, plugging in, rate and replugging take a house about as long as so many faults that are told. */
const BASE = 8;
const RUN = new URL('run.ts', import.meta.url).pathname;
const COUNTS = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/;

type Counts = readonly [passed: number, failed: number, skipped: number];

/** What each run has to do, the longest first; boards without a trial are looked at by the shortest. Undefined: one run does it all. */
export function runsOf(names: readonly BoardName[], processors: number): readonly (readonly BoardName[])[] | undefined {
  if (names.length <= FEW_BOARDS || processors < 2) return undefined;
  const tried = trials.filter(({ board }) => names.includes(board));
  const looked = names.filter((name) => !tried.some(({ board }) => board === name));
  const runs = housesOf(tried)
    .toSorted((a, b) => weight(b) - weight(a))
    .map((house) => house.trials.map(({ board }) => board));
  return [...runs.slice(0, -1), [...(runs.at(-1) ?? []), ...looked]];
}

/** Its exit code: 0 when nothing failed. */
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

/** A run that ends without its figures has failed. */
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

/** A fault that is told costs a start, and boards start one after the other: how long a house takes follows from their number. */
function weight({ trials: together }: BoardsTogether): number {
  return together.reduce((sum, { faults }) => sum + faults.reduce((told, { codes }) => told + codes.length, 0), BASE);
}
