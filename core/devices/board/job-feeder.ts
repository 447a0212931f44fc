/**
 * When a chain gets its next job. A chip has room for one job: a new one replaces it at once, so jobs cannot be laid in
 * store, neither in the chip nor in the bridge's buffer, where they would only push each other out unsearched. What makes up
 * for timers that come late is the job itself: it is replaced long before its search space is used up (at half, on
 * fast boards at a quarter), and the chip goes on with the old one until the new one is there. An R909 at 450 MHz needs
 * 9.5 ms for a job with four midstates and gets one every 2.4 ms: a timer may be 7 ms late and no hash is lost. The
 * 152 bytes take 1 ms on its UART, a quarter of what that carries.
 *
 * Jobs wait in the bridge's and the kernel's buffers only while the bus stalls, and then at most `MAX_UNDER_WAY` of them.
 * Lateness does not add up: due times count from the last one due. How long chips really stood without fresh work is kept in
 * `feed-record.ts`.
 */
import type { Clock } from '../../ports.ts';
import type { Work, WorkFeed } from '../device.ts';

/** So many jobs on their way are enough: a stalled bus must not be answered with more of them. */
export const MAX_UNDER_WAY = 4;

export interface FeederOptions {
  readonly clock: Clock;
  readonly feed: WorkFeed;
  /** Jobs can go out now, and not too many are on their way. */
  canTake(): boolean;
  give(work: Work): void;
  /** Long before the search space of this work is used up. */
  intervalMs(work: Work): number;
  /** There is work, or none, since now. */
  onSupply(hasWork: boolean): void;
}

export class JobFeeder {
  readonly #options: FeederOptions;
  #cancel: () => void = () => {};
  /** A job was due and could not be given. */
  #owes = false;
  #hasWork: boolean | undefined;

  constructor(options: FeederOptions) {
    this.#options = options;
  }

  /** Gives a job now, or as soon as it can be taken. */
  feedNow(): void {
    this.#feed(this.#options.clock.monotonic());
  }

  /** @param dueMs when this job was due: lateness does not add up */
  #feed(dueMs: number): void {
    this.#cancel();
    const { clock, feed, canTake, give, intervalMs } = this.#options;
    this.#owes = !canTake();
    if (this.#owes) return;
    const work = feed.next();
    this.#supply(work !== undefined);
    if (work === undefined) return;
    give(work);
    const now = clock.monotonic();
    const nextMs = dueMs + intervalMs(work);
    // More than one job behind: what was missed is missed.
    const soonMs = nextMs > now ? nextMs : now + intervalMs(work);
    this.#cancel = clock.after(soonMs - now, () => this.#feed(soonMs));
  }

  /** Jobs can be taken again. */
  resume(): void {
    if (this.#owes) this.feedNow();
  }

  stop(): void {
    this.#cancel();
    this.#owes = false;
  }

  #supply(hasWork: boolean): void {
    if (hasWork === this.#hasWork) return;
    this.#hasWork = hasWork;
    this.#options.onSupply(hasWork);
  }
}
