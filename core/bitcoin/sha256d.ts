/** Double SHA-256: block hashes, txids, merkle nodes. Results are in wire order. */
import { sha256 } from '@noble/hashes/sha2.js';

/** SHA-256 of SHA-256 of `bytes`: 32 bytes, wire order. */
export function sha256d(bytes: Uint8Array): Uint8Array {
  return sha256(sha256(bytes));
}
