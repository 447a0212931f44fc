import { expect, test } from 'vitest';
import { type CommandName, commandArgs, type SourceSettings } from '../../core/contract.ts';
import { FakeDevice } from '../fake/fake-device.ts';
import { type FakeMiner, fakeMiner, poolSettings, SETTINGS_PATH, TEST_KEY } from '../fake/fake-miner.ts';

const practice: SourceSettings = { kind: 'practice', id: 'practice', name: 'Practice' };
const solo: SourceSettings = {
  kind: 'solo',
  id: 'node',
  name: 'My node',
  url: 'http://127.0.0.1:8332',
  address: 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
  rpcUser: 'miner',
};

/** Arguments that each command refuses. */
const badArguments: Readonly<Record<CommandName, unknown>> = {
  'mining.start': { now: true },
  'mining.pause': [],
  'mining.stop': null,
  'welcome.finish': { source: { kind: 'pool' } },
  'source.save': { source: { ...poolSettings('a'), password: 'x' } },
  'source.remove': { id: '' },
  'source.order': { ids: 'a' },
  'source.use': {},
  'source.test': { source: practice, secret: 'x'.repeat(513) },
  'source.cancelTest': 'now',
  'device.configure': { id: 'stick-1', settings: { dutyCycle: 2 } },
  'device.identify': { id: 7 },
  'device.forget': { id: 'x'.repeat(201) },
  'usb.installRule': { path: '/etc/passwd' },
  'preferences.set': { preferences: { theme: 'pink' } },
  'check.address': { text: 5 },
  'check.url': {},
  'history.chart': { range: '1m' },
  'history.shares': { limit: 501 },
  'history.best': { limit: 5 },
  'history.blocks': { before: 1 },
  'history.outages': { before: 'yesterday' },
  'history.csv': { what: 'settings' },
  'settings.backup': { where: '/tmp' },
  'settings.restore': { text: 'x'.repeat((1 << 20) + 1) },
  diagnostics: { secrets: true },
};

const reply = async <N extends CommandName>(fake: FakeMiner, name: N, args: never): Promise<unknown> => {
  const result = await fake.door.command(name, args);
  if (!result.ok) throw new Error(`${name}: ${result.fault.code} ${JSON.stringify(result.fault.facts)}`);
  return result.reply;
};
const fault = async <N extends CommandName>(fake: FakeMiner, name: N, args: never) => {
  const result = await fake.door.command(name, args);
  return result.ok ? 'ok' : result.fault.code;
};

test('every command refuses arguments that its schema does not know, and says so by code', async () => {
  const fake = await fakeMiner();
  for (const name of Object.keys(commandArgs) as CommandName[])
    expect([name, await fault(fake, name, badArguments[name] as never)]).toEqual([name, 'bad-arguments']);
});

test('a command that does not exist is refused, also one named like a method of every object', async () => {
  const fake = await fakeMiner();
  for (const name of ['mining.explode', 'toString', '__proto__'])
    expect(await fault(fake, name as CommandName, {} as never)).toBe('bad-arguments');
});

test('refused arguments are named by their place, and what was typed is not repeated', async () => {
  const fake = await fakeMiner();
  const result = await fake.door.command('source.save', { source: practice, secret: { password: 'hunter2' } as never });
  expect(result).toMatchObject({ ok: false, fault: { about: 'app', facts: { field: 'secret' } } });
  expect(JSON.stringify(result)).not.toContain('hunter2');
});

test('mining cannot start without a source', async () => {
  expect(await fault(await fakeMiner(), 'mining.start', {} as never)).toBe('no-source');
});

