/**
 * The headers of one job, dealt out to devices. Each kind of device (by the version bits it rolls itself) has a lane
 * with a block of its own; within the block the lane's other version bits are rolled here. No header is dealt twice.
 */
import { encodeHeader } from '../bitcoin/header.ts';
import { targetOfNbits } from '../bitcoin/nbits.ts';
import { difficultyOf } from '../bitcoin/target.ts';
import { writeU32Le } from '../bitcoin/u32.ts';
import { compareLe } from '../bytes.ts';
import type { BlockSource } from './blocks.ts';
import type { Job } from './job.ts';
import { nextSubset, ROLLABLE_BITS, softwareBits, subsetsOf } from './version-bits.ts';

/** One dealt piece: all nonces of `header`, with all settings of `versionMask`. */
export interface Claim {
  /** 80 bytes of its own, nonce 0. */
  readonly header: Uint8Array;
  readonly versionMask: number;
  readonly extranonce: Uint8Array;
}

/** The version bits a lane's devices roll, those rolled here in its block, and how far it got. */
interface Lane {
  readonly deviceBits: number;
  readonly innerBits: number;
  subset: number;
  /** Header of the present block; its version is the block's. Undefined when the block is used up. */
  header: Uint8Array | undefined;
  version: number;
  extranonce: Uint8Array;
}

export class JobSpace {
  readonly job: Job;
  /** Target of a block, from the job's nbits. */
  readonly blockTarget: Uint8Array;
  /** The easier of share and block target: what a device is asked for. */
  readonly workTarget: Uint8Array;
  readonly shareDifficulty: number;
  readonly #blocks: BlockSource;
  readonly #lanes = new Map<number, Lane>();
  readonly #freeBits: number;

  constructor(job: Job, blocks: BlockSource) {
    this.job = job;
    this.#blocks = blocks;
    this.#freeBits = (job.versionMask & ROLLABLE_BITS & ~softwareBits(job.versionMask, job.root.kind)) >>> 0;
    this.blockTarget = targetOfNbits(job.nbits);
    this.workTarget = compareLe(job.shareTarget, this.blockTarget) >= 0 ? job.shareTarget : this.blockTarget;
    this.shareDifficulty = difficultyOf(job.shareTarget);
  }

  /** The next piece for a device that rolls `deviceMask`; undefined when nothing is left until `latestNtime` grows. */
  next(deviceMask: number, latestNtime: number): Claim | undefined {
    const lane = this.#lane((deviceMask & this.#freeBits) >>> 0);
    const block = lane.header ?? this.#open(lane, latestNtime);
    if (block === undefined) return undefined;
    const header = block.slice();
    writeU32Le(header, 0, lane.version ^ lane.subset);
    const claim = { header, versionMask: lane.deviceBits, extranonce: lane.extranonce };
    lane.subset = nextSubset(lane.subset, lane.innerBits);
    if (lane.subset === 0) lane.header = undefined;
    return claim;
  }

  /** About how many pieces each of `devices` devices like this one can have now. */
  fairShare(deviceMask: number, devices: number, latestNtime: number): number {
    const lane = this.#lane((deviceMask & this.#freeBits) >>> 0);
    return Math.max(1, Math.floor((this.#blocks.left(latestNtime) * subsetsOf(lane.innerBits)) / Math.max(1, devices)));
  }

  #lane(deviceBits: number): Lane {
    const known = this.#lanes.get(deviceBits);
    if (known !== undefined) return known;
    const innerBits = (this.#freeBits & ~deviceBits) >>> 0;
    const lane: Lane = { deviceBits, innerBits, subset: 0, header: undefined, version: 0, extranonce: NONE };
    this.#lanes.set(deviceBits, lane);
    return lane;
  }

  #open(lane: Lane, latestNtime: number): Uint8Array | undefined {
    const block = this.#blocks.take(latestNtime);
    if (block === undefined) return undefined;
    const { merkleRoot, ntime, version } = block;
    lane.header = encodeHeader({ version, prevHash: this.job.prevHash, merkleRoot, ntime, nbits: this.job.nbits, nonce: 0 });
    lane.version = version;
    lane.extranonce = block.extranonce;
    lane.subset = 0;
    return lane.header;
  }
}

const NONE = new Uint8Array(0);
