/**
 * Entry of a hash thread (a worker of `hash-workers.ts`): chooses a kernel, then hashes what its mailbox says. It never
 * comes back to its event loop, so all it is told comes through the mailbox; what it has to say goes out as messages.
 */
import { constants, platform, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { HashKernel, HashTrial } from '../ports.ts';
import type { RunningKernel } from './hash-kernel.ts';
import { HashMailbox } from './hash-mailbox.ts';
import { HashSearch } from './hash-search.ts';
import { KernelTrial } from './hash-trial.ts';

/** What `hash-workers.ts` gives to a thread. */
export interface HashWorkerData {
  readonly kernels: readonly HashKernel[];
  readonly trial: HashTrial;
  readonly mailbox: SharedArrayBuffer;
  readonly lowPriority: boolean;
}

/** What a thread says. `settled`: what is not compiled by now may be compiled in any way. */
export type HashWorkerMessage =
  | { readonly type: 'kernel'; readonly name: string; readonly hashesPerSecond: number }
  | { readonly type: 'settled' }
  | { readonly type: 'no-kernel' }
  | { readonly type: 'found'; readonly ticket: number; readonly nonces: readonly number[] }
  | { readonly type: 'searched'; readonly ticket: number };

/** When the kernels are looked at again, counted from the first look: soon, and when a busy machine must have optimised them too. */
const LOOK_AGAIN_MS = [1_000, 10_000];

const now = () => performance.now();
const say = (message: HashWorkerMessage) => parentPort?.postMessage(message);

function run(data: HashWorkerData): void {
  const trial = new KernelTrial(data.kernels, data.trial, now);
  const kernel = choose(trial);
  if (kernel === undefined) return;
  if (data.lowPriority) lowerPriority();
  const mailbox = new HashMailbox(data.mailbox);
  const search = new HashSearch(
    kernel,
    mailbox,
    {
      found: (ticket, nonces) => say({ type: 'found', ticket, nonces }),
      searched: (ticket) => say({ type: 'searched', ticket }),
    },
    now,
  );
  const start = now();
  const looks = [...LOOK_AGAIN_MS];
  while (!mailbox.stopped) {
    if (now() - start >= (looks[0] ?? Number.POSITIVE_INFINITY)) {
      looks.shift();
      const again = choose(trial);
      if (again === undefined) return;
      search.useKernel(again);
      say({ type: 'settled' });
    }
    search.step();
  }
}

/** The best kernel as of now, told to the main thread. */
function choose(trial: KernelTrial): RunningKernel | undefined {
  const chosen = trial.look();
  say(chosen === undefined ? { type: 'no-kernel' } : { type: 'kernel', name: chosen.kernel.name, hashesPerSecond: chosen.hashesPerSecond });
  return chosen?.kernel;
}

/**
 * Only Linux keeps a priority for each thread (setpriority(2), "C library/kernel differences"): 0 names the calling one.
 * Elsewhere the call would slow the whole app, its network road included, so nothing is done.
 */
function lowerPriority(): void {
  if (platform() !== 'linux') return;
  try {
    setPriority(0, constants.priority.PRIORITY_LOW);
  } catch {
    // A sandbox may forbid it; hashing at normal priority is no fault.
  }
}

run(workerData as HashWorkerData);
