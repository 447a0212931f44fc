/** The computer sleeps and wakes: boards are made safe before, started anew after; connections are made anew. */
import { expect, test } from 'vitest';
import { SETTLE_MS, SLEEP_DID_NOT_COME_MS } from '../../core/miner/sleep.ts';
import { FakeDevice } from '../fake/fake-device.ts';
import { fakeMiner, poolSettings } from '../fake/fake-miner.ts';

const mining = { sources: [poolSettings('a')], mining: true };
const paused = (device: FakeDevice) => device.configured.map((settings) => settings.paused);

async function withBoard() {
  const board = new FakeDevice();
  const processor = new FakeDevice({ id: 'cpu', kind: 'processor' });
  const fake = await fakeMiner({ settings: mining, devices: [board, processor] });
  fake.source('a').open();
  return { board, processor, fake };
}

test('a board rests at once when the computer is about to sleep; the wish to mine stays', async () => {
  const { board, processor, fake } = await withBoard();
  fake.miner.sleep();
  expect([board.settings?.paused, processor.settings?.paused]).toEqual([true, false]);
  expect(fake.snapshot()).toMatchObject({ mining: { at: 'mining' }, settings: { mining: true } });
});

test('a board plugged in while the computer falls asleep gets no power', async () => {
  const { fake } = await withBoard();
  fake.miner.sleep();
  const late = new FakeDevice({ id: 'late' });
  fake.finder.plug(late);
  expect(late.settings?.paused).toBe(true);
});

test('after waking connections are made anew, and boards start when the bus has settled', async () => {
  const { board, fake } = await withBoard();
  fake.miner.sleep();
  fake.miner.wake();
  await fake.clock.settle();
  expect(fake.opened.length).toBe(2);
  expect(board.settings?.paused).toBe(true);
  await fake.clock.settle(SETTLE_MS);
  expect(board.settings?.paused).toBe(false);
});

test('a board that a person paused stays paused after a sleep', async () => {
  const { board, fake } = await withBoard();
  await fake.door.command('device.configure', { id: 'stick-1', settings: { paused: true } });
  fake.miner.sleep();
  fake.miner.wake();
  await fake.clock.settle(SETTLE_MS);
  expect(board.settings?.paused).toBe(true);
});

test('a sleep that nobody announced is seen by the jump of the clock: boards are started from the beginning', async () => {
  const { board, fake } = await withBoard();
  const before = paused(board).length;
  fake.clock.setUnix(fake.clock.now() + 3_600_000);
  await fake.clock.settle(1_000);
  expect(paused(board).slice(before)).toEqual([true]);
  await fake.clock.settle(SETTLE_MS);
  expect(paused(board).slice(before)).toEqual([true, false]);
  expect(fake.opened.length).toBe(2);
});

test('a sleep that was announced and did not come leaves no board resting', async () => {
  const { board, fake } = await withBoard();
  fake.miner.sleep();
  await fake.clock.settle(SLEEP_DID_NOT_COME_MS - 2_000);
  expect(board.settings?.paused).toBe(true);
  await fake.clock.settle(2_000 + 1_000 + SETTLE_MS);
  expect(board.settings?.paused).toBe(false);
});

test('the time asleep is not held against a device', async () => {
  const { board, fake } = await withBoard();
  board.emit({ type: 'state', state: { at: 'hashing' } });
  board.emit({ type: 'expected', hashesPerSecond: 4e12 });
  fake.miner.sleep();
  fake.clock.setUnix(fake.clock.now() + 8 * 3_600_000);
  fake.miner.wake();
  await fake.clock.settle(5_000);
  expect(fake.snapshot().faults.map(({ code }) => code)).toEqual([]);
});

test('closing while the boards settle starts nothing afterwards', async () => {
  const { board, fake } = await withBoard();
  fake.miner.wake();
  const before = paused(board).length;
  await fake.miner.close();
  await fake.clock.settle(SETTLE_MS + 1_000);
  expect(paused(board).slice(before).includes(false)).toBe(false);
});
