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

  /** Heat keeps it below what is wanted. */
  get isThrottled(): boolean {
    return this.#heatCapMhz < this.#wantedMhz;
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
    const { minMhz, stepMhz } = this.#family.frequency;
    // Never below what can be set: the way back would be as long as the heat lasted.
    this.#heatCapMhz = Math.max(minMhz, Math.min(this.#heatCapMhz, mhz ?? this.#wantedMhz) - HEAT_STEPS * stepMhz);
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
    if (next === undefined) return undefined;
    this.#steppedMs = nowMs;
    const reached = this.#reachable(next, mhz, wantedMhz);
    // What the PLL makes may lie between two points of its grid: asked for itself, it would be raised to the upper one.
    return reached === wantedMhz ? this.allowedMhz : reached;
  }

  /** Where the chip makes only some frequencies of its grid: the first one that is another than the present. */
  #reachable(next: number, mhz: number, wantedMhz: number): number {
    const { stepMhz } = this.#family.frequency;
    let reached = next;
    while (reached < wantedMhz && this.#family.pll(reached).mhz === mhz) reached = Math.min(wantedMhz, reached + stepMhz);
    return reached;
  }
}
