/** The PMBus commands of a TPS546D24A, as in its data sheet: how many bytes they carry, and what may not be written. */

export const tpsCommands = {
  operation: 0x01,
  clearFaults: 0x03,
  storeDefault: 0x11,
  storeUser: 0x15,
  capability: 0x19,
  voutMode: 0x20,
  voutCommand: 0x21,
  voutMax: 0x24,
  voutMin: 0x2b,
  statusByte: 0x78,
  statusWord: 0x79,
  statusVout: 0x7a,
  statusIout: 0x7b,
  statusInput: 0x7c,
  statusTemperature: 0x7d,
  statusCml: 0x7e,
  readVin: 0x88,
  readVout: 0x8b,
  readIout: 0x8c,
  readTemp: 0x8d,
  id: 0xad,
  compensation: 0xb1,
} as const;

/** Clear, store, restore. */
const nothing = [0x03, 0x11, 0x12, 0x15, 0x16];
/** Operation, on/off, phase, write protect, VOUT_MODE, the fault responses, single status registers, sync, address. */
const oneByte = [0x01, 0x02, 0x04, 0x10, 0x20, 0x41, 0x45, 0x47, 0x50, 0x56, 0x63, 0x7a, 0x7b, 0x7c, 0x7d, 0x7e, 0x7f, 0x80, 0xe4, 0xef];
/** Voltages, frequency, thresholds, times, interleave, stack, options, pin detection. */
const twoBytes = [
  ...[0x21, 0x22, 0x24, 0x25, 0x26, 0x27, 0x29, 0x2b, 0x33, 0x35, 0x36, 0x37, 0x38, 0x39, 0x40, 0x42, 0x43, 0x44, 0x46, 0x4a, 0x4f],
  ...[0x51, 0x55, 0x58, 0x60, 0x61, 0x62, 0x64, 0x65, 0xec, 0xed, 0xee],
];
const blocks = [0xb1];
/** Capability, both summaries of the status, what is measured, revision, id. */
const readOnly: readonly number[] = [0x19, 0x78, 0x79, 0x88, 0x8b, 0x8c, 0x8d, 0x98, 0xad, 0xae];

const lengths = new Map<number, number>([
  ...nothing.map((command) => [command, 0] as const),
  ...oneByte.map((command) => [command, 1] as const),
  ...twoBytes.map((command) => [command, 2] as const),
  ...blocks.map((command) => [command, 6] as const),
]);

/** SLINEAR11 values outside are refused as invalid. Volts and milliseconds. */
const ranges: Readonly<Record<number, readonly [least: number, most: number]>> = {
  53: [2.5, 18.25],
  96: [0, 127.5],
  97: [0, 31.75],
  100: [0, 127.5],
  101: [0, 31.75],
};

export function isReadOnly(command: number): boolean {
  return readOnly.includes(command);
}

/** Bytes of a write, without the command; undefined: there is no such command to write. */
export function lengthOf(command: number): number | undefined {
  return lengths.get(command);
}

export function isInRange(command: number, [low = 0, high = 0]: readonly number[]): boolean {
  const range = ranges[command];
  if (range === undefined) return true;
  const raw = low | (high << 8);
  const value = ((raw << 21) >> 21) * 2 ** ((raw << 16) >> 27);
  return value >= range[0] && value <= range[1];
}
