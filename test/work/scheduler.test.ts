import { expect, test } from 'vitest';
import { meetsTarget, targetOfDifficulty } from '../../core/bitcoin/target.ts';
import { readU32Le } from '../../core/bitcoin/u32.ts';
import type { Work } from '../../core/devices/device.ts';
import { headerOf } from '../../core/work/header-of.ts';
import { MAX_ISSUED_WORKS } from '../../core/work/issued-works.ts';
import type { Share } from '../../core/work/job.ts';
import { MAX_OLD_JOB_MS, Scheduler, type SchedulerEvent } from '../../core/work/scheduler.ts';
import { MAX_BLOCKS_OF_PREV_HASH, MAX_SHARES_AT_ONCE, MAX_SHARES_PER_SECOND } from '../../core/work/share-limit.ts';
import { FakeClock } from '../fake/fake-clock.ts';
import { aJob, extranonceRoot, FakeDevice, fixedRandom, fixedRoot } from './fakes.ts';

const prevHash = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

function setUp() {
  const clock = new FakeClock();
  const events: SchedulerEvent[] = [];
  const scheduler = new Scheduler({ clock, random: fixedRandom(5) }, (event) => events.push(event));
  return { clock, events, scheduler, types: () => events.map(({ type }) => type) };
}

const first = (device: FakeDevice): Work => device.held[0] as Work;
const prevHashOf = (work: Work): Uint8Array => work.header.slice(4, 36);

test('MIN-20 a clean job is on every device before the call returns', () => {
  const { scheduler } = setUp();
  const devices = Array.from({ length: 16 }, (_, index) => new FakeDevice(scheduler, `stick-${index}`));
  scheduler.take(aJob(), true);
  scheduler.take(aJob({ key: 'job-2', prevHash: prevHash(8) }), true);
  for (const device of devices) {
    expect(device.renewals).toBe(2);
    expect(device.held.map(prevHashOf)).toEqual([prevHash(8)]);
  }
});

test('a device that throws at a clean job does not keep the others on old work', () => {
  const { scheduler, events } = setUp();
  const broken = {
    identity: new FakeDevice(scheduler, 'x').identity,
    renew: () => {
      throw new Error('cable');
    },
  };
  scheduler.attach({ ...broken, identity: { ...broken.identity, id: 'broken' } });
  const good = new FakeDevice(scheduler, 'good');
  scheduler.take(aJob(), true);
  expect(good.held.length).toBe(1);
  expect(events).toEqual([{ type: 'device-threw', deviceId: 'broken', fault: { code: 'internal', text: 'cable' } }]);
});

test('there is no work before the first job, and none after the source has run dry', () => {
  const { scheduler } = setUp();
  const device = new FakeDevice(scheduler, 'stick');
  expect(device.pull()).toBeUndefined();
  scheduler.take(aJob(), true);
  expect(device.pull()).toBeDefined();
  scheduler.empty();
  expect(device.renewals).toBe(2);
  expect(device.held).toEqual([]);
  expect(scheduler.job).toBeUndefined();
});

test('a nonce becomes a share whose parts make up its hash', () => {
  const { scheduler, events, clock } = setUp();
  const device = new FakeDevice(scheduler, 'stick', { versionMask: 0x1fffe000 });
  const job = aJob({ shareTarget: targetOfDifficulty(1e-9) });
  scheduler.take(job, true);
  const work = first(device);
  for (let nonce = 0; events.every(({ type }) => type !== 'share'); nonce += 1) {
    device.find(work, nonce, { version: (readU32Le(work.header, 0) | 0x1234_0000) >>> 0 });
  }
  const { share } = events.find(({ type }) => type === 'share') as { share: Share };
  const root = job.root as Extract<typeof job.root, { kind: 'extranonce' }>;
  const { prevHash: prev, nbits } = job;
  const rebuilt = headerOf({ ...root, ...share, prevHash: prev, nbits });
  expect(share.hash).toEqual(rebuilt.hash);
  expect(meetsTarget(share.hash, job.shareTarget)).toBe(true);
  expect(share).toMatchObject({ deviceId: 'stick', id: 1, isBlock: false, foundAt: clock.now(), job: { key: 'job-1' } });
  expect(share.extranonce.length).toBe(8);
  expect(share.version & 0x1234_0000).toBe(0x1234_0000);
  expect(share.shareDifficulty / 1e-9).toBeCloseTo(1, 6);
});

