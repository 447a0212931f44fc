import { expect, test } from 'vitest';
import { showHash } from '../../core/bytes.ts';
import { MAX_EVENTS, MAX_PER_TYPE_AND_SECOND } from '../../core/miner/event-list.ts';
import { STOP_GRACE_MS } from '../../core/miner/mining-control.ts';
import { FAILOVER_LIMITS } from '../../core/pool/failover.ts';
import { FakeClock } from '../fake/fake-clock.ts';
import { FakeDevice } from '../fake/fake-device.ts';
import { fakeMiner, poolSettings, SETTINGS_PATH } from '../fake/fake-miner.ts';
import { fakeJob } from '../fake/fake-source.ts';
import { FaultyFiles } from '../fake/faulty-files.ts';
import { MemoryHistory } from '../fake/memory-history.ts';

const mining = { sources: [poolSettings('a'), poolSettings('b')], mining: true, welcomed: true };
const codes = (faults: readonly { code: string; about: string }[]) => faults.map(({ code, about }) => `${about} ${code}`);

test('it mines at once when it was mining, and waits to be told when it was not', async () => {
  const resumed = await fakeMiner({ settings: mining });
  expect(resumed.snapshot().mining.at).toBe('starting');
  const quiet = await fakeMiner({ settings: { ...mining, mining: false } });
  expect([quiet.opened.length, quiet.snapshot().mining.at]).toEqual([0, 'stopped']);
});

test('a nonce becomes a share: on record, then sent, then counted where it was found', async () => {
  const device = new FakeDevice();
  const fake = await fakeMiner({ settings: mining, devices: [device] });
  const source = fake.source('a');
  let onRecord: string | undefined;
  source.onSubmit = () => {
    onRecord = [...fake.history.rows.values()][0]?.outcome;
  };
  source.open();
  device.emit({ type: 'state', state: { at: 'hashing' } });
  expect(device.find()).toBe(true);
  expect(onRecord).toBe('pending');
  expect(fake.snapshot()).toMatchObject({ pending: 1, accepted: 0 });
  source.emit({ type: 'accepted', shareIds: source.submitted.map(({ id }) => id) });
  expect(fake.snapshot()).toMatchObject({ pending: 0, accepted: 1, lastAcceptedAt: fake.clock.now() });
  expect(fake.snapshot().devices[0]).toMatchObject({ shares: 1, state: 'hashing' });
  expect(fake.snapshot().sources[0]).toMatchObject({ active: true, accepted: 1, state: 'open', height: 900_000 });
});

test('a share is sent although the disk is full, and is on record when there is room again', async () => {
  const device = new FakeDevice();
  const fake = await fakeMiner({ settings: mining, devices: [device] });
  fake.source('a').open();
  fake.history.fault = 'disk-full';
  device.find();
  expect(fake.source('a').submitted).toHaveLength(1);
  expect(codes(fake.snapshot().faults)).toContain('app history-not-saved');
  fake.history.fault = undefined;
  await fake.clock.settle(20_000);
  expect(fake.history.rows.size).toBe(1);
  expect(codes(fake.snapshot().faults)).not.toContain('app history-not-saved');
});

test('pausing rests the devices, keeps the connection, and is remembered as not mining', async () => {
  const device = new FakeDevice();
  const fake = await fakeMiner({ settings: mining, devices: [device] });
  fake.source('a').open();
  await fake.door.command('mining.pause', {});
  expect([device.settings?.paused, fake.snapshot().mining.at, fake.source('a').stops]).toEqual([true, 'paused', []]);
  expect(JSON.parse(fake.files.texts.get(SETTINGS_PATH) as string).mining).toBe(false);
  await fake.door.command('mining.start', {});
  expect([device.settings?.paused, fake.snapshot().mining.at]).toEqual([false, 'mining']);
});

