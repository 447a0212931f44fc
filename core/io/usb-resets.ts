/** The resets under way on one bus. */
import type { Clock } from '../ports.ts';

/**
 * The kernel asks a device that does not answer several times over, five seconds each, before it gives it up: most of a minute.
 * A reset that takes longer never returns, and must not keep the other devices out of sight.
 */
export const RESET_LIMIT_MS = 60_000;

export class UsbResets {
  /** How many there were so far. */
  begun = 0;
  readonly #clock: Clock;
  readonly #underWay = new Set<Promise<void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  run(reset: () => Promise<void>): Promise<void> {
    this.begun += 1;
    const running = reset();
    const { promise: over, resolve } = Promise.withResolvers<void>();
    const cancel = this.#clock.after(RESET_LIMIT_MS, resolve);
    this.#underWay.add(over);
    void over.then(() => {
      cancel();
      this.#underWay.delete(over);
    });
    return running.finally(resolve);
  }

  /** Resolves when none is under way that is still waited for. Never rejects. */
  async over(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }
}
