/**
 * DS4432U: current DAC at I2C 48 that trims a regulator's feedback, and with it the core voltage of early Bitaxes. Register F8:
 * bit 7 sources current, which lowers the voltage; bits 6–0 how much. Values of the board's resistors are those of the maker's
 * firmware: feedback 0.6 V, 4.75 kΩ above, 3.32 kΩ below, 98.9 µA at full scale.
 */
import { AppError } from '../../errors.ts';
import type { I2cBus } from './i2c.ts';

const ADDRESS = 0x48;
const OUTPUT = 0xf8;
const LOWERS = 0x80;
const MAX_STEPS = 0x7f;
const FEEDBACK_VOLTS = 0.6;
const UPPER_OHMS = 4_750;
const LOWER_OHMS = 3_320;
const FULL_SCALE_AMPS = 98.921e-6;
/** Without any current. */
const NOMINAL_VOLTS = FEEDBACK_VOLTS * (1 + UPPER_OHMS / LOWER_OHMS);

export type Ds4432uFailure = { readonly code: 'device-power-fault'; readonly text: string };

/** The register for a voltage below nominal (1.458 V), rounded to less voltage. @throws RangeError where the DAC does not reach, and above */
export function dacCode(volts: number): number {
  const amps = FEEDBACK_VOLTS / LOWER_OHMS - (volts - FEEDBACK_VOLTS) / UPPER_OHMS;
  const steps = Math.ceil((amps / FULL_SCALE_AMPS) * MAX_STEPS);
  if (!(volts < NOMINAL_VOLTS && steps <= MAX_STEPS)) throw new RangeError(`the DAC does not make ${volts} V`);
  return LOWERS | steps;
}

export class Ds4432u {
  readonly #bus: I2cBus;

  constructor(bus: I2cBus) {
    this.#bus = bus;
  }

  /** @throws RangeError, AppError also when it does not take the value */
  setVolts(volts: number): Promise<void> {
    return this.#set(dacCode(volts));
  }

  /** About 0.99 V. @throws AppError */
  setLowest(): Promise<void> {
    return this.#set(LOWERS | MAX_STEPS);
  }

  /** Read back: a wrong value here is a wrong core voltage. */
  async #set(code: number): Promise<void> {
    await this.#bus.write(ADDRESS, Uint8Array.of(OUTPUT, code));
    const [taken] = await this.#bus.writeRead(ADDRESS, Uint8Array.of(OUTPUT), 1);
    if (taken === code) return;
    const text = `the voltage DAC has ${taken} where it was told ${code}`;
    throw new AppError<Ds4432uFailure>({ code: 'device-power-fault', text }, 'machine');
  }
}
