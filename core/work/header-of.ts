/**
 * From the parts of a job to the header and its hash: coinbase, merkle root, header (MIN-26, MIN-28). The one place
 * where this is put together; the scheduler, the share check and the published vectors all come through here.
 */

import { encodeHeader, hashHeader } from '../bitcoin/header.ts';
import { foldMerklePath } from '../bitcoin/merkle.ts';
import { sha256d } from '../bitcoin/sha256d.ts';
import { concat } from '../bytes.ts';
import type { JobRoot } from './job.ts';

/** All that a header of an extended job is made of. Hashes in wire order, integers as in the header. */
export interface HeaderParts {
  readonly coinbasePrefix: Uint8Array;
  readonly extranoncePrefix: Uint8Array;
  readonly extranonce: Uint8Array;
  readonly coinbaseSuffix: Uint8Array;
  readonly merklePath: readonly Uint8Array[];
  readonly version: number;
  readonly prevHash: Uint8Array;
  readonly ntime: number;
  readonly nbits: number;
  readonly nonce: number;
}

export interface HeaderOf {
  /** Serialised without witness. */
  readonly coinbase: Uint8Array;
  readonly coinbaseTxid: Uint8Array;
  readonly merkleRoot: Uint8Array;
  /** 80 bytes. */
  readonly header: Uint8Array;
  /** Block hash, wire order. */
  readonly hash: Uint8Array;
}

/** Every step from the parts to the hash. @throws RangeError when a hash is not 32 bytes long. */
export function headerOf(parts: HeaderParts): HeaderOf {
  const coinbase = concat(parts.coinbasePrefix, parts.extranoncePrefix, parts.extranonce, parts.coinbaseSuffix);
  const coinbaseTxid = sha256d(coinbase);
  const merkleRoot = foldMerklePath(coinbaseTxid, parts.merklePath);
  const header = encodeHeader({ ...parts, merkleRoot });
  return { coinbase, coinbaseTxid, merkleRoot, header, hash: hashHeader(header) };
}

/** The merkle root of a job for one extranonce (ignored when the root is fixed): 32 bytes, wire order. */
export function merkleRootOf(root: JobRoot, extranonce: Uint8Array): Uint8Array {
  if (root.kind === 'fixed') return root.merkleRoot;
  const coinbase = concat(root.coinbasePrefix, root.extranoncePrefix, extranonce, root.coinbaseSuffix);
  return foldMerklePath(sha256d(coinbase), root.merklePath);
}
