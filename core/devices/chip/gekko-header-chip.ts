/**
 * How GekkoScience drives BM1362 (Compac A1) and BM1370 (Compac A2): 115 200 baud with mark parity for the whole
 * session, power-down by PLL, frequency on a grid of 6.25 MHz with fixed dividers.
 */
import type { ChipFamily, PllSetting } from './chip-family.ts';
import { readAll, register, writeAll } from './commands.ts';
import { gekkoFrequency } from './gekko-frequency.ts';
import { discover, type Plan, write } from './plan.ts';
import { mhzOf, requireRange, upToGrid } from './pll.ts';
import { u32Be } from './u32-be.ts';

export const gekkoRange = { minMhz: 100, maxMhz: 800, stepMhz: 6.25 } as const;
const DISCOVERY_MS = 1000;
const DISCOVERY_IDLE_MS = 50;
const POWER_DOWN = 0x40000100;

/** @throws RangeError outside 100–800 MHz. The flag byte is always 40, also above 2400 MHz, as the vendor has it. */
export function gekkoPll(mhz: number): PllSetting {
  requireRange(mhz, gekkoRange.minMhz, gekkoRange.maxMhz);
  const wanted = upToGrid(mhz, gekkoRange.stepMhz);
  const reference = wanted >= 500 ? 1 : 2;
  const post1 = 5;
  const post2 = wanted <= 150 ? 3 : wanted <= 250 ? 2 : 1;
  const feedback = Math.ceil((wanted * reference * post1 * post2) / 25 - 1e-9);
  return {
    bytes: Uint8Array.of(0x40, feedback, reference, ((post1 - 1) << 4) | (post2 - 1)),
    mhz: mhzOf({ feedback, reference, post1, post2 }),
  };
}

export function gekkoSetFrequency(mhz: number): Plan {
  return gekkoFrequency(u32Be(gekkoPll(mhz).bytes), 1);
}

/** Version rolling on, then who is there. */
export function gekkoDiscovery(rollVersions: Uint8Array): Plan {
  return [write(rollVersions, 1), discover(readAll(register.chipId), DISCOVERY_MS, DISCOVERY_IDLE_MS)];
}

export const gekkoHeaderFacts = {
  frequency: gekkoRange,
  pll: gekkoPll,
  setFrequency: gekkoSetFrequency,
  shutdown: () => [write(writeAll(register.pll0, POWER_DOWN), 10)],
} as const satisfies Partial<ChipFamily>;
