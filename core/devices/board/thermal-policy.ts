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
  /** A board that was stopped by heat starts again at or below this; absent: this part does not decide it. */
  readonly resumeC?: number;
}

export interface SafetyLimits {
  /** Absent: the board does not measure it. */
  readonly chip?: TemperatureLimit;
  readonly board?: TemperatureLimit;
  readonly regulator?: TemperatureLimit;
  /** A board that was stopped by heat starts again at or below this: the chip, or what is beside it. */
  readonly resumeC: number;
  /** Temperatures outside are a broken sensor. What a part that burns may have lies inside. */
  readonly plausibleC: readonly [min: number, max: number];
  readonly maxCoreMilliamps?: number;
  readonly maxCoreMillivolts?: number;
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
    const blind = blindPart(readings, this.#limits);
    if (blind !== undefined) return this.#silence(`${blind} temperature`);
    this.#silent = 0;
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
    if (this.#silent > 0 || parts.some(({ tempC, limit }) => tempC > limit.throttleC - RECOVER_BELOW_C)) return { kind: 'well' };
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
  const part = readings.tempC === undefined ? 'board' : 'chip';
  return (
    notCool(part, readings.tempC ?? readings.boardTempC, limits.resumeC) ??
    notCool('regulator', readings.regulatorTempC, limits.regulator?.resumeC)
  );
}

function notCool(part: string, tempC: number | undefined, limitC: number | undefined): SafetyFault | undefined {
  if (tempC === undefined || limitC === undefined || tempC <= limitC) return undefined;
  return { code: 'device-too-hot', part, tempC: rounded(tempC), limitC };
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

/** A part with a limit whose temperature cannot be known: it is missing, or makes no sense. Not every board measures all but the chip. */
function blindPart({ tempC, boardTempC, regulatorTempC }: Readings, limits: SafetyLimits): string | undefined {
  const { chip, board, regulator } = limits;
  const isBlind = (limit: TemperatureLimit | undefined, value: number | undefined) => limit !== undefined && !isPlausible(value, limits);
  if (isBlind(chip, tempC)) return 'chip';
  if (boardTempC !== undefined && isBlind(board, boardTempC)) return 'board';
  return regulatorTempC !== undefined && isBlind(regulator, regulatorTempC) ? 'regulator' : undefined;
}

function heatFault(readings: Readings, limits: SafetyLimits): SafetyFault | undefined {
  const hot = measuredParts(readings, limits).find(({ tempC, limit }) => tempC >= limit.stopC);
  return hot && { code: 'device-too-hot', part: hot.part, tempC: rounded(hot.tempC), limitC: hot.limit.stopC };
}

function electricFault(readings: Readings, limits: SafetyLimits): SafetyFault | undefined {
  const { regulatorFault, coreMilliamps, coreMillivolts, inputMilliamps, inputMillivolts: millivolts } = readings;
  const text = regulatorFault ?? overVoltage(coreMillivolts, limits.maxCoreMillivolts);
  if (text !== undefined) return { code: 'device-power-fault', text };
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

function overVoltage(millivolts: number | undefined, limitMillivolts: number | undefined): string | undefined {
  if (millivolts === undefined || limitMillivolts === undefined || millivolts <= limitMillivolts) return undefined;
  return `core voltage ${rounded(millivolts)} mV, over ${limitMillivolts} mV`;
}

function isPlausible(tempC: number | undefined, { plausibleC: [min, max] }: SafetyLimits): boolean {
  return tempC !== undefined && tempC >= min && tempC <= max;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
