/** What is tried with a board in the guest. A file `scenarios/<board>.ts` exports one as its default; without one: the probe. */
import type { Bench } from './bench.ts';
import type { BoardName } from './emulators/boards.ts';
import { probe } from './scenarios/probe.ts';

/** Plugs the board in, runs programs, and says with `bench.check` what is true. */
export type Scenario = (bench: Bench, board: BoardName) => Promise<void>;

export async function scenarioOf(board: BoardName): Promise<Scenario> {
  try {
    const file = new URL(`scenarios/${board}.ts`, import.meta.url);
    return ((await import(file.href)) as { default: Scenario }).default;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return probe;
    throw error;
  }
}
