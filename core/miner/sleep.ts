/**
 * Sleep and waking of the computer. Boards lose their power before it sleeps, so that nothing hashes with nobody to watch its
 * heat; afterwards they are started from the beginning, for a bus that slept may have reset them. A host that hears of
 * sleep says so; where none does, the jump of the clock tells of it afterwards.
 */
import type { Clock } from '../ports.ts';

/** The system announced a sleep and is still awake: it did not come. */
export const SLEEP_DID_NOT_COME_MS = 60_000;
/** Boards rest for so long after waking, until the bus has found its devices again. */
export const SETTLE_MS = 2_000;

export interface SleepOptions {
  readonly clock: Clock;
  /** Boards rest, or go on. */
  rest(asleep: boolean): void;
  /** Connections from before are dead, though nobody has told them. */
  reconnect(): void;
}

export class Sleep {
  readonly #options: SleepOptions;
  /** Monotonic milliseconds since when a sleep is due. */
  #since: number | undefined;
  #cancelSettle: (() => void) | undefined;

  constructor(options: SleepOptions) {
    this.#options = options;
  }

  /** The computer is about to sleep. The way to the boards is as short as it can be: the system may not wait. */
  begin(): void {
    this.#cancelSettle?.();
    this.#options.rest(true);
    this.#since = this.#options.clock.monotonic();
  }

  /** It is awake, whether or not its sleep was announced. */
  end(): void {
    const { clock, rest, reconnect } = this.#options;
    this.#since = undefined;
    rest(true);
    reconnect();
    this.#cancelSettle?.();
    this.#cancelSettle = clock.after(SETTLE_MS, () => rest(false));
  }

  /** Once a second: a sleep that was announced and never came must not leave the boards resting. */
  tick(): void {
    if (this.#since === undefined || this.#options.clock.monotonic() - this.#since < SLEEP_DID_NOT_COME_MS) return;
    this.end();
  }

  stop(): void {
    this.#cancelSettle?.();
  }
}
