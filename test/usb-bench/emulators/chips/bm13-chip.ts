/** One chip of the framed protocol: its address, its registers, its clock. */
import { sealed } from '../crc.ts';
import type { Bm13Model } from './bm13-models.ts';

const BASE_CLOCK_MHZ = 25;
const CHIP_ID = 0x00;
const PLL = 0x08;
const MAILBOX = 0x3c;
const VERSION_ROLLING = 0xa4;
const ENABLE = 0x8000_0000;
/** Counters of the hashes done, in units of 2^32: four domains, and all. */
const HASH_COUNTERS = [0x88, 0x89, 0x8a, 0x8b];
const ALL_HASHES = 0x8c;

export class Bm13Chip {
  readonly #model: Bm13Model;
  readonly registers = new Map<number, number>();
  readonly #core = new Map<number, number>();
  address = 0;
  isAddressed = true;
  /** Emulated hashes that this chip has done. */
  hashes = 0;

  constructor(model: Bm13Model) {
    this.#model = model;
    this.reset();
  }

  reset(): void {
    this.registers.clear();
    for (const [register, value] of this.#model.reset) this.registers.set(register, value);
    this.#core.clear();
    this.address = 0;
    this.isAddressed = true;
    this.hashes = 0;
  }

  write(register: number, value: number): void {
    this.registers.set(register, value);
    if (register === MAILBOX && value >>> 16 === 0x8000) this.#core.set((value >>> 8) & 0x7f, value & 0xff);
  }

  /** Register values as four bytes, address, register, and two zeros once version rolling has widened the replies. */
  reply(register: number): Uint8Array {
    const value = this.#read(register);
    const bytes = [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);
    return sealed([...bytes, this.address, register, ...(this.isWide ? [0, 0] : [])], 0);
  }

  #read(register: number): number {
    if (register === CHIP_ID) return this.#model.id;
    if (register === ALL_HASHES) return Math.floor(this.hashes / 2 ** 32) >>> 0;
    if (HASH_COUNTERS.includes(register)) return Math.floor(this.hashes / 2 ** 34) >>> 0;
    return this.registers.get(register) ?? 0;
  }

  get isWide(): boolean {
    return this.#model.takes === 'header' && ((this.registers.get(VERSION_ROLLING) ?? 0) & ENABLE) !== 0;
  }

  /** Versions that it rolls, as bits >> 13; 0: none. */
  get rollMask(): number {
    return this.isWide ? (this.registers.get(VERSION_ROLLING) ?? 0) & 0xffff : 0;
  }

  get baud(): number {
    const divisor = ((this.registers.get(this.#model.baudRegister) ?? 0) >>> 8) & (this.#model.baudRegister === 0x18 ? 0x1f : 0xff);
    return 25_000_000 / (8 * (divisor + 1));
  }

  get megahertz(): number {
    const pll = this.registers.get(PLL) ?? 0;
    const [multiplier, reference] = [(pll >>> 16) & 0xff, (pll >>> 8) & 0xff];
    const dividers = this.#model.divider((pll >>> 4) & 0xf) * this.#model.divider(pll & 0xf);
    return reference === 0 || dividers === 0 ? 0 : (BASE_CLOCK_MHZ * multiplier) / (reference * dividers);
  }

  get isHashing(): boolean {
    return this.#model.isEnabled(this.registers, this.#core) && this.megahertz > 0;
  }

  get hashesPerSecond(): number {
    return this.isHashing ? this.#model.cores * this.megahertz * 1e6 : 0;
  }
}
