/** One hash thread of the processor: pulls its own work, checks what it finds, is started again when it crashes. */

import { hashHeader, headerAt } from '../../bitcoin/header.ts';
import { readU32Le, writeU32Le } from '../../bitcoin/u32.ts';
import { compareLe } from '../../bytes.ts';
import type { Failure } from '../../errors.ts';
import type { Clock, HashListener, HashThread, HashWorkers } from '../../ports.ts';
import type { FoundNonce, Work, WorkFeed } from '../device.ts';
import { hashTask, ticketOf } from './hash-task.ts';
import { hashKernels, hashTrial } from './kernels.ts';

/** A thread that crashes this often in a row will crash again: it is given up until the user touches its settings. */
export const MAX_RESTARTS = 5;
/** First wait before a restart; doubled each time, so five take half a minute. */
export const FIRST_RESTART_MS = 1_000;
/** A thread that ran this long was well: its earlier crashes are forgotten. */
export const HEALTHY_MS = 60_000;

export type ThreadFault = Failure & {
  readonly code: 'worker-crashed';
  readonly text: string;
  readonly restarts: number;
  readonly givenUp: boolean;
};

/** What a thread has of its device. */
export interface ThreadHost {
  readonly workers: HashWorkers;
  readonly clock: Clock;
  readonly feed: WorkFeed;
  onNonce(found: FoundNonce): void;
  onFault(fault: ThreadFault): void;
  /** Its state, its work or its speed is another now. */
  onChange(): void;
}

type State =
  | { readonly at: 'starting'; readonly thread: HashThread }
  | { readonly at: 'running'; readonly thread: HashThread; readonly since: number; readonly hashesPerSecond: number }
  | { readonly at: 'restarting'; readonly cancel: () => void }
  | { readonly at: 'given-up' }
  | { readonly at: 'stopped' };

export class CpuThread {
  readonly #host: ThreadHost;
  #state: State = { at: 'stopped' };
  #work: Work | undefined;
  #held = false;
  #dutyCycle: number;
  #restarts = 0;

  constructor(host: ThreadHost, dutyCycle: number) {
    this.#host = host;
    this.#dutyCycle = dutyCycle;
  }

  get at(): State['at'] {
    return this.#state.at;
  }

  get hasWork(): boolean {
    return this.#work !== undefined;
  }

  /** Measured by the thread when it started, without rests; 0 until then. */
  get hashesPerSecond(): number {
    return this.#state.at === 'running' ? this.#state.hashesPerSecond : 0;
  }

  /** Starts the thread, also one that was given up, and pulls work for it. */
  start(): void {
    if (this.#state.at !== 'stopped' && this.#state.at !== 'given-up') return;
    this.#restarts = 0;
    this.#launch();
  }

  /** Drops what it has and pulls, unless it is held or has no thread to hash. */
  renew(): void {
    const thread = this.#thread;
    this.#work = thread === undefined || this.#held ? undefined : this.#host.feed.next();
    thread?.assign(this.#work === undefined ? undefined : hashTask(this.#work));
  }

  /** Held: sleeps without work. Not held: pulls. */
  setHeld(held: boolean): void {
    if (held === this.#held) return;
    this.#held = held;
    this.renew();
  }

  setDutyCycle(dutyCycle: number): void {
    this.#dutyCycle = dutyCycle;
    this.#thread?.setDutyCycle(dutyCycle);
  }

  /** Hashes done since it was last asked. */
  takeHashes(): number {
    return this.#thread?.takeHashes() ?? 0;
  }

  async stop(): Promise<void> {
    const state = this.#state;
    this.#state = { at: 'stopped' };
    this.#work = undefined;
    if (state.at === 'restarting') state.cancel();
    if ('thread' in state) await state.thread.stop();
  }

  get #thread(): HashThread | undefined {
    return 'thread' in this.#state ? this.#state.thread : undefined;
  }

  #launch(): void {
    // A thread that is replaced may still have something to say; only the present one is heard.
    let thread: HashThread | undefined;
    const mine = () => thread !== undefined && this.#thread === thread;
    const listener: HashListener = {
      onKernel: (_kernel, hashesPerSecond) => mine() && this.#ready(thread as HashThread, hashesPerSecond),
      onFound: (ticket, nonces) => mine() && this.#found(ticket, nonces),
      onSearched: (ticket) => mine() && this.#searched(ticket),
      onCrash: (text) => mine() && this.#crashed(text),
    };
    thread = this.#host.workers.start(hashKernels, hashTrial, listener);
    thread.setDutyCycle(this.#dutyCycle);
    this.#state = { at: 'starting', thread };
    this.renew();
    this.#host.onChange();
  }

  #ready(thread: HashThread, hashesPerSecond: number): void {
    const since = this.#state.at === 'running' ? this.#state.since : this.#host.clock.monotonic();
    this.#state = { at: 'running', thread, since, hashesPerSecond };
    this.#host.onChange();
  }

  #found(ticket: number, nonces: readonly number[]): void {
    const work = this.#work;
    if (work === undefined || ticketOf(work) !== ticket) return;
    for (const nonce of nonces) if (meetsTarget(work, nonce)) this.#host.onNonce(foundNonce(work, nonce));
  }

  #searched(ticket: number): void {
    if (this.#work === undefined || ticketOf(this.#work) !== ticket) return;
    this.renew();
    if (this.#work === undefined) this.#host.onChange();
  }

  #crashed(text: string): void {
    const { clock } = this.#host;
    if (this.#state.at === 'running' && clock.monotonic() - this.#state.since >= HEALTHY_MS) this.#restarts = 0;
    const givenUp = this.#restarts >= MAX_RESTARTS;
    const delayMs = FIRST_RESTART_MS * 2 ** this.#restarts;
    if (!givenUp) this.#restarts += 1;
    this.#work = undefined;
    this.#state = givenUp ? { at: 'given-up' } : { at: 'restarting', cancel: clock.after(delayMs, () => this.#launch()) };
    this.#host.onFault({ code: 'worker-crashed', text, restarts: this.#restarts, givenUp });
    this.#host.onChange();
  }
}

/** The kernels compare only the top word; this compares all of the hash. */
function meetsTarget(work: Work, nonce: number): boolean {
  const header = work.header.slice();
  writeU32Le(header, headerAt.nonce, nonce);
  return compareLe(hashHeader(header), work.target) <= 0;
}

function foundNonce(work: Work, nonce: number): FoundNonce {
  return { work, nonce, version: readU32Le(work.header, headerAt.version), ntime: readU32Le(work.header, headerAt.ntime) };
}
