/** BM1384 commands: four bytes, no preamble; CRC5 over the first 27 bits in the low five bits of the last byte. Bit 7 of byte 0: all chips. */
import { crc5 } from '../crc5.ts';

const CRC_BITS = 27;

/** Three bytes and their CRC. Also the command form of BM1380 and BM1382 (Antminer U1, U2, U3). */
export function shortCommand(a: number, b: number, c: number): Uint8Array {
  const frame = Uint8Array.of(a, b, c, 0);
  frame[3] = crc5(frame, CRC_BITS);
  return frame;
}

export function readChipIds(): Uint8Array {
  return shortCommand(0x84, 0x00, 0x00);
}

export function chainInactive(): Uint8Array {
  return shortCommand(0x85, 0x00, 0x00);
}

export function setAddress(address: number): Uint8Array {
  return shortCommand(0x01, address, 0x00);
}

/** Sets the PLL word of every chip. */
export function setPll(word: number): Uint8Array {
  return shortCommand(0x82, word >>> 8, word & 0xff);
}

export function readPllAll(): Uint8Array {
  return shortCommand(0x84, 0x00, 0x04);
}

export function readPllOne(address: number): Uint8Array {
  return shortCommand(0x04, address, 0x04);
}
