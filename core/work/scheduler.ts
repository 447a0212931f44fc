/**
 * Between sources and devices. A clean job is on every device before `take` returns: nothing on that road waits for a
 * timer. Nonces come back here, are checked, and leave as shares.
 *
 * When devices change to a newer job of the same prevHash (MIN-25): at their next pull; a device whose pulls are more
 * than `MAX_OLD_JOB_MS` apart is told to renew, because it would otherwise stay on the old job that long.
 */

import { equal } from '../bytes.ts';
import type { FoundNonce, Work, WorkFeed } from '../devices/device.ts';
import { type Failure, faultOf } from '../errors.ts';
import type { Clock, Random } from '../ports.ts';
import { type Attachable, DeviceSlot } from './device-slot.ts';
import { DuplicateGuard } from './duplicate-guard.ts';
import type { IssuedWork } from './issued-works.ts';
import type { Job, Share } from './job.ts';
import type { Claim, JobSpace } from './job-space.ts';
import { latestNtime, untilNextNtimeMs } from './ntime-range.ts';
import { SearchSpace } from './search-space.ts';
import { checkNonce, type NonceCheck, type WrongNonce } from './share-check.ts';
import { ShareLimit } from './share-limit.ts';

/** Pools pay for old jobs of the same prevHash for minutes, but fees and ntime go stale; two seconds cost nothing. */
export const MAX_OLD_JOB_MS = 2000;

/** While work is scarce, a device waits for at most so many works at once: a minute at one a second. */
const ENOUGH_WORKS = 64;

/** What became of a nonce; each is told once. */
export type SchedulerEvent =
  /** To be submitted at once. */
  | { readonly type: 'share'; readonly share: Share }
  /** Correct, but below what its job asks for: counts for the device's hashrate only. */
  | { readonly type: 'easier'; readonly deviceId: string; readonly difficulty: number }
  /** For a job that a clean one replaced (MIN-22). A block among them may still win a race: it is shown, not submitted as a share. */
  | { readonly type: 'stale'; readonly deviceId: string; readonly block?: Share }
  | { readonly type: 'duplicate'; readonly deviceId: string }
  | { readonly type: 'hardware-error'; readonly deviceId: string; readonly reason: WrongNonce | 'unknown-work' }
  /** A good share beyond the limit of `share-limit.ts`; dropped. */
  | { readonly type: 'withheld'; readonly deviceId: string }
  /** The device threw when told to renew, which it must not. */
  | { readonly type: 'device-threw'; readonly deviceId: string; readonly fault: Failure };

export interface SchedulerWorld {
  readonly clock: Clock;
  readonly random: Random;
  /** Hashes behind what a chip calls difficulty 1; default: the network's. */
  readonly difficultyOne?: number;
}

/** A device's side of the scheduler: give `feed` to `Device.start`, bring its nonces to `found`. */
export interface Attachment {
  readonly feed: WorkFeed;
  found(nonce: FoundNonce): void;
  /** No more work for it. Idempotent. */
  detach(): void;
}

export class Scheduler {
  /** Where the headers come from; a LAN proxy takes its leases here. */
  readonly searchSpace: SearchSpace;
  readonly #clock: Clock;
  readonly #difficultyOne: number | undefined;
  readonly #listener: (event: SchedulerEvent) => void;
  readonly #slots = new Set<DeviceSlot>();
  readonly #duplicates = new DuplicateGuard();
  readonly #limit = new ShareLimit();
  #active: JobSpace | undefined;
  #prevHash: Uint8Array | undefined;
  #generation = 0;
  #lastWorkId = 0;
  #lastShareId = 0;
  /** Devices that were refused work, in the order in which they asked. */
  readonly #starving = new Set<DeviceSlot>();
  #cancelWake: (() => void) | undefined;

  constructor(world: SchedulerWorld, listener: (event: SchedulerEvent) => void) {
    this.searchSpace = new SearchSpace(world.random);
    this.#clock = world.clock;
    this.#difficultyOne = world.difficultyOne;
    this.#listener = listener;
  }

  /** The job being mined. */
  get job(): Job | undefined {
    return this.#active?.job;
  }

  /** A share id for shares made elsewhere (LAN miners on a lease). */
  nextShareId(): number {
    this.#lastShareId += 1;
    return this.#lastShareId;
  }

