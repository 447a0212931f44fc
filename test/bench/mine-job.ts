/** Hashes a job of a mining channel, one header after the other, until a hash is wanted. */
import { encodeHeader, hashHeader } from '../../core/bitcoin/header.ts';
import { EMPTY } from '../../core/bytes.ts';
import type { MiningJob } from '../../core/sv2/mining-job.ts';
import { merkleRootOf } from '../../core/work/header-of.ts';

/** With a target of a few hashes this many mean that something is wrong. */
const MOST_HASHES = 1_000_000;

export interface Nonce {
  readonly extranonce: Uint8Array;
  readonly version: number;
  readonly ntime: number;
  readonly nonce: number;
  readonly hash: Uint8Array;
}

/** @param at `count` makes the extranonce, so that no header comes twice */
export function mineJob(job: MiningJob, at: { ntime: number; count: number }, wanted: (hash: Uint8Array) => boolean): Nonce {
  const { version, prevHash, nbits, root } = job;
  const extranonce = root.kind === 'fixed' ? EMPTY : new Uint8Array(root.extranonceSize);
  if (extranonce.length >= 4) new DataView(extranonce.buffer).setUint32(0, at.count);
  const fields = { version, prevHash, merkleRoot: merkleRootOf(root, extranonce), ntime: at.ntime, nbits };
  for (let nonce = 0; nonce < MOST_HASHES; nonce += 1) {
    const hash = hashHeader(encodeHeader({ ...fields, nonce }));
    if (wanted(hash)) return { extranonce, version, ntime: at.ntime, nonce, hash };
  }
  throw new Error(`no share in ${MOST_HASHES} hashes`);
}
