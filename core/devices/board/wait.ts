/** Waiting by the injected clock, and never for ever. */
import type { Clock } from '../../ports.ts';

export function sleep(clock: Clock, ms: number): Promise<void> {
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => void clock.after(ms, resolve));
}

/** `work`, or undefined when it takes longer than `limitMs`. A late failure of `work` is ignored. */
export async function within<T>(clock: Clock, limitMs: number, work: Promise<T>): Promise<T | undefined> {
  let cancel: () => void = () => {};
  const patience = new Promise<undefined>((resolve) => {
    cancel = clock.after(limitMs, () => resolve(undefined));
  });
  work.catch(() => {});
  try {
    return await Promise.race([work, patience]);
  } finally {
    cancel();
  }
}
