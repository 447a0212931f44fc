/** The thread that runs the cases of one target, so that `run.ts` can end it when it hangs. */
import { parentPort, workerData } from 'node:worker_threads';
import { type Cases, runCases } from './run-cases.ts';
import { targets } from './targets.ts';

/** `progress[0]` is the case under way. */
export interface WorkerInput {
  readonly name: string;
  readonly cases: Cases;
  readonly progress: Int32Array;
}

const { name, cases, progress } = workerData as WorkerInput;
const target = targets.find((candidate) => candidate.name === name);
if (target === undefined) throw new Error(`no target ${name}`);
parentPort?.postMessage(await runCases(target, cases, (caseIndex) => Atomics.store(progress, 0, caseIndex)));
