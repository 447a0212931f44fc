/** TMP1075, a thermometer on the board of an EmberOne: registers of one word, most significant byte first. */
import type { I2cDevice } from '../bridges/bitaxe-raw.ts';

const registers = { temperature: 0x00, config: 0x01, low: 0x02, high: 0x03, id: 0x0f };
const ID = 0x7500;
/** Sixteenths of a degree, in the upper twelve bits. */
const PER_DEGREE = 16;
const RESET: readonly (readonly [number, number])[] = [
  [registers.config, 0x00ff],
  [registers.low, 0x4b00],
  [registers.high, 0x5000],
];

export class Tmp1075 implements I2cDevice {
  readonly #registers = new Map<number, number>(RESET);
  #pointer = 0;
  tempC = 25;

  write(bytes: Uint8Array): boolean {
    const [register = this.#pointer, high, low] = bytes;
    this.#pointer = register;
    const isWritable = register !== registers.temperature && register !== registers.id;
    if (high !== undefined && low !== undefined && isWritable) this.#registers.set(register, (high << 8) | low);
    return true;
  }

  read(length: number): Uint8Array {
    const word = this.#word();
    return Uint8Array.from({ length }, (_, index) => (index % 2 === 0 ? word >> 8 : word) & 0xff);
  }

  #word(): number {
    if (this.#pointer === registers.id) return ID;
    if (this.#pointer !== registers.temperature) return this.#registers.get(this.#pointer) ?? 0;
    return (Math.round(this.tempC * PER_DEGREE) << 4) & 0xffff;
  }
}
