/** Asks a board's sensors again and again, one question at a time, and has every answer judged before it is shown. */
import type { Clock } from '../../ports.ts';
import type { Readings } from '../sensor/readings.ts';
import type { BoardModel } from './board-model.ts';
import { type SafetyLimits, ThermalPolicy, type Verdict } from './thermal-policy.ts';
import { within } from './wait.ts';
import type { BoardWires } from './wires.ts';

/** Sensors that take longer are silent. */
export const ANSWER_MS = 2_000;
/** Heat changes over seconds. */
const USUAL_MS = 2_000;

export interface SensorWatchOptions {
  readonly clock: Clock;
  readonly limits: SafetyLimits;
  readonly everyMs: number;
  /** @throws when the sensors do not answer */
  read(): Promise<Readings>;
  onReadings(readings: Readings): void;
  onVerdict(verdict: Verdict): void;
}

/** Of a board that measures; undefined for one that does not. */
export function sensorWatch(
  { safety, readingsEveryMs = USUAL_MS }: BoardModel,
  wires: BoardWires,
  clock: Clock,
  listener: Pick<SensorWatchOptions, 'onReadings' | 'onVerdict'>,
): SensorWatch | undefined {
  const { readings } = wires;
  if (safety === undefined || readings === undefined) return undefined;
  return new SensorWatch({ ...listener, clock, limits: safety, everyMs: readingsEveryMs, read: () => readings.call(wires) });
}

export class SensorWatch {
  readonly #options: SensorWatchOptions;
  #policy: ThermalPolicy | undefined;
  #cancel: () => void = () => {};
  #stopped = false;

  constructor(options: SensorWatchOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock, limits } = this.#options;
    this.#policy = new ThermalPolicy(limits, clock.monotonic());
    this.#schedule(0);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #schedule(delayMs: number): void {
    this.#cancel = this.#options.clock.after(delayMs, () => void this.#ask());
  }

  async #ask(): Promise<void> {
    const { clock, read, everyMs, onReadings, onVerdict } = this.#options;
    const readings = await within(clock, ANSWER_MS, read()).catch(() => undefined);
    if (this.#stopped) return;
    const verdict = this.#policy?.judge(readings, clock.monotonic());
    if (verdict !== undefined) onVerdict(verdict);
    if (readings !== undefined && !this.#stopped) onReadings(readings);
    if (!this.#stopped) this.#schedule(everyMs);
  }
}
