/**
 * What a board's readings call for: nothing, a lower frequency, or power off. Pure; asked once for every reading. Every
 * limit has its reason beside the board that sets it. Loss of a sensor counts as too hot: what cannot be seen cannot be
 * trusted.
 */
import type { Readings } from '../sensor/readings.ts';
import type { SafetyFault } from './board-fault.ts';

export interface TemperatureLimit {
  /** Slower from here on. */
  readonly throttleC: number;
  /** Off from here on. */
  readonly stopC: number;
}

export interface SafetyLimits {
  /** Absent: the board does not measure it. */
  readonly chip?: TemperatureLimit;
  readonly board?: TemperatureLimit;
  readonly regulator?: TemperatureLimit;
  /** A board that was stopped by heat starts again at or below this. */
  readonly resumeC: number;
  /** Temperatures outside are a broken sensor. */
  readonly plausibleC: readonly [min: number, max: number];
  readonly maxCoreMilliamps?: number;
  /** Into the board. */
  readonly maxInputMilliamps?: number;
  readonly inputMillivolts?: readonly [min: number, max: number];
  /** The board cannot live without its fan, and has a tachometer. */
  readonly needsFan?: boolean;
}

export type Verdict =
  | { readonly kind: 'well' }
  /** One step slower now, because this part is at its limit. */
  | { readonly kind: 'throttle'; readonly part: string; readonly tempC: number; readonly limitC: number }
  /** Cool enough for one step back. */
  | { readonly kind: 'recover' }
  | { readonly kind: 'stop'; readonly fault: SafetyFault };

/** One bad answer may be noise on a wire; three in a row are a broken sensor or fan. */
export const TOLERATED_FAILURES = 3;
/** Below the throttle limit by so much before a step back: two limits, so that it does not swing. */
const RECOVER_BELOW_C = 5;
/** Between two steps: heat takes its time to follow. */
export const STEP_EVERY_MS = 5_000;
/** A stopped fan may be spinning up after power came. */
const FAN_START_MS = 10_000;

export class ThermalPolicy {
  readonly #limits: SafetyLimits;
  readonly #startedMs: number;
  #silent = 0;
  #standing = 0;
  #throttledMs = Number.NEGATIVE_INFINITY;
  #recoveredMs = Number.NEGATIVE_INFINITY;

  constructor(limits: SafetyLimits, nowMs: number) {
    this.#limits = limits;
    this.#startedMs = nowMs;
  }

