/** A job of a mining channel in the shape that every source's jobs have, with a share target that cannot flood (SEC-11). */
import { targetOfHashrate } from '../bitcoin/target.ts';
import { compareLe } from '../bytes.ts';
import type { MiningJob } from '../sv2/mining-job.ts';
import type { Job } from '../work/job.ts';
import { heightIn } from './payout.ts';

/** More shares than this a second are noise to the pool and a burden here, however easy its target. */
export const MOST_SHARES_PER_SECOND = 20;

export interface JobOrigin {
  readonly sourceId: string;
  /** Of the connection: channels of two connections may have the same ids. */
  readonly number: number;
  readonly hashesPerSecond: number;
}

export function jobOf(mined: MiningJob, { sourceId, number, hashesPerSecond }: JobOrigin): Job {
  const { channelId, serial, version, versionMask, prevHash, nbits, ntime, receivedAtMs, root } = mined;
  const key = `${sourceId}/${number}/${channelId}/${serial}`;
  const shareTarget = capped(mined.target, hashesPerSecond);
  const height = heightIn(root);
  const job = { key, sourceId, version, versionMask, prevHash, nbits, ntime, receivedAtMs, shareTarget, root };
  return height === undefined ? job : { ...job, height };
}

/** The pool's target, or the easiest one that this speed can sensibly use: every share under it is one under the pool's. */
function capped(target: Uint8Array, hashesPerSecond: number): Uint8Array {
  const easiest = targetOfHashrate(hashesPerSecond, MOST_SHARES_PER_SECOND * 60);
  return compareLe(target, easiest) > 0 ? easiest : target;
}
