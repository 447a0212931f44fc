/**
 * This computer's processor as a mining device. Threads do the hashing (`HashWorkers` port); here is when they hash: how
 * many, which share of the time, paused or not. Rolls only nonces. Counts its hashes, so its hashrate is measured, not estimated.
 */
import type { Clock, HashWorkers } from '../../ports.ts';
import type { Device, DeviceEvent, DeviceIdentity, DeviceSettings, DeviceState, WorkFeed } from '../device.ts';
import { CpuThread, type ThreadHost } from './cpu-thread.ts';

/** How often counted hashes are reported. */
export const REPORT_MS = 1_000;
/** Less is not worth the wake-ups. */
const MIN_DUTY_CYCLE = 0.05;

export interface CpuWorld {
  readonly workers: HashWorkers;
  readonly clock: Clock;
}

interface Started {
  readonly feed: WorkFeed;
  readonly listener: (event: DeviceEvent) => void;
  settings: DeviceSettings;
}

export class CpuDevice implements Device {
  readonly identity: DeviceIdentity;
  readonly #world: CpuWorld;
  #started: Started | undefined;
  #threads: CpuThread[] = [];
  /** Threads on their way out. */
  readonly #leaving = new Set<Promise<void>>();
  #shown = '';
  #expected = 0;
  #reportedAt = 0;
  #cancelReport: () => void = () => {};
  #stopped: Promise<void> | undefined;
  /** Hashes of threads that left since the last report. */
  #leftHashes = 0;

  constructor(world: CpuWorld) {
    this.#world = world;
    const { processors } = world.workers;
    this.identity = {
      id: 'processor',
      kind: 'processor',
      model: 'This computer',
      location: processors === 1 ? '1 thread' : `${processors} threads`,
      chips: processors,
      versionMask: 0,
      takes: 'header',
    };
  }

  start(feed: WorkFeed, settings: DeviceSettings, listener: (event: DeviceEvent) => void): void {
    this.#started = { feed, listener, settings };
    this.#reportedAt = this.#world.clock.monotonic();
    this.#scheduleReport();
    this.#apply(this.#started);
  }

  renew(): void {
    for (const thread of this.#threads) thread.renew();
    this.#show();
  }

  configure(settings: DeviceSettings): void {
    if (this.#started === undefined || this.#stopped !== undefined) return;
    this.#started.settings = settings;
    this.#apply(this.#started);
  }

  /** A processor has no light. */
  identify(): boolean {
    return false;
  }

  /** As quick as the slowest thread, which the port limits to about a second. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#cancelReport();
    for (const thread of this.#threads.splice(0)) this.#leave(thread);
    await Promise.all(this.#leaving);
  }

  #apply({ feed, settings }: Started): void {
    const wanted = settings.paused
      ? Math.min(this.#threads.length, threadCount(this.#world, settings))
      : threadCount(this.#world, settings);
    while (this.#threads.length > wanted) this.#leave(this.#threads.pop() as CpuThread);
    for (const thread of this.#threads) {
      thread.setDutyCycle(dutyCycle(settings));
      thread.setHeld(settings.paused);
    }
    while (this.#threads.length < wanted) this.#threads.push(new CpuThread(this.#host(feed), dutyCycle(settings)));
    if (!settings.paused) for (const thread of this.#threads) thread.start();
    this.#show();
  }

  #host(feed: WorkFeed): ThreadHost {
    return {
      workers: this.#world.workers,
      clock: this.#world.clock,
      feed,
      onNonce: (found) => this.#tell({ type: 'nonce', found }),
      onFault: (fault) => this.#tell({ type: 'fault', fault }),
      onChange: () => this.#show(),
    };
  }

  #leave(thread: CpuThread): void {
    this.#leftHashes += thread.takeHashes();
    const gone: Promise<void> = thread.stop().finally(() => this.#leaving.delete(gone));
    this.#leaving.add(gone);
  }

  #tell(event: DeviceEvent): void {
    if (this.#stopped === undefined) this.#started?.listener(event);
  }

  /** Tells state and expected speed when they are other than what was told last. */
  #show(): void {
    if (this.#started === undefined) return;
    const { settings } = this.#started;
    const state = stateOf(settings, this.#threads);
    const shown = JSON.stringify(state);
    if (shown !== this.#shown) this.#tell({ type: 'state', state });
    this.#shown = shown;
    const expected = this.#threads.reduce((total, thread) => total + thread.hashesPerSecond, 0) * dutyCycle(settings);
    if (expected !== this.#expected) this.#tell({ type: 'expected', hashesPerSecond: expected });
    this.#expected = expected;
  }

  #scheduleReport(): void {
    this.#cancelReport = this.#world.clock.after(REPORT_MS, () => {
      this.#report();
      this.#scheduleReport();
    });
  }

  #report(): void {
    const now = this.#world.clock.monotonic();
    const count = this.#threads.reduce((total, thread) => total + thread.takeHashes(), this.#leftHashes);
    this.#leftHashes = 0;
    this.#tell({ type: 'hashes', count, elapsedMs: now - this.#reportedAt });
    this.#reportedAt = now;
  }
}

/** As set, at most one a processor; by default half of the processors, so that the computer stays pleasant to use. */
function threadCount({ workers }: CpuWorld, { threads }: DeviceSettings): number {
  const wanted = threads ?? Math.floor(workers.processors / 2);
  return Math.max(1, Math.min(workers.processors, Math.floor(wanted)));
}

function dutyCycle(settings: DeviceSettings): number {
  return Math.max(MIN_DUTY_CYCLE, Math.min(1, settings.dutyCycle ?? 1));
}

function stateOf(settings: DeviceSettings, threads: readonly CpuThread[]): DeviceState {
  if (settings.paused) return { at: 'resting', reason: 'paused' };
  if (threads.every((thread) => thread.at === 'given-up')) return { at: 'resting', reason: 'fault' };
  const running = threads.filter((thread) => thread.at === 'running');
  if (running.length === 0) return { at: 'preparing', step: 'choosing the fastest way to hash' };
  return { at: running.some((thread) => thread.hasWork) ? 'hashing' : 'idle' };
}
