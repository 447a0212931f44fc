/**
 * The jobs of one mining channel (specification 5.3.15, 5.3.16; MIN-17 … MIN-25, MIN-35, SEC-12, SEC-13): future ones wait
 * for the SetNewPrevHash that names them; active ones stay good until the next. Nothing is ever mixed from two tips.
 */
import type { MiningJob } from './mining-job.ts';

/** As many future jobs as the reference client keeps; the oldest goes first (MIN-23). */
export const MOST_FUTURE_JOBS = 16;
/** Jobs of one tip whose shares are still taken: half an hour of pools that renew every minute. */
export const MOST_VALID_JOBS = 32;

/** A job as it arrived; its place on a chain is not yet known. */
export type JobDefinition = Pick<MiningJob, 'channelId' | 'jobId' | 'version' | 'versionMask' | 'root'>;

/** The last SetNewPrevHash. */
export interface Tip {
  readonly prevHash: Uint8Array;
  readonly nbits: number;
  readonly minNtime: number;
}

interface Held {
  readonly definition: JobDefinition;
  /** Present in an active job that came before any tip (MIN-19). */
  readonly minNtime: number | undefined;
}

export class ChannelJobs {
  readonly #nextSerial: () => number;
  readonly #future = new Map<number, Held>();
  /** Active and earlier jobs of the tip, by serial. */
  readonly #valid = new Map<number, MiningJob>();
  #tip: Tip | undefined;
  /** A SetNewPrevHash named no job we hold: what is in `#valid` belongs to the tip before it (MIN-21). */
  #orphaned = false;

  /** @param nextSerial a number that no job had before */
  constructor(nextSerial: () => number) {
    this.#nextSerial = nextSerial;
  }

  /** True from a SetNewPrevHash without its job until a job of the new tip. */
  get orphaned(): boolean {
    return this.#orphaned;
  }

  /** Of the last SetNewPrevHash. */
  get prevHash(): Uint8Array | undefined {
    return this.#tip?.prevHash;
  }

  /** A job that waits for its SetNewPrevHash; one with the same id is replaced and moves to the back. */
  hold(definition: JobDefinition, minNtime?: number): void {
    this.#future.delete(definition.jobId);
    this.#future.set(definition.jobId, { definition, minNtime });
    if (this.#future.size <= MOST_FUTURE_JOBS) return;
    for (const oldest of this.#future.keys()) {
      this.#future.delete(oldest);
      return;
    }
  }

  /**
   * A job to be mined at once on the last tip. Before any tip it is held (MIN-19) and undefined comes back.
   * `firstOfTip`: no job of this tip came before, so that everything earlier is stale.
   */
  activate(
    definition: JobDefinition,
    at: { minNtime: number; target: Uint8Array; now: number },
  ): { job: MiningJob; firstOfTip: boolean } | undefined {
    const tip = this.#tip;
    if (tip === undefined) {
      this.hold(definition, at.minNtime);
      return undefined;
    }
    const firstOfTip = this.#orphaned;
    if (firstOfTip) this.#valid.clear();
    this.#orphaned = false;
    this.#replace(definition.jobId);
    const ntime = Math.max(at.minNtime, tip.minNtime);
    return { job: this.#start(definition, tip, { ntime, target: at.target, now: at.now }), firstOfTip };
  }

  /** Moves to a new tip. The named job starts; undefined when it is not a job that waits: then nothing that is held changes. */
  setNewPrevHash(jobId: number, tip: Tip, at: { target: Uint8Array; now: number }): MiningJob | undefined {
    this.#tip = tip;
    const held = this.#future.get(jobId);
    if (held === undefined) {
      this.#orphaned = true;
      return undefined;
    }
    this.#future.clear();
    this.#valid.clear();
    this.#orphaned = false;
    return this.#start(held.definition, tip, { ntime: Math.max(held.minNtime ?? 0, tip.minNtime), ...at });
  }

  /** The job, while its shares may be sent (MIN-22, MIN-25). */
  valid(serial: number): MiningJob | undefined {
    return this.#orphaned ? undefined : this.#valid.get(serial);
  }

  #start(definition: JobDefinition, tip: Tip, at: { ntime: number; target: Uint8Array; now: number }): MiningJob {
    const job: MiningJob = {
      ...definition,
      serial: this.#nextSerial(),
      prevHash: tip.prevHash,
      nbits: tip.nbits,
      ntime: at.ntime,
      receivedAtMs: at.now,
      target: at.target,
    };
    this.#valid.set(job.serial, job);
    if (this.#valid.size > MOST_VALID_JOBS) this.#dropOldestValid();
    return job;
  }

  /** MIN-24: a reused id takes the place of the job that had it. */
  #replace(jobId: number): void {
    this.#future.delete(jobId);
    for (const job of this.#valid.values()) if (job.jobId === jobId) this.#valid.delete(job.serial);
  }

  #dropOldestValid(): void {
    for (const serial of this.#valid.keys()) {
      this.#valid.delete(serial);
      return;
    }
  }
}