test('MIN-22 a nonce of a job that a clean one replaced is stale, and no share', () => {
  const { scheduler, events } = setUp();
  const device = new FakeDevice(scheduler, 'stick');
  scheduler.take(aJob(), true);
  const old = first(device);
  scheduler.take(aJob({ key: 'job-2', prevHash: prevHash(8) }), true);
  device.find(old, 1);
  device.find(first(device), 1);
  expect(events).toMatchObject([
    { type: 'stale', deviceId: 'stick' },
    { type: 'share', share: { job: { key: 'job-2' } } },
  ]);
  expect(events[0]).not.toHaveProperty('block');
});

test('a block among stale nonces is shown, because it may still win a race', () => {
  const { scheduler, events } = setUp();
  const device = new FakeDevice(scheduler, 'stick');
  scheduler.take(aJob({ nbits: 0x207fffff }), true);
  const old = first(device);
  scheduler.take(aJob({ key: 'job-2', prevHash: prevHash(8) }), true);
  for (let nonce = 0; nonce < 40; nonce += 1) device.find(old, nonce);
  const blocks = events.filter((event) => event.type === 'stale' && event.block !== undefined);
  expect(blocks.length).toBeGreaterThan(5);
  expect(blocks.length).toBeLessThan(35);
  expect(events.every(({ type }) => type === 'stale')).toBe(true);
});

test('MIN-25 shares of an earlier job of the same prevHash still count', () => {
  const { scheduler, events } = setUp();
  const device = new FakeDevice(scheduler, 'stick');
  scheduler.take(aJob(), true);
  const old = first(device);
  scheduler.take(aJob({ key: 'job-2' }), false);
  device.find(old, 1);
  expect(events).toMatchObject([{ type: 'share', share: { job: { key: 'job-1' } } }]);
});

test('MIN-25 a device that pulls often moves to a newer job by itself; one that pulls rarely is told', () => {
  const { scheduler, clock } = setUp();
  const [often, rarely] = [new FakeDevice(scheduler, 'often'), new FakeDevice(scheduler, 'rarely')];
  scheduler.take(aJob(), true);
  for (let count = 0; count < 5; count += 1) {
    clock.advance(MAX_OLD_JOB_MS - 1);
    often.pull();
  }
  scheduler.take(aJob({ key: 'job-2', root: fixedRoot() }), false);
  expect([often.renewals, rarely.renewals]).toEqual([1, 2]);
  expect(often.pull()?.header.slice(36, 68)).toEqual(new Uint8Array(32).fill(7));
});

test('MIN-25 pulls that fill a queue, or that a clean job demanded, do not make a slow device look quick', () => {
  const { scheduler, clock } = setUp();
  const slow = new FakeDevice(scheduler, 'slow', { depth: 4 });
  scheduler.take(aJob(), true);
  clock.advance(60_000);
  for (let count = 0; count < 4; count += 1) slow.pull();
  clock.advance(500);
  scheduler.take(aJob({ key: 'job-2', prevHash: prevHash(8) }), true);
  clock.advance(500);
  scheduler.take(aJob({ key: 'job-3', prevHash: prevHash(8) }), false);
  expect(slow.renewals).toBe(3);
});

test('a job of another source, or of another prevHash, is clean even when it does not say so', () => {
  const { scheduler, events } = setUp();
  const device = new FakeDevice(scheduler, 'stick');
  scheduler.take(aJob(), true);
  const works = [first(device)];
  scheduler.take(aJob({ key: 'job-2', sourceId: 'pool-2' }), false);
  works.push(first(device));
  scheduler.take(aJob({ key: 'job-3', sourceId: 'pool-2', prevHash: prevHash(8) }), false);
  for (const work of works) device.find(work, 1);
  expect(device.renewals).toBe(3);
  expect(events.map(({ type }) => type)).toEqual(['stale', 'stale']);
});

test('MIN-46 a nonce that comes twice is a duplicate, not a second share', () => {
  const { scheduler, types } = setUp();
  const device = new FakeDevice(scheduler, 'stick', { versionMask: 0x1fffe000 });
  scheduler.take(aJob(), true);
  const work = first(device);
  device.find(work, 1);
  device.find(work, 1);
  device.find(work, 2);
  device.find(work, 1, { version: (readU32Le(work.header, 0) | 0x2000) >>> 0 });
  device.find(work, 1);
  expect(types()).toEqual(['share', 'duplicate', 'share', 'share', 'duplicate']);
});

