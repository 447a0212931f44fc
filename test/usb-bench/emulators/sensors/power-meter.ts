/**
 * The two I2C chips of the earlier Bitaxes: DS4432U (48), a current DAC that trims the core voltage through registers F8
 * and F9, and INA260 (40), which measures what the board draws (registers as in their data sheets).
 */
import type { I2cDevice } from '../bridges/bitaxe-raw.ts';

export class Ds4432u implements I2cDevice {
  readonly #outputs = new Map<number, number>([
    [0xf8, 0],
    [0xf9, 0],
  ]);
  #pointer = 0;

  /** As after power-on: no current. */
  reset(): void {
    for (const register of this.#outputs.keys()) this.#outputs.set(register, 0);
  }

  /** Bit 7: sources; bits 6–0: how much. */
  get output(): number {
    return this.#outputs.get(0xf8) ?? 0;
  }

  write(bytes: Uint8Array): boolean {
    const [register, value] = bytes as unknown as [number, number | undefined];
    this.#pointer = register;
    if (!this.#outputs.has(register)) return false;
    if (value !== undefined) this.#outputs.set(register, value);
    return true;
  }

  read(length: number): Uint8Array {
    return new Uint8Array(length).fill(this.#outputs.get(this.#pointer) ?? 0);
  }
}

const MILLIAMPS_PER_COUNT = 1.25;
const VOLTS_PER_COUNT = 0.00125;
const WATTS_PER_COUNT = 0.01;

export class Ina260 implements I2cDevice {
  #pointer = 0;
  volts = 5;
  amps = 0;

  write(bytes: Uint8Array): boolean {
    this.#pointer = bytes[0] ?? this.#pointer;
    return true;
  }

  /** Words, most significant byte first. */
  read(length: number): Uint8Array {
    const value = this.#value();
    return Uint8Array.from({ length }, (_, index) => (index % 2 === 0 ? value >> 8 : value) & 0xff);
  }

  #value(): number {
    const values: Record<number, number> = {
      1: (this.amps * 1000) / MILLIAMPS_PER_COUNT,
      2: this.volts / VOLTS_PER_COUNT,
      3: (this.volts * this.amps) / WATTS_PER_COUNT,
      254: 0x5449,
      255: 0x2270,
    };
    return Math.round(values[this.#pointer] ?? 0) & 0xffff;
  }
}
