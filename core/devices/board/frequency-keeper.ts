/** Which frequency a board's chips should have now: what a person wants, less what heat takes away, reached step by step. */
import type { ChipFamily } from '../chip/chip-family.ts';
import { nextFrequency } from './ramp.ts';

/** Heat takes two steps of the grid at once, and gives them back one by one. */
const HEAT_STEPS = 2;

export class FrequencyKeeper {
  readonly #family: ChipFamily;
  #wantedMhz: number;
  /** Lowered by heat; never above what is wanted. */
  #heatCapMhz = Number.POSITIVE_INFINITY;
  #readyMs = 0;
  #steppedMs = 0;

  constructor(family: ChipFamily, wantedMhz: number) {
    this.#family = family;
    this.#wantedMhz = wantedMhz;
  }

  /** Heat may push it below what a person may set, down to what the PLL makes. */
  get allowedMhz(): number {
    return Math.max(this.#family.frequency.minMhz, Math.min(this.#wantedMhz, this.#heatCapMhz));
  }

  want(mhz: number): void {
    this.#wantedMhz = mhz;
  }

  /** The chips hash since now. */
  ready(nowMs: number): void {
    this.#readyMs = nowMs;
    this.#steppedMs = nowMs;
  }

  /** @param mhz that the chips run at, if they do */
  throttle(mhz: number | undefined): void {
    this.#heatCapMhz = Math.min(this.#heatCapMhz, mhz ?? this.#wantedMhz) - HEAT_STEPS * this.#family.frequency.stepMhz;
  }

  recover(): void {
    this.#heatCapMhz += this.#family.frequency.stepMhz;
  }

  /** The frequency to set now; undefined: none. */
  step(mhz: number, nonces: number, nowMs: number): number | undefined {
    const { stepMhz } = this.#family.frequency;
    const wantedMhz = this.#family.pll(this.allowedMhz).mhz;
    const next = nextFrequency({
      mhz,
      wantedMhz,
      stepMhz,
      nonces,
      sinceReadyMs: nowMs - this.#readyMs,
      sinceStepMs: nowMs - this.#steppedMs,
    });
    if (next !== undefined) this.#steppedMs = nowMs;
    return next;
  }
}
