/** From the feed of work to a chain of chips: jobs in time, the ticket each work allows, and the record of both. */
import type { Clock } from '../../ports.ts';
import type { ChipChain } from '../chip/chip-chain.ts';
import { type Chain, feedIntervalMs, jobSpanMs } from '../chip/rates.ts';
import { ticketFor } from '../chip/ticket.ts';
import type { Work, WorkFeed } from '../device.ts';
import type { ChainPump } from './chain-pump.ts';
import type { FeedRecord } from './feed-record.ts';
import { JobFeeder, MAX_UNDER_WAY } from './job-feeder.ts';

export interface ChainFeedOptions {
  readonly clock: Clock;
  readonly feed: WorkFeed;
  readonly chain: ChipChain;
  readonly pump: ChainPump;
  readonly record: FeedRecord;
  /** The highest ticket, and the one the chips start with. */
  readonly ticketDifficulty: number;
  /** Hashes behind a nonce of difficulty 1. */
  readonly difficultyOne: number;
  /** The chips as they are now. */
  asChain(): Chain;
  /** There is work, or none, since now. */
  onSupply(hasWork: boolean): void;
  /** Answers will come more or less often from now on. */
  onTicket(): void;
}

export class ChainFeed {
  readonly #options: ChainFeedOptions;
  readonly #feeder: JobFeeder;
  #ticket: number;
  #isOpen = false;

  constructor(options: ChainFeedOptions) {
    const { clock, feed, chain, pump, asChain } = options;
    this.#options = options;
    this.#ticket = options.ticketDifficulty;
    this.#feeder = new JobFeeder({
      clock,
      feed,
      canTake: () => this.#isOpen && chain.takesWork && pump.underWay < MAX_UNDER_WAY,
      give: (work) => this.#give(work),
      intervalMs: (work) => feedIntervalMs(asChain(), work.versionMask),
      onSupply: (hasWork) => this.#supply(hasWork),
    });
  }

  get ticket(): number {
    return this.#ticket;
  }

  /** The chips take work from now on: the first job goes out. */
  open(): void {
    this.#isOpen = true;
    this.#feeder.feedNow();
  }

  /** The next job at once, not when it is due. Nothing while it is not open. */
  feedNow(): void {
    if (this.#isOpen) this.#feeder.feedNow();
  }

  /** What the chips have is worth nothing any more: the next job at once. */
  replace(): void {
    if (!this.#isOpen) return;
    this.#options.record.spent();
    this.#feeder.feedNow();
  }

  /** Jobs can be taken again. */
  resume(): void {
    if (this.#isOpen) this.#feeder.resume();
  }

  stop(): void {
    this.#isOpen = false;
    this.#feeder.stop();
    this.#options.record.pause();
  }

  /** Never above what the work asks for, or wanted shares stay in the chips. */
  #give(work: Work): void {
    const { pump, record, ticketDifficulty, difficultyOne, asChain, onTicket } = this.#options;
    const ticket = ticketFor(work.target, ticketDifficulty, difficultyOne);
    if (ticket !== this.#ticket) {
      this.#ticket = ticket;
      pump.send({ type: 'ticket', difficulty: ticket });
      onTicket();
    }
    pump.send({ type: 'work', work });
    pump.whenWritten(() => {
      if (this.#isOpen) record.fresh(jobSpanMs(asChain(), work.versionMask));
    });
  }

  #supply(hasWork: boolean): void {
    if (!hasWork) this.#options.record.pause();
    this.#options.onSupply(hasWork);
  }
}
