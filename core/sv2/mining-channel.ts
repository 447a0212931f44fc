/**
 * One mining channel as its client sees it, standard or extended (specification 5.1 to 5.3; MIN-5 … MIN-7, MIN-16 … MIN-42,
 * SEC-10, SEC-11, SEC-13). It takes messages already addressed to it and gives what follows from them.
 */

import { stripWitness } from '../bitcoin/coinbase.ts';
import { foldMerklePath } from '../bitcoin/merkle.ts';
import { sha256d } from '../bitcoin/sha256d.ts';
import { meetsTarget } from '../bitcoin/target.ts';
import { compareLe, concat, equal } from '../bytes.ts';
import type { MessageOf } from '../wire/message.ts';
import { broken } from './broken.ts';
import { ChannelJobs, type JobDefinition } from './channel-jobs.ts';
import type { MiningFromClient } from './codec.ts';
import type {
  NewExtendedMiningJob,
  NewMiningJob,
  OpenExtendedMiningChannelSuccess,
  OpenStandardMiningChannelSuccess,
  SetNewPrevHash,
  SubmitSharesError,
  SubmitSharesSuccess,
} from './messages/mining.ts';
import { type MiningJob, type NotSent, ROLLABLE_VERSION_BITS, type Submission } from './mining-job.ts';
import { PendingShares } from './pending-shares.ts';
import { printableCode } from './printable.ts';
import { SeenShares } from './seen-shares.ts';

/** Extranonce prefix and extranonce together (MIN-6). */
export const MOST_EXTRANONCE_BYTES = 32;
/** A time more than this ahead of the job's is refused by the chain anyway (SEC-16). */
export const MOST_NTIME_ROLL_SECONDS = 7200;

/** What was asked for when the channel was opened. */
export interface ChannelWishes {
  readonly userIdentity: string;
  /** Hashes a second. */
  readonly nominalHashRate: number;
  /** 32 bytes little-endian: the easiest target that is taken (MIN-4). */
  readonly maxTarget: Uint8Array;
  /** Extended channels: the least number of bytes to roll. */
  readonly minExtranonceSize: number;
}

/** What the connection lays down for all its channels. */
export interface ChannelRules {
  /** REQUIRES_FIXED_VERSION: no bit may be rolled (COM-9). */
  readonly fixedVersion: boolean;
  readonly nextSerial: () => number;
}

export type ChannelEvent =
  /** Mine this now; `clean`: every earlier job of the channel is stale. */
  | { readonly type: 'job'; readonly job: MiningJob; readonly clean: boolean }
  /** MIN-21: the tip moved and the server named no job we hold. */
  | { readonly type: 'tip-without-job'; readonly channelId: number }
  /** For display; jobs carry their own. */
  | { readonly type: 'target'; readonly channelId: number; readonly target: Uint8Array }
  | { readonly type: 'accepted'; readonly channelId: number; readonly shareIds: readonly number[]; readonly sharesSum: bigint }
  /** `late`: an acknowledgement had accepted it before (MIN-45). */
  | { readonly type: 'refused'; readonly channelId: number; readonly shareId: number; readonly errorCode: string; readonly late: boolean }
  /** Given up: too many waited (SEC-19). */
  | { readonly type: 'unanswered'; readonly channelId: number; readonly shareIds: readonly number[] };

export type OpenSuccess = MessageOf<typeof OpenStandardMiningChannelSuccess | typeof OpenExtendedMiningChannelSuccess>;
type Submit = Extract<MiningFromClient, { name: 'SubmitSharesStandard' | 'SubmitSharesExtended' }>;

export class MiningChannel {
  readonly id: number;
  readonly kind: 'standard' | 'extended';
  /** Bytes that may be rolled; 0 on a standard channel. */
  readonly extranonceSize: number;
  readonly maxTarget: Uint8Array;
  readonly pending = new PendingShares();
  groupId: number | undefined;
  readonly #rules: ChannelRules;
  readonly #jobs: ChannelJobs;
  readonly #seen = new SeenShares();
  #extranoncePrefix: Uint8Array;
  #target: Uint8Array;

