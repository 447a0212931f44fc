/**
 * Which frequency comes next on the way to the wanted one. Up slowly and only while nonces come: supply and regulator of a
 * stick give way otherwise. Down in larger steps, but never in one: the BM1384 and its regulator can hang on a big one.
 */

/** Nothing is judged right after a reset. */
export const SETTLE_MS = 10_000;
/** So many nonces show that the chips follow. */
const LEAST_NONCES = 8;
export const UP_EVERY_MS = 1_000;
export const DOWN_STEP_MHZ = 25;
export const DOWN_EVERY_MS = 100;

export interface RampPosition {
  readonly mhz: number;
  readonly wantedMhz: number;
  /** The chip's grid. */
  readonly stepMhz: number;
  readonly sinceReadyMs: number;
  readonly sinceStepMs: number;
  /** Since the reset. */
  readonly nonces: number;
}

/** The next frequency, or undefined: stay. */
export function nextFrequency({ mhz, wantedMhz, stepMhz, sinceReadyMs, sinceStepMs, nonces }: RampPosition): number | undefined {
  if (wantedMhz < mhz) return sinceStepMs < DOWN_EVERY_MS ? undefined : Math.max(wantedMhz, mhz - DOWN_STEP_MHZ);
  if (wantedMhz === mhz || sinceReadyMs < SETTLE_MS || sinceStepMs < UP_EVERY_MS || nonces <= LEAST_NONCES) return undefined;
  return Math.min(wantedMhz, mhz + stepMhz);
}
