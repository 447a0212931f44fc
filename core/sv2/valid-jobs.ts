/**
 * The jobs of one channel that shares may name, and the recent ones they no longer may: `stale-share` is told apart from
 * `invalid-job-id`. Also remembers the hashes seen on this tip, so that no share counts twice.
 */
import { toHex } from '../bytes.ts';
import type { ServerJob } from './server-job.ts';

/** Jobs valid at once on one tip; the oldest go first. Refreshed every 30 s that is an hour of jobs. */
const MAX_VALID_JOBS = 128;
/** Job ids remembered as stale. */
const MAX_STALE_IDS = 512;
/** Shares of one channel on one tip; 6 a minute make that many in six days. */
const MAX_SHARES_SEEN = 50_000;

export type JobLookup = { readonly ok: true; readonly job: ServerJob } | { readonly ok: false; readonly errorCode: string };

export interface ValidJobs {
  /** The newest; undefined before the first. */
  readonly newest: ServerJob | undefined;
  add(job: ServerJob): void;
  /** A new tip: every job but those added from now on is stale (MIN-20). */
  expire(): void;
  find(jobId: number): JobLookup;
  /** Remembers an accepted hash. An error code when it was seen before, or when there are too many to tell. */
  remember(hash: Uint8Array): string | undefined;
}

export function validJobs(): ValidJobs {
  const valid = new Map<number, ServerJob>();
  const stale = new Set<number>();
  const seen = new Set<string>();
  let newest: ServerJob | undefined;

  function retire(jobId: number): void {
    valid.delete(jobId);
    stale.add(jobId);
    if (stale.size > MAX_STALE_IDS) stale.delete(stale.values().next().value as number);
  }

  return {
    get newest() {
      return newest;
    },
    add(job) {
      valid.set(job.id, job);
      newest = job;
      if (valid.size > MAX_VALID_JOBS) retire(valid.keys().next().value as number);
    },
    expire() {
      for (const jobId of valid.keys()) retire(jobId);
      seen.clear();
    },
    find(jobId) {
      const job = valid.get(jobId);
      if (job !== undefined) return { ok: true, job };
      return { ok: false, errorCode: stale.has(jobId) ? 'stale-share' : 'invalid-job-id' };
    },
    remember(hash) {
      const key = toHex(hash);
      if (seen.has(key)) return 'duplicate-share';
      if (seen.size >= MAX_SHARES_SEEN) return 'too-many-shares';
      seen.add(key);
      return undefined;
    },
  };
}
