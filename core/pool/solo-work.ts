/**
 * The work of a solo source, without any I/O: node answers become jobs, shares become verdicts and blocks. It keeps the
 * assembled template behind every job that can still come back, because a block needs all of it.
 */
import { decodeAddressFor } from '../bitcoin/address.ts';
import type { Network } from '../bitcoin/network.ts';
import { concat, equal, showHash, toHex } from '../bytes.ts';
import { AppError } from '../errors.ts';
import { type AssembledTemplate, assemble, blockHex } from '../templates/assembly.ts';
import { templateFromGbt } from '../templates/from-gbt.ts';
import type { BlockTemplate } from '../templates/template.ts';
import { headerOf } from '../work/header-of.ts';
import type { Job, JobRoot, Share } from '../work/job.ts';
import { EXTRANONCE_BYTES, EXTRANONCE_PREFIX_BYTES, isOutOfPace, RUN_BYTES, soloJob, soloShareTarget } from './solo-job.ts';
import { soloPayout } from './solo-payout.ts';
import type { PayoutProof } from './source.ts';

/** `/Hearth/`, for ever in every block found. */
const TAG = Uint8Array.of(0x2f, 0x48, 0x65, 0x61, 0x72, 0x74, 0x68, 0x2f);
/** Templates of one tip: a new one a minute at most, and a block that takes longer than two hours is rare. */
const MAX_JOBS = 128;
/** Shares remembered to tell a repeated one; at twenty a minute this is a day. */
const MAX_SEEN = 30_000;

export interface SoloWorkOptions {
  readonly sourceId: string;
  readonly address: string;
  readonly network: Network;
  /** `RUN_BYTES` of them, random. */
  readonly run: Uint8Array;
}

/** `unchanged`: the same transactions on the same tip as the job before. */
export type SoloTaken =
  | { readonly kind: 'job'; readonly job: Job; readonly clean: boolean }
  | { readonly kind: 'unchanged'; readonly job: Job };

export interface FoundBlock {
  /** Explorers' order. */
  readonly hash: string;
  readonly height: number;
  readonly hex: string;
}

/** `code` is absent for a good share. A stale or repeated one may still carry a block. */
export interface SoloVerdict {
  readonly code?: 'stale-share' | 'duplicate-share';
  readonly block?: FoundBlock;
}

interface Kept {
  readonly job: Job;
  readonly assembled: AssembledTemplate;
}

export class SoloWork {
  readonly #options: SoloWorkOptions;
  readonly #jobs = new Map<string, Kept>();
  readonly #seen = new Set<string>();
  #current: Kept | undefined;
  #jobNumber = 0;
  longpollId: string | undefined;
  payout: PayoutProof = { kind: 'unknown' };

  constructor(options: SoloWorkOptions) {
    if (options.run.length !== RUN_BYTES) throw new RangeError('run length');
    this.#options = options;
  }

  get template(): BlockTemplate | undefined {
    return this.#current?.assembled.template;
  }

  get network(): Network {
    return this.#options.network;
  }

