/**
 * TMP451, at the other end of an EmberOne's board: its own temperature, and that of a diode inside the first chip. While that chip
 * has no power its diode reads as open. Standard range: below 0 °C it says 0.
 */
import type { I2cDevice } from '../bridges/bitaxe-raw.ts';

const registers = {
  localHigh: 0x00,
  remoteHigh: 0x01,
  status: 0x02,
  remoteLow: 0x10,
  remoteOffset: 0x11,
  localLow: 0x15,
  maker: 0xfe,
};
const MAKER = 0x55;
const STATUS_OPEN = 0x04;
const MOST_C = 127.9375;
const PER_DEGREE = 16;

export class Tmp451 implements I2cDevice {
  readonly #registers = new Map<number, number>();
  #pointer = 0;
  boardC = 25;
  /** What the diode would read without any correction. */
  diodeC = 25;
  isOpen = false;

  write(bytes: Uint8Array): boolean {
    const [register = this.#pointer, value] = bytes;
    this.#pointer = register;
    if (value !== undefined) this.#registers.set(register, value);
    return true;
  }

  /** One register a read: the pointer does not move. */
  read(length: number): Uint8Array {
    return new Uint8Array(length).fill(this.#get());
  }

  #get(): number {
    const remote = sixteenths(this.diodeC + this.#offset());
    const local = sixteenths(this.boardC);
    const live: Record<number, number> = {
      [registers.localHigh]: local >> 4,
      [registers.localLow]: (local & 0xf) << 4,
      [registers.remoteHigh]: this.isOpen ? 0 : remote >> 4,
      [registers.remoteLow]: this.isOpen ? 0 : (remote & 0xf) << 4,
      [registers.status]: this.isOpen ? STATUS_OPEN : 0,
      [registers.maker]: MAKER,
    };
    return live[this.#pointer] ?? this.#registers.get(this.#pointer) ?? 0;
  }

  /** Whole degrees, signed, that the host has set. */
  #offset(): number {
    return ((this.#registers.get(registers.remoteOffset) ?? 0) << 24) >> 24;
  }
}

function sixteenths(tempC: number): number {
  return Math.round(Math.max(0, Math.min(MOST_C, tempC)) * PER_DEGREE);
}
