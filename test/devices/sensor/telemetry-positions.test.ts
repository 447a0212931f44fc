/** The telemetry microcontroller's fields stand at fixed places, whatever its version has of them. */
import { expect, test } from 'vitest';
import { readTelemetry, type TelemetryKind, telemetryKind } from '../../../core/devices/sensor/gekko-telemetry.ts';

// VIN, IIN, VOUT, IOUT, TEMP1, TEMP2, TACH
const answer = Uint8Array.of(62, 125, 75, 125, 137, 100, 100);

test.each([
  ['1.0', 0x10, 0, ['coreMillivolts', 'inputMillivolts', 'tempC']],
  ['2.0', 0x20, 0, ['coreMilliamps', 'coreMillivolts', 'fanRpm', 'inputMilliamps', 'inputMillivolts', 'tempC']],
  ['2.1', 0x21, 0, ['boardTempC', 'coreMillivolts', 'fanRpm', 'inputMilliamps', 'inputMillivolts', 'tempC']],
  ['3.0 with temperature and fan', 0x30, 0b101_0000, ['fanRpm', 'tempC']],
])('version %s', (_name, version, capabilities, fields) => {
  const readings = readTelemetry(answer, telemetryKind(version, capabilities) as TelemetryKind);
  expect(Object.keys(readings).sort()).toEqual(fields);
  expect(readings.tempC).toBeCloseTo(59.98, 2);
});

test('input current is read in the range of the version', () => {
  const milliamps = (version: number, capabilities = 0) =>
    readTelemetry(answer, telemetryKind(version, capabilities) as TelemetryKind).inputMilliamps as number;
  expect(milliamps(0x20)).toBeCloseTo(20_078, 0);
  expect(milliamps(0x21)).toBeCloseTo(3_137, 0);
  expect(milliamps(0x30, 0x82)).toBeCloseTo(20_078, 0);
  expect(milliamps(0x30, 0x02)).toBeCloseTo(3_137, 0);
});

test('what did not arrive, 0, and what is beyond the scale', () => {
  const kind = telemetryKind(0x10) as TelemetryKind;
  expect(readTelemetry(answer.subarray(0, 3), kind).tempC).toBeUndefined();
  expect(readTelemetry(Uint8Array.of(62, 0, 75, 0, 0), kind).tempC).toBeUndefined();
  expect(readTelemetry(Uint8Array.of(62, 0, 75, 0, 219), kind).tempC).toBe(125);
  expect(telemetryKind(0x40)).toBeUndefined();
});
