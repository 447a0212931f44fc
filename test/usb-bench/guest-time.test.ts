/** The clock that emulated boards live by. */
import { expect, test } from 'vitest';
import { GuestTime } from './guest/guest-time.ts';
import { BEAT_MS } from './guest/talk.ts';

/** A guest that is so many times slower than we are, after so many beats. */
function slowGuest(times: number, beats: number): { readonly time: GuestTime; readonly realMs: number; readonly guestMs: number } {
  const time = new GuestTime();
  for (let beat = 1; beat <= beats; beat += 1) time.beat(beat * BEAT_MS, beat * BEAT_MS * times);
  return { time, realMs: beats * BEAT_MS * times, guestMs: beats * BEAT_MS };
}

test('between two beats the time of a slow guest goes as slowly as the guest', () => {
  const { time, realMs, guestMs } = slowGuest(4, 200);
  expect(time.now(realMs + 2 * BEAT_MS) - guestMs).toBeCloseTo(BEAT_MS / 2, 0);
});

test('without beats it stands still', () => {
  const { time, realMs, guestMs } = slowGuest(1, 10);
  expect(time.now(realMs + 60_000)).toBe(guestMs + BEAT_MS);
});

test('it never goes back, however unevenly beats come', () => {
  const time = new GuestTime();
  const gaps = [1, 90, 5, 20, 300, 1, 1, 40];
  let [realMs, guestMs, last] = [0, 0, 0];
  for (let beat = 0; beat < 400; beat += 1) {
    guestMs += BEAT_MS;
    for (let step = 0; step < 3; step += 1) {
      realMs += (gaps[beat % gaps.length] as number) / 3;
      expect(time.now(realMs)).toBeGreaterThanOrEqual(last);
      last = time.now(realMs);
    }
    time.beat(guestMs, realMs);
  }
});
