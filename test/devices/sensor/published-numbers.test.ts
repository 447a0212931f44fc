/** Encodings of regulators, fan controllers and telemetry against their published values. */
import { expect, test } from 'vitest';
import { Emc2101 } from '../../../core/devices/sensor/emc2101.ts';
import { readTelemetry, setCoreVoltage, type TelemetryKind, telemetryKind } from '../../../core/devices/sensor/gekko-telemetry.ts';
import { decodeLinear11, decodeVolts, encodeLinear11, encodeVolts } from '../../../core/devices/sensor/pmbus-numbers.ts';

test.each([
  [4.8, 0xca66],
  [4.5, 0xca40],
  [6.5, 0xcb40],
  [25, 0xdb20],
  [30, 0xdbc0],
  [105, 0xeb48],
  [145, 0xf244],
  [0.25, 0xaa00],
])('SLINEAR11 of %d', (value, word) => {
  expect(encodeLinear11(value)).toBe(word);
  expect(decodeLinear11(word)).toBeCloseTo(value, 2);
});

test('SLINEAR11: published and negative readings', () => {
  expect(decodeLinear11(0x028a)).toBe(650);
  expect(decodeLinear11(0xd2e6)).toBe(11.59375);
  for (const value of [-40, -0.5, 0, 650]) expect(decodeLinear11(encodeLinear11(value))).toBe(value);
  expect(() => encodeLinear11(1e9)).toThrow(RangeError);
});

test.each([
  [1.0, 0x0200],
  [1.1, 0x0233],
  [1.15, 0x024d],
  [1.2, 0x0266],
  [1.25, 0x0280],
  [2.0, 0x0400],
  [0.75, 0x0180],
  [0.9, 0x01cd],
])('ULINEAR16 of %d V at exponent −9', (volts, word) => {
  expect(encodeVolts(volts)).toBe(word);
  expect(decodeVolts(word)).toBeCloseTo(volts, 2);
});

/** An EMC2101 with these registers. */
function emc2101(registers: Readonly<Record<number, number>>): Emc2101 {
  return new Emc2101({
    write: async () => {},
    writeRead: async (_, bytes) => Uint8Array.of(registers[bytes[0] as number] ?? 0),
  });
}

test('EMC2101: temperature, broken diodes, tachometer', async () => {
  expect(await emc2101({ 1: 0x2d, 16: 0x40 }).chipTempC()).toBe(45.25);
  expect(await emc2101({ 1: 0x7f, 16: 0x00 }).chipTempC()).toBeUndefined();
  expect(await emc2101({ 1: 0x7f, 16: 0xe0 }).chipTempC()).toBeUndefined();
  expect(await emc2101({ 70: 0xdc, 71: 0x05 }).fanRpm()).toBe(3600);
  expect(await emc2101({ 70: 0xff, 71: 0xff }).fanRpm()).toBe(0);
});

test('Compac telemetry: the published conversions', () => {
  const read = (version: number, bytes: readonly number[]) =>
    readTelemetry(Uint8Array.from(bytes), telemetryKind(version) as TelemetryKind);
  expect(read(0x10, [204, 0, 0, 0, 137])).toMatchObject({ inputMillivolts: expect.closeTo(4800, 0), tempC: expect.closeTo(59.98, 2) });
  expect(read(0x20, [204, 125, 75, 0, 137, 0, 100])).toMatchObject({
    inputMillivolts: expect.closeTo(19_661, 0),
    inputMilliamps: expect.closeTo(20_078, 0),
    coreMillivolts: expect.closeTo(301, 0),
    fanRpm: 3000,
  });
  expect(read(0x21, [62, 125, 75, 0, 219])).toMatchObject({
    inputMillivolts: expect.closeTo(5975, 0),
    inputMilliamps: expect.closeTo(3137, 0),
    tempC: 125,
  });
  expect([300, 270, 100].map((millivolts) => setCoreVoltage(millivolts)[1])).toEqual([0x3c, 0x36, 0x14]);
});
