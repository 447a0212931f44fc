/** The processor as a device, with threads in the test's hand. */
import { expect, test } from 'vitest';
import { fromHex, fromNumberLe, reversed } from '../../../core/bytes.ts';
import { CpuDevice, REPORT_MS } from '../../../core/devices/cpu/cpu-device.ts';
import { FIRST_RESTART_MS, HEALTHY_MS, MAX_RESTARTS } from '../../../core/devices/cpu/cpu-thread.ts';
import type { DeviceEvent, DeviceSettings, Work } from '../../../core/devices/device.ts';
import { FakeClock } from '../../fake/fake-clock.ts';
import { type FakeHashThread, FakeHashWorkers } from '../../fake/fake-hash-workers.ts';

const GENESIS = fromHex(
  '0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d00000000',
);
const GENESIS_NONCE = 2083236893;
const GENESIS_HASH = reversed(fromHex('000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f'));

function setUp(settings: Partial<DeviceSettings> = {}, processors = 4) {
  const clock = new FakeClock();
  const workers = new FakeHashWorkers(processors);
  const device = new CpuDevice({ workers, clock });
  const events: DeviceEvent[] = [];
  const feed = {
    given: [] as Work[],
    empty: false,
    target: GENESIS_HASH,
    next(): Work | undefined {
      if (this.empty) return undefined;
      const work: Work = { id: this.given.length + 1, header: GENESIS, versionMask: 0, ntimeRolls: 0, target: this.target };
      this.given.push(work);
      return work;
    },
  };
  const begin = () => device.start(feed, { paused: false, ...settings }, (event) => events.push(event));
  const of = <T extends DeviceEvent['type']>(type: T) =>
    events.filter((event) => event.type === type) as Extract<DeviceEvent, { type: T }>[];
  const states = () => of('state').map(({ state }) => (state.at === 'resting' ? `resting ${state.reason}` : state.at));
  const ready = (threads: readonly FakeHashThread[] = workers.threads) => {
    for (const thread of threads) thread.listener.onKernel('mixed', 1e6);
  };
  const alive = () => workers.threads.filter((thread) => !thread.stopped);
  return { clock, workers, device, events, feed, begin, of, states, ready, alive };
}

test('the processor is one device with a stable identity that rolls only nonces', () => {
  const { device } = setUp();
  expect(device.identity).toEqual({
    id: 'processor',
    kind: 'processor',
    model: 'This computer',
    location: '4 threads',
    chips: 4,
    versionMask: 0,
    takes: 'header',
  });
  expect(device.identify()).toBe(false);
});

test.each([
  { processors: 1, threads: undefined, started: 1 },
  { processors: 2, threads: undefined, started: 1 },
  { processors: 9, threads: undefined, started: 4 },
  { processors: 4, threads: 3, started: 3 },
  { processors: 4, threads: 99, started: 4 },
])('$processors processors and $threads threads wanted: $started start', ({ processors, threads, started }) => {
  const { begin, workers } = setUp(threads === undefined ? {} : { threads }, processors);
  begin();
  expect(workers.threads.length).toBe(started);
});

test('every thread pulls its own work at the start, and hashes when it is ready', () => {
  const { begin, workers, feed, states, ready, of } = setUp();
  begin();
  expect(workers.threads.map((thread) => thread.task?.ticket)).toEqual([1, 2]);
  expect(feed.given.length).toBe(2);
  expect(states()).toEqual(['preparing']);
  ready();
  expect(states()).toEqual(['preparing', 'hashing']);
  expect(of('expected').map((event) => event.hashesPerSecond)).toEqual([1e6, 2e6]);
});

test('renew gives every thread new work before it returns', () => {
  const { begin, device, workers, ready } = setUp();
  begin();
  ready();
  device.renew();
  expect(workers.threads.map((thread) => thread.task?.ticket)).toEqual([3, 4]);
});

