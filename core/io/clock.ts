/** The system's clock: wall time, monotonic time and timers. Implements `Clock` of core/ports.ts (rule R4). */
import type { Clock } from '../ports.ts';

/** Node fires longer timers at once, so longer waits are cut in pieces. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, callback) {
    let timer: NodeJS.Timeout;
    const arm = (leftMs: number): void => {
      const pieceMs = Math.min(Math.max(leftMs, 0), MAX_TIMER_MS);
      timer = setTimeout(() => (leftMs > pieceMs ? arm(leftMs - pieceMs) : callback()), pieceMs);
    };
    arm(Number.isNaN(delayMs) ? 0 : delayMs);
    return () => clearTimeout(timer);
  },
};
