/**
 * The telemetry microcontroller of the Compac A1 and A2, behind the second UART of their bridge: two-byte commands, and
 * what its answers mean. Which fields it has depends on its version. Pure: timing and retries are the board's.
 */
import type { Readings } from './readings.ts';

/** Commands are two bytes; answers are read for `REPLY_MS`, and nothing is sent within `GAP_MS` of a command or an answer. */
export const TELEMETRY_REPLY_MS = 100;
export const TELEMETRY_GAP_MS = 100;

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

export const telemetryCommand = {
  version: ascii('?v'),
  regulatorOn: ascii('BO'),
  regulatorOff: ascii('B-'),
  lightOnWork: ascii('LN'),
  lightHeartbeat: ascii('LH'),
  lightSolid: ascii('LO'),
  lightOff: ascii('L-'),
  capabilities: ascii('M.'),
  readings: ascii('G.'),
} as const;

/** Highest setting the byte can say that makers allow. */
export const MAX_CORE_MILLIVOLTS = 500;

/** `V` and the core voltage in steps of 5 mV. @throws RangeError outside 0–500 mV */
export function setCoreVoltage(millivolts: number): Uint8Array {
  if (!(millivolts >= 0 && millivolts <= MAX_CORE_MILLIVOLTS)) throw new RangeError(`core setting ${millivolts} mV is outside 0–500 mV`);
  return Uint8Array.of(0x56, Math.round(millivolts / 5));
}

/** `F` and a percentage. @throws RangeError */
export function setFan(percent: number): Uint8Array {
  if (!(percent >= 0 && percent <= 100)) throw new RangeError(`fan ${percent} % is outside 0–100 %`);
  return Uint8Array.of(0x46, Math.round(percent));
}

const FIELDS = ['vin', 'iin', 'vout', 'iout', 'temp1', 'temp2', 'tach'] as const;
type Field = (typeof FIELDS)[number];
export const READINGS_BYTES = FIELDS.length;

/** What a version measures. */
export interface TelemetryKind {
  readonly version: number;
  readonly fields: readonly Field[];
  readonly highInputCurrent: boolean;
  readonly hasFan: boolean;
}

/** Versions 3 and later tell with `M.` what they have. */
export function needsCapabilities(version: number): boolean {
  return version >>> 4 === 3;
}

/** Undefined for a version that is not known: it must not be believed. */
export function telemetryKind(version: number, capabilities = 0): TelemetryKind | undefined {
  const hasFan = version >= 0x12;
  switch (version >>> 4) {
    case 1:
      return { version, fields: ['vin', 'vout', 'temp1'], highInputCurrent: false, hasFan };
    case 2:
      return (version & 0x0f) === 0
        ? { version, fields: ['vin', 'iin', 'vout', 'iout', 'temp1', 'tach'], highInputCurrent: true, hasFan }
        : { version, fields: ['vin', 'iin', 'vout', 'temp1', 'temp2', 'tach'], highInputCurrent: false, hasFan };
    case 3:
      return {
        version,
        fields: FIELDS.filter((_, bit) => ((capabilities >>> bit) & 1) === 1),
        highInputCurrent: (capabilities & 0x80) !== 0,
        hasFan,
      };
    default:
      return undefined;
  }
}

/** The answer to `G.`, as far as it came. Every field has its fixed place; a version without one leaves its byte without meaning. */
export function readTelemetry(bytes: Uint8Array, kind: TelemetryKind): Readings {
  const raw = (field: Field): number | undefined => (kind.fields.includes(field) ? bytes[FIELDS.indexOf(field)] : undefined);
  const volts = (byte: number) => (byte * 2.048) / 255;
  const inputMillivolts = kind.version >>> 4 === 1 ? map(raw('vin'), (b) => (b * 6000) / 255) : map(raw('vin'), (b) => volts(b) * 12_000);
  const inputMilliamps = map(raw('iin'), (b) => volts(b) * (kind.highInputCurrent ? 20_000 : 3125));
  const coreMilliamps = map(raw('iout'), (b) => volts(b) * 20_000);
  // Measured across two chips.
  const coreMillivolts = map(raw('vout'), (b) => (volts(b) * 1000) / 2);
  const tempC = temperature(raw('temp1'));
  const boardTempC = temperature(raw('temp2'));
  const fanRpm = map(raw('tach'), (b) => b * 30);
  return {
    ...(tempC !== undefined && { tempC }),
    ...(boardTempC !== undefined && { boardTempC }),
    ...(fanRpm !== undefined && { fanRpm }),
    ...(inputMillivolts !== undefined && { inputMillivolts }),
    ...(inputMilliamps !== undefined && { inputMilliamps }),
    ...(coreMillivolts !== undefined && { coreMillivolts }),
    ...(coreMilliamps !== undefined && { coreMilliamps }),
  };
}

const HOTTEST_BYTE = 218;

/** 0 is no reading; above 218 the sensor is at its end. */
function temperature(byte: number | undefined): number | undefined {
  if (byte === undefined || byte === 0) return undefined;
  return byte > HOTTEST_BYTE ? 125 : (byte * 175) / HOTTEST_BYTE - 50;
}

function map(byte: number | undefined, convert: (byte: number) => number): number | undefined {
  return byte === undefined ? undefined : convert(byte);
}
