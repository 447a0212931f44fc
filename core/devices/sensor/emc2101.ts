/** EMC2101: fan controller with tachometer, thermometer of the chip's own diode and of itself. On Bitaxes at I2C 4C. */
import { AppError } from '../../errors.ts';
import type { I2cBus } from './i2c.ts';

const ADDRESS = 0x4c;
const MANUFACTURER = 0x5d;
const PRODUCTS = [0x16, 0x28];
const FULL_DUTY = 0x3f;
const TACH_CLOCK = 5_400_000;
/** The counter at its end reads 82 rpm: the fan stands still. */
const STANDING_RPM = 82;
/** Codes of the diode that are no temperatures: open and short. */
const DIODE_OPEN = 0x3f8;
const DIODE_SHORT = 0x3ff;

/** How the diode of a chip differs from an ideal one: registers 17 and 18. */
export interface ThermalDiode {
  readonly idealityFactor: number;
  readonly betaCompensation: number;
}

/** As the maker's firmware has it for the BM1370. */
export const BM1370_DIODE: ThermalDiode = { idealityFactor: 0x24, betaCompensation: 0x00 };
/** What the part starts with; for the other chips the firmware leaves that alone. */
export const USUAL_DIODE: ThermalDiode = { idealityFactor: 0x12, betaCompensation: 0x08 };

export type Emc2101Failure = { readonly code: 'device-sensor-silent'; readonly sensor: 'EMC2101'; readonly text: string };

export class Emc2101 {
  readonly #bus: I2cBus;

  constructor(bus: I2cBus) {
    this.#bus = bus;
  }

  /** Checks that it is one, and sets it up for a fan with tachometer and this diode. @throws AppError */
  async begin({ idealityFactor, betaCompensation }: ThermalDiode): Promise<void> {
    const product = await this.#read(0xfd);
    const manufacturer = await this.#read(0xfe);
    if (manufacturer !== MANUFACTURER || !PRODUCTS.includes(product)) {
      const text = `is not an EMC2101 (manufacturer ${manufacturer}, product ${product})`;
      throw new AppError<Emc2101Failure>({ code: 'device-sensor-silent', sensor: 'EMC2101', text }, 'machine');
    }
    await this.#write(0x03, 0x04); // tachometer input
    await this.#write(0x4a, 0x23); // PWM, driven by the duty register
    await this.#write(0x17, idealityFactor);
    await this.#write(0x18, betaCompensation);
  }

  /** @param percent 0–100 */
  async setFan(percent: number): Promise<void> {
    await this.#write(0x4c, Math.round((Math.max(0, Math.min(100, percent)) / 100) * FULL_DUTY));
  }

  /** Revolutions a minute; 0 when it stands still. */
  async fanRpm(): Promise<number> {
    const low = await this.#read(0x46);
    const count = ((await this.#read(0x47)) << 8) | low;
    const rpm = count === 0 ? 0 : Math.round(TACH_CLOCK / count);
    return rpm <= STANDING_RPM ? 0 : rpm;
  }

  /** Of the chip; undefined when the diode is open or short. */
  async chipTempC(): Promise<number | undefined> {
    const high = await this.#read(0x01);
    const code = (high << 3) | ((await this.#read(0x10)) >>> 5);
    if (code === DIODE_OPEN || code === DIODE_SHORT) return undefined;
    return (code >= 0x400 ? code - 0x800 : code) * 0.125;
  }

  /** Of the part itself. */
  async boardTempC(): Promise<number> {
    const code = await this.#read(0x00);
    return code >= 0x80 ? code - 0x100 : code;
  }

  async #read(register: number): Promise<number> {
    return (await this.#bus.writeRead(ADDRESS, Uint8Array.of(register), 1))[0] as number;
  }

  #write(register: number, value: number): Promise<void> {
    return this.#bus.write(ADDRESS, Uint8Array.of(register, value));
  }
}
