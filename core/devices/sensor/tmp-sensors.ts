/** The two thermometers of an EmberOne00: TMP1075 at I2C 4A, and TMP451 at 49, which also reads the diode of the first chip. */
import { AppError } from '../../errors.ts';
import type { I2cBus } from './i2c.ts';

const TMP1075 = { address: 0x4a, temperature: 0x00, id: { register: 0x0f, value: 0x7500 } };
const TMP451 = { address: 0x49, local: 0x00, remote: 0x01, status: 0x02, remoteLow: 0x10, manufacturer: { register: 0xfe, value: 0x55 } };
/** The diode is not there, or the chip has no power yet. */
const DIODE_OPEN = 0x04;
const DEGREES_PER_COUNT = 0.0625;

export type TmpFailure = { readonly code: 'device-sensor-silent'; readonly sensor: 'TMP1075' | 'TMP451'; readonly text: string };

export class TmpSensors {
  readonly #bus: I2cBus;

  constructor(bus: I2cBus) {
    this.#bus = bus;
  }

  /** Checks that both are what they should be. @throws AppError */
  async begin(): Promise<void> {
    const id = await this.#word(TMP1075.address, TMP1075.id.register);
    if (id !== TMP1075.id.value) throw stranger('TMP1075', id);
    const manufacturer = await this.#byte(TMP451.address, TMP451.manufacturer.register);
    if (manufacturer !== TMP451.manufacturer.value) throw stranger('TMP451', manufacturer);
  }

  /** The hotter end of the board. @throws AppError */
  async boardTempC(): Promise<number> {
    const left = ((await this.#word(TMP1075.address, TMP1075.temperature)) << 16) >> 20;
    const right = ((await this.#byte(TMP451.address, TMP451.local)) << 24) >> 24;
    return Math.max(left * DEGREES_PER_COUNT, right);
  }

  /** Of the first chip; undefined while its diode is open. @throws AppError */
  async chipTempC(): Promise<number | undefined> {
    if (((await this.#byte(TMP451.address, TMP451.status)) & DIODE_OPEN) !== 0) return undefined;
    const high = ((await this.#byte(TMP451.address, TMP451.remote)) << 24) >> 24;
    return high + ((await this.#byte(TMP451.address, TMP451.remoteLow)) >> 4) * DEGREES_PER_COUNT;
  }

  async #byte(address: number, register: number): Promise<number> {
    return (await this.#bus.writeRead(address, Uint8Array.of(register), 1))[0] as number;
  }

  async #word(address: number, register: number): Promise<number> {
    const bytes = await this.#bus.writeRead(address, Uint8Array.of(register), 2);
    return ((bytes[0] as number) << 8) | (bytes[1] as number);
  }
}

function stranger(sensor: TmpFailure['sensor'], id: number): AppError<TmpFailure> {
  const text = `something else answers in its place (id ${id.toString(16)})`;
  return new AppError<TmpFailure>({ code: 'device-sensor-silent', sensor, text }, 'machine');
}
