/**
 * Judges a submitted share against the job it names (specification 5.3.11, 10.2; POOL-9, POOL-15, MIN-31, MIN-32,
 * MIN-41). Pure. Anything consensus allows is accepted as ntime: never below what SetNewPrevHash said, at most two hours ahead.
 */
import { encodeHeader, hashHeader } from '../bitcoin/header.ts';
import { meetsTarget } from '../bitcoin/target.ts';
import { merkleRootOf, type ServerJob } from './server-job.ts';

/** BIP 323: bits 5 to 28 of the version may be rolled. */
export const ROLLABLE_VERSION_BITS = 0x1fffffe0;
/** Consensus: a block's time is at most this far ahead of the network's. */
export const MAX_NTIME_AHEAD_S = 7200;

export interface SubmittedShare {
  readonly nonce: number;
  readonly ntime: number;
  readonly version: number;
  /** The rolled part only; empty on a standard channel. */
  readonly extranonce: Uint8Array;
}

export type ShareVerdict =
  | { readonly ok: true; readonly header: Uint8Array; readonly hash: Uint8Array; readonly isBlock: boolean }
  | { readonly ok: false; readonly errorCode: string };

export function checkShare(job: ServerJob, share: SubmittedShare, unixSeconds: number): ShareVerdict {
  const broken = brokenRule(job, share, unixSeconds);
  if (broken !== undefined) return { ok: false, errorCode: broken };
  const { template } = job;
  const header = encodeHeader({
    version: share.version,
    prevHash: template.prevHash,
    merkleRoot: job.merkleRoot ?? merkleRootOf(template, job.coinbase, job.extranoncePrefix, share.extranonce),
    ntime: share.ntime,
    nbits: template.nbits,
    nonce: share.nonce,
  });
  const hash = hashHeader(header);
  if (!meetsTarget(hash, job.target)) return { ok: false, errorCode: 'difficulty-too-low' };
  return { ok: true, header, hash, isBlock: meetsTarget(hash, template.networkTarget) };
}

function brokenRule(job: ServerJob, share: SubmittedShare, unixSeconds: number): string | undefined {
  if (share.extranonce.length !== job.extranonceSize) return 'bad-extranonce-size';
  const changed = (share.version ^ job.template.version) >>> 0;
  if (changed !== 0 && !job.versionRollingAllowed) return 'version-rolling-not-allowed';
  if ((changed & ~ROLLABLE_VERSION_BITS) !== 0) return 'invalid-non-rollable-version-bit';
  // Our own clock may have been set back behind the tip.
  const latest = Math.max(unixSeconds, job.minNtime) + MAX_NTIME_AHEAD_S;
  if (share.ntime < job.minNtime || share.ntime > latest) return 'invalid-ntime';
  return undefined;
}
