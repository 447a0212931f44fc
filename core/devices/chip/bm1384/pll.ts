/**
 * BM1384 PLL: MHz = 50 · (m+1) ÷ ((n+1) · 2^od), word = m << 7 | n << 2 | od.
 *
 * The makers' closed form is right on its grid of 6.25 MHz except for odd multiples above 400 MHz, where it gives
 * nonsense (406.25 becomes 44.4 MHz). There this search stays on multiples of 12.5 and goes to the lower one.
 */
import { requireRange, upToGrid } from '../pll.ts';

export const minMhz = 6.25;
export const maxMhz = 500;
export const stepMhz = 6.25;

const BASE_MHZ = 50;
/** From here on the output divider is 2, and with n ≤ 1 only every second point of the grid can be reached. */
const COARSE_FROM_MHZ = 400;
const COARSE_STEP_MHZ = 12.5;

export interface Bm1384Pll {
  readonly word: number;
  readonly mhz: number;
}

/** The setting for `mhz`, raised to the grid. @throws RangeError outside 6.25–500 MHz. */
export function searchPll(mhz: number): Bm1384Pll {
  requireRange(mhz, minMhz, maxMhz);
  const raised = upToGrid(mhz, stepMhz);
  const wanted = raised > COARSE_FROM_MHZ ? Math.floor(raised / COARSE_STEP_MHZ) * COARSE_STEP_MHZ : raised;
  const od = wanted >= 400 ? 1 : wanted >= 200 ? 2 : 3;
  // The makers halve the reference except where 25 divides the whole MHz, or below 100 MHz.
  const n = wanted < 100 || Math.floor(wanted) % 25 === 0 ? 0 : 1;
  const m = (wanted * (n + 1) * 2 ** od) / BASE_MHZ - 1;
  return { word: (m << 7) | (n << 2) | od, mhz: wanted };
}

/** The frequency of a PLL word. */
export function mhzOfWord(word: number): number {
  return (BASE_MHZ * ((word >>> 7) + 1)) / ((((word >>> 2) & 0x1f) + 1) * 2 ** (word & 0x03));
}

/** The frequency of a PLL reply `80 m n od`; undefined when it is none. Only byte 0 is certain of this layout. */
export function mhzOfReply(value: number): number | undefined {
  if (value >>> 24 !== 0x80) return undefined;
  const m = (value >>> 16) & 0xff;
  const n = (value >>> 8) & 0xff;
  const od = value & 0xff;
  return od > 3 || n > 0x1f ? undefined : mhzOfWord((m << 7) | (n << 2) | od);
}
