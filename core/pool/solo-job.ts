/** From an assembled template to a job: version bits, share target, extranonce. Solo shares are counted here, by nobody else. */

import { targetOfNbits } from '../bitcoin/nbits.ts';
import type { Network } from '../bitcoin/network.ts';
import { hashesPerShare, targetOfHashrate } from '../bitcoin/target.ts';
import { compareLe, concat, toHex } from '../bytes.ts';
import type { AssembledTemplate } from '../templates/assembly.ts';
import type { Job } from '../work/job.ts';

/** Random, one value a run: two Hearths with one address never hash the same headers. */
export const RUN_BYTES = 4;
const JOB_NUMBER_BYTES = 4;
/** Run and job number: neither do two jobs of one run, even with the same transactions. */
export const EXTRANONCE_PREFIX_BYTES = RUN_BYTES + JOB_NUMBER_BYTES;
/** Room to roll: 2^64 coinbases. */
export const EXTRANONCE_BYTES = 8;
/** Steady enough to watch, and far from a flood: between these a target is left alone. */
export const FEWEST_SHARES_PER_MINUTE = 6;
export const MOST_SHARES_PER_MINUTE = 20;
const WANTED_SHARES_PER_MINUTE = 11; // the middle, as factors go
/** BIP 320: the bits that are free to roll. */
const ROLLED_BITS = 0x1fffe000;
/** BIP 9: without this prefix the other bits mean something else. */
const VERSION_BITS_PREFIX = 0b001;
/** Until the devices' speed is known: a share every few seconds on one slow processor thread. */
const UNKNOWN_HASHES_PER_SECOND = 100_000;

/** 32 bytes little-endian: what a solo share has to meet. */
export function soloShareTarget(hashesPerSecond: number, nbits: number, network: Network): Uint8Array {
  const wanted = targetOfHashrate(sensible(hashesPerSecond), WANTED_SHARES_PER_MINUTE);
  const block = targetOfNbits(nbits);
  // Every block must be seen. Regtest's blocks are easier than any share and worth nothing: there they come at the shares' pace.
  return network !== 'regtest' && compareLe(block, wanted) > 0 ? block : wanted;
}

/** Whether devices of this speed make too few or too many shares with `target`. */
export function isOutOfPace(target: Uint8Array, hashesPerSecond: number): boolean {
  const sharesPerMinute = (sensible(hashesPerSecond) * 60) / hashesPerShare(target);
  return sharesPerMinute < FEWEST_SHARES_PER_MINUTE || sharesPerMinute > MOST_SHARES_PER_MINUTE;
}

/** Never below what is assumed of devices that are not measured yet; also not when the speed is no number. */
function sensible(hashesPerSecond: number): number {
  return Math.max(hashesPerSecond || 0, UNKNOWN_HASHES_PER_SECOND);
}

export interface SoloJobPlan {
  readonly sourceId: string;
  /** `RUN_BYTES` of them. */
  readonly run: Uint8Array;
  /** Grows by one a job. */
  readonly number: number;
  readonly assembled: AssembledTemplate;
  readonly shareTarget: Uint8Array;
  /** Monotonic: when the template came. */
  readonly receivedAtMs: number;
}

export function soloJob({ sourceId, run, number, assembled, shareTarget, receivedAtMs }: SoloJobPlan): Job {
  const { template, coinbasePrefix, coinbaseSuffix, merklePath } = assembled;
  const extranoncePrefix = concat(run, Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number));
  return {
    key: `${sourceId}/${toHex(extranoncePrefix)}`,
    sourceId,
    version: template.version,
    versionMask: versionMaskOf(template.version, template.signalBits),
    prevHash: template.prevHash,
    nbits: template.nbits,
    ntime: template.curtime,
    receivedAtMs,
    shareTarget,
    root: { kind: 'extranonce', coinbasePrefix, extranoncePrefix, extranonceSize: EXTRANONCE_BYTES, coinbaseSuffix, merklePath },
    height: template.height,
  };
}

/** Free bits less those by which forks are voted on. */
function versionMaskOf(version: number, signalBits: number): number {
  return version >>> 29 === VERSION_BITS_PREFIX ? (ROLLED_BITS & ~signalBits) >>> 0 : 0;
}
