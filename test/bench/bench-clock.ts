/** The real clock and real timers, except that the bench may let time pass at once: what comes half a minute apart need not be waited for. */
import { systemClock } from '../../core/io/clock.ts';
import type { Clock } from '../../core/ports.ts';

export class BenchClock implements Clock {
  #aheadMs = 0;

  now(): number {
    return systemClock.now() + this.#aheadMs;
  }

  monotonic(): number {
    return systemClock.monotonic() + this.#aheadMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    return systemClock.after(delayMs, callback);
  }

  /** Timers already set ring when they would have. */
  skip(ms: number): void {
    this.#aheadMs += ms;
  }
}
