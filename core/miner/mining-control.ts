/** Whether to mine: what a person wants, and what state that makes of devices and sources. */
import type { HearthEvent, MiningState } from '../contract.ts';
import type { Clock } from '../ports.ts';
import type { Scheduler } from '../work/scheduler.ts';
import type { Fleet } from './fleet.ts';
import type { OpenSources } from './open-sources.ts';

/** How long stopping waits for the pool's answers to the last shares. */
export const STOP_GRACE_MS = 3_000;

export interface MiningParts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly fleet: Fleet;
  readonly sources: OpenSources;
  emit(event: HearthEvent): void;
  /** Something of it may be different now. */
  onChange(): void;
}

type State = MiningState['at'];

export class MiningControl {
  readonly #parts: MiningParts;
  #wanted: 'stopped' | 'paused' | 'mining' = 'stopped';
  #state: State = 'stopped';
  #stopping: Promise<void> | undefined;
  #since: number | undefined;
  #workSinceMs = 0;

  constructor(parts: MiningParts) {
    this.#parts = parts;
  }

  get state(): State {
    return this.#state;
  }

  /** A person wants it, whether or not there is work. */
  get wanted(): boolean {
    return this.#wanted === 'mining';
  }

  /** Sources may give work; devices may rest all the same. */
  get takesWork(): boolean {
    return this.#wanted !== 'stopped';
  }

  /** Unix milliseconds since when it is wanted. */
  get since(): number | undefined {
    return this.#since;
  }

  /** How long devices have had work without a break. */
  get workingMs(): number {
    return this.#state === 'mining' ? this.#parts.clock.monotonic() - this.#workSinceMs : 0;
  }

  start(): void {
    this.#wanted = 'mining';
    this.#since ??= this.#parts.clock.now();
    this.#parts.sources.start();
    this.follow();
  }

  /** Devices rest; connections stay, so that going on takes no time. */
  pause(): void {
    if (this.#wanted === 'mining') this.#wanted = 'paused';
    this.#since = undefined;
    this.follow();
  }

  /** Devices rest, last answers are waited for, sources are left. */
  stop(): Promise<void> {
    const { sources, scheduler } = this.#parts;
    this.#wanted = 'stopped';
    this.#since = undefined;
    this.#stopping ??= sources.stop(STOP_GRACE_MS).finally(() => this.#stopped());
    scheduler.empty();
    this.follow();
    return this.#stopping;
  }

  /** Devices and state follow what is wanted and what sources give. */
  follow(): void {
    const { clock, emit, fleet, onChange } = this.#parts;
    fleet.rest(!this.wanted);
    const state = this.#stateNow();
    if (state !== this.#state) {
      this.#state = state;
      if (state === 'mining') this.#workSinceMs = clock.monotonic();
      emit({ type: 'mining-state', state });
    }
    onChange();
  }

  #stopped(): void {
    this.#stopping = undefined;
    // Somebody may have wanted to go on meanwhile.
    if (this.#wanted !== 'stopped') this.#parts.sources.start();
    this.follow();
  }

  #stateNow(): State {
    if (this.#wanted === 'stopped') return this.#stopping ? 'stopping' : 'stopped';
    if (this.#wanted === 'paused') return 'paused';
    if (this.#parts.scheduler.job) return 'mining';
    return this.#isFirstTry() ? 'starting' : 'waiting';
  }

  /** Nothing has gone wrong since it was wanted: sources are on their way. */
  #isFirstTry(): boolean {
    const { sources } = this.#parts;
    const wasOff = this.#state !== 'mining' && this.#state !== 'waiting';
    return wasOff && sources.plan.run.every((id) => ['idle', 'connecting', 'open'].includes(sources.stateOf(id).at));
  }
}
