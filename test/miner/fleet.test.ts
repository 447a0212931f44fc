import { expect, test } from 'vitest';
import { FakeClock } from '../fake/fake-clock.ts';
import { FakeDevice } from '../fake/fake-device.ts';
import { fakeMiner, poolSettings } from '../fake/fake-miner.ts';
import { fakeJob } from '../fake/fake-source.ts';
import { MemoryHistory } from '../fake/memory-history.ts';

const mining = { sources: [poolSettings('a')], mining: true };
const gone = { type: 'state', state: { at: 'gone', fault: { code: 'device-gone' } } } as const;
const hashing = { type: 'state', state: { at: 'hashing' } } as const;

test('a device unplugged stays in the list, greyed, with its counts; plugged in again it goes on', async () => {
  const device = new FakeDevice();
  const fake = await fakeMiner({ settings: mining, devices: [device] });
  fake.source('a').open();
  device.emit(hashing);
  device.find();
  device.emit(gone);
  expect(fake.snapshot().devices).toMatchObject([{ state: 'gone', shares: 1, hashesPerSecond: 0, expectedHashesPerSecond: 0 }]);
  expect(fake.snapshot().faults).toMatchObject([{ code: 'device-gone', about: 'stick-1' }]);
  const again = new FakeDevice();
  fake.finder.plug(again);
  again.emit(hashing);
  again.find();
  expect(fake.snapshot().devices).toMatchObject([{ state: 'hashing', shares: 2 }]);
  expect([fake.snapshot().faults, fake.history.outageRows.length, fake.history.outageRows[0]?.until]).toEqual([[], 1, fake.clock.now()]);
});

test('a board that rests, or is plugged in anew, shows no reading of before', async () => {
  const device = new FakeDevice();
  const fake = await fakeMiner({ settings: mining, devices: [device] });
  const readings = { tempC: 64, watts: 17.5, fanPercent: 80, frequencyMhz: 525 };
  const shown = () => {
    const { tempC, watts, fanPercent, frequencyMhz } = fake.snapshot().devices[0] ?? {};
    return { tempC, watts, fanPercent, frequencyMhz };
  };
  for (const end of [{ type: 'state', state: { at: 'resting', reason: 'paused' } } as const, gone]) {
    device.emit(hashing);
    device.emit({ type: 'telemetry', telemetry: readings });
    expect(shown()).toEqual(readings);
    device.emit(end);
    expect(Object.values(shown()).filter((value) => value !== undefined)).toEqual([]);
  }
  fake.finder.plug(new FakeDevice());
  expect(Object.values(shown()).filter((value) => value !== undefined)).toEqual([]);
});

test('what was in the way of a board is no trouble while it is paused; what it did itself stays', async () => {
  const device = new FakeDevice();
  const fake = await fakeMiner({ settings: mining, devices: [device] });
  device.emit({ type: 'fault', fault: { code: 'usb-no-permission' } });
  device.emit({ type: 'fault', fault: { code: 'device-hung' } });
  device.emit({ type: 'state', state: { at: 'resting', reason: 'paused' } });
  expect(fake.snapshot().faults.map(({ code }) => code)).toEqual(['device-hung']);
});

test('what a device says after it is gone counts for nothing', async () => {
  const device = new FakeDevice();
  const fake = await fakeMiner({ settings: mining, devices: [device] });
  device.emit(gone);
  device.emit(hashing);
  device.emit({ type: 'expected', hashesPerSecond: 1e12 });
  expect(fake.snapshot().devices).toMatchObject([{ state: 'gone', expectedHashesPerSecond: 0 }]);
});

test('a device plugged in again before its loss was noticed replaces the old one, which is stopped', async () => {
  const old = new FakeDevice();
  const fake = await fakeMiner({ settings: mining, devices: [old] });
  const fresh = new FakeDevice();
  fake.finder.plug(fresh);
  fake.source('a').open();
  expect([old.stopped, old.find(), fresh.find(), fake.snapshot().devices.length]).toEqual([1, false, true, 1]);
});

test('devices of earlier runs are listed as gone', async () => {
  const history = new MemoryHistory();
  await fakeMiner({ history, devices: [new FakeDevice()] });
  const next = await fakeMiner({ history });
  expect(next.snapshot().devices).toMatchObject([{ id: 'stick-1', model: 'Compac F', state: 'gone' }]);
  expect(next.snapshot().faults).toEqual([]);
});