  /** @throws PeerError when what was granted cannot be mined (MIN-4, MIN-6, SEC-10) */
  constructor(success: OpenSuccess, wishes: ChannelWishes, rules: ChannelRules) {
    checkGrant(success, wishes);
    this.id = success.channelId;
    this.kind = success.name === 'OpenStandardMiningChannelSuccess' ? 'standard' : 'extended';
    this.extranonceSize = success.name === 'OpenStandardMiningChannelSuccess' ? 0 : success.extranonceSize;
    this.groupId = success.groupChannelId;
    this.maxTarget = wishes.maxTarget;
    this.#extranoncePrefix = success.extranoncePrefix;
    this.#target = success.target;
    this.#rules = rules;
    this.#jobs = new ChannelJobs(rules.nextSerial);
  }

  /** In force for jobs that arrive from now on, 32 bytes little-endian. */
  get target(): Uint8Array {
    return this.#target;
  }

  /** Prefix and rolled part together; equal in all members of a group (MIN-9). */
  get fullExtranonceBytes(): number {
    return this.#extranoncePrefix.length + this.extranonceSize;
  }

  /** True after a SetNewPrevHash without its job, until a job of the new tip comes. */
  get orphaned(): boolean {
    return this.#jobs.orphaned;
  }

  onNewMiningJob(message: MessageOf<typeof NewMiningJob>, now: number): ChannelEvent[] {
    const { jobId, version, minNtime, merkleRoot } = message;
    return this.#onJob(this.#define(jobId, version, true, { kind: 'fixed', merkleRoot }), minNtime, now);
  }

  onNewExtendedMiningJob(message: MessageOf<typeof NewExtendedMiningJob>, now: number): ChannelEvent[] {
    const { jobId, version, minNtime, versionRollingAllowed } = message;
    return this.#onJob(this.#define(jobId, version, versionRollingAllowed, this.#rootOf(message)), minNtime, now);
  }