  /** @param readings undefined: the sensors did not answer */
  judge(readings: Readings | undefined, nowMs: number): Verdict {
    const fault =
      readings === undefined
        ? this.#silence('the board')
        : (electricFault(readings, this.#limits) ?? this.#sensors(readings) ?? this.#fan(readings, nowMs));
    if (fault !== undefined) return { kind: 'stop', fault };
    return readings === undefined ? { kind: 'well' } : this.#temperatures(readings, nowMs);
  }

  #sensors(readings: Readings): SafetyFault | undefined {
    const hot = heatFault(readings, this.#limits);
    if (hot !== undefined) return hot;
    if (isPlausible(readings.tempC, this.#limits)) this.#silent = 0;
    else if (this.#limits.chip !== undefined) return this.#silence('chip temperature');
    return undefined;
  }

  #silence(sensor: string): SafetyFault | undefined {
    this.#silent += 1;
    if (this.#silent < TOLERATED_FAILURES) return undefined;
    return { code: 'device-sensor-silent', sensor, text: `no sensible answer ${this.#silent} times in a row` };
  }

  #fan({ fanRpm }: Readings, nowMs: number): SafetyFault | undefined {
    if (this.#limits.needsFan !== true || nowMs - this.#startedMs < FAN_START_MS) return undefined;
    this.#standing = fanRpm === undefined || fanRpm > 0 ? 0 : this.#standing + 1;
    return this.#standing < TOLERATED_FAILURES ? undefined : { code: 'device-fan-failed', rpm: 0 };
  }

  #temperatures(readings: Readings, nowMs: number): Verdict {
    const parts = measuredParts(readings, this.#limits);
    const hot = parts.find(({ tempC, limit }) => tempC >= limit.throttleC);
    if (hot !== undefined) return this.#throttle(hot, nowMs);
    if (parts.some(({ tempC, limit }) => tempC > limit.throttleC - RECOVER_BELOW_C)) return { kind: 'well' };
    if (nowMs - Math.max(this.#throttledMs, this.#recoveredMs) < STEP_EVERY_MS) return { kind: 'well' };
    this.#recoveredMs = nowMs;
    return { kind: 'recover' };
  }

  #throttle({ part, tempC, limit }: Part, nowMs: number): Verdict {
    if (nowMs - this.#throttledMs < STEP_EVERY_MS) return { kind: 'well' };
    this.#throttledMs = nowMs;
    return { kind: 'throttle', part, tempC: rounded(tempC), limitC: limit.throttleC };
  }
}

/** Whether a board may be powered at all. `wasHot`: heat stopped it before, so it must have cooled down. */
export function startFault(readings: Readings, limits: SafetyLimits, wasHot: boolean): SafetyFault | undefined {
  const fault = electricFault(readings, limits) ?? heatFault(readings, limits);
  if (fault !== undefined || !wasHot) return fault;
  // Some chips show their heat only under power; then the board beside them must be cool.
  const tempC = readings.tempC ?? readings.boardTempC;
  if (tempC === undefined || tempC <= limits.resumeC) return undefined;
  return { code: 'device-too-hot', part: readings.tempC === undefined ? 'board' : 'chip', tempC: rounded(tempC), limitC: limits.resumeC };
}

export interface Part {
  readonly part: string;
  readonly tempC: number;
  readonly limit: TemperatureLimit;
}

/** What was measured, where there is a limit and the value makes sense. */
export function measuredParts({ tempC, boardTempC, regulatorTempC }: Readings, limits: SafetyLimits): readonly Part[] {
  const { chip, board, regulator } = limits;
  const all = [
    { part: 'chip', tempC, limit: chip },
    { part: 'board', tempC: boardTempC, limit: board },
    { part: 'regulator', tempC: regulatorTempC, limit: regulator },
  ];
  return all.filter((each): each is Part => each.limit !== undefined && isPlausible(each.tempC, limits));
}

function heatFault(readings: Readings, limits: SafetyLimits): SafetyFault | undefined {
  const hot = measuredParts(readings, limits).find(({ tempC, limit }) => tempC >= limit.stopC);
  return hot && { code: 'device-too-hot', part: hot.part, tempC: rounded(hot.tempC), limitC: hot.limit.stopC };
}

function electricFault(readings: Readings, limits: SafetyLimits): SafetyFault | undefined {
  const { regulatorFault, coreMilliamps, inputMilliamps, inputMillivolts: millivolts } = readings;
  if (regulatorFault !== undefined) return { code: 'device-power-fault', text: regulatorFault };
  const over = overCurrent(coreMilliamps, limits.maxCoreMilliamps) ?? overCurrent(inputMilliamps, limits.maxInputMilliamps);
  if (over !== undefined) return over;
  const { inputMillivolts } = limits;
  if (inputMillivolts === undefined || millivolts === undefined) return undefined;
  const [minMillivolts, maxMillivolts] = inputMillivolts;
  if (millivolts >= minMillivolts && millivolts <= maxMillivolts) return undefined;
  return { code: 'device-supply-voltage', millivolts: rounded(millivolts), minMillivolts, maxMillivolts };
}

function overCurrent(milliamps: number | undefined, limitMilliamps: number | undefined): SafetyFault | undefined {
  if (milliamps === undefined || limitMilliamps === undefined || milliamps <= limitMilliamps) return undefined;
  return { code: 'device-over-current', milliamps: rounded(milliamps), limitMilliamps };
}

function isPlausible(tempC: number | undefined, { plausibleC: [min, max] }: SafetyLimits): boolean {
  return tempC !== undefined && tempC >= min && tempC <= max;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
