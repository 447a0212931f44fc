/** One timer that is moved as deadlines change: set to the next thing that falls due, it never rings twice for it. */
import type { Clock } from '../ports.ts';

export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #set: { readonly at: number; readonly cancel: () => void } | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Rings once at this monotonic moment, or at once if it has passed; infinity = not at all. */
  set(at: number): void {
    if (this.#set?.at === at) return;
    this.cancel();
    if (!Number.isFinite(at)) return;
    const cancel = this.#clock.after(at - this.#clock.monotonic(), () => {
      this.#set = undefined;
      this.#ring();
    });
    this.#set = { at, cancel };
  }

  cancel(): void {
    this.#set?.cancel();
    this.#set = undefined;
  }
}
