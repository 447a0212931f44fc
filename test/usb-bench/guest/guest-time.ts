/**
 * The guest's time, as its beats tell it. It stands still while the guest does: a machine without a processor to spare slows both.
 * Between two beats it goes as fast as it went of late: chips that ran ahead of a slow guest would wait for their jobs.
 */
import { BEAT_MS } from './talk.ts';

/** Of the newest beat in the pace: a second of beats says how fast the guest goes. */
const NEWEST_SHARE = 0.05;

export class GuestTime {
  #ms = 0;
  #at = 0;
  /** Of the guest's milliseconds in one of ours. */
  #pace = 1;

  /** @param realMs our own time, from any start */
  now(realMs: number): number {
    return this.#ms + Math.min((realMs - this.#at) * this.#pace, BEAT_MS);
  }

  /** The guest says that its time is `ms`. Never goes back. */
  beat(ms: number, realMs: number): void {
    const newest = Math.max(0, ms - this.#ms) / Math.max(1, realMs - this.#at);
    this.#ms = Math.max(ms, this.now(realMs));
    this.#at = realMs;
    this.#pace = Math.min(1, this.#pace + NEWEST_SHARE * (newest - this.#pace));
  }
}
