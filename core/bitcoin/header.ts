/** The 80-byte block header: version, prevHash, merkleRoot, ntime, nbits, nonce; integers little-endian, hashes in wire order. */
import { sha256d } from './sha256d.ts';
import { readU32Le, writeU32Le } from './u32.ts';

export const HEADER_BYTES = 80;

/** Where each field begins. */
export const headerAt = { version: 0, prevHash: 4, merkleRoot: 36, ntime: 68, nbits: 72, nonce: 76 } as const;

/** Integers are unsigned 32 bit; hashes 32 bytes in wire order. */
export interface Header {
  readonly version: number;
  readonly prevHash: Uint8Array;
  readonly merkleRoot: Uint8Array;
  readonly ntime: number;
  readonly nbits: number;
  readonly nonce: number;
}

/** 80 bytes. @throws RangeError when a hash is not 32 bytes long. */
export function encodeHeader(header: Header): Uint8Array {
  if (header.prevHash.length !== 32 || header.merkleRoot.length !== 32) throw new RangeError('a header hash has 32 bytes');
  const bytes = new Uint8Array(HEADER_BYTES);
  writeU32Le(bytes, headerAt.version, header.version);
  bytes.set(header.prevHash, headerAt.prevHash);
  bytes.set(header.merkleRoot, headerAt.merkleRoot);
  writeU32Le(bytes, headerAt.ntime, header.ntime);
  writeU32Le(bytes, headerAt.nbits, header.nbits);
  writeU32Le(bytes, headerAt.nonce, header.nonce);
  return bytes;
}

/** The fields of an 80-byte header; hashes are copies. @throws RangeError when it is not 80 bytes long. */
export function decodeHeader(bytes: Uint8Array): Header {
  if (bytes.length !== HEADER_BYTES) throw new RangeError('a header has 80 bytes');
  return {
    version: readU32Le(bytes, headerAt.version),
    prevHash: bytes.slice(headerAt.prevHash, headerAt.merkleRoot),
    merkleRoot: bytes.slice(headerAt.merkleRoot, headerAt.ntime),
    ntime: readU32Le(bytes, headerAt.ntime),
    nbits: readU32Le(bytes, headerAt.nbits),
    nonce: readU32Le(bytes, headerAt.nonce),
  };
}

/** The block hash of an encoded header: 32 bytes, wire order. */
export function hashHeader(bytes: Uint8Array): Uint8Array {
  return sha256d(bytes);
}