  /** Joins a device. It is served from its next pull on. */
  attach(device: Attachable): Attachment {
    const slot = new DeviceSlot(device);
    this.#slots.add(slot);
    return {
      feed: { next: () => this.#next(slot) },
      found: (nonce) => this.#found(slot, nonce),
      detach: () => {
        this.#slots.delete(slot);
        this.#starving.delete(slot);
      },
    };
  }

  /** Mines `job` from now on. Clean, or of another source or prevHash: all earlier work is void, and renewed right here. */
  take(job: Job, clean: boolean): void {
    const before = this.#active?.job;
    const replaces = clean || before?.sourceId !== job.sourceId || !equal(before.prevHash, job.prevHash);
    this.#active = this.searchSpace.open(job);
    this.#endScarcity();
    if (replaces) this.#generation += 1;
    if (this.#prevHash === undefined || !equal(this.#prevHash, job.prevHash)) this.#newPrevHash(job.prevHash);
    const now = this.#clock.monotonic();
    for (const slot of this.#slots) if (replaces || slot.pullsRarely(MAX_OLD_JOB_MS, now)) this.#renew(slot);
  }

  /** Nothing may be mined until the next job: every device drops its work. */
  empty(): void {
    this.#active = undefined;
    this.#generation += 1;
    this.#endScarcity();
    for (const slot of this.#slots) this.#renew(slot);
  }

  /** Ends timers and gives no more work. Devices are stopped by their owner. */
  stop(): void {
    this.#active = undefined;
    this.#endScarcity();
    this.#slots.clear();
  }

  #next(slot: DeviceSlot): Work | undefined {
    const space = this.#active;
    if (space === undefined || !this.#slots.has(slot)) return undefined;
    slot.notePull(this.#clock.monotonic());
    const claim = slot.allowance > 0 ? space.next(slot.device.identity.versionMask, latestNtime(space.job, this.#clock)) : undefined;
    if (claim === undefined) return this.#starve(slot, space);
    slot.allowance -= 1;
    slot.sinceRenew += 1;
    const work = this.#issue(space, claim);
    slot.works.add(work);
    return work;
  }

  #issue(space: JobSpace, claim: Claim): IssuedWork {
    this.#lastWorkId += 1;
    return {
      id: this.#lastWorkId,
      header: claim.header,
      versionMask: claim.versionMask,
      ntimeRolls: 0,
      target: space.workTarget,
      shareTarget: space.job.shareTarget,
      blockTarget: space.blockTarget,
      space,
      generation: this.#generation,
      extranonce: claim.extranonce,
    };
  }

  #found(slot: DeviceSlot, found: FoundNonce): void {
    const deviceId = slot.id;
    const work = slot.works.find(found.work.id);
    if (work === undefined) return this.#listener({ type: 'hardware-error', deviceId, reason: 'unknown-work' });
    const check = checkNonce(work, found, this.#difficultyOne);
    if (check.kind === 'wrong') return this.#listener({ type: 'hardware-error', deviceId, reason: check.reason });
    if (work.generation !== this.#generation) return this.#stale(deviceId, work, found, check);
    if (!this.#duplicates.isNew(check.hash)) return this.#listener({ type: 'duplicate', deviceId });
    if (check.kind === 'easier') return this.#listener({ type: 'easier', deviceId, difficulty: check.difficulty });
    if (!this.#limit.allows(check.isBlock, this.#clock.monotonic())) return this.#listener({ type: 'withheld', deviceId });
    this.#listener({ type: 'share', share: this.#share(deviceId, work, found, check) });
  }

  #stale(deviceId: string, work: IssuedWork, found: FoundNonce, check: Exclude<NonceCheck, { kind: 'wrong' }>): void {
    const isBlock = check.kind === 'share' && check.isBlock;
    this.#listener({ type: 'stale', deviceId, ...(isBlock && { block: this.#share(deviceId, work, found, check) }) });
  }

  #share(deviceId: string, work: IssuedWork, found: FoundNonce, check: Extract<NonceCheck, { kind: 'share' }>): Share {
    return {
      id: this.nextShareId(),
      job: work.space.job,
      deviceId,
      extranonce: work.extranonce,
      version: found.version >>> 0,
      ntime: found.ntime >>> 0,
      nonce: found.nonce >>> 0,
      hash: check.hash,
      difficulty: check.difficulty,
      shareDifficulty: work.space.shareDifficulty,
      isBlock: check.isBlock,
      foundAt: this.#clock.now(),
    };
  }

  #newPrevHash(prevHash: Uint8Array): void {
    this.#prevHash = prevHash;
    this.#duplicates.clear();
    this.#limit.clearBlocks();
  }

  #renew(slot: DeviceSlot): void {
    try {
      slot.renew();
    } catch (thrown) {
      // One board's fault must not keep the others on old work.
      this.#listener({ type: 'device-threw', deviceId: slot.id, fault: faultOf(thrown) });
    }
  }

  /** The job has nothing left (a fixed root, a very short extranonce): the device is woken when ntime may rise. */
  #starve(slot: DeviceSlot, space: JobSpace): undefined {
    this.#starving.add(slot);
    this.#cancelWake ??= this.#clock.after(untilNextNtimeMs(space.job, this.#clock), () => this.#wake(space));
  }

  /**
   * Shares what is left among all devices, those that wait longest first. Renewing voids what a device still hashes, so
   * it waits until there is twice what it was given last time.
   */
  #wake(space: JobSpace): void {
    this.#cancelWake = undefined;
    const latest = latestNtime(space.job, this.#clock);
    const waiting = [...this.#starving];
    this.#starving.clear();
    for (const slot of this.#slots) {
      slot.allowance = space.fairShare(slot.device.identity.versionMask, this.#slots.size, latest);
    }
    for (const slot of waiting) {
      if (slot.allowance >= Math.min(2 * slot.sinceRenew, ENOUGH_WORKS)) this.#renew(slot);
      else this.#starve(slot, space);
    }
  }

  #endScarcity(): void {
    this.#cancelWake?.();
    this.#cancelWake = undefined;
    this.#starving.clear();
    for (const slot of this.#slots) slot.allowance = Number.POSITIVE_INFINITY;
  }
}
