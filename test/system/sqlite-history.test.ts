import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { sqliteHistory } from '../../core/io/sqlite-history.ts';
import { KEEP_HOURS_SECONDS, KEEP_MINUTES_SECONDS, KEEP_SHARES_MS, MAX_BEST_ROWS } from '../../core/io/sqlite-schema.ts';
import type { HistoryStore, HistoryWrite, ShareRecord } from '../../core/ports.ts';

let folder: string;
let path: string;
let store: HistoryStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-history-'));
  path = join(folder, 'history.db');
  store = sqliteHistory(path).open().store;
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

const hashOf = (n: number) => new Uint8Array(32).fill(n % 256).fill(n >> 8, 0, 4);
const share = (n: number, more: Partial<ShareRecord> = {}): HistoryWrite => ({
  type: 'share',
  share: { at: 1000 + n, hash: hashOf(n), sourceId: 's', deviceId: 'd', difficulty: n, shareDifficulty: 1, practice: false, ...more },
});
const accept = (n: number): HistoryWrite => ({ type: 'answer', hash: hashOf(n), outcome: 'accepted' });

test('a share is pending until its answer, and the same hash is never two rows', () => {
  store.apply([share(1), share(1), share(2)]);
  expect(store.shares(9e15, 10).map(({ at, outcome }) => [at, outcome])).toEqual([
    [1002, 'pending'],
    [1001, 'pending'],
  ]);
  store.apply([accept(1), { type: 'answer', hash: hashOf(2), outcome: 'refused', reason: 'stale-share' }]);
  expect(store.shares(9e15, 10)).toMatchObject([
    { outcome: 'refused', reason: 'stale-share' },
    { outcome: 'accepted', hash: hashOf(1) },
  ]);
});

test('a page that ends within one millisecond takes all of it, so that no row falls between two pages', () => {
  store.apply([1, 2, 3, 4, 5].map((n) => share(n, { at: n < 2 ? 1 : 2 })));
  const first = store.shares(9e15, 2);
  expect(first.map((row) => row.difficulty)).toEqual([5, 4, 3, 2]);
  expect(store.shares(first.at(-1)?.at as number, 2).map((row) => row.difficulty)).toEqual([1]);
});

test('a list of writes is all or nothing', () => {
  const broken = { type: 'share', share: { ...(share(2) as { share: ShareRecord }).share, sourceId: null as unknown as string } } as const;
  store.apply([share(9)]);
  expect(() => store.apply([share(1), { type: 'device', device: null as never }, broken])).toThrow();
  expect(store.shares(9e15, 10)).toHaveLength(1);
});

test('after a crash pending shares are unanswered and open outages end when the app was last alive', () => {
  store.apply([share(1), share(2), accept(2), { type: 'outage', outage: { from: 50, about: 's', code: 'dial-timeout' } }]);
  store.apply([{ type: 'alive', at: 70, mining: true }]);
  store.close();
  store = sqliteHistory(path).open().store;
  store.apply([{ type: 'recover' }]);
  expect(store.shares(9e15, 10).map((row) => row.outcome)).toEqual(['accepted', 'unanswered']);
  expect(store.outages(9e15, 10)).toEqual([{ from: 50, until: 70, about: 's', code: 'dial-timeout' }]);
  expect(store.lastAlive()).toEqual({ at: 70, mining: true });
});

test('a second outage of the same thing ends the first; one outage is open at most', () => {
  store.apply([
    { type: 'outage', outage: { from: 10, about: 's', code: 'dial-timeout' } },
    { type: 'outage', outage: { from: 20, about: 's', code: 'stalled' } },
    { type: 'outage-over', about: 's', until: 30 },
  ]);
  expect(store.outages(9e15, 10).map(({ from, until }) => [from, until])).toEqual([
    [20, 30],
    [10, 20],
  ]);
});

test('hashrate adds up in its minute and in its hour', () => {
  const delta = (at: number): HistoryWrite => ({ type: 'hashrate', delta: { at, hashes: 5, accepted: 1, refused: 2 } });
  store.apply([delta(7205), delta(7259), delta(7260)]);
  expect(store.hashrate('minute', 0)).toEqual([
    { at: 7200, hashes: 10, accepted: 2, refused: 4 },
    { at: 7260, hashes: 5, accepted: 1, refused: 2 },
  ]);
  expect(store.hashrate('hour', 0)).toEqual([{ at: 7200, hashes: 15, accepted: 3, refused: 6 }]);
});

test('the best accepted shares stay for ever, apart for practice, and a bounded number of them', async () => {
  const many = Array.from({ length: MAX_BEST_ROWS + 20 }, (_, n) => n + 1);
  store.apply(many.flatMap((n) => [share(n), accept(n)]));
  store.apply([share(500, { difficulty: 1e9 }), share(501, { difficulty: 1e12, practice: true }), accept(501)]);
  await store.tidy(KEEP_SHARES_MS * 2);
  const best = store.best(false, 1000);
  expect(best).toHaveLength(MAX_BEST_ROWS);
  expect(best[0]).toMatchObject({ difficulty: MAX_BEST_ROWS + 20, outcome: 'accepted' });
  expect(store.best(true, 10).map((row) => row.difficulty)).toEqual([1e12]);
});