test('MIN-46 duplicates are noticed across jobs of the same prevHash', () => {
  const { scheduler, types } = setUp();
  const device = new FakeDevice(scheduler, 'stick');
  scheduler.take(aJob(), true);
  const work = first(device);
  device.find(work, 1);
  scheduler.take(aJob({ key: 'job-2' }), false);
  device.find(work, 1);
  expect(types()).toEqual(['share', 'duplicate']);
});

test('wrong nonces are counted on the device that made them', () => {
  const { scheduler, events } = setUp();
  const device = new FakeDevice(scheduler, 'stick');
  const other = new FakeDevice(scheduler, 'other');
  scheduler.take(aJob({ shareTarget: targetOfDifficulty(1) }), true);
  const work = first(device);
  device.find(work, 1);
  device.find(work, 1, { version: 1 });
  device.find(work, 1, { ntime: 1 });
  device.find(first(other), 1);
  expect(events).toEqual([
    { type: 'hardware-error', deviceId: 'stick', reason: 'hash-too-high' },
    { type: 'hardware-error', deviceId: 'stick', reason: 'version-outside-mask' },
    { type: 'hardware-error', deviceId: 'stick', reason: 'ntime-outside-range' },
    { type: 'hardware-error', deviceId: 'stick', reason: 'unknown-work' },
  ]);
});

test('the works of a device are remembered in bounded memory, and a device in a hurry forgets only its own', () => {
  const { scheduler, types } = setUp();
  const [hurried, calm] = [new FakeDevice(scheduler, 'hurried'), new FakeDevice(scheduler, 'calm')];
  scheduler.take(aJob(), true);
  for (let count = 0; count < MAX_ISSUED_WORKS; count += 1) hurried.pull();
  hurried.find(hurried.held[0] as Work, 1);
  hurried.find(hurried.held[1] as Work, 1);
  calm.find(first(calm), 1);
  expect(types()).toEqual(['hardware-error', 'share', 'share']);
});

test('MIN-37 each work is judged by the target of its own job', () => {
  const { scheduler, types } = setUp();
  const device = new FakeDevice(scheduler, 'stick');
  scheduler.take(aJob(), true);
  const easy = first(device);
  scheduler.take(aJob({ key: 'job-2', shareTarget: targetOfDifficulty(1e6) }), false);
  const hard = device.pull() as Work;
  device.find(easy, 1);
  device.find(hard, 1);
  expect(types()).toEqual(['share', 'hardware-error']);
  expect(hard.target).toEqual(targetOfDifficulty(1e6));
});

test('a device is asked for blocks even where the share target is harder than the block target', () => {
  const { scheduler, events } = setUp();
  const device = new FakeDevice(scheduler, 'stick');
  scheduler.take(aJob({ nbits: 0x207fffff, shareTarget: targetOfDifficulty(1) }), true);
  const work = first(device);
  expect(work.target[31]).toBe(0x7f);
  for (let nonce = 0; nonce < 10; nonce += 1) device.find(work, nonce);
  const shares = events.filter(({ type }) => type === 'share');
  expect(shares.length).toBeGreaterThan(0);
  expect(shares).toMatchObject(shares.map(() => ({ share: { isBlock: true } })));
});

test('MIN-39 a target that everything meets does not drown the source in shares', () => {
  const { scheduler, events, clock } = setUp();
  const device = new FakeDevice(scheduler, 'stick');
  scheduler.take(aJob(), true);
  const count = (type: string) => events.filter((event) => event.type === type).length;
  for (let nonce = 0; nonce < MAX_SHARES_AT_ONCE + 500; nonce += 1) device.find(first(device), nonce);
  expect([count('share'), count('withheld')]).toEqual([MAX_SHARES_AT_ONCE, 500]);
  clock.advance(500);
  for (let nonce = 0; nonce < MAX_SHARES_PER_SECOND; nonce += 1) device.find(first(device), 100_000 + nonce);
  expect(count('share')).toBe(MAX_SHARES_AT_ONCE + MAX_SHARES_PER_SECOND / 2);
});

test('blocks pass the share limit, up to their own number for a prevHash', () => {
  const { scheduler, events } = setUp();
  const device = new FakeDevice(scheduler, 'stick');
  scheduler.take(aJob(), true);
  for (let nonce = 0; nonce <= MAX_SHARES_AT_ONCE; nonce += 1) device.find(first(device), nonce);
  scheduler.take(aJob({ key: 'regtest', nbits: 0x207fffff, prevHash: prevHash(1) }), true);
  events.length = 0;
  for (let nonce = 0; nonce < 500; nonce += 1) device.find(first(device), nonce);
  expect(events.filter(({ type }) => type === 'share').length).toBe(MAX_BLOCKS_OF_PREV_HASH);
});

