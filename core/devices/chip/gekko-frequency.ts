/**
 * How GekkoScience changes the frequency of BM1397 and later: divider 70, then PLL0, then the register read back, with
 * 10 ms before each. BM1397 gets both writes twice.
 */
import { readAll, register, writeAll } from './commands.ts';
import { type Plan, pause, read, write } from './plan.ts';

const GAP_MS = 10;
const READ_MS = 20;
const PLL0_DIVIDER = 0x0f0f0f00;

/** The plan for a PLL0 value, each write `times` times. */
export function gekkoFrequency(pll0: number, times: 1 | 2): Plan {
  const twice = (bytes: Uint8Array): Plan => Array.from({ length: times }, () => write(bytes, GAP_MS));
  return [
    pause(GAP_MS),
    ...twice(writeAll(register.pll0Divider, PLL0_DIVIDER)),
    ...twice(writeAll(register.pll0, pll0)),
    read(readAll(register.pll0), register.pll0, READ_MS),
  ];
}
