/**
 * What to do after a board failed: try again when, at which frequency at most, or give it up. Heat waits until it is cool; a
 * board that answers nonsense is given up soon, others after ten attempts in a row.
 */
import type { BoardFault } from './board-fault.ts';

/** Attempts in a row before a board is given up. */
export const MAX_ATTEMPTS = 10;
/** Nonsense does not get better by asking again. */
export const MAX_NONSENSE = 3;
/** The first attempt after a failure comes at once; then with pauses. */
export const RETRY_MS = 5_000;
/** After heat or an electric fault. */
export const COOL_DOWN_MS = 30_000;
/** Somebody has to do something first; it is looked now and then whether they did. */
export const BLOCKED_MS = 15_000;
/** A board that ran so long has recovered: its failures are forgotten. */
export const WELL_MS = 600_000;
/** So long without trouble below a cap, and the next start may be a step faster: it was perhaps not the clock. */
export const FASTER_MS = 3_600_000;
/** "No chips" is often a reset that went wrong; it is told from the third time on. */
const QUIET_ATTEMPTS = 2;
/** Failures at a frequency before it is taken as too high. */
const FAILURES_BEFORE_SLOWER = 3;
const SLOWER_STEPS = 2;

export interface RetryVerdict {
  /** Undefined: given up. */
  readonly waitMs: number | undefined;
  /** Whether a person should hear of it. */
  readonly tell: boolean;
  readonly attempts: number;
}

const HEAT_OR_POWER = [
  'device-too-hot',
  'device-over-current',
  'device-supply-voltage',
  'device-fan-failed',
  'device-power-fault',
  'device-sensor-silent',
];
const BLOCKED = ['usb-no-permission', 'usb-no-driver', 'usb-driver-holds', 'usb-busy'];
const TOO_FAST = ['device-hung', 'device-slow', 'device-nonsense', 'device-over-current', 'device-power-fault'];

export class RetryPolicy {
  #attempts = 0;
  #tooFast = 0;
  /** Highest frequency that may still be tried; undefined: any. */
  #capMhz: number | undefined;

  get capMhz(): number | undefined {
    return this.#capMhz;
  }

  /** The computer slept, or a person touched the settings: all is forgotten. */
  forget(): void {
    this.#attempts = 0;
    this.#tooFast = 0;
    this.#capMhz = undefined;
  }

  /** @param wellMs how long the chips had been hashing before; @param mhz at which frequency, if any */
  failed(
    fault: BoardFault,
    wellMs: number,
    mhz: number | undefined,
    limits: { readonly stockMhz: number; readonly stepMhz: number },
  ): RetryVerdict {
    if (wellMs >= FASTER_MS && this.#capMhz !== undefined) this.#capMhz += limits.stepMhz;
    if (wellMs >= WELL_MS) {
      this.#attempts = 0;
      this.#tooFast = 0;
    }
    if (fault.code === 'device-slept') return { waitMs: 0, tell: false, attempts: 0 };
    // Waiting for a person is no failure of the board.
    if (BLOCKED.includes(fault.code)) return { waitMs: BLOCKED_MS, tell: true, attempts: this.#attempts };
    this.#attempts += 1;
    if (mhz !== undefined && TOO_FAST.includes(fault.code)) this.#slower(mhz, limits);
    return this.#verdict(fault);
  }

  /** What lies beyond stock goes first, then step by step. */
  #slower(mhz: number, { stockMhz, stepMhz }: { readonly stockMhz: number; readonly stepMhz: number }): void {
    this.#tooFast += 1;
    if (this.#tooFast < FAILURES_BEFORE_SLOWER) return;
    this.#tooFast = 0;
    this.#capMhz = mhz > stockMhz ? stockMhz : mhz - SLOWER_STEPS * stepMhz;
  }

  #verdict({ code }: BoardFault): RetryVerdict {
    const attempts = this.#attempts;
    const limit = code === 'device-nonsense' ? MAX_NONSENSE : MAX_ATTEMPTS;
    if (code !== 'device-too-hot' && attempts >= limit) return { waitMs: undefined, tell: true, attempts };
    if (HEAT_OR_POWER.includes(code)) return { waitMs: COOL_DOWN_MS, tell: true, attempts };
    return { waitMs: attempts <= 1 ? 0 : RETRY_MS, tell: code !== 'device-no-chips' || attempts > QUIET_ATTEMPTS, attempts };
  }
}