test('a detached device gets no more work, and is not renewed', () => {
  const { scheduler } = setUp();
  const device = new FakeDevice(scheduler, 'stick');
  scheduler.take(aJob(), true);
  device.attachment.detach();
  scheduler.take(aJob({ key: 'job-2' }), true);
  expect(device.renewals).toBe(1);
  expect(device.pull()).toBeUndefined();
});

test('work ids and share ids never come twice', () => {
  const { scheduler, events } = setUp();
  const devices = [new FakeDevice(scheduler, 'a'), new FakeDevice(scheduler, 'b')];
  const ids: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    scheduler.take(aJob({ key: `job-${round}` }), true);
    for (const device of devices) {
      device.find(first(device), 1);
      ids.push(first(device).id);
    }
  }
  const shares = [scheduler.nextShareId(), ...events.map((event) => (event.type === 'share' ? event.share.id : -1))];
  expect(new Set(ids).size).toBe(10);
  expect(new Set(shares).size).toBe(11);
});

test('a job with little room wakes its devices when ntime may grow, and serves them alike', () => {
  const { scheduler, clock } = setUp();
  const devices = ['a', 'b', 'c', 'd'].map((id) => new FakeDevice(scheduler, id));
  scheduler.take(aJob({ root: fixedRoot(), versionMask: 0 }), true);
  const done = devices.map(() => 0);
  for (let tick = 0; tick < 3000; tick += 1) {
    clock.advance(100);
    devices.forEach((device, index) => {
      done[index] = (done[index] as number) + Number(device.finish());
    });
  }
  const total = done.reduce((sum, count) => sum + count, 0);
  // Five minutes at one work a second, less what waits for its turn at the end.
  expect(total).toBeGreaterThan(300 - 65);
  expect(total).toBeLessThanOrEqual(301);
  expect(Math.min(...done)).toBeGreaterThan(total / devices.length / 1.5);
});

test('a device is not renewed again and again for less than it already has', () => {
  const { scheduler, clock } = setUp();
  const threads = new FakeDevice(scheduler, 'computer', { depth: 8 });
  scheduler.take(aJob({ root: fixedRoot(), versionMask: 0 }), true);
  expect(threads.held.length).toBe(1);
  clock.advance(120_000);
  expect(threads.held.length).toBe(8);
  expect(threads.renewals).toBeLessThanOrEqual(6);
  expect(clock.waiting).toBe(0);
});

test('a new job, an empty source and the end each leave no timer behind', () => {
  const { scheduler, clock } = setUp();
  const device = new FakeDevice(scheduler, 'stick', { depth: 2 });
  const scarce = aJob({ root: fixedRoot(), versionMask: 0 });
  scheduler.take(scarce, true);
  expect(clock.waiting).toBe(1);
  scheduler.take(aJob({ key: 'roomy' }), true);
  expect([clock.waiting, device.held.length]).toEqual([0, 2]);
  scheduler.take({ ...scarce, prevHash: prevHash(3) }, true);
  scheduler.empty();
  expect(clock.waiting).toBe(0);
  scheduler.take({ ...scarce, prevHash: prevHash(4) }, true);
  expect(clock.waiting).toBe(1);
  scheduler.stop();
  expect(clock.waiting).toBe(0);
});

test('a fixed job with a mask spends its sixteen pieces on the devices that ask, without a timer while there are enough', () => {
  const { scheduler, clock } = setUp();
  const devices = Array.from({ length: 16 }, (_, index) => new FakeDevice(scheduler, `chip-${index}`, { versionMask: 0x1fffe000 }));
  scheduler.take(aJob({ root: fixedRoot() }), true);
  expect(devices.map(({ held }) => held.length)).toEqual(devices.map(() => 1));
  expect(clock.waiting).toBe(0);
});

test('MIN-34 a one-byte extranonce without version rolling never gives an ntime ahead of the clock', () => {
  const { scheduler, clock } = setUp();
  const device = new FakeDevice(scheduler, 'stick', { depth: 1000 });
  const job = aJob({ versionMask: 0, root: extranonceRoot({ extranonceSize: 1 }) });
  scheduler.take(job, true);
  expect(device.held.length).toBe(256);
  for (let second = 1; second < 5; second += 1) {
    clock.advance(1000);
    for (const { header } of device.held) expect(readU32Le(header, 68)).toBeLessThanOrEqual(job.ntime + second);
  }
});
