import { expect, test } from 'vitest';
import { FLUSH_AFTER_MS, HISTORY_RETRY_MS, History, MAX_WAITING_WRITES, TIDY_EVERY_MS } from '../../core/miner/history.ts';
import type { AnyFailure } from '../../core/miner/standing-faults.ts';
import type { HistoryWrite } from '../../core/ports.ts';
import { FakeClock } from '../fake/fake-clock.ts';
import { MemoryHistory } from '../fake/memory-history.ts';

function opened(store = new MemoryHistory()) {
  const clock = new FakeClock();
  const faults: AnyFailure[] = [];
  const cleared: string[] = [];
  const history = new History({ opener: store, clock, onFault: (fault) => faults.push(fault), onCleared: (code) => cleared.push(code) });
  history.open();
  cleared.length = 0;
  return { history, store, clock, faults, cleared };
}

const share = (n: number): HistoryWrite => ({
  type: 'share',
  share: { at: n, hash: new Uint8Array(32).fill(n), sourceId: 's', deviceId: 'd', difficulty: n, shareDifficulty: 1, practice: false },
});
const answer = (n: number): HistoryWrite => ({ type: 'answer', hash: new Uint8Array(32).fill(n), outcome: 'accepted' });
const block: HistoryWrite = {
  type: 'block',
  block: { at: 1, hash: new Uint8Array(32), sourceId: 's', sourceName: 'S', practice: false },
};

test('opening marks what a crash left open before anything else is written', () => {
  const { history, store } = opened();
  history.write(share(1));
  expect(store.log.map(({ type }) => type)).toEqual(['recover', 'share']);
});

test('a share is on record when the call returns', () => {
  const { history, store } = opened();
  history.write(share(1));
  expect([...store.rows.values()]).toMatchObject([{ outcome: 'pending' }]);
});

test('shares are flushed within a second, many at once; a block at once', () => {
  const { history, store, clock } = opened();
  const before = store.syncs;
  clock.advance(FLUSH_AFTER_MS);
  const afterOpen = store.syncs;
  history.write(share(1));
  history.write(share(2));
  expect(store.syncs).toBe(afterOpen);
  clock.advance(FLUSH_AFTER_MS);
  expect(store.syncs).toBe(afterOpen + 1);
  history.write(block);
  expect(store.syncs).toBe(afterOpen + 2);
  expect(afterOpen).toBe(before + 1);
});

test('on a full disk writes wait in memory in their order, a fault stands, and all of them arrive when there is room', () => {
  const { history, store, clock, faults, cleared } = opened();
  store.fault = 'disk-full';
  history.write(share(1));
  history.write(answer(1));
  history.write(share(2));
  expect(faults).toMatchObject([{ code: 'history-not-saved', reason: 'disk-full', waiting: 1 }]);
  clock.advance(HISTORY_RETRY_MS);
  expect(faults).toHaveLength(2);
  store.fault = undefined;
  clock.advance(HISTORY_RETRY_MS);
  expect([...store.rows.values()].map(({ outcome }) => outcome)).toEqual(['accepted', 'pending']);
  expect(cleared).toEqual(['history-not-saved']);
});

test('the memory for waiting writes is bounded, and what is lost is counted', () => {
  const { history, store, clock, faults } = opened();
  store.fault = 'disk-full';
  for (let n = 0; n < MAX_WAITING_WRITES + 7; n += 1) history.write(share(n));
  clock.advance(HISTORY_RETRY_MS);
  expect(faults.at(-1)).toMatchObject({ waiting: MAX_WAITING_WRITES, lost: 7 });
});

test('a history that cannot be opened is tried again, and nothing written meanwhile is lost', () => {
  const store = new MemoryHistory();
  store.openFault = 'history-not-written';
  const { history, clock, faults } = opened(store);
  history.write(share(1));
  expect(faults).toMatchObject([{ code: 'history-not-saved' }]);
  store.openFault = undefined;
  clock.advance(HISTORY_RETRY_MS);
  expect(store.log.map(({ type }) => type)).toEqual(['recover', 'share']);
});

test('a history found damaged while running is opened anew, and the one set aside is named', () => {
  const { history, store, clock, faults } = opened();
  store.fault = 'history-broken';
  history.write(share(1));
  store.fault = undefined;
  store.setAside = '/data/history.db.broken-1';
  clock.advance(HISTORY_RETRY_MS);
  expect(store.opened).toBe(2);
  expect(faults.at(-1)).toMatchObject({ code: 'history-broken', kept: '/data/history.db.broken-1' });
  expect(store.rows.size).toBe(1);
});

test('a read that fails gives the answer for nothing, and raises the fault', () => {
  const { history, store, faults } = opened();
  store.fault = 'history-not-written';
  expect(history.read((file) => file.shares(9e15, 5), [])).toEqual([]);
  expect(faults).toMatchObject([{ code: 'history-not-saved' }]);
});

test('tidying happens once a minute, and goes on after a failure', async () => {
  const { store, clock, faults } = opened();
  const { tidy } = store;
  store.tidy = async () => {
    store.tidy = tidy;
    throw new Error('no');
  };
  await clock.settle(TIDY_EVERY_MS);
  expect([store.tidied, faults.length]).toEqual([0, 1]);
  await clock.settle(2 * TIDY_EVERY_MS);
  expect(store.tidied).toBe(2);
});

test('closing writes what waits, flushes, closes the file and leaves no timer', async () => {
  const { history, store, clock } = opened();
  store.fault = 'disk-full';
  history.write(share(1));
  store.fault = undefined;
  await history.close();
  expect([store.rows.size, store.closed, clock.waiting]).toEqual([1, 1, 0]);
  history.write(share(2));
  expect(store.rows.size).toBe(1);
});