  onSetNewPrevHash(message: MessageOf<typeof SetNewPrevHash>, now: number): ChannelEvent[] {
    const { jobId, prevHash, minNtime, nbits } = message;
    // A template may be replaced without a new block: then the same header must still not be sent twice.
    if (this.#jobs.prevHash === undefined || !equal(this.#jobs.prevHash, prevHash)) this.#seen.clear();
    const job = this.#jobs.setNewPrevHash(jobId, { prevHash, nbits, minNtime }, { target: this.#target, now });
    return [job === undefined ? { type: 'tip-without-job', channelId: this.id } : { type: 'job', job, clean: true }];
  }

  /** MIN-37, SEC-11: zero cannot be met and is not taken; what is easier than we allow is made as hard as we allow. Undefined: not taken. */
  onSetTarget(maximumTarget: Uint8Array): ChannelEvent[] | undefined {
    if (isZero(maximumTarget)) return undefined;
    this.#target = compareLe(maximumTarget, this.maxTarget) > 0 ? this.maxTarget : maximumTarget;
    return [{ type: 'target', channelId: this.id, target: this.#target }];
  }

  /** For jobs that arrive from now on (MIN-16). @throws PeerError when its length is another (SEC-10) */
  onSetExtranoncePrefix(extranoncePrefix: Uint8Array): void {
    if (extranoncePrefix.length !== this.#extranoncePrefix.length) {
      throw broken('extranonce-prefix-of-another-length', { had: this.#extranoncePrefix.length, got: extranoncePrefix.length });
    }
    this.#extranoncePrefix = extranoncePrefix;
  }

  /** Undefined when it answers nothing that is open (SEC-18). */
  onSubmitSharesSuccess(message: MessageOf<typeof SubmitSharesSuccess>): ChannelEvent[] | undefined {
    const shareIds = this.pending.acknowledge(message.lastSequenceNumber);
    return shareIds.length === 0 ? undefined : [{ type: 'accepted', channelId: this.id, shareIds, sharesSum: message.newSharesSum }];
  }

  /** Undefined when it names no share that was sent. */
  onSubmitSharesError(message: MessageOf<typeof SubmitSharesError>): ChannelEvent[] | undefined {
    const found = this.pending.refuse(message.sequenceNumber);
    return found === undefined
      ? undefined
      : [{ type: 'refused', channelId: this.id, ...found, errorCode: printableCode(message.errorCode) }];
  }

  /** The message for a share of `job`, or why it must not be sent; sending it is the caller's. */
  submit(job: MiningJob, share: Submission, now: number): { readonly message: Submit; readonly givenUp: number | undefined } | NotSent {
    const fault = this.#faultOf(job, share, now);
    if (fault !== undefined) return fault;
    const { sequenceNumber, givenUp } = this.pending.add(share.shareId, now);
    const { nonce, ntime, version, extranonce } = share;
    // Whoever rolls bits in JavaScript may leave a negative number; on the wire all three are unsigned.
    const fields = { channelId: this.id, sequenceNumber, jobId: job.jobId, nonce: nonce >>> 0, ntime: ntime >>> 0, version: version >>> 0 };
    const message: Submit =
      this.kind === 'standard' ? { name: 'SubmitSharesStandard', ...fields } : { name: 'SubmitSharesExtended', ...fields, extranonce };
    return { message, givenUp };
  }

  #onJob(definition: JobDefinition, minNtime: number | undefined, now: number): ChannelEvent[] {
    if (minNtime === undefined) {
      this.#jobs.hold(definition);
      return [];
    }
    const started = this.#jobs.activate(definition, { minNtime, target: this.#target, now });
    return started === undefined ? [] : [{ type: 'job', job: started.job, clean: started.firstOfTip }];
  }

  #define(jobId: number, version: number, rollingAllowed: boolean, root: MiningJob['root']): JobDefinition {
    const versionMask = rollingAllowed && !this.#rules.fixedVersion ? ROLLABLE_VERSION_BITS : 0;
    return { channelId: this.id, jobId, version, versionMask, root };
  }

  /** MIN-26, MIN-27; a standard channel that is served by its group's job has no extranonce, so its root is known. */
  #rootOf(message: MessageOf<typeof NewExtendedMiningJob>): MiningJob['root'] {
    const { prefix, suffix } = stripWitness({ prefix: message.coinbaseTxPrefix, suffix: message.coinbaseTxSuffix });
    if (this.kind === 'standard') {
      const coinbase = concat(prefix, this.#extranoncePrefix, suffix);
      return { kind: 'fixed', merkleRoot: foldMerklePath(sha256d(coinbase), message.merklePath) };
    }
    return {
      kind: 'extranonce',
      coinbasePrefix: prefix,
      extranoncePrefix: this.#extranoncePrefix,
      extranonceSize: this.extranonceSize,
      coinbaseSuffix: suffix,
      merklePath: message.merklePath,
    };
  }

  #faultOf(job: MiningJob, share: Submission, now: number): NotSent | undefined {
    if (this.#jobs.valid(job.serial) === undefined) return 'stale-share';
    if (share.extranonce.length !== this.extranonceSize) return 'bad-extranonce-size';
    if (((share.version ^ job.version) & ~job.versionMask) !== 0) return 'version-not-rollable';
    if (!share.isBlock && !meetsTarget(share.hash, job.target)) return 'difficulty-too-low';
    const rolled = share.ntime - job.ntime;
    if (rolled < 0 || rolled > Math.min(MOST_NTIME_ROLL_SECONDS, (now - job.receivedAtMs) / 1000)) return 'ntime-out-of-range';
    return this.#seen.add(share.hash) ? undefined : 'duplicate-share';
  }
}

function checkGrant(success: OpenSuccess, { maxTarget, minExtranonceSize }: ChannelWishes): void {
  if (isZero(success.target)) throw broken('target-zero');
  if (compareLe(success.target, maxTarget) > 0) throw broken('target-above-asked');
  if (success.name === 'OpenStandardMiningChannelSuccess') return;
  const { extranonceSize, extranoncePrefix } = success;
  const full = extranonceSize + extranoncePrefix.length;
  if (extranonceSize === 0 || extranonceSize < minExtranonceSize || full > MOST_EXTRANONCE_BYTES) {
    throw broken('extranonce-size', { extranonceSize, prefixBytes: extranoncePrefix.length, asked: minExtranonceSize });
  }
}

function isZero(target: Uint8Array): boolean {
  return target.every((byte) => byte === 0);
}