test('a paused device stays paused when mining goes on', async () => {
  const device = new FakeDevice();
  const fake = await fakeMiner({ settings: { ...mining, devices: { 'stick-1': { paused: true } } }, devices: [device] });
  await fake.door.command('mining.pause', {});
  await fake.door.command('mining.start', {});
  expect(device.settings?.paused).toBe(true);
});

test('stopping waits for the last answers within a named limit, and counts them', async () => {
  const device = new FakeDevice();
  const fake = await fakeMiner({ settings: mining, devices: [device] });
  const source = fake.source('a');
  source.open();
  device.find();
  source.holdStop = true;
  const stopping = fake.door.command('mining.stop', {});
  await fake.clock.settle();
  expect([fake.snapshot().mining.at, source.stops, device.find()]).toEqual(['stopping', [STOP_GRACE_MS], false]);
  source.emit({ type: 'accepted', shareIds: [source.submitted[0]?.id as number] });
  source.finishStop();
  await stopping;
  expect(fake.snapshot()).toMatchObject({ mining: { at: 'stopped' }, accepted: 1 });
});

test('mining can be wanted again while it is still stopping', async () => {
  const fake = await fakeMiner({ settings: mining });
  fake.source('a').open();
  fake.source('a').holdStop = true;
  const stopping = fake.door.command('mining.stop', {});
  await fake.clock.settle();
  await fake.door.command('mining.start', {});
  await fake.clock.settle();
  fake.opened[0]?.source.finishStop();
  await stopping;
  fake.source('a').open();
  expect([fake.opened.length, fake.snapshot().mining.at, fake.snapshot().settings.mining]).toEqual([2, 'mining', true]);
});

test('state is starting until something fails, then waiting, and mining with the first job', async () => {
  const fake = await fakeMiner({ settings: mining });
  fake.source('a').state({ at: 'connecting', step: 'noise' });
  expect(fake.snapshot().mining.at).toBe('starting');
  fake.source('a').fail('dial-timeout', fake.clock.monotonic() + 5_000);
  expect(fake.snapshot()).toMatchObject({
    mining: { at: 'waiting' },
    sources: [{ state: 'waiting', retryAt: fake.clock.now() + 5_000 }, {}],
  });
  expect(codes(fake.snapshot().faults)).toEqual(['a dial-timeout']);
  fake.source('a').open();
  expect([fake.snapshot().mining.at, fake.snapshot().faults]).toEqual(['mining', []]);
});

test('an outage is one row from the first failure to the next work, with its first cause', async () => {
  const fake = await fakeMiner({ settings: { ...mining, sources: [poolSettings('a')] } });
  fake.source('a').open();
  const from = fake.clock.now();
  fake.source('a').fail('stream-lost');
  await fake.clock.settle(30_000);
  fake.source('a').fail('dial-timeout');
  await fake.clock.settle(30_000);
  fake.source('a').open();
  expect(fake.history.outageRows).toEqual([{ from, until: from + 60_000, about: 'a', code: 'stream-lost' }]);
});

test('it falls to the next pool and back, tells both, and says when it will return', async () => {
  const fake = await fakeMiner({ settings: mining });
  fake.source('a').open();
  fake.source('a').fail();
  await fake.clock.settle(FAILOVER_LIMITS.graceMs);
  fake.source('b').open();
  fake.source('a').open();
  expect(fake.snapshot().failover).toEqual({ preferredId: 'a', returnsAt: fake.clock.now() + FAILOVER_LIMITS.stableMs });
  const { graceMs, stableMs } = FAILOVER_LIMITS;
  expect(fake.snapshot().failoverRules).toEqual({ graceMs, stableMs }); // what the page says in words
  await fake.clock.settle(FAILOVER_LIMITS.stableMs);
  const switches = fake.events.filter(({ type }) => type === 'source-switched');
  expect(switches).toMatchObject([
    { fromId: 'a', toId: 'b', reason: 'unavailable' },
    { fromId: 'b', toId: 'a', reason: 'returned' },
  ]);
});

