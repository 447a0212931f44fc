/** BM1387 commands: no preamble, byte 1 is the length, CRC5 over all but the last byte. */
import { crc5 } from '../crc5.ts';

/** Asks every chip who it is. */
export function readChipIds(): Uint8Array {
  return sealed(0x54, 0x05, 0x00, 0x00);
}

export function chainInactive(): Uint8Array {
  return sealed(0x55, 0x05, 0x00, 0x00);
}

export function setAddress(address: number): Uint8Array {
  return sealed(0x41, 0x05, address, 0x00);
}

/** Chip UART = 25 MHz ÷ (8 · (divisor + 1)); the CRC is computed for every divisor (makers' code is wrong for 25). */
export function setBaud(divisor: number): Uint8Array {
  return sealed(0x58, 0x09, 0x00, 0x1c, 0x00, 0x20, divisor, 0x00);
}

/** Gates the clock of cores without work. Carries the baud divisor again. */
export function gateBlock(divisor: number): Uint8Array {
  return sealed(0x58, 0x09, 0x00, 0x1c, 0x40, 0x20, 0x80 + divisor, 0x80);
}

export function setPllAll(feedback: number, post: number): Uint8Array {
  return sealed(0x58, 0x09, 0x00, 0x0c, 0x00, feedback, 0x02, post);
}

export function setPllOne(address: number, feedback: number, post: number): Uint8Array {
  return sealed(0x48, 0x09, address, 0x0c, 0x00, feedback, 0x02, post);
}

/** The reply carries no address: ask one chip at a time. */
export function readPllOne(address: number): Uint8Array {
  return sealed(0x44, 0x05, address, 0x0c);
}

function sealed(...body: readonly number[]): Uint8Array {
  const frame = Uint8Array.of(...body, 0);
  frame[body.length] = crc5(frame.subarray(0, body.length));
  return frame;
}
