/**
 * TPS546D24A, the core voltage regulator of a Bitaxe Gamma, at I2C address 24: PMBus registers, output on and off, faults that latch
 * until they are cleared (and switch the output off when they are severe). What it does not know it does not acknowledge.
 */
import type { I2cDevice } from '../bridges/bitaxe-raw.ts';
import { isInRange, isReadOnly, lengthOf, tpsCommands } from './tps546-commands.ts';

const ID = [0x54, 0x49, 0x54, 0x6d, 0x24, 0x41];
/** Low byte of STATUS_WORD. */
export const tpsStatus = { off: 0x40, voutOver: 0x20, ioutOver: 0x10, vinUnder: 0x08, temperature: 0x04, communication: 0x02 } as const;
const SEVERE = tpsStatus.voutOver | tpsStatus.ioutOver | tpsStatus.vinUnder | tpsStatus.temperature;
/** High byte: which of the single registers has more to say; and that the output is not within its window. */
const more = { vout: 0x8000, iout: 0x4000, input: 0x2000, powerNotGood: 0x0800 };
/** Bits of the single registers. */
const FAULT = 0x80;
const LOW_VIN = 0x08;
const cml = { command: 0x80, data: 0x40, other: 0x02 };
const ON = 0x80;
const LSB_PER_VOLT = 512;
/** What stands in the others after power-on is the maker's business: 0 here. */
const RESET: readonly (readonly [number, readonly number[]])[] = [
  [tpsCommands.operation, [0x00]],
  [0x02, [0x1f]],
  [0x04, [0xff]],
  [tpsCommands.voutMode, [0x97]],
  [tpsCommands.voutCommand, [0x00, 0x02]],
  [tpsCommands.voutMax, [0x00, 0x03]],
  [tpsCommands.voutMin, [0x00, 0x01]],
  [0xe4, [0x10]],
];

export class Tps546 implements I2cDevice {
  readonly #registers = new Map<number, readonly number[]>(RESET);
  readonly #complaints: Set<string>;
  #pointer = 0;
  #latched = 0;
  #cml = 0;
  /** What stands at its input, what flows out of it, how hot it is: set by the board. */
  vin = 5.0;
  amps = 0;
  tempC = 25;

  /** @param complaints where to say what no host should do */
  constructor(complaints: Set<string>) {
    this.#complaints = complaints;
  }

  get isOn(): boolean {
    return this.#get(tpsCommands.operation) === ON && (this.#latched & SEVERE) === 0;
  }

  get volts(): number {
    const limited = Math.min(this.#get(tpsCommands.voutCommand), this.#get(tpsCommands.voutMax));
    return this.isOn ? Math.max(limited, this.#get(tpsCommands.voutMin)) / LSB_PER_VOLT : 0;
  }

  /** STATUS_WORD. */
  get status(): number {
    const has = (bit: number, word: number) => ((this.#latched & bit) === 0 ? 0 : word);
    const summary = has(tpsStatus.voutOver, more.vout) | has(tpsStatus.ioutOver, more.iout) | has(tpsStatus.vinUnder, more.input);
    return summary | this.#latched | (this.isOn ? 0 : tpsStatus.off | more.powerNotGood);
  }

  /** `bits` of tpsStatus: latched until the host clears them. */
  fault(bits: number): void {
    this.#latched |= bits;
  }

  write(bytes: Uint8Array): boolean {
    const [command, ...data] = bytes as unknown as [number, ...number[]];
    if (command === undefined) return true;
    this.#pointer = command;
    const length = lengthOf(command);
    if (length === undefined && !isReadOnly(command)) return this.#refuse(cml.command);
    if (data.length === 0 && length !== 0) return true;
    if (length === undefined) return this.#refuse(cml.command);
    if (data.length !== length) return this.#refuse(cml.other) || data.length < length;
    this.#take(command, data);
    return true;
  }

  read(length: number): Uint8Array {
    const bytes = this.#answer(this.#pointer);
    return Uint8Array.from({ length }, (_, index) => bytes[index] ?? 0xff);
  }

  #take(command: number, data: readonly number[]): void {
    if (command === tpsCommands.storeDefault || command === tpsCommands.storeUser)
      this.#complaints.add("wrote to the regulator's permanent memory");
    if (command === tpsCommands.clearFaults) this.#latched = this.#cml = 0;
    if (!isInRange(command, data)) this.#refuse(cml.data);
    else this.#registers.set(command, data);
  }

  /** Not acknowledged, or not taken; latched until it is cleared. */
  #refuse(why: number): false {
    this.#cml |= why;
    this.#latched |= tpsStatus.communication;
    return false;
  }

  #get(register: number): number {
    return (this.#registers.get(register) ?? []).reduce((sum, byte, index) => sum + byte * 2 ** (8 * index), 0);
  }

  #answer(register: number): readonly number[] {
    const { status } = this;
    const has = (bit: number, value: number) => [(this.#latched & bit) === 0 ? 0 : value];
    const live: Record<number, readonly number[]> = {
      [tpsCommands.id]: [ID.length, ...ID],
      [tpsCommands.statusByte]: [status & 0xff],
      [tpsCommands.statusWord]: [status & 0xff, status >> 8],
      [tpsCommands.statusVout]: has(tpsStatus.voutOver, FAULT),
      [tpsCommands.statusIout]: has(tpsStatus.ioutOver, FAULT),
      [tpsCommands.statusInput]: has(tpsStatus.vinUnder, LOW_VIN),
      [tpsCommands.statusTemperature]: has(tpsStatus.temperature, FAULT),
      [tpsCommands.statusCml]: [this.#cml],
      [tpsCommands.capability]: [0xd0],
      [tpsCommands.readVin]: linear11(this.vin),
      [tpsCommands.readVout]: word(Math.round(this.volts * LSB_PER_VOLT)),
      [tpsCommands.readIout]: linear11(this.isOn ? this.amps : 0),
      [tpsCommands.readTemp]: linear11(this.tempC),
    };
    return live[register] ?? this.#registers.get(register) ?? (register === tpsCommands.compensation ? [5, 0, 0, 0, 0, 0] : [0, 0]);
  }
}

function word(value: number): number[] {
  return [value & 0xff, value >> 8];
}

/** SLINEAR11, little-endian: the smallest exponent with which the mantissa still fits. */
export function linear11(value: number): number[] {
  let exponent = -16;
  while (Math.abs(Math.round(value / 2 ** exponent)) > 1023) exponent += 1;
  const raw = ((exponent & 0x1f) << 11) | (Math.round(value / 2 ** exponent) & 0x7ff);
  return [raw & 0xff, raw >> 8];
}
