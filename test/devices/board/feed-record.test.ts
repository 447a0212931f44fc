/** What counts as starving: a job used up, void or ended before the next one is written. */
import { expect, test } from 'vitest';
import { FeedRecord } from '../../../core/devices/board/feed-record.ts';
import { r909 } from '../../../core/devices/board/models.ts';
import { jobIntervalMs, jobSpanMs } from '../../../core/devices/chip/rates.ts';
import type { DeviceEvent } from '../../../core/devices/device.ts';
import { BitaxeBench } from './bitaxe-bench.ts';
import { BoardBench } from './board-bench.ts';

function recorded(act: (record: FeedRecord, pass: (ms: number) => void) => void) {
  let now = 1_000;
  const record = new FeedRecord(() => now);
  act(record, (ms) => {
    now += ms;
  });
  return record.times;
}

test('nothing counts before the first job', () => {
  expect(recorded((_record, pass) => pass(5_000))).toEqual({ totalMs: 0, starvedMs: 0 });
});

test('jobs replaced in time: all of the time, none of it starved', () => {
  const times = recorded((record, pass) => {
    for (let job = 0; job < 10; job += 1) {
      record.fresh(9.5);
      pass(2.4);
    }
  });
  expect(times.totalMs).toBeCloseTo(24);
  expect(times.starvedMs).toBe(0);
});

test('a job 30 ms late on a span of 10 ms starves for 20', () => {
  const times = recorded((record, pass) => {
    record.fresh(10);
    pass(30);
    record.fresh(10);
    pass(5);
  });
  expect(times).toEqual({ totalMs: 35, starvedMs: 20 });
});

test('void work starves from the moment it is void, also when it is asked in between', () => {
  const times = recorded((record, pass) => {
    record.fresh(1_000);
    pass(10);
    record.spent();
    pass(3);
    expect(record.times).toEqual({ totalMs: 13, starvedMs: 3 });
    pass(1);
    record.fresh(1_000);
    pass(100);
  });
  expect(times).toEqual({ totalMs: 114, starvedMs: 4 });
});

test('without work the clock stands still', () => {
  const times = recorded((record, pass) => {
    record.fresh(10);
    pass(10);
    record.pause();
    pass(60_000);
    record.fresh(10);
    pass(10);
  });
  expect(times).toEqual({ totalMs: 20, starvedMs: 0 });
});

test('an R909 at 450 MHz needs 9.5 ms for a job with four midstates and gets one every half of 4.7', () => {
  const chain = { family: r909.family, chips: 6, mhz: 450 };
  expect(jobSpanMs(chain, 0x6000)).toBeCloseTo(9.47, 2);
  expect(jobIntervalMs(chain, 0x6000)).toBeCloseTo(4.73, 2);
});

/** A R909 with timers that come late by `lateMs`, and writes that take `writeMs`. */
async function feedOf(writeMs: number, stallMs: number) {
  const bench = new BoardBench(r909, { vendorId: 0x0403, productId: 0x6015, strings: {} });
  bench.usb.onWrite = (_endpoint, bytes) => {
    if (bytes.length === 7 && bytes[2] === 0x52 && bytes[5] === 0)
      for (let chip = 0; chip < 6; chip += 1) bench.usb.push(1, '0160aa5513971800000006');
  };
  bench.start();
  await bench.clock.settle(6_000);
  bench.usb.writeMs = writeMs;
  await bench.clock.settle(500);
  if (stallMs > 0) {
    bench.usb.writeMs = stallMs;
    await bench.clock.settle(10);
    bench.usb.writeMs = writeMs;
  }
  await bench.clock.settle(2_500);
  const told = bench.events.findLast((event): event is Extract<DeviceEvent, { type: 'telemetry' }> => event.type === 'telemetry');
  return told?.telemetry.feed as { readonly totalMs: number; readonly starvedMs: number };
}

test('an R909 on a bus that takes 2 ms a write does not starve; a stall of half a second shows', async () => {
  const well = await feedOf(2, 0);
  expect(well.totalMs).toBeGreaterThan(3_000);
  expect(well.starvedMs).toBe(0);
  const stalled = await feedOf(2, 500);
  expect(stalled.starvedMs).toBeGreaterThan(450);
  expect(stalled.starvedMs).toBeLessThan(3_000);
});

test('a Gamma without version bits gets jobs as fast as its UART takes them, and its record says what is missing', async () => {
  const bench = new BitaxeBench();
  bench.versionMask = 0;
  bench.start();
  await bench.clock.settle(9_000);
  const feed = () => bench.events.findLast((event) => event.type === 'telemetry')?.telemetry.feed ?? { totalMs: 0, starvedMs: 0 };
  const before = { jobs: bench.works.length, ...feed() };
  await bench.clock.settle(5_000);
  // 88 bytes of 11 bits at 115 200 baud: one each 8.4 ms.
  const jobs = bench.works.length - before.jobs;
  expect(jobs).toBeGreaterThan(590);
  expect(jobs).toBeLessThan(600);
  const share = (feed().starvedMs - before.starvedMs) / (feed().totalMs - before.totalMs);
  // One version lasts 5.2 ms at 400 MHz and 4.0 ms at 525.
  expect(share).toBeGreaterThan(0.35);
  expect(share).toBeLessThan(0.55);
});
