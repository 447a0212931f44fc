/**
 * Asks a board's sensors again and again, one question at a time, has every answer judged before it is shown, and drives the fan
 * by it. Nothing that fails here ends the watch: it asks on until it is stopped.
 */
import type { Clock } from '../../ports.ts';
import type { Readings } from '../sensor/readings.ts';
import type { BoardModel } from './board-model.ts';
import { FanController } from './fan-controller.ts';
import { type SafetyLimits, ThermalPolicy, TOLERATED_FAILURES, type Verdict } from './thermal-policy.ts';
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
  /** Absent: there is no fan to be driven. @throws when it cannot be */
  setFan?(percent: number): Promise<void>;
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
  const { readings, setFan } = wires;
  if (safety === undefined || readings === undefined) return undefined;
  return new SensorWatch({
    ...listener,
    clock,
    limits: safety,
    everyMs: readingsEveryMs,
    read: () => readings.call(wires),
    ...(setFan && { setFan: (percent: number) => setFan.call(wires, percent) }),
  });
}

export class SensorWatch {
  readonly #options: SensorWatchOptions;
  #policy: ThermalPolicy | undefined;
  #fan: FanController | undefined;
  /** What the fan was told last; undefined: not known. */
  #percent: number | undefined;
  #fanFailures = 0;
  #cancel: () => void = () => {};
  #stopped = false;

  constructor(options: SensorWatchOptions) {
    this.#options = options;
  }

  start(): void {
    const { clock, limits } = this.#options;
    this.#policy = new ThermalPolicy(limits, clock.monotonic());
    this.#fan = new FanController(limits, clock.monotonic());
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
    await this.#look().catch(() => this.#blind());
    if (!this.#stopped) this.#schedule(this.#options.everyMs);
  }

  async #look(): Promise<void> {
    const { clock, read, onReadings, onVerdict } = this.#options;
    const readings = await within(clock, ANSWER_MS, read()).catch(() => undefined);
    if (this.#stopped) return;
    const verdict = this.#policy?.judge(readings, clock.monotonic());
    if (verdict?.kind === 'stop') return this.#end(verdict);
    if (verdict !== undefined) onVerdict(verdict);
    await this.#drive(readings);
    if (readings !== undefined && !this.#stopped) onReadings(readings);
  }

  /** Whatever went wrong with a reading, the board was not seen. */
  #blind(): void {
    const { clock } = this.#options;
    const verdict = this.#policy?.judge(undefined, clock.monotonic());
    if (verdict?.kind === 'stop') this.#end(verdict);
  }

  /** Nothing more is asked or driven: the next thing on the wires is what takes the power away. */
  #end(verdict: Verdict): void {
    this.stop();
    this.#options.onVerdict(verdict);
  }

  async #drive(readings: Readings | undefined): Promise<void> {
    const { clock, setFan } = this.#options;
    const percent = this.#fan?.percentFor(readings, clock.monotonic());
    if (setFan === undefined || percent === undefined || percent === this.#percent) return;
    const done = await within(
      clock,
      ANSWER_MS,
      setFan(percent).then(() => true),
    ).catch(() => false);
    this.#percent = done === true ? percent : undefined;
    this.#fanFailures = done === true ? 0 : this.#fanFailures + 1;
    if (this.#stopped || this.#fanFailures < TOLERATED_FAILURES) return;
    const text = `it was not told its speed ${this.#fanFailures} times in a row`;
    this.#end({ kind: 'stop', fault: { code: 'device-sensor-silent', sensor: 'fan controller', text } });
  }
}
