/** Waits for a callback, but not longer than a limit. */
import type { Clock } from '../ports.ts';

/** Resolves when `wait` calls back, or after `timeoutMs`. */
export function within(clock: Clock, timeoutMs: number, wait: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(timeoutMs, resolve);
    wait(() => {
      cancel();
      resolve();
    });
  });
}
