/** BM1397 PLL0: `40 FB REF post1|post2`, dividers as they are (later chips store them minus one). */
import { type Dividers, mhzOf, requireRange, searchDividers, upToGrid } from '../pll.ts';

export const gekkoRange = { minMhz: 100, maxMhz: 800, stepMhz: 5 } as const;
export const bitaxeRange = { minMhz: 50, maxMhz: 625, stepMhz: 6.25 } as const;
const BITAXE_FEEDBACK = { min: 60, max: 200 } as const;

/** GekkoScience's choice: fixed dividers for each range. @throws RangeError outside 100–800 MHz. */
export function gekkoDividers(mhz: number): Dividers {
  requireRange(mhz, gekkoRange.minMhz, gekkoRange.maxMhz);
  const wanted = upToGrid(mhz, gekkoRange.stepMhz);
  const reference = wanted >= 500 ? 1 : 2;
  const post1 = wanted <= 150 ? 3 : wanted <= 250 ? 2 : 1;
  const post2 = 5;
  return { feedback: Math.ceil((wanted * reference * post1 * post2) / 25 - 1e-9), reference, post1, post2 };
}

/** The Bitaxe firmware's best fit. @throws RangeError outside 50–625 MHz. */
export function bitaxeDividers(mhz: number): Dividers {
  requireRange(mhz, bitaxeRange.minMhz, bitaxeRange.maxMhz);
  return searchDividers(mhz, BITAXE_FEEDBACK.min, BITAXE_FEEDBACK.max);
}

export function pllBytes({ feedback, reference, post1, post2 }: Dividers): Uint8Array {
  return Uint8Array.of(0x40, feedback, reference, (post1 << 4) | post2);
}

/** The MHz of a PLL0 value; undefined when a divider is zero. */
export function mhzOfPll0(value: number): number | undefined {
  const dividers = {
    feedback: (value >>> 16) & 0xff,
    reference: (value >>> 8) & 0xff,
    post1: (value >>> 4) & 0x0f,
    post2: value & 0x0f,
  };
  const { feedback, reference, post1, post2 } = dividers;
  return feedback * reference * post1 * post2 === 0 ? undefined : mhzOf(dividers);
}
