/** The system's clock and randomness. */
import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../core/io/clock.ts';
import { systemRandom } from '../../core/io/random.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('after calls once, and not at all when cancelled', () => {
  vi.useFakeTimers();
  const calls: string[] = [];
  systemClock.after(10, () => calls.push('kept'));
  systemClock.after(10, () => calls.push('cancelled'))();
  vi.advanceTimersByTime(9);
  expect(calls).toEqual([]);
  vi.advanceTimersByTime(50);
  expect(calls).toEqual(['kept']);
});

test('a wait longer than a timer can hold lasts its whole time', () => {
  vi.useFakeTimers();
  let called = 0;
  const thirtyDaysMs = 30 * 86_400_000;
  systemClock.after(thirtyDaysMs, () => {
    called += 1;
  });
  vi.advanceTimersByTime(thirtyDaysMs - 1);
  expect(called).toBe(0);
  vi.advanceTimersByTime(1);
  expect(called).toBe(1);
});

test('a long wait can be cancelled in its second piece', () => {
  vi.useFakeTimers();
  let called = 0;
  const cancel = systemClock.after(60 * 86_400_000, () => {
    called += 1;
  });
  vi.advanceTimersByTime(40 * 86_400_000);
  cancel();
  vi.advanceTimersByTime(40 * 86_400_000);
  expect(called).toBe(0);
});

test('monotonic time does not go back and wall time is Unix milliseconds', () => {
  const before = systemClock.monotonic();
  expect(systemClock.monotonic()).toBeGreaterThanOrEqual(before);
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000);
});

test('random bytes have the length asked for, are plain Uint8Arrays and differ', () => {
  const first = systemRandom.bytes(32);
  expect(first.constructor).toBe(Uint8Array);
  expect(first.length).toBe(32);
  expect(systemRandom.bytes(32)).not.toEqual(first);
  expect(systemRandom.bytes(100_000).length).toBe(100_000);
});