test('MIN-47 a pool that keeps refusing good shares is left for another', async () => {
  const fake = await fakeMiner({ settings: mining });
  fake.source('a').open();
  fake.source('a').emit({ type: 'notice', fault: { code: 'shares-refused' } });
  await fake.clock.settle();
  fake.source('b').open();
  expect(fake.snapshot().sources.find(({ active }) => active)?.id).toBe('b');
});

test('a source of the command line is mined at once and the saved settings stay as they are', async () => {
  const files = new FaultyFiles();
  const commandLine = { sources: [poolSettings('command-line')], secrets: new Map([['command-line', 'typed']]), processor: { threads: 2 } };
  const device = new FakeDevice({ id: 'processor', kind: 'processor' });
  const fake = await fakeMiner({ settings: mining, files, commandLine, devices: [device] });
  const before = files.texts.get(SETTINGS_PATH);
  expect(fake.opened.map(({ settings: { id }, secret }) => [id, secret])).toEqual([['command-line', 'typed']]);
  await fake.door.command('mining.stop', {});
  expect(files.texts.get(SETTINGS_PATH)).toBe(before);
  expect(device.configured[0]).toMatchObject({ threads: 2 });
});

test('closing ends devices, sources, files and every timer', async () => {
  const device = new FakeDevice();
  const fake = await fakeMiner({ settings: mining, devices: [device] });
  fake.source('a').open();
  const closing = fake.miner.close();
  fake.door.close();
  await fake.clock.settle(10_000);
  await closing;
  await fake.miner.close();
  expect([device.stopped, fake.history.closed, fake.clock.waiting]).toEqual([1, 1, 0]);
  expect(JSON.parse(fake.files.texts.get(SETTINGS_PATH) as string).mining).toBe(true);
});

test('time between a crash and the next start is an outage, and time between two clean runs is not', async () => {
  const history = new MemoryHistory();
  const clock = new FakeClock();
  const crashed = await fakeMiner({ settings: mining, history, clock });
  await crashed.clock.settle(15_000);
  const last = history.alive?.at as number;
  await clock.settle(0);
  clock.setUnix(clock.now() + 3_600_000);
  await fakeMiner({ settings: mining, history, clock: new FakeClock(clock.now()) });
  expect(history.outageRows).toEqual([{ from: last, until: clock.now(), about: 'app', code: 'app-interrupted' }]);
});

test('after the computer slept every connection is opened anew, and the sleep is an outage', async () => {
  const fake = await fakeMiner({ settings: mining });
  fake.source('a').open();
  await fake.clock.settle(5_000);
  fake.clock.setUnix(fake.clock.now() + 7_200_000);
  await fake.clock.settle(1_000);
  expect(fake.opened.filter(({ source }) => source.id === 'a')).toHaveLength(2);
  expect(fake.history.outageRows).toMatchObject([{ about: 'app', code: 'app-interrupted' }]);
});

test('a wrong clock is told with the seconds, and no more when it is right', async () => {
  const fake = await fakeMiner({ settings: mining });
  fake.source('a').open();
  fake.source('a').proofNow = { ...fake.source('a').proofNow, clockOffsetSeconds: -7200 };
  await fake.clock.settle(1_000);
  expect(fake.snapshot().faults).toMatchObject([{ code: 'clock-off', about: 'app', facts: { seconds: -7200 } }]);
  fake.source('a').proofNow = { ...fake.source('a').proofNow, clockOffsetSeconds: 0 };
  await fake.clock.settle(1_000);
  expect(fake.snapshot().faults).toEqual([]);
});

test('the pool hears what the devices say they do, then what they were measured to do', async () => {
  const device = new FakeDevice();
  const fake = await fakeMiner({ settings: mining, devices: [device] });
  device.emit({ type: 'state', state: { at: 'hashing' } });
  device.emit({ type: 'expected', hashesPerSecond: 4e11 });
  fake.source('a').open();
  expect(fake.source('a').hashrates.at(-1)).toBe(4e11);
  for (let second = 0; second < 100; second += 1) {
    device.emit({ type: 'hashes', count: 3e11, elapsedMs: 1_000 });
    await fake.clock.settle(1_000);
  }
  expect((fake.source('a').hashrates.at(-1) as number) / 3e11).toBeCloseTo(1, 1);
  expect(fake.snapshot().hashesPerSecond / 3e11).toBeCloseTo(1, 1);
});

