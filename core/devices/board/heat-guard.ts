/** What a board's sensors mean for a session: readings to be shown, slower and faster clocks, the notice of heat, and the end. */
import type { Clock } from '../../ports.ts';
import type { DeviceEvent } from '../device.ts';
import type { Readings } from '../sensor/readings.ts';
import type { SafetyFault } from './board-fault.ts';
import type { BoardModel } from './board-model.ts';
import type { ChipCare } from './chip-care.ts';
import { type SensorWatch, sensorWatch } from './sensor-watch.ts';
import { StandingNotice } from './standing-notice.ts';
import type { Verdict } from './thermal-policy.ts';
import type { BoardWires } from './wires.ts';

/** Heat slows the board down. */
type ThrottledFault = {
  readonly code: 'device-throttled';
  readonly part: string;
  readonly tempC: number;
  readonly limitC: number;
};

export interface HeatGuardOptions {
  readonly model: BoardModel;
  readonly wires: BoardWires;
  readonly clock: Clock;
  readonly care: ChipCare;
  /** That the chips run at, if they do. */
  mhz(): number | undefined;
  tell(event: DeviceEvent): void;
  onReadings(readings: Readings): void;
  /** The power must go, at once. */
  onStop(fault: SafetyFault): void;
}

export class HeatGuard {
  readonly #options: HeatGuardOptions;
  readonly #watch: SensorWatch | undefined;
  readonly #notice: StandingNotice<ThrottledFault>;

  constructor(options: HeatGuardOptions) {
    const { model, wires, clock, onReadings, tell } = options;
    this.#options = options;
    this.#notice = new StandingNotice(tell);
    this.#watch = sensorWatch(model, wires, clock, { onReadings, onVerdict: (verdict) => this.#judged(verdict) });
  }

  /** Power is on: from now on the sensors are asked. */
  start(): void {
    this.#watch?.start();
  }

  stop(): void {
    this.#watch?.stop();
  }

  /** Whoever keeps faults takes a board that begins to hash for one without. */
  repeatNotice(): void {
    this.#notice.again();
  }

  endNotice(): void {
    this.#notice.over();
  }

  #judged(verdict: Verdict): void {
    const { care, mhz, onStop } = this.#options;
    switch (verdict.kind) {
      case 'stop':
        return onStop(verdict.fault);
      case 'throttle':
        care.frequency.throttle(mhz());
        care.look();
        return this.#notice.raise({ code: 'device-throttled', part: verdict.part, tempC: verdict.tempC, limitC: verdict.limitC });
      case 'recover':
        care.frequency.recover();
        return care.frequency.isThrottled ? undefined : this.#notice.over();
      case 'well':
        return;
    }
  }
}