test('finishing the welcome stores the source first, marks it over, and mines', async () => {
  const fake = await fakeMiner({ settings: { sources: [practice] } });
  await reply(fake, 'welcome.finish', { source: poolSettings('a') } as never);
  await fake.clock.settle();
  fake.source('a').open();
  expect(fake.snapshot()).toMatchObject({ welcomed: true, mining: { at: 'mining' }, practice: false });
  expect(fake.snapshot().sources.map(({ id, active }) => [id, active])).toEqual([
    ['a', true],
    ['practice', false],
  ]);
  expect(JSON.parse(fake.files.texts.get(SETTINGS_PATH) as string)).toMatchObject({ mining: true, welcomed: true });
});

test('a secret goes to the secret store and to the source, and nowhere else', async () => {
  const fake = await fakeMiner();
  await reply(fake, 'source.save', { source: solo, secret: 'hunter2' } as never);
  await reply(fake, 'mining.start', {} as never);
  await fake.clock.settle();
  expect(fake.secrets.all.get('node')).toBe('hunter2');
  expect(fake.opened.at(-1)?.secret).toBe('hunter2');
  const diagnostics = await reply(fake, 'diagnostics', {} as never);
  const backup = await reply(fake, 'settings.backup', {} as never);
  const everything = JSON.stringify([fake.snapshot(), fake.events, diagnostics, backup, [...fake.files.texts]]);
  expect(everything).not.toContain('hunter2');
});

test('a new secret of a source in use opens it anew', async () => {
  const fake = await fakeMiner({ settings: { sources: [solo], mining: true } });
  await reply(fake, 'source.save', { source: solo, secret: 'newer' } as never);
  await fake.clock.settle();
  expect(fake.opened.map(({ secret }) => secret)).toEqual([undefined, 'newer']);
});

test('removing a source removes its secret, and the last one ends mining', async () => {
  const fake = await fakeMiner({ settings: { sources: [solo], mining: true } });
  await fake.secrets.set('node', 'x');
  await reply(fake, 'source.remove', { id: 'node' } as never);
  expect([fake.secrets.all.size, fake.snapshot().sources, fake.snapshot().mining.at]).toEqual([0, [], 'stopped']);
  expect(await fault(fake, 'source.remove', { id: 'node' } as never)).toBe('source-unknown');
});

