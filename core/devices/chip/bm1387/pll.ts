/** BM1387 PLL: reference 2; below 400 MHz post dividers 4·1, from there 2·1. MHz = 25 · FB ÷ (2 · post1 · post2). */
import { CRYSTAL_MHZ, mhzOf, requireRange, upToGrid } from '../pll.ts';

export const minMhz = 50;
export const maxMhz = 900;
export const stepMhz = 6.25;

export interface Bm1387Pll {
  readonly feedback: number;
  /** post1 in the high, post2 in the low half. */
  readonly post: number;
  readonly mhz: number;
}

/** The setting for `mhz`, raised to the grid. @throws RangeError outside 50–900 MHz. */
export function searchPll(mhz: number): Bm1387Pll {
  requireRange(mhz, minMhz, maxMhz);
  const wanted = upToGrid(mhz, stepMhz);
  const post1 = wanted < 400 ? 4 : 2;
  const feedback = Math.round((wanted * 2 * post1) / CRYSTAL_MHZ);
  return { feedback, post: (post1 << 4) | 1, mhz: mhzOf({ feedback, reference: 2, post1, post2: 1 }) };
}

/** The MHz of a reply `80 FB REF PD`; undefined when it is none. */
export function mhzOfReply(value: number): number | undefined {
  const reference = (value >>> 8) & 0xff;
  const post1 = (value >>> 4) & 0x0f;
  const post2 = value & 0x0f;
  if (value >>> 24 !== 0x80 || reference === 0 || post1 === 0 || post2 !== 1) return undefined;
  return mhzOf({ feedback: (value >>> 16) & 0xff, reference, post1, post2 });
}
