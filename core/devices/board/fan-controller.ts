/**
 * How fast a board's fan should turn: quiet while everything is cool, faster with the temperature of whatever is nearest to
 * its limit, at full speed where that limit slows the board down, and whenever a temperature is not known. Up at once,
 * down slowly and only when it is clearly cooler. Pure; asked once for every reading.
 *
 * A program that dies leaves the fan at the speed it had, because the controller keeps its duty. That speed held the present
 * heat, and the heat does not grow without us: nobody raises the clock, and jobs run out.
 */
import type { Readings } from '../sensor/readings.ts';
import { measuredParts, type SafetyLimits } from './thermal-policy.ts';

/** The quietest speed. Below a third of their range fans of this size stall or stop telling their speed. */
export const QUIET_PERCENT = 35;
export const FULL_PERCENT = 100;
/** From quiet to full over so many degrees below the limit. */
const SPAN_C = 18;
/** So much cooler before it turns slower: a temperature that wavers must not be heard. */
export const HYSTERESIS_C = 3;
/** Right after power the board has yet to show how hot it gets. */
export const FULL_AT_FIRST_MS = 15_000;
const SLOWER_STEP_PERCENT = 5;
/** A fan that stood still at some speed is never told one again that is not so much faster. */
const ABOVE_STALL_PERCENT = 15;
export const SLOWER_EVERY_MS = 4_000;

export class FanController {
  readonly #limits: SafetyLimits;
  readonly #startedMs: number;
  #percent = FULL_PERCENT;
  #leastPercent = QUIET_PERCENT;
  #changedMs = Number.NEGATIVE_INFINITY;

  constructor(limits: SafetyLimits, nowMs: number) {
    this.#limits = limits;
    this.#startedMs = nowMs;
  }

  /** 0–100. @param readings undefined: the sensors did not answer */
  percentFor(readings: Readings | undefined, nowMs: number): number {
    const hottest = readings === undefined || nowMs - this.#startedMs < FULL_AT_FIRST_MS ? undefined : this.#closeness(readings);
    if (hottest === undefined || this.#hasStalled(readings)) return this.#turn(FULL_PERCENT, nowMs);
    const wanted = this.#speedAt(hottest);
    if (wanted >= this.#percent) return this.#turn(wanted, nowMs);
    const calmer = this.#speedAt(hottest + HYSTERESIS_C);
    if (calmer >= this.#percent || nowMs - this.#changedMs < SLOWER_EVERY_MS) return this.#percent;
    return this.#turn(Math.max(calmer, this.#percent - SLOWER_STEP_PERCENT), nowMs);
  }

  /** It stands still: at full speed it may start again, and if not, the board is switched off for it. */
  #hasStalled(readings: Readings | undefined): boolean {
    if (readings?.fanRpm !== 0) return false;
    if (this.#percent < FULL_PERCENT) this.#leastPercent = Math.min(FULL_PERCENT, this.#percent + ABOVE_STALL_PERCENT);
    return true;
  }

  /** @param closenessC degrees above the limit; never below the quiet speed, never above full */
  #speedAt(closenessC: number): number {
    const share = Math.max(0, Math.min(1, (closenessC + SPAN_C) / SPAN_C));
    return Math.max(this.#leastPercent, Math.round(QUIET_PERCENT + share * (FULL_PERCENT - QUIET_PERCENT)));
  }

  /** Degrees above the nearest limit (below: negative); undefined when a temperature that has a limit is not known. */
  #closeness(readings: Readings): number | undefined {
    const { chip, board, regulator } = this.#limits;
    const parts = measuredParts(readings, this.#limits);
    const limited = [chip, board, regulator].filter((limit) => limit !== undefined).length;
    if (parts.length < limited || parts.length === 0) return undefined;
    return Math.max(...parts.map(({ tempC, limit }) => tempC - limit.throttleC));
  }

  #turn(percent: number, nowMs: number): number {
    if (percent !== this.#percent) this.#changedMs = nowMs;
    this.#percent = percent;
    return percent;
  }
}
