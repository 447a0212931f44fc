/** What the Devices screen needs of the miner: answers over a window, a record kept while unplugged, settings by serial number. */
import { expect, test } from 'vitest';
import { FakeDevice } from '../fake/fake-device.ts';
import { fakeMiner, poolSettings } from '../fake/fake-miner.ts';
import { MemoryHistory } from '../fake/memory-history.ts';

const mining = { sources: [poolSettings('a')], mining: true };
const gone = { type: 'state', state: { at: 'gone', fault: { code: 'device-gone' } } } as const;
const hashing = { type: 'state', state: { at: 'hashing' } } as const;

test('right and wrong answers are counted over ten minutes, and forgotten afterwards', async () => {
  const device = new FakeDevice();
  const fake = await fakeMiner({ settings: mining, devices: [device] });
  fake.source('a').open();
  device.emit(hashing);
  expect(fake.snapshot().devices[0]?.answers).toBeUndefined();
  for (let n = 0; n < 99; n += 1) fake.miner.fleet.heard({ type: 'easier', deviceId: 'stick-1', difficulty: 1 });
  device.emit({ type: 'hardware-error', reason: 'checksum' });
  expect(fake.snapshot().devices[0]?.answers).toEqual({ right: 99, wrong: 1, overMs: 600_000 });
  await fake.clock.settle(620_000);
  expect(fake.snapshot().devices[0]?.answers).toBeUndefined();
  expect(fake.snapshot().devices[0]?.hardwareErrors).toBe(1);
});

test('shares and the best one are kept while a device is unplugged, also by the next run', async () => {
  const history = new MemoryHistory();
  const device = new FakeDevice();
  const fake = await fakeMiner({ settings: mining, devices: [device], history });
  fake.source('a').open();
  device.emit(hashing);
  device.find();
  device.find();
  device.emit(gone);
  const { record } = fake.snapshot().devices[0] ?? {};
  const best = Math.max(...[...history.rows.values()].map(({ difficulty }) => difficulty));
  expect(record).toEqual({ shares: 2, best, firstAt: fake.clock.now(), lastAt: fake.clock.now() });
  await fake.miner.close();
  const next = await fakeMiner({ settings: mining, history });
  expect(next.snapshot().devices).toMatchObject([{ id: 'stick-1', state: 'gone', shares: 0, record }]);
});

test('practice shares and real ones have a record each', async () => {
  const history = new MemoryHistory();
  const practising = { sources: [{ kind: 'practice' as const, id: 'p', name: 'Practice' }], mining: true };
  const device = new FakeDevice();
  const fake = await fakeMiner({ settings: practising, devices: [device], history });
  fake.source('p').open();
  device.emit(hashing);
  device.find();
  expect(fake.snapshot().devices[0]?.record?.shares).toBe(1);
  await fake.miner.close();
  const real = await fakeMiner({ settings: mining, history });
  expect(real.snapshot().devices[0]?.record).toBeUndefined();
});

test('a forgotten device has no record', async () => {
  const device = new FakeDevice();
  const fake = await fakeMiner({ settings: mining, devices: [device] });
  fake.source('a').open();
  device.emit(hashing);
  device.find();
  device.emit(gone);
  expect(await fake.door.command('device.forget', { id: 'stick-1' })).toMatchObject({ ok: true });
  fake.finder.plug(new FakeDevice());
  expect(fake.snapshot().devices[0]).toMatchObject({ id: 'stick-1', shares: 0 });
  expect(fake.snapshot().devices[0]?.record).toBeUndefined();
});

test('what a person set comes back with the serial number, at whatever port', async () => {
  const first = new FakeDevice({ id: 'compac-f-0042', serial: '0042', location: 'usb 1-4' });
  const fake = await fakeMiner({ settings: mining, devices: [first] });
  const settings = { paused: true, name: 'Shelf', frequencyMhz: 250, allowExperimental: true };
  await fake.door.command('device.configure', { id: 'compac-f-0042', settings });
  first.emit(gone);
  const again = new FakeDevice({ id: 'compac-f-0042', serial: '0042', location: 'usb 2-1' });
  fake.finder.plug(again);
  expect(again.settings).toEqual({ paused: true, frequencyMhz: 250, allowExperimental: true });
  expect(fake.snapshot().devices).toMatchObject([{ location: 'usb 2-1', name: 'Shelf', settings }]);
});

test('the share of the time without fresh work is told where the device counts it', async () => {
  const device = new FakeDevice();
  const fake = await fakeMiner({ devices: [device] });
  const told = (totalMs: number, starvedMs: number) => {
    device.emit({ type: 'telemetry', telemetry: { feed: { totalMs, starvedMs } } });
    return fake.snapshot().devices[0]?.starved;
  };
  device.emit(hashing);
  expect([told(0, 0), told(2_000, 5)]).toEqual([undefined, 0.0025]);
});

test('a device without a light is not asked to blink', async () => {
  const dark = new FakeDevice();
  const bright = new FakeDevice({ id: 'stick-2', canIdentify: true });
  const fake = await fakeMiner({ devices: [dark, bright] });
  expect(fake.snapshot().devices).toMatchObject([{ canIdentify: false }, { canIdentify: true }]);
});
