/**
 * One mining channel of a server: its extranonce prefix, its target, its jobs, and what it says to a share (specification
 * 5.2, 5.3; POOL-2, POOL-3, POOL-6, POOL-8, POOL-14, POOL-15). Sends nothing itself; `mining-server.ts` does.
 */
import { difficultyOf, hashesPerShare, meetsTarget, targetOfHashrate } from '../bitcoin/target.ts';
import { equal } from '../bytes.ts';
import { checkShare, type ShareVerdict, type SubmittedShare } from './check-share.ts';
import { FULL_EXTRANONCE_BYTES, fullPrefix, PREFIX_BYTES } from './extranonce-prefixes.ts';
import type { MiningPolicy } from './mining-policy.ts';
import { type MiningTemplate, merkleRootOf, type ServerJob } from './server-job.ts';
import { type ShareAcks, shareAcks } from './share-acks.ts';
import { validJobs } from './valid-jobs.ts';
import { type Vardiff, type VardiffBounds, vardiff } from './vardiff.ts';

export type ChannelKind = 'standard' | 'extended';

export interface ChannelOrder {
  readonly id: number;
  readonly groupId: number;
  readonly kind: ChannelKind;
  readonly userIdentity: string;
  readonly payoutScript: Uint8Array;
  /** Four bytes that no other channel of the server has. */
  readonly prefix: Uint8Array;
  readonly maxTarget: Uint8Array;
  readonly nominalHashRate: number;
  readonly template: MiningTemplate;
  readonly policy: MiningPolicy;
  readonly now: number;
}

export class ServerChannel {
  readonly id: number;
  readonly kind: ChannelKind;
  readonly userIdentity: string;
  readonly payoutScript: Uint8Array;
  readonly acks: ShareAcks;
  readonly vardiff: Vardiff;
  groupId: number;
  #allotted: Uint8Array;
  #maxTarget: Uint8Array;
  #minNtime: number;
  readonly #policy: MiningPolicy;
  readonly #jobs = validJobs();

  constructor(order: ChannelOrder) {
    const { policy, now } = order;
    this.id = order.id;
    this.groupId = order.groupId;
    this.kind = order.kind;
    this.userIdentity = order.userIdentity;
    this.payoutScript = order.payoutScript;
    this.#allotted = order.prefix;
    this.#maxTarget = order.maxTarget;
    this.#minNtime = order.template.ntime;
    this.#policy = policy;
    this.acks = shareAcks(() => policy.acks);
    this.vardiff = vardiff(policy.vardiff, { nominal: order.nominalHashRate, bounds: this.#bounds(order.template), nowMs: now });
  }

  /** The four bytes that are given back when the channel closes. */
  get allottedPrefix(): Uint8Array {
    return this.#allotted;
  }

  /** What the client is told: everything on a standard channel, the first part on an extended one. */
  get extranoncePrefix(): Uint8Array {
    return this.kind === 'standard' ? fullPrefix(this.#allotted) : this.#allotted;
  }

  get extranonceSize(): number {
    return this.kind === 'standard' ? 0 : FULL_EXTRANONCE_BYTES - PREFIX_BYTES;
  }

  get newestJob(): ServerJob | undefined {
    return this.#jobs.newest;
  }

  /** In force for jobs from now on: 32 bytes little-endian, at or below the client's max_target. */
  get target(): Uint8Array {
    const wanted = targetOfHashrate(this.vardiff.hashesPerShare, 60); // 60 a minute of h hashes a second: h hashes a share
    return meetsTarget(wanted, this.#maxTarget) ? wanted : this.#maxTarget;
  }

  /** Jobs from now on are hashed with this prefix; earlier ones keep theirs (MIN-16). Returns the one that is free again. */
  changePrefix(prefix: Uint8Array): Uint8Array {
    const free = this.#allotted;
    this.#allotted = prefix;
    return free;
  }

  /** POOL-6. True: the target in force changed. */
  update(nominalHashRate: number, maxTarget: Uint8Array, now: number): boolean {
    const before = this.target;
    this.#maxTarget = maxTarget;
    const template = this.#jobs.newest?.template;
    if (template !== undefined) this.vardiff.bound(this.#bounds(template));
    this.vardiff.nominal(nominalHashRate, now);
    return !equal(before, this.target);
  }

  /** Every job so far is stale; `template` begins a new tip, whose difficulty bounds the channel's. True: the target changed. */
  beginTip(template: MiningTemplate): boolean {
    this.#jobs.expire();
    this.#minNtime = template.ntime;
    return this.vardiff.bound(this.#bounds(template));
  }

  /** Makes `template` a job of this channel, with the prefix and target in force now. */
  addJob(jobId: number, template: MiningTemplate): ServerJob {
    const coinbase = template.coinbaseFor(this.payoutScript);
    const { extranoncePrefix, target } = this;
    const job: ServerJob = {
      id: jobId,
      template,
      coinbase,
      minNtime: this.#minNtime,
      extranoncePrefix,
      extranonceSize: this.extranonceSize,
      merkleRoot: this.kind === 'standard' ? merkleRootOf(template, coinbase, extranoncePrefix) : undefined,
      versionRollingAllowed: !this.#policy.fixedVersion,
      target,
      hashesPerShare: hashesPerShare(target),
      difficulty: difficultyOf(target),
    };
    this.#jobs.add(job);
    return job;
  }

  /** Judges a share; an accepted one is remembered and counted. */
  submit(jobId: number, share: SubmittedShare, unixSeconds: number): JudgedShare {
    const found = this.#jobs.find(jobId);
    if (!found.ok) return found;
    const verdict = checkShare(found.job, share, unixSeconds);
    if (!verdict.ok) return verdict;
    const errorCode = this.#jobs.remember(verdict.hash);
    return errorCode === undefined ? { ...verdict, job: found.job } : { ok: false, errorCode };
  }

  #bounds(template: MiningTemplate): VardiffBounds {
    return { least: hashesPerShare(this.#maxTarget), most: hashesPerShare(template.networkTarget) };
  }
}

export type JudgedShare = (Extract<ShareVerdict, { ok: true }> & { readonly job: ServerJob }) | Extract<ShareVerdict, { ok: false }>;
