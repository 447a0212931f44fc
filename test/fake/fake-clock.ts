/** A clock in the test's hand: nothing happens until `advance` or `settle`, and then in the order of the timers. */
import type { Clock } from '../../core/ports.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/** More callbacks than this in one `advance` means that two of them keep waking each other. */
const MOST_CALLBACKS = 1_000_000;

export class FakeClock implements Clock {
  #monotonicMs = 1000;
  #unixMs: number;
  #order = 0;
  readonly #timers = new Set<Timer>();

  /** @param unixMs what `now()` shows at the start */
  constructor(unixMs = 1_800_000_000_000) {
    this.#unixMs = unixMs;
  }

  now(): number {
    return this.#unixMs;
  }

  monotonic(): number {
    return this.#monotonicMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#monotonicMs + Math.max(0, delayMs), order: this.#order, callback };
    this.#order += 1;
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers that wait. */
  get waiting(): number {
    return this.#timers.size;
  }

  /** Somebody sets the computer's clock: `now` jumps, `monotonic` does not. */
  setUnix(unixMs: number): void {
    this.#unixMs = unixMs;
  }

  /** Lets `ms` pass and calls every timer that falls due, each at its own moment; those they add count too. */
  advance(ms: number): void {
    const end = this.#monotonicMs + ms;
    for (let called = 0; this.#step(end); called += 1) if (called > MOST_CALLBACKS) throw new Error('timers without end');
    this.#moveTo(end);
  }

  /** Like `advance`, and lets promises settle before, between and after the timers. */
  async settle(ms = 0): Promise<void> {
    const end = this.#monotonicMs + ms;
    await promises();
    for (let called = 0; this.#step(end); called += 1) {
      if (called > MOST_CALLBACKS) throw new Error('timers without end');
      await promises();
    }
    this.#moveTo(end);
  }

  /** Calls the next timer that is due by `end`; false when there is none. */
  #step(end: number): boolean {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= end && (next === undefined || timer.at < next.at || (timer.at === next.at && timer.order < next.order))) next = timer;
    }
    if (next === undefined) return false;
    this.#timers.delete(next);
    this.#moveTo(next.at);
    next.callback();
    return true;
  }

  #moveTo(monotonicMs: number): void {
    this.#unixMs += monotonicMs - this.#monotonicMs;
    this.#monotonicMs = monotonicMs;
  }
}

/** Everything that waits only for promises has run. */
export function promises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