test('without work the device is idle, and hashes again after renew', () => {
  const { begin, device, workers, feed, states, ready } = setUp();
  begin();
  ready();
  feed.empty = true;
  device.renew();
  expect(workers.threads.map((thread) => thread.task)).toEqual([undefined, undefined]);
  feed.empty = false;
  device.renew();
  expect(states()).toEqual(['preparing', 'hashing', 'idle', 'hashing']);
});

test('a thread that searched all nonces pulls the next work; the others keep theirs', () => {
  const { begin, workers, ready } = setUp();
  begin();
  ready();
  const [first, second] = workers.threads as [FakeHashThread, FakeHashThread];
  first.listener.onSearched(1);
  expect(first.task?.ticket).toBe(3);
  expect(second.tasks.length).toBe(1);
  first.listener.onSearched(1);
  expect(first.tasks.length).toBe(2);
});

test('a nonce whose hash is at the target is told with the fields of its header', () => {
  const { begin, workers, feed, of, ready } = setUp();
  begin();
  ready();
  workers.threads[0]?.listener.onFound(1, [GENESIS_NONCE - 1, GENESIS_NONCE]);
  expect(of('nonce').map((event) => event.found)).toEqual([{ work: feed.given[0], nonce: GENESIS_NONCE, version: 1, ntime: 1231006505 }]);
});

test('a nonce whose top word fits but whose hash is above the target is not told', () => {
  const { begin, workers, feed, of, ready } = setUp();
  feed.target = fromNumberLe(0x000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26en, 32);
  begin();
  ready();
  workers.threads[0]?.listener.onFound(1, [GENESIS_NONCE]);
  expect(of('nonce')).toEqual([]);
});

test('a nonce of work from before renew is dropped', () => {
  const { begin, device, workers, of, ready } = setUp();
  begin();
  ready();
  device.renew();
  workers.threads[0]?.listener.onFound(1, [GENESIS_NONCE]);
  expect(of('nonce')).toEqual([]);
  workers.threads[0]?.listener.onFound(3, [GENESIS_NONCE]);
  expect(of('nonce').length).toBe(1);
});

test('hashes of all threads are reported together about once a second', () => {
  const { begin, clock, workers, of, ready } = setUp();
  begin();
  ready();
  for (const thread of workers.threads) thread.hashes = 700;
  clock.advance(REPORT_MS);
  clock.advance(REPORT_MS);
  expect(of('hashes')).toEqual([
    { type: 'hashes', count: 1400, elapsedMs: REPORT_MS },
    { type: 'hashes', count: 0, elapsedMs: REPORT_MS },
  ]);
});

test('hashes of a thread that was taken away are reported too', () => {
  const { begin, device, clock, workers, of, ready } = setUp({ threads: 2 });
  begin();
  ready();
  for (const thread of workers.threads) thread.hashes = 10;
  device.configure({ paused: false, threads: 1 });
  clock.advance(REPORT_MS);
  expect(of('hashes')[0]?.count).toBe(20);
});

test('threads and duty cycle follow the settings while hashing', () => {
  const { begin, device, workers, alive, of, ready } = setUp({ threads: 1 });
  begin();
  ready();
  device.configure({ paused: false, threads: 3, dutyCycle: 0.5 });
  ready(workers.threads.slice(1));
  expect(alive().map((thread) => [thread.task?.ticket, thread.dutyCycle])).toEqual([
    [1, 0.5],
    [2, 0.5],
    [3, 0.5],
  ]);
  expect(of('expected').at(-1)?.hashesPerSecond).toBe(1.5e6);
  device.configure({ paused: false, threads: 2 });
  expect(alive().map((thread) => [thread.task?.ticket, thread.dutyCycle])).toEqual([
    [1, 1],
    [2, 1],
  ]);
});

