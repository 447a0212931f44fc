/** When chips are taken for hung or slow: by the time in which they had fresh work, not by the clock on the wall. */
import { expect, test } from 'vitest';
import { FeedRecord } from '../../../core/devices/board/feed-record.ts';
import { type HealthTimes, HealthWatch } from '../../../core/devices/board/health.ts';
import { ChipCounts } from '../../../core/devices/chip/chip-counts.ts';

/** Always fed. */
function fed(ms: number): HealthTimes {
  return { nowMs: ms, fedMs: ms };
}

test('a chip that repeats one answer hangs; one that errs more often than not answers nonsense', () => {
  const counts = new ChipCounts(1);
  for (let time = 0; time < 3; time += 1) counts.heard(7);
  expect(new HealthWatch(fed(0)).judge(counts, 1_000, fed(1_000))).toMatchObject({ code: 'device-hung' });
  const wild = new ChipCounts(1);
  wild.hardwareErrors = 60;
  wild.nonces = 50;
  expect(new HealthWatch(fed(0)).judge(wild, 1_000, fed(1_000))).toMatchObject({ code: 'device-nonsense' });
});

test('below 65 % of what it should do over five minutes a board is too slow', () => {
  for (const [nonces, code] of [
    [190, 'device-slow'],
    [200, undefined],
  ] as const) {
    const health = new HealthWatch(fed(0));
    const counts = new ChipCounts(1);
    let fault: { readonly code: string } | undefined;
    for (let second = 1; second <= 300; second += 1) {
      counts.nonces = Math.floor((nonces * second) / 300);
      fault ??= health.judge(counts, 1_000, fed(second * 1_000));
    }
    expect(fault?.code).toBe(code);
  }
});

/** Jobs that last `spanMs`, one each `everyMs`, and a nonce for each `meanMs` of work: what is told in `minutes`. */
function fedBy(spanMs: number, everyMs: number, meanMs: number, minutes: number): string | undefined {
  let now = 0;
  const record = new FeedRecord(() => now);
  const times = () => ({ nowMs: now, fedMs: record.fedMs });
  const health = new HealthWatch(times());
  const counts = new ChipCounts(1);
  for (let judged = 0; now < minutes * 60_000; now += everyMs) {
    record.fresh(spanMs);
    counts.nonces = Math.floor(record.fedMs / meanMs);
    if (now - judged < 1_000) continue;
    judged = now;
    const fault = health.judge(counts, 250, times());
    if (fault !== undefined) return fault.code;
  }
  return undefined;
}

test('a chip whose work is searched sooner than the UART brings the next is as well as it can be', () => {
  // A Gamma at 525 MHz with one version a job: 4 ms of work each 8.4 ms.
  expect(fedBy(4, 8.4, 250, 30)).toBeUndefined();
  // One that makes half of that is slow all the same, and so is one that is fed in time.
  expect(fedBy(4, 8.4, 500, 30)).toBe('device-slow');
  expect(fedBy(8, 4, 500, 10)).toBe('device-slow');
});

test('a chip that has little work is given the time of 20 answers of it', () => {
  const health = new HealthWatch({ nowMs: 0, fedMs: 0 });
  const counts = new ChipCounts(1);
  const at = (second: number) => health.judge(counts, 1_000, { nowMs: second * 1_000, fedMs: second * 400 });
  for (let second = 1; second <= 50; second += 1) expect(at(second)).toBeUndefined();
  expect(at(51)).toMatchObject({ code: 'device-hung', text: 'no correct answer for 20 s' });
});

test('a board that takes no work for twenty seconds hangs, but not one for which there is none', () => {
  const counts = new ChipCounts(1);
  const health = new HealthWatch(fed(0));
  const at = (second: number) => health.judge(counts, 1_000, { nowMs: second * 1_000, fedMs: 0 });
  for (let second = 1; second <= 20; second += 1) expect(at(second)).toBeUndefined();
  expect(at(21)).toMatchObject({ code: 'device-hung', text: 'took no work for 21 s' });
  health.rest({ nowMs: 600_000, fedMs: 0 });
  expect(at(601)).toBeUndefined();
});

test('a chip that searches one job again and again repeats its answers and does not hang; one that goes on so does', () => {
  const health = new HealthWatch(fed(0));
  const counts = new ChipCounts(1);
  for (let time = 0; time < 5; time += 1) counts.heard(7);
  expect(health.judge(counts, 1_000, { nowMs: 1_000, fedMs: 900 })).toBeUndefined();
  expect(health.judge(counts, 1_000, { nowMs: 2_000, fedMs: 1_900 })).toBeUndefined();
  counts.heard(8);
  for (let time = 0; time < 2; time += 1) counts.heard(9);
  expect(health.judge(counts, 1_000, { nowMs: 3_000, fedMs: 2_900 })).toBeUndefined();
  for (let time = 0; time < 2; time += 1) counts.heard(9);
  expect(health.judge(counts, 1_000, { nowMs: 4_000, fedMs: 3_900 })).toMatchObject({ code: 'device-hung' });
});

test('answers from before a restart do not count for what comes after it', () => {
  const health = new HealthWatch(fed(0));
  const counts = new ChipCounts(1);
  counts.nonces = 290;
  health.restart(fed(1_000), counts.nonces);
  let fault: { readonly code: string } | undefined;
  for (let second = 2; second <= 301; second += 1) {
    if (second % 10 === 0) counts.nonces += 1;
    fault ??= health.judge(counts, 1_000, fed(second * 1_000));
  }
  expect(fault).toEqual({ code: 'device-slow', percent: 10 });
});
