/**
 * TPS546D24A, the core voltage regulator of a Bitaxe Gamma, at I2C address 24: PMBus registers, output on and off, faults that latch
 * until they are cleared (and switch the output off when they are severe).
 */
import type { I2cDevice } from '../bridges/bitaxe-raw.ts';

const ID = [0x54, 0x49, 0x54, 0x6d, 0x24, 0x41];
export const tpsCommands = {
  operation: 0x01,
  clearFaults: 0x03,
  storeDefault: 0x11,
  storeUser: 0x15,
  voutMode: 0x20,
  voutCommand: 0x21,
  voutMax: 0x24,
  voutMin: 0x2b,
  statusByte: 0x78,
  statusWord: 0x79,
  readVin: 0x88,
  readVout: 0x8b,
  readIout: 0x8c,
  readTemp: 0x8d,
  id: 0xad,
} as const;
/** Bits of STATUS_WORD. */
export const tpsStatus = { off: 0x40, voutOver: 0x20, ioutOver: 0x10, vinUnder: 0x08, temperature: 0x04 } as const;
const SEVERE = tpsStatus.voutOver | tpsStatus.ioutOver | tpsStatus.vinUnder | tpsStatus.temperature;
const ON = 0x80;
const LSB_PER_VOLT = 512;
/** Registers of one byte; all others hold a word. */
const BYTES: readonly number[] = [0x01, 0x02, 0x04, 0x10, 0x20, 0x41, 0x45, 0x47, 0x50, 0x56, 0x5a, 0x63, 0x78];
const RESET: readonly (readonly [number, number])[] = [
  [tpsCommands.operation, 0x00],
  [0x02, 0x1f],
  [tpsCommands.voutMode, 0x97],
  [tpsCommands.voutCommand, 0x0200],
  [tpsCommands.voutMax, 0x0300],
  [tpsCommands.voutMin, 0x0100],
];

export class Tps546 implements I2cDevice {
  readonly #registers = new Map<number, readonly number[]>();
  readonly complaints = new Set<string>();
  #pointer = 0;
  #latched = 0;
  /** What stands at its input, what flows out of it, how hot it is: set by the board. */
  vin = 5.0;
  amps = 0;
  tempC = 25;

  constructor() {
    for (const [register, value] of RESET) this.#registers.set(register, toBytes(register, value));
  }

  get isOn(): boolean {
    return this.#get(tpsCommands.operation) === ON && (this.#latched & SEVERE) === 0;
  }

  get volts(): number {
    const limited = Math.min(this.#get(tpsCommands.voutCommand), this.#get(tpsCommands.voutMax));
    return this.isOn ? Math.max(limited, this.#get(tpsCommands.voutMin)) / LSB_PER_VOLT : 0;
  }

  get status(): number {
    return this.#latched | (this.isOn ? 0 : tpsStatus.off);
  }

  /** `bits` of tpsStatus: latched until the host clears them. */
  fault(bits: number): void {
    this.#latched |= bits;
  }

  write(bytes: Uint8Array): boolean {
    const [register, ...data] = bytes as unknown as [number, ...number[]];
    if (register === undefined) return true;
    this.#pointer = register;
    if (register === tpsCommands.clearFaults) this.#latched = 0;
    if (register === tpsCommands.storeDefault || register === tpsCommands.storeUser)
      this.complaints.add("wrote to the regulator's permanent memory");
    if (data.length > 0) this.#registers.set(register, data);
    return true;
  }

  read(length: number): Uint8Array {
    const bytes = this.#answer(this.#pointer);
    return Uint8Array.from({ length }, (_, index) => bytes[index] ?? 0xff);
  }

  #get(register: number): number {
    return (this.#registers.get(register) ?? []).reduce((sum, byte, index) => sum + byte * 2 ** (8 * index), 0);
  }

  #answer(register: number): readonly number[] {
    const { status } = this;
    const live: Record<number, readonly number[]> = {
      [tpsCommands.id]: [ID.length, ...ID],
      [tpsCommands.statusByte]: [status & 0xff],
      [tpsCommands.statusWord]: [status & 0xff, status >> 8],
      [tpsCommands.readVin]: linear11(this.vin),
      [tpsCommands.readVout]: toBytes(tpsCommands.readVout, Math.round(this.volts * LSB_PER_VOLT)),
      [tpsCommands.readIout]: linear11(this.isOn ? this.amps : 0),
      [tpsCommands.readTemp]: linear11(this.tempC),
    };
    return live[register] ?? this.#registers.get(register) ?? [];
  }
}

function toBytes(register: number, value: number): number[] {
  return BYTES.includes(register) ? [value & 0xff] : [value & 0xff, value >> 8];
}

/** SLINEAR11, little-endian: the smallest exponent with which the mantissa still fits. */
export function linear11(value: number): number[] {
  let exponent = -16;
  while (Math.abs(Math.round(value / 2 ** exponent)) > 1023) exponent += 1;
  const raw = ((exponent & 0x1f) << 11) | (Math.round(value / 2 ** exponent) & 0x7ff);
  return [raw & 0xff, raw >> 8];
}