test('paused threads sleep without work, and pull when the pause is over', () => {
  const { begin, device, workers, alive, states, ready } = setUp();
  begin();
  ready();
  device.configure({ paused: true });
  expect(workers.threads.map((thread) => thread.task)).toEqual([undefined, undefined]);
  device.renew();
  expect(workers.threads.map((thread) => thread.task)).toEqual([undefined, undefined]);
  device.configure({ paused: false });
  expect(alive().map((thread) => thread.task?.ticket)).toEqual([3, 4]);
  expect(states()).toEqual(['preparing', 'hashing', 'resting paused', 'hashing']);
});

test('a device that starts paused starts no thread until the pause is over', () => {
  const { begin, device, workers, states, feed } = setUp({ paused: true });
  begin();
  expect([workers.threads.length, feed.given.length, states()]).toEqual([0, 0, ['resting paused']]);
  device.configure({ paused: false });
  expect(workers.threads.length).toBe(2);
});

test('a crashed thread is told, and started again with new work', () => {
  const { begin, clock, workers, of, ready, states } = setUp({ threads: 1 });
  begin();
  ready();
  workers.threads[0]?.listener.onCrash('out of memory');
  expect(of('fault').map((event) => event.fault)).toEqual([{ code: 'worker-crashed', text: 'out of memory', restarts: 1, givenUp: false }]);
  clock.advance(FIRST_RESTART_MS - 1);
  expect(workers.threads.length).toBe(1);
  clock.advance(1);
  expect(workers.threads.map((thread) => thread.task?.ticket)).toEqual([1, 2]);
  ready(workers.threads.slice(1));
  expect(states()).toEqual(['preparing', 'hashing', 'preparing', 'hashing']);
});

test('a thread that keeps crashing waits longer each time, and is given up', () => {
  const { begin, clock, workers, device, of, states } = setUp({ threads: 1 });
  begin();
  for (let crash = 0; crash <= MAX_RESTARTS; crash += 1) {
    workers.threads.at(-1)?.listener.onCrash('again');
    clock.advance(FIRST_RESTART_MS * 2 ** crash);
  }
  expect(workers.threads.length).toBe(MAX_RESTARTS + 1);
  clock.advance(3_600_000);
  expect(workers.threads.length).toBe(MAX_RESTARTS + 1);
  expect(of('fault').at(-1)?.fault).toMatchObject({ code: 'worker-crashed', givenUp: true });
  expect(states().at(-1)).toBe('resting fault');
  device.configure({ paused: false, threads: 1 });
  expect(workers.threads.length).toBe(MAX_RESTARTS + 2);
});

test('crashes of a thread that was well in between are forgotten', () => {
  const { begin, clock, workers, of } = setUp({ threads: 1 });
  begin();
  for (let crash = 0; crash < MAX_RESTARTS * 3; crash += 1) {
    workers.threads.at(-1)?.listener.onKernel('mixed', 1);
    clock.advance(HEALTHY_MS);
    workers.threads.at(-1)?.listener.onCrash('rare');
    clock.advance(FIRST_RESTART_MS);
  }
  expect(of('fault').every((event) => (event.fault as { restarts?: number }).restarts === 1)).toBe(true);
});

test('a thread that was replaced is not heard any more', () => {
  const { begin, clock, workers, of } = setUp({ threads: 1 });
  begin();
  const [old] = workers.threads as [FakeHashThread];
  old.listener.onCrash('once');
  clock.advance(FIRST_RESTART_MS);
  old.listener.onFound(2, [GENESIS_NONCE]);
  old.listener.onCrash('twice');
  expect(of('fault').length).toBe(1);
  expect(of('nonce').length).toBe(0);
});

test('after stop no thread, no timer and no event is left', async () => {
  const { begin, clock, device, alive, events, workers, ready } = setUp();
  begin();
  ready();
  workers.threads[1]?.listener.onCrash('waiting for a restart');
  const stopped = device.stop();
  expect(device.stop()).toBe(stopped);
  await stopped;
  const told = events.length;
  device.renew();
  device.configure({ paused: false, threads: 4 });
  clock.advance(60_000);
  expect([alive().length - 1, clock.waiting, events.length]).toEqual([0, 0, told]);
});
