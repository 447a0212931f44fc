/** What the Bitaxe firmwares do alike on every chip: discovery, ramp, hash-count number, faster UART. */

import type { InitSettings } from './chip-family.ts';
import { readAll, register, writeAll } from './commands.ts';
import { discover, hostBaud, type Plan, withLastWait, write } from './plan.ts';
import { CRYSTAL_MHZ, ramp } from './pll.ts';

/** Commands may follow each other directly on the chip's UART; over USB a little more is wanted. */
export const USB_GAP_MS = 2;
/** Between repeated settings of register A4 before discovery. */
const VERSION_ROLLING_GAP_MS = 5;
/** One second for the first chip, and for each after it. */
const DISCOVERY_MS = 1000;
const DISCOVERY_IDLE_MS = 100;
/** Where the ramp begins; not written itself. */
export const RAMP_FROM_MHZ = 50;
export const RAMP_STEP_MHZ = 6.25;
const RAMP_STEP_MS = 100;
const FAST_UART = 0x11300200;
const FAST_BAUD = 1_000_000;
/** After the chip's rate changed, before the host's does: one byte at the old rate, and the bridge's buffer. */
export const BAUD_CHANGE_MS = 10;

/** `9000` enables rolling, the low half is the mask's bits 28–13. */
export const rollAllVersions: Uint8Array = versionMaskCommand(0x9000, 0x1fffe000);

export function versionMaskCommand(highHalf: number, mask: number): Uint8Array {
  return writeAll(register.versionRolling, ((highHalf << 16) | ((mask >>> 13) & 0xffff)) >>> 0);
}

/** Version rolling on, so that replies have 11 bytes, `times` times; then who is there. */
export function bitaxeDiscovery(times: number): Plan {
  return [
    ...Array.from({ length: times }, () => write(rollAllVersions, VERSION_ROLLING_GAP_MS)),
    discover(readAll(register.chipId), DISCOVERY_MS, DISCOVERY_IDLE_MS),
  ];
}

/** From 50 MHz to the target in steps of 6.25 MHz, 100 ms each. */
export function bitaxeRamp(mhz: number, toFrequency: (mhz: number) => Plan): Plan {
  return ramp(RAMP_FROM_MHZ, mhz, RAMP_STEP_MHZ).flatMap((station) => withLastWait(toFrequency(station), RAMP_STEP_MS));
}

/** To 1 Mbaud, chip first; nothing when it is not wanted. */
export function bitaxeFastBaud({ fastBaud }: InitSettings): Plan {
  return fastBaud === true ? [write(writeAll(register.fastUart, FAST_UART), BAUD_CHANGE_MS), hostBaud(FAST_BAUD, BAUD_CHANGE_MS)] : [];
}

/** How long a chip sweeps its nonces before it rolls the version, in 25 MHz ticks (register 10). */
export interface HashCount {
  readonly mhz: number;
  readonly chips: number;
  /** Cores, without their small cores. */
  readonly cores: number;
  /** Ticks kept back: 268 on BM1368 and BM1370, none on BM1366. */
  readonly guard: number;
}

/** Half of the time for a full sweep, less the guard. Too small: nonces come twice; too large: gaps between versions. */
export function hashCountNumber({ mhz, chips, cores, guard }: HashCount): number {
  const nonces = 2 ** 32 / powerOfTwoFrom(cores) / powerOfTwoFrom(chips);
  return Math.trunc(((nonces * CRYSTAL_MHZ) / mhz) * 0.5 - guard);
}

function powerOfTwoFrom(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}
