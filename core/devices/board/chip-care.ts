/** Looks after chips that hash: steps their frequency, judges their health, notices that the computer slept. Begins at `begin`. */
import type { Clock } from '../../ports.ts';
import type { ChipChain } from '../chip/chip-chain.ts';
import type { BoardFault } from './board-fault.ts';
import { FrequencyKeeper } from './frequency-keeper.ts';
import { HealthWatch } from './health.ts';

/** How often frequency and health are looked at. */
export const LOOK_MS = 100;
const HEALTH_EVERY_MS = 1_000;
/** The wall clock ran on by so much more than the monotonic one: the computer slept. */
const SLEPT_MS = 20_000;

export interface ChipCareOptions {
  readonly clock: Clock;
  readonly chain: ChipChain;
  readonly wantedMhz: number;
  setFrequency(mhz: number): void;
  /** Mean time between two nonces now. */
  nonceIntervalMs(): number;
  onFault(fault: BoardFault): void;
  onLook(): void;
}

export class ChipCare {
  readonly frequency: FrequencyKeeper;
  /** Without work silence is right. */
  hasWork = false;
  readonly #options: ChipCareOptions;
  readonly #clockGap: number;
  #health: HealthWatch | undefined;
  #judgedMs = 0;
  #cancel: () => void = () => {};
  #stopped = false;

  constructor(options: ChipCareOptions) {
    const { chain, clock, wantedMhz } = options;
    this.#options = options;
    this.frequency = new FrequencyKeeper(chain.family, wantedMhz);
    this.#clockGap = clock.now() - clock.monotonic();
  }

  get hasBegun(): boolean {
    return this.#health !== undefined;
  }

  /** How long the chips have hashed. */
  get wellMs(): number {
    return this.#health?.wellMs(this.#options.clock.monotonic()) ?? 0;
  }

  begin(): void {
    const now = this.#options.clock.monotonic();
    this.#health = new HealthWatch(now);
    this.#judgedMs = now;
    this.frequency.ready(now);
    this.#schedule();
  }

  /** What is expected has changed: silence and rate count anew. */
  restart(): void {
    this.#health?.restart(this.#options.clock.monotonic());
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** Frequency first: a step down for heat must not wait. */
  look(): void {
    if (this.#stopped || this.#health === undefined) return;
    const { clock, onFault, onLook } = this.#options;
    const now = clock.monotonic();
    if (Math.abs(clock.now() - now - this.#clockGap) > SLEPT_MS) return onFault({ code: 'device-slept' });
    this.#tune(now);
    this.#judge(this.#health, now);
    onLook();
  }

  #schedule(): void {
    this.#cancel = this.#options.clock.after(LOOK_MS, () => {
      this.look();
      if (!this.#stopped) this.#schedule();
    });
  }

  #tune(now: number): void {
    const { chain, setFrequency } = this.#options;
    const { mhz, counts, takesWork } = chain;
    if (mhz === undefined || counts === undefined || !takesWork) return;
    const next = this.frequency.step(mhz, counts.nonces, now);
    if (next !== undefined) setFrequency(next);
  }

  #judge(health: HealthWatch, now: number): void {
    const { chain, nonceIntervalMs, onFault } = this.#options;
    if (chain.counts === undefined || now - this.#judgedMs < HEALTH_EVERY_MS) return;
    this.#judgedMs = now;
    const fault = this.hasWork ? health.judge(chain.counts, nonceIntervalMs(), now) : undefined;
    if (fault !== undefined) onFault(fault);
  }
}
