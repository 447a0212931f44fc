/** Real threads: short, because they use the processor. */
import { afterEach, expect, test } from 'vitest';
import { taskWords } from '../../core/devices/cpu/hash-task.ts';
import { hashKernels, hashTrial } from '../../core/devices/cpu/kernels.ts';
import { NodeHashWorkers } from '../../core/io/hash-workers.ts';
import type { HashKernel, HashThread } from '../../core/ports.ts';

/** One nonce in 256 is found. */
const easy = new Uint8Array(32).fill(0xff);
easy[31] = 0;

type Heard = { kernel?: string; found: [ticket: number, at: number][]; crash?: string; onChange: () => void };
const threads: HashThread[] = [];

function start(kernels: readonly HashKernel[] = hashKernels, entry?: URL): { thread: HashThread; heard: Heard } {
  const heard: Heard = { found: [], onChange: () => {} };
  const changed = (change: () => void) => {
    change();
    heard.onChange();
  };
  const workers = new NodeHashWorkers({ lowPriority: false, ...(entry === undefined ? {} : { entry }) });
  const thread = workers.start(kernels, hashTrial, {
    onKernel: (kernel) => changed(() => Object.assign(heard, { kernel })),
    onFound: (ticket) => changed(() => heard.found.push([ticket, performance.now()])),
    onSearched: () => {},
    onCrash: (crash) => changed(() => Object.assign(heard, { crash })),
  });
  threads.push(thread);
  return { thread, heard };
}

function until(heard: Heard, condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    heard.onChange = () => condition() && resolve();
    heard.onChange();
  });
}

const task = (ticket: number) => ({ ticket, words: taskWords(new Uint8Array(80).fill(ticket), easy) });

afterEach(async () => {
  await Promise.all(threads.splice(0).map((thread) => thread.stop()));
});

test('a thread hashes what it is given, turns to new work within milliseconds, and stops', async () => {
  const { thread, heard } = start();
  thread.assign(task(1));
  await until(heard, () => heard.found.length > 0);
  expect(hashKernels.map((kernel) => kernel.name)).toContain(heard.kernel);
  const turns: number[] = [];
  for (let ticket = 2; ticket < 22; ticket += 1) {
    const at = performance.now();
    thread.assign(task(ticket));
    await until(heard, () => heard.found.at(-1)?.[0] === ticket);
    turns.push((heard.found.find(([of]) => of === ticket)?.[1] ?? Number.POSITIVE_INFINITY) - at);
  }
  // The best of twenty: other programs on the machine may hold up any of them.
  expect(Math.min(...turns)).toBeLessThan(3);
  expect(thread.takeHashes()).toBeGreaterThan(0);
  const stopping = performance.now();
  await thread.stop();
  expect(performance.now() - stopping).toBeLessThan(1_000);
});

test('a thread without a right kernel says so and is gone', async () => {
  const { thread, heard } = start([]);
  await until(heard, () => heard.crash !== undefined);
  expect(heard.crash).toBe('no hash kernel gives right answers here');
  await thread.stop();
});

test('a thread that cannot even start is a crash, not an exception', async () => {
  const { thread, heard } = start(hashKernels, new URL('file:///nowhere/hash-worker.ts'));
  thread.assign(task(1));
  await until(heard, () => heard.crash !== undefined);
  expect(heard.crash).toMatch(/nowhere/);
  await thread.stop();
});

test('a thread that is stopped while it still tries kernels says nothing more', async () => {
  const { thread, heard } = start();
  await Promise.all([thread.stop(), thread.stop()]);
  expect([heard.kernel, heard.crash]).toEqual([undefined, undefined]);
});
