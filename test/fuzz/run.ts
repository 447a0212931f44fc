/**
 * `node test/fuzz/run.ts [--cases N] [--seed S] [--only NAME] [--case I]`: N cases in all, dealt
 * out to the targets by their parts (or all to one). Only a
 * PeerError may be thrown, no case may hang, memory must not grow. Prints seed and case of each finding; the last line is
 * `N passed, N failed`; exits 1 when one failed.
 */
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { type Cases, type Result, textOf } from './run-cases.ts';
import { targets } from './targets.ts';
import type { WorkerInput } from './worker.ts';

const DEFAULT_CASES = 1000;
/** No progress for this long is a hang: cases take milliseconds. */
const HANG_MS = 30_000;
const WATCH_MS = 1_000;
/** What a target may hold at once: the engine ends its thread above this, which is a finding. Live data is a tenth of it. */
const MOST_HEAP_MIB = 160;
/** Of the whole process, garbage not yet collected and buffers outside the heap included. */
const MOST_GROWTH_MIB = 512;
const MIB = 1 << 20;

const { only, single, seed, count } = readOptions();
const chosen = targets.filter(({ name }) => only === undefined || name === only);
if (chosen.length === 0) fail(`no target ${only}: known are ${targets.map(({ name }) => name).join(', ')}`);

const results: Result[] = [];
const allParts = chosen.reduce((sum, { parts }) => sum + parts, 0);
for (const { name, parts } of chosen) results.push(await runTarget(name, Math.ceil((count * parts) / allParts)));
const total = (of: 'passed' | 'failed') => results.reduce((sum, result) => sum + result[of], 0);
console.log(`${total('passed')} passed, ${total('failed')} failed`);
process.exit(total('failed') === 0 ? 0 : 1);

async function runTarget(name: string, share: number): Promise<Result> {
  const cases: Cases = single === undefined ? { seed, from: 0, count: share } : { seed, from: single, count: 1 };
  const [began, before] = [performance.now(), process.memoryUsage().rss];
  const result = withGrowth(await inWorker(name, cases), (process.memoryUsage().rss - before) / MIB);
  const seconds = (performance.now() - began) / 1000;
  const rate = Math.round((result.passed + result.failed) / seconds);
  console.log(`${name}: seed ${seed}, ${cases.count} cases in ${seconds.toFixed(1)} s, ${rate} cases per second, memory ${result.growth}`);
  for (const { caseIndex, text } of result.findings) {
    console.log(`  failed: ${text}\n  again: node test/fuzz/run.ts --only ${name} --seed ${seed} --case ${caseIndex}`);
  }
  return result;
}

function withGrowth(result: Result, growthMib: number): Result & { growth: string } {
  const growth = `grew by ${growthMib.toFixed(0)} MiB`;
  if (growthMib <= MOST_GROWTH_MIB) return { ...result, growth };
  const finding = { caseIndex: 0, text: `memory ${growth}, more than ${MOST_GROWTH_MIB}` };
  return { passed: result.passed - 1, failed: result.failed + 1, findings: [...result.findings, finding], growth };
}

/** The cases in a thread of their own; a case that hangs is a finding, and ends the thread. */
function inWorker(name: string, cases: Cases): Promise<Result> {
  const progress = new Int32Array(new SharedArrayBuffer(4)).fill(-1);
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { name, cases, progress } satisfies WorkerInput,
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MIB },
  });
  return new Promise((resolve) => {
    const end = (result: Result) => {
      clearInterval(watch);
      void worker.terminate();
      resolve(result);
    };
    const broken = (text: string) => {
      const caseIndex = Math.max(cases.from, Atomics.load(progress, 0));
      end({ passed: caseIndex - cases.from, failed: 1, findings: [{ caseIndex, text }] });
    };
    const watch = watchProgress(progress, () => broken(`no end after ${HANG_MS / 1000} s`));
    worker.once('message', end);
    worker.once('error', (error: unknown) => broken(textOf(error)));
    worker.once('exit', () => broken('the thread ended by itself'));
  });
}

function watchProgress(progress: Int32Array, onHang: () => void): NodeJS.Timeout {
  let [last, since] = [Atomics.load(progress, 0), performance.now()];
  return setInterval(() => {
    const current = Atomics.load(progress, 0);
    if (current !== last) [last, since] = [current, performance.now()];
    else if (performance.now() - since > HANG_MS) onHang();
  }, WATCH_MS);
}

function readOptions() {
  const number = (text: string | undefined, name: string): number | undefined => {
    if (text === undefined) return undefined;
    if (!/^\d{1,9}$/.test(text)) fail(`--${name} takes a number`);
    return Number(text);
  };
  const options = { cases: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' }, case: { type: 'string' } } as const;
  const { values } = parseArgs({ options });
  return {
    only: values.only,
    single: number(values.case, 'case'),
    seed: number(values.seed, 'seed') ?? Math.floor(performance.timeOrigin) % 1_000_000_000,
    count: number(values.cases, 'cases') ?? DEFAULT_CASES,
  };
}

function fail(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}