  /**
   * Takes a getblocktemplate result. @throws PeerError<GbtFailure>, AppError<PayoutMismatch>; the work before stays as it was.
   */
  take(result: unknown, hashesPerSecond: number, nowMs: number): SoloTaken {
    const { template, longpollId } = templateFromGbt(result, this.template);
    const assembled = assemble({
      template,
      payouts: [{ satoshi: template.coinbaseSatoshi, script: this.#payoutScript() }],
      tag: TAG,
      extranonceBytes: EXTRANONCE_PREFIX_BYTES + EXTRANONCE_BYTES,
    });
    const job = this.#jobOf(assembled, hashesPerSecond, nowMs);
    this.#mustPay(job, template);
    this.longpollId = longpollId;
    const current = this.#current;
    if (current && isSameWork(current.assembled, assembled)) return { kind: 'unchanged', job: current.job };
    const clean = current === undefined || !equal(current.job.prevHash, template.prevHash);
    if (clean) this.#leaveTip();
    return { kind: 'job', job: this.#keep(job, assembled), clean };
  }

  /** Whether devices of this speed make too few or too many shares of the present job. */
  wantsOtherTarget(hashesPerSecond: number): boolean {
    const job = this.#current?.job;
    if (!job || !isOutOfPace(job.shareTarget, hashesPerSecond)) return false;
    // A block's own target may be as hard as it gets.
    return !equal(job.shareTarget, soloShareTarget(hashesPerSecond, job.nbits, this.#options.network));
  }

  /** The present work as a new job with a fitting share target. @throws Error before the first template */
  reissue(hashesPerSecond: number): Job {
    const current = this.#current;
    if (!current) throw new Error('no work yet');
    const { receivedAtMs } = current.job;
    return this.#keep(this.#jobOf(current.assembled, hashesPerSecond, receivedAtMs), current.assembled);
  }

  judge(share: Share): SoloVerdict {
    const kept = this.#jobs.get(share.job.key);
    if (!kept) return { code: 'stale-share' };
    const hash = toHex(share.hash);
    const seen = this.#seen.has(hash);
    if (this.#seen.size < MAX_SEEN) this.#seen.add(hash);
    if (seen) return { code: 'duplicate-share' };
    const block = share.isBlock ? { block: this.#blockOf(kept, share) } : {};
    const stale = !equal(kept.job.prevHash, this.#current?.job.prevHash ?? kept.job.prevHash);
    // A block on the tip before may still win its race: it is sent all the same.
    return stale ? { code: 'stale-share', ...block } : block;
  }

  #blockOf({ job, assembled }: Kept, share: Share): FoundBlock {
    const root = job.root as JobRoot & { kind: 'extranonce' };
    const { prevHash, nbits } = job;
    const { version, ntime, nonce, extranonce } = share;
    const { header, hash } = headerOf({ ...root, extranonce, version, ntime, nonce, prevHash, nbits });
    const hex = blockHex(assembled, header, concat(root.extranoncePrefix, extranonce));
    return { hash: showHash(hash), height: assembled.template.height, hex };
  }

  #jobOf(assembled: AssembledTemplate, hashesPerSecond: number, receivedAtMs: number): Job {
    const { sourceId, run, network } = this.#options;
    this.#jobNumber += 1;
    const shareTarget = soloShareTarget(hashesPerSecond, assembled.template.nbits, network);
    return soloJob({ sourceId, run, number: this.#jobNumber, assembled, shareTarget, receivedAtMs });
  }

  #keep(job: Job, assembled: AssembledTemplate): Job {
    this.#current = { job, assembled };
    this.#jobs.set(job.key, this.#current);
    if (this.#jobs.size > MAX_JOBS) this.#jobs.delete(this.#jobs.keys().next().value as string);
    return job;
  }

  /** Jobs of the tip just left stay for blocks that are under way; older ones go. */
  #leaveTip(): void {
    const left = this.#current?.job.prevHash;
    for (const [key, { job }] of this.#jobs) if (!left || !equal(job.prevHash, left)) this.#jobs.delete(key);
    this.#seen.clear();
  }

  #payoutScript(): Uint8Array {
    const decoded = decodeAddressFor(this.#options.address, this.#options.network);
    if (!decoded.ok) throw new AppError(decoded.fault, 'user');
    return decoded.address.script;
  }

  /** Before hashing and whenever the coinbase changes: it pays the person's address, all of it, or nothing is hashed. */
  #mustPay({ root }: Job, { coinbaseSatoshi: satoshi }: BlockTemplate): void {
    const { address, network } = this.#options;
    const { proof, fault } = soloPayout({ root, address, network, satoshi });
    this.payout = proof;
    if (fault) throw new AppError(fault, 'peer');
  }
}

/** The same block but for its time. The merkle path commits to the order of all transactions but the coinbase. */
function isSameWork(before: AssembledTemplate, now: AssembledTemplate): boolean {
  const [a, b] = [before.template, now.template];
  return (
    equal(a.prevHash, b.prevHash) &&
    a.version === b.version &&
    a.nbits === b.nbits &&
    a.signalBits === b.signalBits &&
    a.coinbaseSatoshi === b.coinbaseSatoshi &&
    before.merklePath.length === now.merklePath.length &&
    before.merklePath.every((hash, index) => equal(hash, now.merklePath[index] as Uint8Array))
  );
}