test('tidying forgets old shares in steps but never pending ones, and old buckets, but never real blocks', async () => {
  const now = KEEP_SHARES_MS * 10;
  store.apply(Array.from({ length: 600 }, (_, n) => share(n)));
  store.apply(Array.from({ length: 599 }, (_, n) => accept(n)));
  const bucket = (age: number): HistoryWrite => ({
    type: 'hashrate',
    delta: { at: now / 1000 - age, hashes: 1, accepted: 0, refused: 0 },
  });
  store.apply([bucket(0), bucket(KEEP_MINUTES_SECONDS + 120), bucket(KEEP_HOURS_SECONDS + 7200)]);
  store.apply([{ type: 'block', block: { at: 1, hash: hashOf(1), sourceId: 's', sourceName: 'S', practice: false } }]);
  await store.tidy(now);
  expect(store.shares(9e15, 1000)).toHaveLength(100);
  await store.tidy(now);
  expect(store.shares(9e15, 1000)).toMatchObject([{ outcome: 'pending' }]);
  expect(store.hashrate('minute', 0)).toHaveLength(1);
  expect(store.hashrate('hour', 0)).toHaveLength(2);
  expect(store.blocks(10)).toHaveLength(1);
});

test('a block is kept with its height and answer, and refused ones do not count', () => {
  const block = (n: number, practice: boolean): HistoryWrite => ({
    type: 'block',
    block: { at: n, hash: hashOf(n), height: 800_000 + n, sourceId: 's', sourceName: 'Mine', practice },
  });
  store.apply([block(1, false), block(2, false), block(3, true), { type: 'block-answer', hash: hashOf(2), accepted: false }]);
  expect(store.blocks(10).map(({ height, outcome }) => [height, outcome])).toEqual([
    [800_003, 'pending'],
    [800_002, 'refused'],
    [800_001, 'pending'],
  ]);
  expect([store.countBlocks(false), store.countBlocks(true)]).toEqual([1, 1]);
});

test('devices seen once are remembered until they are forgotten', () => {
  const device = { id: 'a', kind: 'usb', model: 'Compac F', serial: '7', location: 'usb 1-4', chips: 1, seenAt: 5 } as const;
  store.apply([{ type: 'device', device }]);
  expect(store.devices()).toEqual([device]);
  store.apply([{ type: 'device-forgotten', id: 'a' }]);
  expect(store.devices()).toEqual([]);
});

test('what a device did is counted once a share, practice apart, and outlives the shares until it is forgotten', async () => {
  const device = (id: string): HistoryWrite => ({
    type: 'device',
    device: { id, kind: 'usb', model: 'Compac F', location: 'usb 1-4', chips: 1, seenAt: 5 },
  });
  store.apply([device('d'), device('e'), share(7), share(3), share(7), share(9, { deviceId: 'e' }), share(8, { practice: true })]);
  const totals = [
    { deviceId: 'e', shares: 1, best: 9, firstAt: 1009, lastAt: 1009 },
    { deviceId: 'd', shares: 2, best: 7, firstAt: 1007, lastAt: 1007 },
  ];
  expect(store.deviceTotals(false)).toEqual(totals);
  expect(store.deviceTotals(true)).toEqual([{ deviceId: 'd', shares: 1, best: 8, firstAt: 1008, lastAt: 1008 }]);
  store.apply([accept(7), accept(3), accept(9), accept(8)]);
  await store.tidy(2_000 + KEEP_SHARES_MS);
  expect(store.shares(9e15, 10)).toEqual([]);
  expect(store.deviceTotals(false)).toEqual(totals);
  store.apply([{ type: 'device-forgotten', id: 'd' }]);
  expect(store.deviceTotals(false).map(({ deviceId }) => deviceId)).toEqual(['e']);
  expect(store.deviceTotals(true)).toEqual([]);
});

test('a file of the version before gets its devices’ totals from the shares it still has', () => {
  store.apply([share(4), share(6)]);
  store.close();
  const older = new Sqlite(path);
  older.exec('DROP TABLE device_totals; PRAGMA user_version = 1');
  older.close();
  store = sqliteHistory(path).open().store;
  expect(store.deviceTotals(false)).toEqual([{ deviceId: 'd', shares: 2, best: 6, firstAt: 1004, lastAt: 1006 }]);
  expect(store.shares(9e15, 10)).toHaveLength(2);
});

test('a damaged file is set aside under a name that is told, and a new one begun', () => {
  store.apply([share(1)]);
  store.close();
  writeFileSync(path, 'this is no database, it is a long text that only looks like a file of the right name'.repeat(100));
  const opened = sqliteHistory(path).open();
  store = opened.store;
  expect(opened.setAside).toBe(`${path}.broken-1`);
  expect(readFileSync(`${path}.broken-1`, 'utf8')).toContain('no database');
  expect(store.shares(9e15, 10)).toEqual([]);
});

test('a file of a newer version is set aside, not overwritten', () => {
  store.close();
  const newer = new Sqlite(path);
  newer.pragma('user_version = 99');
  newer.close();
  const opened = sqliteHistory(path).open();
  store = opened.store;
  expect(opened.setAside).toBe(`${path}.broken-1`);
});

test('a file that another program holds is a coded failure at once, and works again after', () => {
  store.apply([share(1)]);
  const other = new Sqlite(path);
  other.exec('BEGIN IMMEDIATE');
  expect(() => store.apply([share(2)])).toThrow(
    expect.objectContaining({ fault: expect.objectContaining({ code: 'history-not-written' }) }),
  );
  other.close();
  store.apply([share(2)]);
  expect(store.shares(9e15, 10)).toHaveLength(2);
});

test('a folder that cannot be made is a coded failure', () => {
  const opener = sqliteHistory(join(path, 'inside-a-file', 'history.db'));
  expect(() => opener.open()).toThrow(AppError);
});

test('everything is on disk after sync, and the log does not grow without end', async () => {
  store.apply([share(1)]);
  await store.sync();
  for (let n = 2; n < 200; n += 1) store.apply([share(n)]);
  await store.tidy(2000);
  store.close();
  expect(readdirSync(folder)).toEqual(['history.db']);
});
