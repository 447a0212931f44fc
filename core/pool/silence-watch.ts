/**
 * Tells when a pool has gone silent (SEC-19, SEC-30 in spirit): no first job, no job for too long, shares that wait while
 * nothing comes. Pure: it is told what happened when, and asked what is due. Times are monotonic milliseconds.
 */

/** From the open channel to the first job; a pool that waits for its own node's template is given up for now. */
export const FIRST_JOB_TIMEOUT_MS = 30_000;
/** Shares wait and not one message comes. Batches of ten at six shares a minute are answered within two minutes (MIN-43). */
export const SILENCE_TIMEOUT_MS = 180_000;
/** Pools renew jobs every minute or so; one that only follows blocks may take long, so this is no hurry. */
export const JOB_AGE_TIMEOUT_MS = 3_600_000;
/** Messages come, but a share has waited this long: worth telling. */
export const UNANSWERED_NOTICE_MS = 600_000;

export type SilenceFailure = { readonly code: 'job-timeout' | 'stalled' | 'shares-unanswered'; readonly waitedMs: number };

export class SilenceWatch {
  readonly #openedAt: number;
  #jobAt: number | undefined;
  #heardAt: number;
  #told = false;

  constructor(openedAt: number) {
    this.#openedAt = openedAt;
    this.#heardAt = openedAt;
  }

  get hadJob(): boolean {
    return this.#jobAt !== undefined;
  }

  /** Any message. */
  heard(now: number): void {
    this.#heardAt = now;
  }

  job(now: number): void {
    this.#jobAt = now;
  }

  answered(): void {
    this.#told = false;
  }

  /** The next moment at which `check` may find something. */
  dueAt(oldestPendingAt: number | undefined): number {
    const jobDue = this.#jobAt === undefined ? this.#openedAt + FIRST_JOB_TIMEOUT_MS : this.#jobAt + JOB_AGE_TIMEOUT_MS;
    if (oldestPendingAt === undefined) return jobDue;
    const noticeDue = this.#told ? jobDue : oldestPendingAt + UNANSWERED_NOTICE_MS;
    return Math.min(jobDue, noticeDue, Math.max(oldestPendingAt, this.#heardAt) + SILENCE_TIMEOUT_MS);
  }

  /** `job-timeout` and `stalled` end the connection, `shares-unanswered` is told once until shares are answered again. */
  check(now: number, oldestPendingAt: number | undefined): SilenceFailure | undefined {
    const jobAge = now - (this.#jobAt ?? this.#openedAt);
    if (this.#jobAt === undefined && jobAge >= FIRST_JOB_TIMEOUT_MS) return { code: 'job-timeout', waitedMs: jobAge };
    if (jobAge >= JOB_AGE_TIMEOUT_MS) return { code: 'stalled', waitedMs: jobAge };
    if (oldestPendingAt === undefined) return undefined;
    const silence = now - Math.max(oldestPendingAt, this.#heardAt);
    if (silence >= SILENCE_TIMEOUT_MS) return { code: 'stalled', waitedMs: silence };
    if (this.#told || now - oldestPendingAt < UNANSWERED_NOTICE_MS) return undefined;
    this.#told = true;
    return { code: 'shares-unanswered', waitedMs: now - oldestPendingAt };
  }
}