test.each([
  ['a typing error in the key', { ...poolSettings('a'), url: `stratum2+tcp://127.0.0.1:1/${TEST_KEY.replace('A', 'B')}` }, 'key-checksum'],
  ['a pool without its key', { ...poolSettings('a'), url: 'stratum2+tcp://pool.example:3333' }, 'url-key-missing'],
  ['a pool without a user', { ...poolSettings('a'), user: ' ' }, 'user-missing'],
  ['a node at a pool’s address', { ...solo, url: `stratum2+tcp://127.0.0.1:1/${TEST_KEY}` }, 'url-protocol-unknown'],
  ['a payout address with a typing error', { ...solo, address: 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5' }, 'address-checksum'],
])('%s is refused before anything is saved or opened', async (_, source, code) => {
  const fake = await fakeMiner();
  for (const name of ['source.save', 'source.test', 'welcome.finish'] as const)
    expect(await fault(fake, name, { source } as never)).toBe(code);
  expect([fake.snapshot().sources, fake.opened]).toEqual([[], []]);
});

test('the order of sources changes only when every one is named once', async () => {
  const fake = await fakeMiner({ settings: { sources: [poolSettings('a'), poolSettings('b')] } });
  for (const ids of [['a'], ['a', 'a'], ['a', 'b', 'c']]) expect(await fault(fake, 'source.order', { ids } as never)).toBe('bad-arguments');
  await reply(fake, 'source.order', { ids: ['b', 'a'] } as never);
  expect(fake.snapshot().sources.map(({ id }) => id)).toEqual(['b', 'a']);
});

test('use now switches to a source of the list and starts mining if it was stopped', async () => {
  const fake = await fakeMiner({ settings: { sources: [poolSettings('a'), poolSettings('b')] } });
  expect(await fault(fake, 'source.use', { id: 'c' } as never)).toBe('source-unknown');
  await reply(fake, 'source.use', { id: 'b' } as never);
  await fake.clock.settle();
  fake.source('b').open();
  expect(fake.snapshot().sources.find(({ active }) => active)?.id).toBe('b');
});

test('a test of a source shows its steps and sends no share', async () => {
  const fake = await fakeMiner({ devices: [new FakeDevice()] });
  const { testId } = (await reply(fake, 'source.test', { source: poolSettings('a'), secret: 'typed' } as never)) as { testId: number };
  await fake.clock.settle();
  expect(fake.opened.at(-1)?.secret).toBe('typed');
  fake.source('a').open();
  expect(fake.snapshot().test).toMatchObject({ id: testId, done: true, ok: true });
  expect([fake.source('a').stops, fake.source('a').submitted, fake.snapshot().sources]).toEqual([[0], [], []]);
});

test('a test can be cancelled', async () => {
  const fake = await fakeMiner();
  await reply(fake, 'source.test', { source: practice } as never);
  await reply(fake, 'source.cancelTest', {} as never);
  expect(fake.snapshot().test).toMatchObject({ done: true, ok: false });
});

test('a device is configured by its id, at once and in the file', async () => {
  const device = new FakeDevice();
  const fake = await fakeMiner({ devices: [device], settings: { sources: [practice], mining: true } });
  await reply(fake, 'device.configure', { id: 'stick-1', settings: { frequencyMhz: 400, name: 'Shelf' } } as never);
  expect(device.settings).toEqual({ paused: false, frequencyMhz: 400 });
  expect(fake.snapshot().devices[0]).toMatchObject({ name: 'Shelf', settings: { frequencyMhz: 400 } });
  expect(JSON.parse(fake.files.texts.get(SETTINGS_PATH) as string).devices).toEqual({
    'stick-1': { paused: false, frequencyMhz: 400, name: 'Shelf' },
  });
  expect(await fault(fake, 'device.configure', { id: 'other', settings: {} } as never)).toBe('device-unknown');
});

test('a device shows itself where it can', async () => {
  const device = new FakeDevice();
  const fake = await fakeMiner({ devices: [device] });
  expect(await reply(fake, 'device.identify', { id: 'stick-1' } as never)).toEqual({ shown: true });
  device.canIdentify = false;
  expect(await reply(fake, 'device.identify', { id: 'stick-1' } as never)).toEqual({ shown: false });
  expect(await fault(fake, 'device.identify', { id: 'other' } as never)).toBe('device-unknown');
});

test('a device is forgotten only when it is gone, with its settings', async () => {
  const device = new FakeDevice();
  const fake = await fakeMiner({ devices: [device], settings: { devices: { 'stick-1': { paused: true } } } });
  expect(await fault(fake, 'device.forget', { id: 'stick-1' } as never)).toBe('device-unknown');
  device.emit({ type: 'state', state: { at: 'gone', fault: { code: 'device-gone' } } });
  await reply(fake, 'device.forget', { id: 'stick-1' } as never);
  expect([fake.snapshot().devices, fake.snapshot().settings.devices, fake.history.deviceRows.size]).toEqual([[], {}, 0]);
});

test('preferences change one by one, and those not named keep their value', async () => {
  const fake = await fakeMiner();
  const notify = { ...fake.snapshot().settings.preferences.notify, block: false };
  await reply(fake, 'preferences.set', { preferences: { theme: 'dark', notify } } as never);
  await reply(fake, 'preferences.set', { preferences: { language: 'de' } } as never);
  expect(fake.snapshot().settings.preferences).toMatchObject({ theme: 'dark', language: 'de', closeToTray: true, notify });
});

test('addresses and pool addresses are judged as they are typed', async () => {
  const fake = await fakeMiner();
  expect(await reply(fake, 'check.address', { text: 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4' } as never)).toMatchObject({
    ok: true,
    network: ['main'],
  });
  expect(await reply(fake, 'check.address', { text: 'bc1q' } as never)).toMatchObject({ ok: false });
  expect(await reply(fake, 'check.url', { text: `stratum2+tcp://pool.example:3333/${TEST_KEY}` } as never)).toMatchObject({
    ok: true,
    protocol: 'stratum-v2',
    host: 'pool.example',
    port: 3333,
    keyPublished: false,
  });
  expect(await reply(fake, 'check.url', { text: 'http://127.0.0.1:8332' } as never)).toMatchObject({ ok: true, protocol: 'node-rpc' });
  expect(await reply(fake, 'check.url', { text: 'pool' } as never)).toEqual({ ok: false, code: 'url-malformed' });
});

test('a backup restores everything but secrets and whether it mines', async () => {
  const fake = await fakeMiner({ settings: { sources: [poolSettings('a')], welcomed: true, mining: true } });
  const { text } = (await reply(fake, 'settings.backup', {} as never)) as { text: string };
  const other = await fakeMiner();
  await reply(other, 'settings.restore', { text } as never);
  expect(other.snapshot()).toMatchObject({ welcomed: true, mining: { at: 'stopped' }, settings: { mining: false } });
  expect(other.snapshot().sources.map(({ id }) => id)).toEqual(['a']);
  expect(await fault(other, 'settings.restore', { text: '{"version":9}' } as never)).toBe('settings-too-new');
  expect(await fault(other, 'settings.restore', { text: 'no' } as never)).toBe('settings-broken');
  expect(other.snapshot().welcomed).toBe(true);
});

test('history answers its questions, empty or not', async () => {
  const device = new FakeDevice();
  const fake = await fakeMiner({ devices: [device], settings: { sources: [poolSettings('a')], mining: true } });
  fake.source('a').open();
  device.find();
  fake.source('a').emit({ type: 'accepted', shareIds: fake.source('a').submitted.map(({ id }) => id) });
  const [row] = (await reply(fake, 'history.shares', {} as never)) as { hash: string }[];
  expect(row).toMatchObject({ sourceId: 'a', deviceId: 'stick-1', outcome: 'accepted', hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(await reply(fake, 'history.best', {} as never)).toMatchObject([{ hash: row?.hash }]);
  expect(await reply(fake, 'history.blocks', {} as never)).toEqual([]);
  expect(await reply(fake, 'history.outages', {} as never)).toEqual([]);
  await fake.clock.settle(20_000);
  expect(await reply(fake, 'history.chart', { range: '1h' } as never)).toMatchObject([{ accepted: 1, refused: 0 }]);
  const csv = fake.door.command('history.csv', { what: 'shares' });
  await fake.clock.settle(10);
  expect(await csv).toMatchObject({ ok: true, reply: { csv: expect.stringContaining(`,${row?.hash},accepted,`) } });
});

test('a handler that breaks gives an internal fault, not an exception', async () => {
  const fake = await fakeMiner({ settings: { sources: [practice] } });
  fake.miner.mine = () => Promise.reject(new TypeError('broken'));
  expect(await fault(fake, 'mining.start', {} as never)).toBe('internal');
});

test('watchers get the present snapshot at once, then at most four a second, and only while something changes', async () => {
  const fake = await fakeMiner({ settings: { sources: [poolSettings('a')], mining: true } });
  let count = 0;
  const unwatch = fake.door.watch(
    () => {
      count += 1;
    },
    () => {},
  );
  expect(count).toBe(1);
  for (let n = 0; n < 100; n += 1) {
    fake.source('a').state({ at: 'connecting', step: n % 2 ? 'tcp' : 'noise' });
    fake.clock.advance(20);
  }
  expect(count).toBeLessThanOrEqual(1 + 2 * 4 + 1);
  expect(count).toBeGreaterThan(6);
  unwatch();
  const before = count;
  fake.clock.advance(10_000);
  expect(count).toBe(before);
});