test('hashrate of a chip comes from checked nonces, whatever its ticket mask', async () => {
  const clock = new FakeClock();
  const device = new FakeDevice();
  const fake = await fakeMiner({ settings: mining, devices: [device], clock });
  fake.source('a').open();
  device.emit(hashing);
  const { fleet } = fake.miner;
  // Difficulties of nonces that pass a mask of 64 follow 64 / u for u evenly spread over (0, 1].
  for (let n = 0; n < 300; n += 1) {
    const u = (n * 0.618034) % 1 || 1;
    fleet.heard({ type: 'easier', deviceId: 'stick-1', difficulty: 64 / u });
    clock.advance(1_000);
  }
  expect(fake.snapshot().hashesPerSecond / (64 * 2 ** 32)).toBeGreaterThan(0.9);
  expect(fake.snapshot().hashesPerSecond / (64 * 2 ** 32)).toBeLessThan(1.1);
});

test('wrong answers are counted, and many of them are a fault until they become few', async () => {
  const device = new FakeDevice();
  const fake = await fakeMiner({ settings: mining, devices: [device] });
  fake.source('a').open();
  device.emit(hashing);
  const { fleet } = fake.miner;
  for (let n = 0; n < 100; n += 1) {
    fleet.heard({ type: 'easier', deviceId: 'stick-1', difficulty: 1 });
    if (n % 10 === 0) device.emit({ type: 'hardware-error', reason: 'checksum' });
  }
  fleet.heard({ type: 'hardware-error', deviceId: 'stick-1', reason: 'hash-too-high' });
  await fake.clock.settle(1_000);
  expect(fake.snapshot().devices[0]).toMatchObject({ hardwareErrors: 11, fault: { code: 'hardware-errors', facts: { percent: 10 } } });
  for (let n = 0; n < 1_000; n += 1) fleet.heard({ type: 'easier', deviceId: 'stick-1', difficulty: 1 });
  await fake.clock.settle(1_000);
  expect(fake.snapshot().devices[0]?.fault).toBeUndefined();
});

test('a device that says it hashes but gives no answer for far too long is a fault, and no longer when it answers', async () => {
  const device = new FakeDevice();
  const fake = await fakeMiner({ settings: mining, devices: [device] });
  fake.source('a').open(fakeJob('a', { shareTarget: new Uint8Array(32).fill(0xff, 0, 28) }));
  device.emit(hashing);
  device.emit({ type: 'expected', hashesPerSecond: 4e9 });
  await fake.clock.settle(50_000);
  expect(fake.snapshot().faults).toEqual([]);
  await fake.clock.settle(20_000);
  expect(fake.snapshot().faults).toMatchObject([{ code: 'device-silent', about: 'stick-1' }]);
  device.find();
  await fake.clock.settle(1_000);
  expect(fake.snapshot().faults).toEqual([]);
});

test('without work a device is silent and that is no fault', async () => {
  const device = new FakeDevice();
  const fake = await fakeMiner({ settings: mining, devices: [device] });
  device.emit(hashing);
  device.emit({ type: 'expected', hashesPerSecond: 4e9 });
  await fake.clock.settle(600_000);
  expect(fake.snapshot().devices[0]?.fault).toBeUndefined();
});

test('power is shown only when every hashing device says what it draws', async () => {
  const one = new FakeDevice();
  const two = new FakeDevice({ id: 'stick-2' });
  const fake = await fakeMiner({ settings: mining, devices: [one, two] });
  for (const device of [one, two]) device.emit(hashing);
  one.emit({ type: 'telemetry', telemetry: { watts: 5 } });
  expect(fake.snapshot().watts).toBeUndefined();
  two.emit({ type: 'telemetry', telemetry: { watts: 7.5, tempC: 61 } });
  expect(fake.snapshot()).toMatchObject({ watts: 12.5, devices: [{ watts: 5 }, { tempC: 61 }] });
});

test('a finder that fails is told and keeps nothing else from starting', async () => {
  const fake = await fakeMiner({ settings: mining });
  fake.finder.start = () => Promise.reject(new Error('no bus'));
  await fake.miner.fleet.start();
  expect(fake.snapshot().faults).toMatchObject([{ about: 'devices', code: 'internal', facts: { text: 'no bus' } }]);
});

test('a board that heat slows down has a notice while it hashes on, and none when it is free again', async () => {
  const device = new FakeDevice();
  const fake = await fakeMiner({ settings: mining, devices: [device] });
  fake.source('a').open();
  device.emit(hashing);
  const fault = { code: 'device-throttled', part: 'chip', tempC: 69, limitC: 68 } as const;
  device.emit({ type: 'fault', fault });
  expect(fake.snapshot().devices[0]).toMatchObject({
    state: 'hashing',
    fault: { code: 'device-throttled', facts: { part: 'chip', tempC: 69 } },
  });
  device.emit({ type: 'fault-over', code: 'device-throttled' });
  expect(fake.snapshot().faults).toEqual([]);
});
