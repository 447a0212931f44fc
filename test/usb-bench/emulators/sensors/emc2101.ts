/**
 * EMC2101, fan controller and thermometer of a Bitaxe, at I2C address 4C. The fan's duty can be written only while the fan
 * configuration lets the host drive it, as it does after power-on.
 */
import type { I2cDevice } from '../bridges/bitaxe-raw.ts';

const registers = {
  internal: 0x00,
  externalHigh: 0x01,
  config: 0x03,
  externalLow: 0x10,
  tachLow: 0x46,
  tachHigh: 0x47,
  fanConfig: 0x4a,
  fan: 0x4c,
  product: 0xfd,
  manufacturer: 0xfe,
  revision: 0xff,
};
const PRODUCT = 0x16;
const MANUFACTURER = 0x5d;
const REVISION = 0x01;
const HOST_DRIVES = 0x20;
/** Ideality factor, beta (automatic), fan configuration, spin-up, PWM frequency and divider; 0 in all others. */
const RESET: readonly (readonly [number, number])[] = [
  [0x17, 0x12],
  [0x18, 0x08],
  [registers.fanConfig, HOST_DRIVES],
  [0x4b, 0x3f],
  [0x4d, 0x17],
  [0x4e, 0x01],
];
const TACH_ENABLED = 0x04;
const FULL_DUTY = 0x3f;
const FULL_RPM = 7_000;
const RPM_COUNT = 5_400_000;
const RAW_OPEN = 0x3f8;
const RAW_SHORT = 0x3ff;

export class Emc2101 implements I2cDevice {
  readonly #registers = new Map<number, number>(RESET);
  #pointer = 0;
  /** Of the chip's diode, and of the board. */
  tempC = 25;
  boardC = 25;
  diode: 'ok' | 'open' | 'short' = 'ok';
  isStuck = false;

  /** 0–1: how much air moves. */
  get air(): number {
    return this.isStuck ? 0 : Math.min(FULL_DUTY, this.#registers.get(registers.fan) ?? 0) / FULL_DUTY;
  }

  get rpm(): number {
    return this.air * FULL_RPM;
  }

  write(bytes: Uint8Array): boolean {
    const [register, ...data] = bytes as unknown as [number, ...number[]];
    if (register === undefined) return true;
    this.#pointer = register;
    for (const [offset, value] of data.entries()) this.#set(register + offset, value);
    return true;
  }

  read(length: number): Uint8Array {
    return Uint8Array.from({ length }, (_, offset) => this.#get(this.#pointer + offset));
  }

  #set(register: number, value: number): void {
    const isLocked = register === registers.fan && (this.#get(registers.fanConfig) & HOST_DRIVES) === 0;
    if (!isLocked) this.#registers.set(register, value);
  }

  #get(register: number): number {
    const count = this.#tachCount();
    const raw = this.#rawTemperature();
    const live: Record<number, number> = {
      [registers.product]: PRODUCT,
      [registers.manufacturer]: MANUFACTURER,
      [registers.revision]: REVISION,
      [registers.internal]: Math.round(this.boardC) & 0xff,
      [registers.externalHigh]: (raw >> 3) & 0xff,
      [registers.externalLow]: (raw << 5) & 0xff,
      [registers.tachLow]: count & 0xff,
      [registers.tachHigh]: count >> 8,
    };
    return live[register] ?? this.#registers.get(register) ?? 0;
  }

  /** Eleven bits, an eighth of a degree each, two's complement. */
  #rawTemperature(): number {
    if (this.diode !== 'ok') return this.diode === 'open' ? RAW_OPEN : RAW_SHORT;
    return Math.round(this.tempC * 8) & 0x7ff;
  }

  #tachCount(): number {
    const isRead = ((this.#registers.get(registers.config) ?? 0) & TACH_ENABLED) !== 0;
    return isRead && this.rpm > 0 ? Math.min(0xffff, Math.round(RPM_COUNT / this.rpm)) : 0xffff;
  }
}
