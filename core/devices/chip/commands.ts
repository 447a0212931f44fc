/**
 * Commands of BM1397 and later: `55 AA | header | length | … | CRC5`, register values u32 big-endian. Pure builders; what
 * each register means is in the REFERENCE.md beside each chip.
 */
import { crc5 } from './crc5.ts';

export const REPLY_PREAMBLE: Uint8Array = Uint8Array.of(0xaa, 0x55);
export const COMMAND_PREAMBLE: Uint8Array = Uint8Array.of(0x55, 0xaa);

/** Registers that drivers name. */
export const register = {
  chipId: 0x00,
  pll0: 0x08,
  hashCountNumber: 0x10,
  ticketMask: 0x14,
  miscControl: 0x18,
  clockOrderEnable: 0x20,
  fastUart: 0x28,
  uartRelay: 0x2c,
  coreMailbox: 0x3c,
  analogMux: 0x54,
  ioDrive: 0x58,
  pll3: 0x68,
  pll0Divider: 0x70,
  orderedClock0: 0x80,
  orderedClock1: 0x84,
  versionRolling: 0xa4,
  softReset: 0xa8,
} as const;

/** Sets a register of every chip. */
export function writeAll(registerNumber: number, value: number): Uint8Array {
  return framed(0x51, 0x09, 0x00, registerNumber, value >>> 24, value >>> 16, value >>> 8, value);
}

/** Sets a register of the chip at `address`. */
export function writeOne(address: number, registerNumber: number, value: number): Uint8Array {
  return framed(0x41, 0x09, address, registerNumber, value >>> 24, value >>> 16, value >>> 8, value);
}

/** Asks every chip for a register. */
export function readAll(registerNumber: number): Uint8Array {
  return framed(0x52, 0x05, 0x00, registerNumber);
}

export function readOne(address: number, registerNumber: number): Uint8Array {
  return framed(0x42, 0x05, address, registerNumber);
}

/** Chips stop forwarding, so that the next address goes to the first chip that has none. */
export function chainInactive(): Uint8Array {
  return framed(0x53, 0x05, 0x00, 0x00);
}

export function setAddress(address: number): Uint8Array {
  return framed(0x40, 0x05, address, 0x00);
}

/** The address of chip `index` when `chips` chips share the 256 addresses evenly. */
export function addressOf(index: number, chips: number): number {
  return Math.floor(256 / chips) * index;
}

/** The lasting part of a command: preamble, body, and its CRC5 in the last byte. */
function framed(...body: readonly number[]): Uint8Array {
  const frame = new Uint8Array(COMMAND_PREAMBLE.length + body.length + 1);
  frame.set(COMMAND_PREAMBLE);
  frame.set(body, COMMAND_PREAMBLE.length);
  frame[frame.length - 1] = crc5(frame.subarray(COMMAND_PREAMBLE.length, -1));
  return frame;
}
