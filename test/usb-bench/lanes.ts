/**
 * Many boards are shared out to runs of the bench side by side: a guest has one processor, this machine may have more. Each run
 * is a process of its own; what they say is told as it comes, and counted together.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type BoardName, boards } from './emulators/boards.ts';
import { trials } from './scenarios/trials.ts';

/** More than one guest bears. */
const MOST_BOARDS = 8;
/** A trial without faults takes about as long as so many faults that are told: each of those costs a start, and boards start one after the other. */
const BASE = 1;
const RUN = new URL('run.ts', import.meta.url).pathname;
const COUNTS = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/;

/** Boards of like speed stay together, for a pool's difficulty has to suit them. Undefined: one run is enough. */
export function lanesOf(names: readonly BoardName[], lanes: number): readonly (readonly BoardName[])[] | undefined {
  if (names.length <= MOST_BOARDS || lanes < 2) return undefined;
  const bySpeed = names.toSorted((a, b) => boards[a].typical - boards[b].typical);
  const share = bySpeed.reduce((sum, name) => sum + weight(name), 0) / lanes;
  const shared: BoardName[][] = Array.from({ length: lanes }, () => []);
  let before = 0;
  for (const name of bySpeed) {
    shared[Math.min(lanes - 1, Math.floor((before + weight(name) / 2) / share))]?.push(name);
    before += weight(name);
  }
  return shared.filter((each) => each.length > 0);
}

/** Its exit code: 0 when nothing failed. */
export async function runLanes(lanes: readonly (readonly BoardName[])[]): Promise<number> {
  const counts = await Promise.all(lanes.map(runLane));
  const sum = (index: number) => counts.reduce((all, each) => all + (each[index] as number), 0);
  const skipped = sum(2) > 0 ? `, ${sum(2)} skipped` : '';
  console.log(`${sum(0)} passed, ${sum(1)} failed${skipped}`);
  return sum(1) === 0 ? 0 : 1;
}

/** Passed, failed, skipped. A run that ends without its figures has failed. */
async function runLane(names: readonly BoardName[]): Promise<readonly [number, number, number]> {
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

/** What is only looked at takes seconds. */
function weight(name: BoardName): number {
  const faults = trials.find(({ board }) => board === name)?.faults;
  return faults === undefined ? 0 : BASE + faults.reduce((sum, { codes }) => sum + codes.length, 0);
}
