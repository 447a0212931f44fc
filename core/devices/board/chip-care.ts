/** Looks after chips that hash: steps their frequency, judges their health, notices that the computer slept. Begins at `begin`. */
import type { Clock } from '../../ports.ts';
import type { ChipChain } from '../chip/chip-chain.ts';
import type { DeviceEvent } from '../device.ts';
import type { BoardFault } from './board-fault.ts';
import { FrequencyKeeper } from './frequency-keeper.ts';
import { type HealthTimes, HealthWatch } from './health.ts';
import { SilentChips } from './silent-chips.ts';

/** How often frequency and health are looked at. */
export const LOOK_MS = 100;
const HEALTH_EVERY_MS = 1_000;
/** The wall clock ran on by so much more than the monotonic one between two looks: the computer slept. */
const SLEPT_MS = 20_000;

export interface ChipCareOptions {
  readonly clock: Clock;
  readonly chain: ChipChain;
  readonly wantedMhz: number;
  setFrequency(mhz: number): void;
  /** How long the chips had fresh work so far. */
  fedMs(): number;
  /** Mean time between two nonces now. */
  nonceIntervalMs(): number;
  /** The board cannot go on. */
  onFault(fault: BoardFault): void;
  /** What stands while it does. */
  tell(event: DeviceEvent): void;
  onLook(): void;
}

export class ChipCare {
  readonly frequency: FrequencyKeeper;
  /** Without work silence is right. */
  hasWork = false;
  readonly #options: ChipCareOptions;
  /** Between wall clock and monotonic clock at the last look: over days they drift apart by themselves. */
  #clockGap: number;
  #health: HealthWatch | undefined;
  #beganMs = 0;
  readonly #silentChips: SilentChips | undefined;
  #judgedMs = 0;
  #cancel: () => void = () => {};
  #stopped = false;

  constructor(options: ChipCareOptions) {
    const { chain, clock, wantedMhz, tell } = options;
    this.#options = options;
    this.frequency = new FrequencyKeeper(chain.family, wantedMhz);
    this.#clockGap = clock.now() - clock.monotonic();
    if (chain.family.tellsChips) this.#silentChips = new SilentChips(tell);
  }

  get hasBegun(): boolean {
    return this.#health !== undefined;
  }

  /** How long the chips have hashed. */
  get wellMs(): number {
    return this.hasBegun ? this.#options.clock.monotonic() - this.#beganMs : 0;
  }

  begin(): void {
    const now = this.#options.clock.monotonic();
    this.#health = new HealthWatch(this.#times(now));
    this.#beganMs = now;
    this.#judgedMs = now;
    this.frequency.ready(now);
    this.#schedule();
  }

  /** What is expected has changed: silence and rate count anew. */
  restart(): void {
    const { clock, chain } = this.#options;
    this.#health?.restart(this.#times(clock.monotonic()), chain.counts?.nonces ?? 0);
  }

  /** Whoever keeps faults takes a board that begins to hash for one without. */
  repeatNotice(): void {
    this.#silentChips?.notice.again();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
    this.#silentChips?.notice.over();
  }

  /** Frequency first: a step down for heat must not wait. */
  look(): void {
    if (this.#stopped || this.#health === undefined) return;
    const { clock, onFault, onLook } = this.#options;
    const now = clock.monotonic();
    if (this.#hasSlept(clock.now() - now)) return onFault({ code: 'device-slept' });
    this.#tune(now);
    this.#judge(this.#health, now);
    onLook();
  }

  #hasSlept(clockGap: number): boolean {
    const grownMs = clockGap - this.#clockGap;
    this.#clockGap = clockGap;
    return Math.abs(grownMs) > SLEPT_MS;
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
    const { nonceIntervalMs, onFault } = this.#options;
    const { counts } = this.#options.chain;
    if (counts === undefined || now - this.#judgedMs < HEALTH_EVERY_MS) return;
    this.#judgedMs = now;
    const times = this.#times(now);
    if (!this.hasWork) return health.rest(times);
    const fault = health.judge(counts, nonceIntervalMs(), times);
    if (fault !== undefined) return onFault(fault);
    this.#silentChips?.judge(counts.chips, nonceIntervalMs(), times.fedMs);
  }

  #times(nowMs: number): HealthTimes {
    return { nowMs, fedMs: this.#options.fedMs() };
  }
}
