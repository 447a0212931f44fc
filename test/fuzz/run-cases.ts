/** Runs cases of one target, each from its own stream of the seed, so that any one of them can be run alone. */
import { AppError } from '../../core/errors.ts';
import { seededRandom } from './random.ts';
import type { FuzzTarget } from './target.ts';

/** Case and what it threw. */
export interface Finding {
  readonly caseIndex: number;
  readonly text: string;
}

export interface Cases {
  readonly seed: number;
  readonly from: number;
  readonly count: number;
}

export interface Result {
  readonly passed: number;
  /** The first of them; a fault that every case finds need not be printed every time. */
  readonly findings: readonly Finding[];
  readonly failed: number;
}

const MOST_FINDINGS = 10;
/** The message and where it was thrown; the rest of a stack is the way here. */
const STACK_LINES = 6;
/** A case is a few kilobytes of work: one that takes this long hides a loop that is not linear. */
const MOST_CASE_MS = 5_000;

/** @param onCase called before each case, so that a watchdog knows where it stands */
export async function runCases(
  target: Pick<FuzzTarget, 'name' | 'run'>,
  { seed, from, count }: Cases,
  onCase: (caseIndex: number) => void,
): Promise<Result> {
  const findings: Finding[] = [];
  let failed = 0;
  for (let caseIndex = from; caseIndex < from + count; caseIndex += 1) {
    onCase(caseIndex);
    const text = await runCase(target, seed, caseIndex);
    if (text === undefined) continue;
    failed += 1;
    if (findings.length < MOST_FINDINGS) findings.push({ caseIndex, text });
  }
  return { passed: count - failed, failed, findings };
}

/** What is wrong with a case; undefined = nothing. */
async function runCase(target: Pick<FuzzTarget, 'name' | 'run'>, seed: number, caseIndex: number): Promise<string | undefined> {
  const began = performance.now();
  try {
    await target.run(seededRandom(seed, caseIndex), caseIndex);
  } catch (error) {
    // The peer's fault is how bad bytes are refused; everything else would have been a crash.
    if (!(error instanceof AppError && error.whose === 'peer'))
      return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const took = performance.now() - began;
  return took > MOST_CASE_MS ? `it took ${Math.round(took)} ms` : undefined;
}

/** One thrown thing, short. */
export function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (error.stack ?? error.message).split('\n').slice(0, STACK_LINES).join('\n');
}
