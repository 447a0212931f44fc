/**
 * SHA-256 midstates: the state after the first 64 header bytes (version, prevHash, 28 bytes of merkle root), which
 * the BM1384, BM1387 and BM1397 take in place of those bytes. FIPS 180-4, 6.2.2.
 */
import { _SHA256 } from '@noble/hashes/sha2.js';

const BLOCK_BYTES = 64;

/** The eight state words h0…h7 after the first 64 bytes of `header`. @throws RangeError when there are fewer. */
export function midstate(header: Uint8Array): Uint32Array {
  if (header.length < BLOCK_BYTES) throw new RangeError('a midstate needs 64 bytes');
  const open = new OpenSha256();
  open.update(header.subarray(0, BLOCK_BYTES));
  return open.words();
}

/** 32 bytes as BM13xx chips take them: words h7 down to h0, each big-endian. */
export function midstateWire(words: Uint32Array): Uint8Array {
  const wire = new Uint8Array(32);
  const view = new DataView(wire.buffer);
  for (let index = 0; index < 8; index += 1) view.setUint32(28 - index * 4, words[index] as number);
  return wire;
}

class OpenSha256 extends _SHA256 {
  words(): Uint32Array {
    return Uint32Array.from(this.get());
  }
}
