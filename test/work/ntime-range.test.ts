import { expect, test } from 'vitest';
import { latestNtime, untilNextNtimeMs } from '../../core/work/ntime-range.ts';
import { FakeClock } from '../fake/fake-clock.ts';
import { aJob, START_SECONDS } from './fakes.ts';

test('MIN-34 MIN-36 ntime may grow by one a full second since the job came, by the monotonic clock', () => {
  const clock = new FakeClock();
  const job = aJob();
  const growth = [0, 999, 1, 58_999, 1].map((ms) => {
    clock.advance(ms);
    return latestNtime(job, clock) - job.ntime;
  });
  expect(growth).toEqual([0, 0, 1, 59, 60]);
  clock.setUnix((START_SECONDS + 3600) * 1000);
  expect(latestNtime(job, clock) - job.ntime).toBe(60);
});

test('ntime is not raised further than two hours ahead of this computer', () => {
  const clock = new FakeClock();
  const job = aJob({ ntime: START_SECONDS + 7195 });
  clock.advance(3000);
  expect(latestNtime(job, clock) - job.ntime).toBe(3);
  clock.setUnix(START_SECONDS * 1000);
  expect(latestNtime({ ...job, ntime: START_SECONDS + 7199 }, clock)).toBe(START_SECONDS + 7200);
});

test('MIN-36 a wrong local clock does not stop a job', () => {
  const clock = new FakeClock(0);
  clock.advance(10_000);
  expect(latestNtime(aJob(), clock)).toBe(START_SECONDS);
});

test('ntime stays within 32 bits', () => {
  const clock = new FakeClock(0xffffffff * 1000);
  clock.advance(10_000);
  expect(latestNtime(aJob({ ntime: 0xfffffffe }), clock)).toBe(0xffffffff);
});

test('when the wait for the next second is over, ntime has grown', () => {
  const clock = new FakeClock();
  clock.advance(123.4);
  const before = latestNtime(aJob(), clock);
  clock.advance(untilNextNtimeMs(aJob(), clock));
  expect(latestNtime(aJob(), clock)).toBe(before + 1);
});
