/** What distinguishes the chips that speak the framed protocol (55 AA … / AA 55 …). */

export interface Bm13Model {
  readonly name: string;
  /** Register 00, without the address that readers find in its last byte. */
  readonly id: number;
  readonly cores: number;
  readonly takes: 'midstates' | 'header';
  /** Register of the baud divisor, and the lowest bit of its five. */
  readonly baudRegister: number;
  readonly reset: ReadonlyMap<number, number>;
  /** True once the writes that the chip needs before its cores hash have come; `core` are the core registers. */
  isEnabled(registers: ReadonlyMap<number, number>, core: ReadonlyMap<number, number>): boolean;
  /** Whether the chip says that it found this nonce: it may hash, and keep it to itself. */
  isReported(registers: ReadonlyMap<number, number>, wire: Uint8Array): boolean;
  /** Multiplier of a PLL divider nibble. */
  divider(nibble: number): number;
  /** The reply's job byte for a job id. `inner`: midstate index or small core. */
  jobByte(id: number, inner: number): number;
  /** How many small cores the low bits of the job byte tell apart; 0: they are a midstate index. */
  readonly innerCores: number;
  /** Address (0–255) of the chip that owns a nonce, from its four wire bytes. */
  owner(wire: Uint8Array): number;
}

const MISC_1397 = 0x0000_7a31;
const MISC_1362 = 0x0000_c100;
const FAST_UART = 0x0130_1a00;
const core02 = (_: ReadonlyMap<number, number>, core: ReadonlyMap<number, number>) => core.get(0x02) === 0xaa;
const REPORT_SHIFT = 28;
const reportBits = (registers: ReadonlyMap<number, number>) => (registers.get(0x18) ?? 0) >>> REPORT_SHIFT;
const coreOf = (wire: Uint8Array) => (wire[0] as number) >> 1;
/** One bit a quarter of the 128 cores, as measured on a BM1370. */
const byQuarter = (registers: ReadonlyMap<number, number>, wire: Uint8Array) => ((reportBits(registers) >> (coreOf(wire) >> 5)) & 1) === 1;
const addressBits = (wire: Uint8Array) => ((((wire[0] as number) & 1) << 7) | ((wire[1] as number) >> 1)) & 0xff;

const newer = {
  takes: 'header',
  baudRegister: 0x28,
  reset: new Map([
    [0x08, 0x40a8_0265],
    [0x14, 0],
    [0x18, MISC_1362],
    [0x28, FAST_UART],
    [0xa4, 0],
  ]),
  isEnabled: core02,
  isReported: (registers: ReadonlyMap<number, number>) => reportBits(registers) !== 0,
  divider: (nibble: number) => nibble + 1,
  owner: addressBits,
} as const;

export const bm1397: Bm13Model = {
  name: 'BM1397',
  id: 0x1397_1800,
  cores: 672,
  takes: 'midstates',
  baudRegister: 0x18,
  reset: new Map([
    [0x08, 0x403c_0253],
    [0x14, 0],
    [0x18, MISC_1397],
    [0x28, FAST_UART],
  ]),
  isEnabled: (registers) => registers.get(0x3c) === 0x8000_8074,
  isReported: () => true,
  divider: (nibble) => nibble,
  jobByte: (id, inner) => (id + inner) & 0xff,
  innerCores: 0,
  owner: (wire) => ((wire[1] as number) & 0x3f) << 2,
};

const eightCores = { jobByte: (id: number, inner: number) => (id & 0xf8) | inner, innerCores: 8 };
const sixteenCores = { jobByte: (id: number, inner: number) => ((id << 1) & 0xf0) | inner, innerCores: 16 };

export const bm1362: Bm13Model = { name: 'BM1362', id: 0x1362_0300, cores: 512, ...newer, ...eightCores };
export const bm1366: Bm13Model = { name: 'BM1366', id: 0x1366_0000, cores: 894, ...newer, ...eightCores };
export const bm1368: Bm13Model = { name: 'BM1368', id: 0x1368_0000, cores: 1276, ...newer, ...sixteenCores };
export const bm1370: Bm13Model = { name: 'BM1370', id: 0x1370_0000, cores: 2040, ...newer, ...sixteenCores, isReported: byQuarter };
