/** The BM1368's own thermometer. */
import { expect, test } from 'vitest';
import { bm1368TempC } from '../../../../core/devices/chip/bm1368/temperature.ts';

test('code 1900 is 26.04 °C', () => {
  expect(bm1368TempC(1900)).toBeCloseTo(26.04, 2);
});
