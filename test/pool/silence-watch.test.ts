/** Pools that fall silent. */
import { expect, test } from 'vitest';
import {
  FIRST_JOB_TIMEOUT_MS,
  JOB_AGE_TIMEOUT_MS,
  SILENCE_TIMEOUT_MS,
  SilenceWatch,
  UNANSWERED_NOTICE_MS,
} from '../../core/pool/silence-watch.ts';

function working(): SilenceWatch {
  const watch = new SilenceWatch(0);
  watch.job(0);
  return watch;
}

test('a channel without a first job is given up at its deadline', () => {
  const watch = new SilenceWatch(0);
  expect(watch.dueAt(undefined)).toBe(FIRST_JOB_TIMEOUT_MS);
  expect(watch.check(FIRST_JOB_TIMEOUT_MS - 1, undefined)).toBeUndefined();
  expect(watch.check(FIRST_JOB_TIMEOUT_MS, undefined)).toMatchObject({ code: 'job-timeout' });
});

test('without open shares a quiet pool is left alone until its job is an hour old', () => {
  const watch = working();
  expect(watch.check(JOB_AGE_TIMEOUT_MS - 1, undefined)).toBeUndefined();
  expect(watch.check(JOB_AGE_TIMEOUT_MS, undefined)).toMatchObject({ code: 'stalled' });
});

test('MIN-43 shares may wait for their batch; silence meanwhile is a stall, messages are not', () => {
  const watch = working();
  expect(watch.dueAt(1000)).toBe(1000 + SILENCE_TIMEOUT_MS);
  expect(watch.check(999 + SILENCE_TIMEOUT_MS, 1000)).toBeUndefined();
  expect(watch.check(1000 + SILENCE_TIMEOUT_MS, 1000)).toMatchObject({ code: 'stalled', waitedMs: SILENCE_TIMEOUT_MS });
  watch.heard(60_000);
  expect(watch.check(1000 + SILENCE_TIMEOUT_MS, 1000)).toBeUndefined();
});

test('SEC-19 messages come but shares stay without an answer: told once, and again after an answer', () => {
  const watch = working();
  watch.heard(UNANSWERED_NOTICE_MS);
  expect(watch.check(UNANSWERED_NOTICE_MS, 0)).toEqual({ code: 'shares-unanswered', waitedMs: UNANSWERED_NOTICE_MS });
  expect(watch.check(UNANSWERED_NOTICE_MS + 1, 0)).toBeUndefined();
  watch.answered();
  expect(watch.check(UNANSWERED_NOTICE_MS + 2, 0)).toMatchObject({ code: 'shares-unanswered' });
});
