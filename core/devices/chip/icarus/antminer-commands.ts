/**
 * Frequency and voltage of the Antminer U1, U2 (BM1380) and U3 (BM1382): four-byte commands with the CRC of the BM1384.
 * U1 and U2 divide 25 MHz, U3 divides 50 MHz by a table.
 */
import { shortCommand } from '../bm1384/commands.ts';
import { crc5 } from '../crc5.ts';

export const U1_RANGE = { minMhz: 100, maxMhz: 300 } as const;
export const U3_RANGE = { minMhz: 100, maxMhz: 250 } as const;
/** 725–850 mV, binary-coded decimal. */
export const U3_MILLIVOLTS = { min: 725, max: 850, usual: 775 } as const;

export interface AntminerFrequency {
  readonly word: number;
  readonly mhz: number;
}

/** The nearest `25 · (m+1) ÷ ((n+1) · 2^od)`, smallest divider first. @throws RangeError outside 100–300 MHz. */
export function searchU1(mhz: number): AntminerFrequency {
  if (!(mhz >= U1_RANGE.minMhz && mhz <= U1_RANGE.maxMhz)) throw new RangeError(`frequency ${mhz} MHz is outside U1 limits`);
  let best = { word: 0, mhz: Number.POSITIVE_INFINITY };
  for (let od = 0; od <= 3; od += 1) {
    for (let n = 0; n <= 15; n += 1) {
      for (let m = 0; m <= 63; m += 1) {
        const real = (25 * (m + 1)) / ((n + 1) * 2 ** od);
        if (Math.abs(real - mhz) >= Math.abs(best.mhz - mhz)) continue;
        const oscillator = real * 2 ** od;
        const fast = oscillator >= 500 && oscillator <= 1000 ? 1 : 0;
        best = { word: (fast << 14) | (m << 7) | (n << 2) | od, mhz: real };
      }
    }
  }
  return best;
}

const u3Words: readonly (readonly [mhz: number, word: number])[] = [
  [100, 0x0783],
  [125, 0x0983],
  [150, 0x0b83],
  [175, 0x0d83],
  [193.75, 0x0f03],
  [196.88, 0x1f07],
  [200, 0x0782],
  [206.25, 0x1006],
  [212.5, 0x1086],
  [218.75, 0x1106],
  [225, 0x0882],
  [237.5, 0x1286],
  [243.75, 0x1306],
  [250, 0x0982],
];

/** The highest frequency of the table that is not above `mhz`. @throws RangeError outside 100–250 MHz. */
export function searchU3(mhz: number): AntminerFrequency {
  if (!(mhz >= U3_RANGE.minMhz && mhz <= U3_RANGE.maxMhz)) throw new RangeError(`frequency ${mhz} MHz is outside U3 limits`);
  const [real, word] = u3Words.findLast(([each]) => each <= mhz) as readonly [number, number];
  return { word, mhz: real };
}

export function setFrequency(word: number): Uint8Array {
  return shortCommand(0x82, word >>> 8, word & 0xff);
}

/** U3 only. The flag C0 is added after the CRC is made. @throws RangeError outside 725–850 mV. */
export function setU3Voltage(millivolts: number): Uint8Array {
  if (!Number.isInteger(millivolts) || millivolts < U3_MILLIVOLTS.min || millivolts > U3_MILLIVOLTS.max) {
    throw new RangeError(`${millivolts} mV is outside ${U3_MILLIVOLTS.min}–${U3_MILLIVOLTS.max} mV`);
  }
  const digits = [...String(millivolts)].map(Number) as [number, number, number];
  const frame = Uint8Array.of(0xaa, 0xb0 + digits[0], (digits[1] << 4) | digits[2], 0);
  frame[3] = 0xc0 + crc5(frame, 27);
  return frame;
}
