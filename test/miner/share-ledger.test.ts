import { expect, test } from 'vitest';
import type { HearthEvent } from '../../core/contract.ts';
import { History } from '../../core/miner/history.ts';
import { MAX_PENDING, ShareLedger } from '../../core/miner/share-ledger.ts';
import type { Share } from '../../core/work/job.ts';
import { FakeClock } from '../fake/fake-clock.ts';
import { fakeJob } from '../fake/fake-source.ts';
import { MemoryHistory } from '../fake/memory-history.ts';

function ledgerOver(store = new MemoryHistory()) {
  const clock = new FakeClock();
  const history = new History({ opener: store, clock, onFault: () => {}, onCleared: () => {} });
  history.open();
  const events: HearthEvent[] = [];
  const answers: boolean[] = [];
  const ledger = new ShareLedger({
    clock,
    history,
    emit: (event) => events.push(event),
    about: (id) => ({ name: `Pool ${id}`, practice: id === 'practice' }),
    onAnswer: (accepted) => answers.push(accepted),
  });
  return { ledger, store, clock, events, answers };
}

function share(id: number, more: Partial<Share> = {}, sourceId = 'a'): Share {
  return {
    id,
    job: fakeJob(sourceId),
    deviceId: 'stick',
    extranonce: new Uint8Array(0),
    version: 0,
    ntime: 0,
    nonce: id,
    hash: new Uint8Array(32).fill(id % 251).fill(id >> 8, 0, 3),
    difficulty: id,
    shareDifficulty: 1,
    isBlock: false,
    foundAt: 1_000 + id,
    ...more,
  };
}

const outcomes = (store: MemoryHistory) => [...store.rows.values()].map(({ outcome }) => outcome);

test('a share is on record as pending before its answer, and its answer changes that row', () => {
  const { ledger, store } = ledgerOver();
  ledger.found(share(1));
  expect([outcomes(store), ledger.pending]).toEqual([['pending'], 1]);
  ledger.accept([1]);
  expect([outcomes(store), ledger.pending, ledger.accepted]).toEqual([['accepted'], 0, 1]);
});

test('an answer counts once, however often it comes, and one to an unknown share counts nothing', () => {
  const { ledger, answers } = ledgerOver();
  ledger.found(share(1));
  ledger.accept([1, 1]);
  ledger.accept([1]);
  ledger.accept([99]);
  ledger.refuse(98, 'stale-share');
  expect([ledger.accepted, ledger.refused, answers]).toEqual([1, 0, [true]]);
});

test('MIN-45 a refusal after the acknowledgement takes the acceptance back, once', () => {
  const { ledger, store } = ledgerOver();
  ledger.found(share(1));
  ledger.accept([1]);
  ledger.refuse(1, 'duplicate-share');
  ledger.refuse(1, 'duplicate-share');
  expect([ledger.accepted, ledger.refused, outcomes(store)]).toEqual([0, 1, ['refused']]);
  expect(ledger.countsOf('a')).toMatchObject({ accepted: 0, refused: 1, lastRefusal: { code: 'duplicate-share' } });
});

test('a batch is one entry for each source', () => {
  const { ledger, events } = ledgerOver();
  for (const id of [1, 2, 3]) ledger.found(share(id, {}, id === 3 ? 'b' : 'a'));
  ledger.accept([1, 2, 3]);
  expect(events.filter(({ type }) => type === 'share-accepted')).toEqual([
    { type: 'share-accepted', count: 2, sourceId: 'a', total: 3 },
    { type: 'share-accepted', count: 1, sourceId: 'b', total: 3 },
  ]);
});

test('shares whose connection ended are unanswered, neither accepted nor refused', () => {
  const { ledger, store } = ledgerOver();
  ledger.found(share(1));
  ledger.unanswer([1]);
  expect([ledger.accepted, ledger.refused, ledger.unanswered, ledger.pending, outcomes(store)]).toEqual([0, 0, 1, 0, ['unanswered']]);
});

test('pending shares are bounded: the oldest becomes unanswered', () => {
  const { ledger } = ledgerOver();
  for (let id = 1; id <= MAX_PENDING + 3; id += 1) ledger.found(share(id));
  expect([ledger.pending, ledger.unanswered]).toEqual([MAX_PENDING, 3]);
});

test('the best share ever comes from history, and practice has one of its own', () => {
  const store = new MemoryHistory();
  const first = ledgerOver(store);
  for (const [id, source] of [
    [5, 'a'],
    [9, 'practice'],
  ] as const) {
    first.ledger.found(share(id, {}, source));
    first.ledger.accept([id]);
  }
  const { ledger, events } = ledgerOver(store);
  expect([ledger.bestEver(false)?.difficulty, ledger.bestEver(true)?.difficulty, ledger.bestSession]).toEqual([5, 9, undefined]);
  ledger.found(share(7));
  ledger.accept([7]);
  expect(events).toContainEqual({ type: 'best-share', difficulty: 7 });
  expect(ledger.bestEver(false)?.difficulty).toBe(7);
});

test('a block is kept, counted and told, and the node’s later word changes its row', () => {
  const { ledger, store, events } = ledgerOver();
  ledger.found(share(1, { isBlock: true }));
  ledger.accept([1]);
  ledger.block(1, false);
  expect([...store.blockRows.values()]).toMatchObject([{ outcome: 'refused', sourceName: 'Pool a', height: 900_000 }]);
  expect(events.filter(({ type }) => type === 'block-found')).toMatchObject([{ height: 900_000 }, { accepted: false }]);
  expect(ledger.blocks(false)).toBe(1);
});

test('the pool’s estimate counts what was asked of each accepted share and says how sure it is', () => {
  const { ledger, clock } = ledgerOver();
  for (let id = 1; id <= 100; id += 1) {
    ledger.found(share(id, { shareDifficulty: 8 }));
    ledger.accept([id]);
    clock.advance(1_000);
  }
  const estimate = ledger.estimate();
  expect(estimate?.shares).toBe(100);
  expect(estimate?.relativeError).toBeCloseTo(0.1, 5);
  expect((estimate?.hashesPerSecond ?? 0) / (8 * 2 ** 32)).toBeCloseTo(1, 1);
  ledger.restartEstimate();
  expect(ledger.estimate()).toBeUndefined();
});
