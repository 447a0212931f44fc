/** Rates against the published examples, and how often each board must be fed. */
import { expect, test } from 'vitest';
import { bm1362Gekko } from '../../../core/devices/chip/bm1362/gekko.ts';
import { bm1370Bitaxe } from '../../../core/devices/chip/bm1370/bitaxe.ts';
import { bm1370Gekko } from '../../../core/devices/chip/bm1370/gekko.ts';
import { bm1384 } from '../../../core/devices/chip/bm1384/bm1384.ts';
import { bm1387 } from '../../../core/devices/chip/bm1387/bm1387.ts';
import { bm1397Gekko } from '../../../core/devices/chip/bm1397/gekko.ts';
import { antminerU1, antminerU3, blockErupter } from '../../../core/devices/chip/icarus/icarus.ts';
import { expectedRate, feedIntervalMs, fullscanMs, jobIntervalMs, nonceIntervalMs } from '../../../core/devices/chip/rates.ts';

test.each([
  ['Compac', bm1384, 1, 150, 8.25, 520.6, 260.3],
  ['2Pac', bm1384, 2, 100, 11.0, 390.5, 195.2],
  ['NewPac', bm1387, 2, 100, 22.8, 188.4, 376.8],
  ['NewPac', bm1387, 2, 200, 45.6, 94.2, 188.4],
  ['R606', bm1387, 12, 550, 752.4, 5.71, 11.4],
  ['CompacF', bm1397Gekko, 1, 200, 134.4, 31.96, 63.9],
  ['R909', bm1397Gekko, 6, 450, 1814.4, 2.37, 4.7],
])('%s: rate, time for all nonces and life of a job', (_, family, chips, mhz, ghs, scanMs, jobMs) => {
  const chain = { family, chips, mhz };
  expect(expectedRate(chain) / 1e9).toBeCloseTo(ghs, 1);
  expect(fullscanMs(chain)).toBeCloseTo(scanMs, 1);
  expect(jobIntervalMs(chain, 0x6000)).toBeCloseTo(jobMs, 1);
});

test('chips that roll versions keep a job for long, never beyond two seconds', () => {
  expect(jobIntervalMs({ family: bm1370Gekko, chips: 1, mhz: 300 }, 0x1fffe000)).toBeCloseTo(895, 0);
  expect(jobIntervalMs({ family: bm1362Gekko, chips: 1, mhz: 300 }, 0x1fffe000)).toBe(2000);
});

test('without version bits a job lasts less, but never less than its UART takes', () => {
  const fed = jobIntervalMs({ family: bm1370Bitaxe, chips: 1, mhz: 525 }, 0);
  expect(fed).toBeCloseTo((88 * 11) / 115.2 / 0.8, 5);
  expect(jobIntervalMs({ family: bm1397Gekko, chips: 1, mhz: 200 }, 0)).toBeCloseTo(15.98, 1);
});

test('fast chains are fed twice as often, but never more often than their UART takes jobs', () => {
  expect(feedIntervalMs({ family: bm1397Gekko, chips: 6, mhz: 450 }, 0x6000)).toBeCloseTo(2.37, 2);
  expect(feedIntervalMs({ family: bm1384, chips: 1, mhz: 150 }, 0)).toBeCloseTo(260.3, 1);
  for (const [family, mhz] of [
    [bm1370Bitaxe, 525],
    [bm1370Gekko, 400],
  ] as const) {
    const chain = { family, chips: 1, mhz };
    expect(feedIntervalMs(chain, 0)).toBeCloseTo((88 * 11) / 115.2, 5);
  }
});

test('a CompacF makes 105 GH/s of its chip’s 134, and reports at its ticket’s pace', () => {
  const chain = { family: bm1397Gekko, chips: 1, mhz: 200 };
  expect(expectedRate(chain, 0.78125) / 1e9).toBeCloseTo(105, 1);
  expect(nonceIntervalMs(chain, 16, 0.78125)).toBeCloseTo(654.5, 0);
});

test('old sticks make what their makers say', () => {
  expect(expectedRate({ family: blockErupter, chips: 1, mhz: 336 }) / 1e9).toBeCloseTo(0.336, 3);
  expect(fullscanMs({ family: blockErupter, chips: 1, mhz: 336 })).toBeCloseTo(12_783, 0);
  expect(expectedRate({ family: antminerU1, chips: 1, mhz: 250 }) / 1e9).toBeCloseTo(2, 3);
  expect(expectedRate({ family: antminerU3, chips: 1, mhz: 225 }) / 1e9).toBeCloseTo(70.3, 1);
});
