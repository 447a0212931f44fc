/** How late a header's ntime may be. MIN-34, MIN-36: one step a second since the job came, by the monotonic clock. */
import type { Clock } from '../ports.ts';
import type { Job } from './job.ts';

/** Consensus: nodes refuse blocks from further ahead of their clock than two hours. */
const MAX_FUTURE_SECONDS = 7200;

/** The last ntime that may be used now. Never before the job's own, even when the local clock is wrong. */
export function latestNtime(job: Job, clock: Clock): number {
  const elapsed = Math.max(0, Math.floor((clock.monotonic() - job.receivedAtMs) / 1000));
  const ahead = Math.floor(clock.now() / 1000) + MAX_FUTURE_SECONDS - job.ntime;
  return Math.min(job.ntime + Math.min(elapsed, Math.max(0, ahead)), 0xffffffff);
}

/** Timers may fire a little early; a wake-up before the second is over would be in vain. */
const TIMER_SLACK_MS = 2;

/** How long to wait until `latestNtime` has surely grown by one. */
export function untilNextNtimeMs(job: Job, clock: Clock): number {
  const elapsedMs = Math.max(0, clock.monotonic() - job.receivedAtMs);
  return 1000 - (elapsedMs % 1000) + TIMER_SLACK_MS;
}
