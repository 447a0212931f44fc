/** INA260: measures voltage and current of a board's input; I2C 40. Registers are words, most significant byte first. */
import type { I2cBus } from './i2c.ts';

const ADDRESS = 0x40;
const CURRENT = 0x01;
const VOLTAGE = 0x02;
const MANUFACTURER = { register: 0xfe, value: 0x5449 };
const DIE = { register: 0xff, value: 0x2270 };
/** Milliamperes and millivolts alike. */
const UNITS_PER_COUNT = 1.25;

/** Whether one answers. Never throws. */
export async function isIna260(bus: I2cBus): Promise<boolean> {
  try {
    return (await word(bus, MANUFACTURER.register)) === MANUFACTURER.value && (await word(bus, DIE.register)) === DIE.value;
  } catch {
    return false;
  }
}

export class Ina260 {
  readonly #bus: I2cBus;

  constructor(bus: I2cBus) {
    this.#bus = bus;
  }

  /** @throws AppError */
  async millivolts(): Promise<number> {
    return Math.round((await word(this.#bus, VOLTAGE)) * UNITS_PER_COUNT);
  }

  /** Into the board: backwards counts as nothing. @throws AppError */
  async milliamps(): Promise<number> {
    const counts = await word(this.#bus, CURRENT);
    return counts >= 0x8000 ? 0 : Math.round(counts * UNITS_PER_COUNT);
  }
}

async function word(bus: I2cBus, register: number): Promise<number> {
  const bytes = await bus.writeRead(ADDRESS, Uint8Array.of(register), 2);
  return ((bytes[0] as number) << 8) | (bytes[1] as number);
}
