/**
 * PLL arithmetic of BM1387 and later: MHz = 25 · feedback ÷ (reference · post1 · post2), from a 25 MHz crystal.
 * Two makers, two searches: GekkoScience's fixed dividers and the Bitaxe firmware's best fit.
 */

export const CRYSTAL_MHZ = 25;

export interface Dividers {
  readonly feedback: number;
  readonly reference: number;
  readonly post1: number;
  readonly post2: number;
}

export function mhzOf({ feedback, reference, post1, post2 }: Dividers): number {
  return (CRYSTAL_MHZ * feedback) / (reference * post1 * post2);
}

/** `mhz` up to the next point of the grid, as makers do; tolerates the noise of repeated additions. */
export function upToGrid(mhz: number, stepMhz: number): number {
  return Math.ceil(mhz / stepMhz - 1e-9) * stepMhz;
}

/** @throws RangeError when a frequency lies outside what the chip's rules allow. */
export function requireRange(mhz: number, minMhz: number, maxMhz: number): void {
  if (!(mhz >= minMhz && mhz <= maxMhz)) throw new RangeError(`frequency ${mhz} MHz is outside ${minMhz}–${maxMhz} MHz`);
}

/**
 * The best dividers within a feedback range: smallest error, then the lowest oscillator frequency (25 · feedback ÷
 * reference), then the smallest product of the post dividers. post1 is always the larger.
 */
export function searchDividers(mhz: number, minFeedback: number, maxFeedback: number): Dividers {
  let best: Dividers | undefined;
  for (let reference = 2; reference >= 1; reference -= 1) {
    for (let post1 = 7; post1 > 1; post1 -= 1) {
      for (let post2 = post1 - 1; post2 >= 1; post2 -= 1) {
        const feedback = Math.round((mhz / CRYSTAL_MHZ) * reference * post1 * post2);
        if (feedback < minFeedback || feedback > maxFeedback) continue;
        const found = { feedback, reference, post1, post2 };
        if (best === undefined || isBetter(found, best, mhz)) best = found;
      }
    }
  }
  if (best === undefined) throw new RangeError(`no PLL setting for ${mhz} MHz`);
  return best;
}

/** Errors that differ by less are the noise of double arithmetic. */
const SAME_ERROR_MHZ = 1e-6;

function isBetter(a: Dividers, b: Dividers, mhz: number): boolean {
  const error = Math.abs(mhzOf(a) - mhz) - Math.abs(mhzOf(b) - mhz);
  if (Math.abs(error) > SAME_ERROR_MHZ) return error < 0;
  const oscillator = a.feedback / a.reference - b.feedback / b.reference;
  if (oscillator !== 0) return oscillator < 0;
  return a.post1 * a.post2 < b.post1 * b.post2;
}

/** 25 · feedback ÷ reference from which a chip's flag byte must say so (50 instead of 40). */
export const FAST_OSCILLATOR_MHZ = 2400;

/** The four bytes of PLL0 where post dividers are stored minus one (BM1362 and later). */
export function pllBytes(dividers: Dividers): Uint8Array {
  const { feedback, reference, post1, post2 } = dividers;
  const flag = (CRYSTAL_MHZ * feedback) / reference >= FAST_OSCILLATOR_MHZ ? 0x50 : 0x40;
  return Uint8Array.of(flag, feedback, reference, ((post1 - 1) << 4) | (post2 - 1));
}

/** The MHz of a PLL0 value whose post dividers are stored minus one; undefined when a divider is zero. */
export function mhzOfPll0(value: number): number | undefined {
  const feedback = (value >>> 16) & 0xff;
  const reference = (value >>> 8) & 0xff;
  if (feedback === 0 || reference === 0) return undefined;
  return mhzOf({ feedback, reference, post1: ((value >>> 4) & 0x0f) + 1, post2: (value & 0x0f) + 1 });
}

/**
 * A ramp's stations after `fromMhz`: `stepMhz` apart, the last exactly `toMhz`. Empty when there is nothing to do.
 * Chips and regulators take small steps well and large ones badly, in both directions.
 */
export function ramp(fromMhz: number, toMhz: number, stepMhz: number): readonly number[] {
  const steps = Math.ceil(Math.abs(toMhz - fromMhz) / stepMhz - 1e-9);
  const signed = toMhz < fromMhz ? -stepMhz : stepMhz;
  return Array.from({ length: steps }, (_, index) => (index === steps - 1 ? toMhz : fromMhz + signed * (index + 1)));
}
