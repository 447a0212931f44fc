/** How long to wait before the next try (SEC-24): doubling, with jitter so that a pool's miners do not all return at once. */
import type { Random } from '../ports.ts';

/** A pool that restarts is back within seconds; one that is down for an hour is asked once a minute. */
export const FIRST_WAIT_MS = 1_000;
export const LONGEST_WAIT_MS = 60_000;

export class Backoff {
  readonly #random: Random;
  #tries = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Between half and the whole of 1, 2, 4 … 60 seconds. */
  next(): number {
    const whole = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.#tries, 16));
    this.#tries += 1;
    const [high = 0, low = 0] = this.#random.bytes(2);
    return whole / 2 + (whole / 2) * ((high * 256 + low) / 65_535);
  }

  /** The connection proved good: begin again at the shortest wait. */
  reset(): void {
    this.#tries = 0;
  }
}