test('a notice stands for a while and ends by itself; one about the connection stands until it ends', async () => {
  const fake = await fakeMiner({ settings: mining });
  fake.source('a').open();
  fake.source('a').emit({ type: 'notice', fault: { code: 'reconnect-refused' } });
  fake.source('a').emit({ type: 'notice', fault: { code: 'key-published' } });
  await fake.clock.settle(599_000);
  expect(codes(fake.snapshot().faults).sort()).toEqual(['a key-published', 'a reconnect-refused']);
  await fake.clock.settle(2_000);
  expect(codes(fake.snapshot().faults)).toEqual(['a key-published']);
});

test('a payout is shown as text, for satoshi can exceed what a window counts with', async () => {
  const fake = await fakeMiner({ settings: mining });
  fake.source('a').proofNow = {
    ...fake.source('a').proofNow,
    payout: { kind: 'outputs', outputs: [{ script: '00', satoshi: 312_500_000n, mine: true }] },
  };
  fake.source('a').open();
  expect(fake.snapshot().sources[0]?.payout).toEqual([{ script: '00', satoshi: '312500000', mine: true }]);
  expect(() => JSON.stringify(fake.snapshot())).not.toThrow();
});

test('a block found on a job that was just replaced is shown and not sent', async () => {
  const device = new FakeDevice();
  const fake = await fakeMiner({ settings: mining, devices: [device] });
  const job = fakeJob('a', { nbits: 0x2100ffff });
  fake.source('a').open(job);
  const work = captured(device);
  fake.source('a').emit({ type: 'job', job: fakeJob('a'), clean: true });
  work();
  expect(fake.source('a').submitted).toEqual([]);
  expect(fake.events.filter(({ type }) => type === 'block-found')).toMatchObject([{ accepted: false }]);
  expect([...fake.history.blockRows.values()]).toMatchObject([{ outcome: 'refused' }]);
});

/** Takes work now, reports its nonce when called. */
function captured(device: FakeDevice): () => void {
  const events: Parameters<FakeDevice['emit']>[0][] = [];
  const { emit } = device;
  device.emit = (event) => events.push(event);
  device.find();
  device.emit = emit;
  return () => {
    for (const event of events) device.emit(event);
  };
}

test('the last events are bounded and accepted shares in a row are one of them', async () => {
  const device = new FakeDevice();
  const fake = await fakeMiner({ settings: mining, devices: [device] });
  const source = fake.source('a');
  source.open();
  source.onSubmit = ({ id }) => source.emit({ type: 'accepted', shareIds: [id] });
  for (let n = 0; n < 200; n += 1) device.find();
  const kept = fake.snapshot().events.filter(({ type }) => type === 'share-accepted' || type === 'share-found');
  expect(kept[0]).toMatchObject({ total: 200 });
  expect(kept.length).toBeLessThan(15); // a best share in between begins a new entry
  expect(fake.events.filter(({ type }) => type === 'share-accepted').length).toBe(MAX_PER_TYPE_AND_SECOND);
  for (let n = 0; n < 200; n += 1) source.state({ at: 'connecting', step: n % 2 ? 'tcp' : 'noise' });
  expect(fake.snapshot().events).toHaveLength(MAX_EVENTS);
});

test('hashes shown to people are those that explorers print', async () => {
  const device = new FakeDevice();
  const fake = await fakeMiner({ settings: mining, devices: [device] });
  fake.source('a').open(fakeJob('a', { nbits: 0x2100ffff }));
  device.find();
  const hash = fake.source('a').submitted[0]?.hash as Uint8Array;
  expect(fake.events.find(({ type }) => type === 'block-found')).toMatchObject({ hash: showHash(hash) });
});
