/**
 * Hash threads as worker threads of this process. Implements `HashWorkers` of core/ports.ts. Tasks go through shared
 * memory (`hash-mailbox.ts`), so `assign` is done when it returns, whatever the thread is doing.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { HashKernel, HashListener, HashTask, HashThread, HashTrial, HashWorkers } from '../ports.ts';
import { HashMailbox } from './hash-mailbox.ts';
import type { HashWorkerData, HashWorkerMessage } from './hash-worker.ts';
import { WideCompilation } from './wide-compilation.ts';

/** A thread leaves its loop within a chunk of about a millisecond, a trial within two seconds; then it is ended by force. */
const STOP_LIMIT_MS = 500;

export interface HashWorkersOptions {
  /** The worker's entry, where it is bundled elsewhere than beside this file. */
  readonly entry?: URL;
  /** Threads at the lowest priority, where the system has one for threads. Default true. */
  readonly lowPriority?: boolean;
  /** Lets the engine join pairs of 128-bit operations to 256 bits; default: where this was tried. */
  readonly wide?: boolean;
}

export class NodeHashWorkers implements HashWorkers {
  readonly processors = availableParallelism();
  readonly #entry: URL;
  readonly #lowPriority: boolean;
  readonly #wide: WideCompilation;

  constructor(options: HashWorkersOptions = {}) {
    this.#entry = options.entry ?? new URL('./hash-worker.ts', import.meta.url);
    this.#lowPriority = options.lowPriority ?? true;
    this.#wide = new WideCompilation(options.wide);
  }

  start(kernels: readonly HashKernel[], trial: HashTrial, listener: HashListener): HashThread {
    const compiled = this.#wide.begin();
    const mailbox = HashMailbox.create();
    const workerData: HashWorkerData = { kernels, trial, mailbox: mailbox.shared, lowPriority: this.#lowPriority };
    try {
      return new WorkerThread(new Worker(this.#entry, { workerData, name: 'hash' }), mailbox, listener, compiled);
    } catch (error) {
      compiled();
      return stillborn(listener, error instanceof Error ? error.message : String(error));
    }
  }
}

/** The system gave no thread (no memory, too many threads): a crash like any other, told when the caller has the object. */
function stillborn(listener: HashListener, text: string): HashThread {
  let stopped = false;
  queueMicrotask(() => stopped || listener.onCrash(text));
  const stop = async () => {
    stopped = true;
  };
  return { assign: () => {}, setDutyCycle: () => {}, takeHashes: () => 0, stop };
}

class WorkerThread implements HashThread {
  readonly #worker: Worker;
  readonly #mailbox: HashMailbox;
  readonly #listener: HashListener;
  /** To be called when the thread has compiled its kernels. */
  readonly #compiled: () => void;
  readonly #exited: Promise<void>;
  #hashesTaken = 0;
  #silent = false;

  constructor(worker: Worker, mailbox: HashMailbox, listener: HashListener, compiled: () => void) {
    this.#worker = worker;
    this.#mailbox = mailbox;
    this.#listener = listener;
    this.#compiled = compiled;
    worker.on('message', (message: HashWorkerMessage) => this.#hear(message));
    worker.on('error', (error) => this.#crash(error instanceof Error ? error.message : String(error)));
    this.#exited = new Promise((resolve) => {
      worker.on('exit', (code) => {
        this.#crash(`the thread ended with code ${code}`);
        resolve();
      });
    });
  }

  assign(task: HashTask | undefined): void {
    this.#mailbox.assign(task);
  }

  setDutyCycle(share: number): void {
    this.#mailbox.setDutyCycle(share);
  }

  takeHashes(): number {
    const hashes = this.#mailbox.hashes;
    const count = (hashes - this.#hashesTaken) >>> 0;
    this.#hashesTaken = hashes;
    return count;
  }

  async stop(): Promise<void> {
    this.#silent = true;
    this.#compiled();
    this.#mailbox.stop();
    const force = setTimeout(() => void this.#worker.terminate(), STOP_LIMIT_MS);
    await this.#exited;
    clearTimeout(force);
  }

  #hear(message: HashWorkerMessage): void {
    if (message.type === 'found') this.#mailbox.reportRead();
    if (message.type === 'settled' || message.type === 'no-kernel') this.#compiled();
    if (this.#silent) return;
    if (message.type === 'kernel') this.#listener.onKernel(message.name, message.hashesPerSecond);
    else if (message.type === 'found') this.#listener.onFound(message.ticket, message.nonces);
    else if (message.type === 'searched') this.#listener.onSearched(message.ticket);
    else if (message.type === 'no-kernel') this.#crash('no hash kernel gives right answers here');
  }

  #crash(text: string): void {
    this.#compiled();
    if (this.#silent) return;
    this.#silent = true;
    this.#listener.onCrash(text);
  }
}
