/**
 * TPS546D24A core regulator (PMBus at I2C 24) as on the Bitaxe Gamma. Its own limits are the last line of defence, so they
 * are written, every one, before its output is switched on. Never stores anything: its memory holds the maker's defaults.
 */
import { equal, toHex } from '../../bytes.ts';
import { AppError } from '../../errors.ts';
import type { I2cBus } from './i2c.ts';
import { decodeLinear11, decodeVolts, encodeLinear11, encodeVolts } from './pmbus-numbers.ts';

const ADDRESS = 0x24;
/** Device ids of the parts that boards carry; a block read begins with its length. */
const DEVICE_IDS = [
  Uint8Array.of(0x06, 0x54, 0x49, 0x54, 0x6d, 0x24, 0x41),
  Uint8Array.of(0x06, 0x54, 0x49, 0x54, 0x6d, 0x24, 0x62),
  Uint8Array.of(0x06, 0x54, 0x49, 0x54, 0x6b, 0x24, 0x41),
];
/** `VOUT_MODE` after power-on: relative, exponent −9. All voltages here are in that unit. */
const VOUT_MODE = 0x97;

const OPERATION = 0x01;
const OFF = 0x00;
const ON = 0x80;

/** Status bits that mean that something is wrong, not only that the output is off. */
const FAULT_BITS: readonly (readonly [bit: number, words: string])[] = [
  [0x0020, 'output voltage too high'],
  [0x0010, 'current too high'],
  [0x0008, 'input voltage too low'],
  [0x0004, 'regulator too hot'],
];
const OUTPUT_OFF = 0x0040;
/** Only what to say of an output that is off: these are set by mere warnings too. */
const CAUSE_BITS: readonly (readonly [bit: number, words: string])[] = [
  [0x8000, 'output voltage'],
  [0x4000, 'output current'],
  [0x2000, 'input voltage'],
];

export interface Tps546Limits {
  readonly coreVolts: { readonly min: number; readonly max: number };
}

export type Tps546Failure = { readonly code: 'device-power-fault'; readonly text: string };

const word = (command: number, value: number): Uint8Array => Uint8Array.of(command, value & 0xff, value >>> 8);
const byte = (command: number, value: number): Uint8Array => Uint8Array.of(command, value);
const linear = (command: number, value: number): Uint8Array => word(command, encodeLinear11(value));
const volts = (command: number, value: number): Uint8Array => word(command, encodeVolts(value));

/** Limits for a board on 5 V with one BM1370: input 4.5–6.5 V, core 1.0–2.0 V, 30 A, 145 °C. */
export const gammaConfiguration: readonly Uint8Array[] = [
  byte(0x02, 0x1f), // on only by command
  byte(0x04, 0x00), // one phase
  linear(0x33, 650), // switching, kHz
  linear(0x35, 4.8), // on above
  linear(0x36, 4.5), // off below
  linear(0x55, 6.5), // input over-voltage
  byte(0x56, 0xb7),
  linear(0x29, 0.25), // scale
  volts(0x24, 2.0), // the most it will ever make
  volts(0x2b, 1.0), // the least
  volts(0x40, 1.25), // over-voltage, relative
  volts(0x42, 1.16),
  volts(0x25, 1.1),
  volts(0x26, 0.9),
  volts(0x43, 0.9),
  volts(0x44, 0.75), // under-voltage, relative
  linear(0x4a, 25), // over-current: warning, fault, response
  linear(0x46, 30),
  byte(0x47, 0xc0),
  linear(0x51, 105), // over-temperature: warning, fault, response
  linear(0x4f, 145),
  byte(0x50, 0xff),
  linear(0x60, 0), // no delay, 3 ms rise
  linear(0x61, 3),
  linear(0x62, 0),
  byte(0x63, 0x3b),
  linear(0x64, 0), // off at once
  linear(0x65, 0),
  word(0xee, 0xffff), // settings from here, not from resistors
];

export class Tps546 {
  readonly #bus: I2cBus;
  readonly #limits: Tps546Limits;

  constructor(bus: I2cBus, limits: Tps546Limits) {
    this.#bus = bus;
    this.#limits = limits;
  }

  /** Checks what it is, switches it off, writes all limits. @throws AppError */
  async begin(configuration: readonly Uint8Array[]): Promise<void> {
    const id = await this.#bus.writeRead(ADDRESS, Uint8Array.of(0xad), 7);
    if (!DEVICE_IDS.some((known) => equal(known, id))) throw failure(`unknown regulator ${toHex(id)}`);
    await this.off();
    const mode = (await this.#bus.writeRead(ADDRESS, Uint8Array.of(0x20), 1))[0] as number;
    if (mode !== VOUT_MODE) throw failure(`unknown voltage format ${mode.toString(16)}`);
    for (const setting of configuration) await this.#bus.write(ADDRESS, setting);
    await this.#bus.write(ADDRESS, Uint8Array.of(0x03)); // faults of an earlier life
  }

  /** @throws RangeError outside the board's limits, AppError */
  async on(coreVolts: number): Promise<void> {
    const { min, max } = this.#limits.coreVolts;
    if (!(coreVolts >= min && coreVolts <= max)) throw new RangeError(`core voltage ${coreVolts} V is outside ${min}–${max} V`);
    await this.#bus.write(ADDRESS, volts(0x21, coreVolts));
    await this.#bus.write(ADDRESS, byte(OPERATION, ON));
  }

  async off(): Promise<void> {
    await this.#bus.write(ADDRESS, byte(OPERATION, OFF));
  }

  async inputMillivolts(): Promise<number> {
    return Math.round(decodeLinear11(await this.#word(0x88)) * 1000);
  }

  async coreMillivolts(): Promise<number> {
    return Math.round(decodeVolts(await this.#word(0x8b)) * 1000);
  }

  async coreMilliamps(): Promise<number> {
    return Math.round(decodeLinear11(await this.#word(0x8c)) * 1000);
  }

  async tempC(): Promise<number> {
    return decodeLinear11(await this.#word(0x8d));
  }

  /** What it complains of; undefined while all is well. Call it only while the output should be on. */
  async fault(): Promise<string | undefined> {
    const status = await this.#word(0x79);
    const words = FAULT_BITS.filter(([bit]) => (status & bit) !== 0).map(([, text]) => text);
    if (words.length > 0) return words.join(', ');
    if ((status & OUTPUT_OFF) === 0) return undefined;
    const causes = CAUSE_BITS.filter(([bit]) => (status & bit) !== 0).map(([, text]) => text);
    return causes.length > 0 ? `switched itself off: ${causes.join(', ')}` : 'switched itself off';
  }

  async #word(command: number): Promise<number> {
    const bytes = await this.#bus.writeRead(ADDRESS, Uint8Array.of(command), 2);
    return (bytes[0] as number) | ((bytes[1] as number) << 8);
  }
}

function failure(text: string): AppError<Tps546Failure> {
  return new AppError<Tps546Failure>({ code: 'device-power-fault', text }, 'machine');
}
