/** Waits between tries. */
import { expect, test } from 'vitest';
import { Backoff, FIRST_WAIT_MS, LONGEST_WAIT_MS } from '../../core/pool/backoff.ts';

const constant = (byte: number) => ({ bytes: (length: number) => new Uint8Array(length).fill(byte) });

test('SEC-24 waits double from one second to a minute', () => {
  const backoff = new Backoff(constant(0xff));
  expect(Array.from({ length: 8 }, () => backoff.next())).toEqual([1, 2, 4, 8, 16, 32, 60, 60].map((seconds) => seconds * 1000));
});

test('SEC-24 jitter takes off half at most', () => {
  const backoff = new Backoff(constant(0));
  expect([backoff.next(), backoff.next()]).toEqual([FIRST_WAIT_MS / 2, FIRST_WAIT_MS]);
});

test('a connection that proved good begins again, and no number of tries overflows', () => {
  const backoff = new Backoff(constant(0xff));
  for (let tries = 0; tries < 5000; tries += 1) backoff.next();
  expect(backoff.next()).toBe(LONGEST_WAIT_MS);
  backoff.reset();
  expect(backoff.next()).toBe(FIRST_WAIT_MS);
});
