/** A year of mining in the real database, put there by the real writer: what a database of that age still holds. */
import { systemRandom } from '../../core/io/random.ts';
import { sqliteHistory } from '../../core/io/sqlite-history.ts';
import { KEEP_MINUTES_SECONDS, KEEP_SHARES_MS } from '../../core/io/sqlite-schema.ts';
import type { HistoryStore, HistoryWrite } from '../../core/ports.ts';

const DAY_MS = 86_400_000;
const YEAR_MS = 366 * DAY_MS;
/** A pool's usual six shares a minute fill the table to its limit in two months; this fills it in the half year it is kept. */
const SHARE_EVERY_MS = 32_000;
const OUTAGES = 120;
const BLOCKS = 3;
const RATE = 40e12;
const SHARE_DIFFICULTY = 300_000;
const REFUSED_ONE_IN = 300;
/** Rows a transaction. */
const BATCH = 2_000;

export interface YearOf {
  readonly sourceId: string;
  readonly deviceIds: readonly string[];
}

/** Takes some seconds. Gives the number of rows written. */
export function fillYear(path: string, { sourceId, deviceIds }: YearOf, now: number): number {
  const { store } = sqliteHistory(path).open();
  let rows = 0;
  try {
    for (const list of [rates(now), shares(now, sourceId, deviceIds), outages(now, sourceId), blocks(now, sourceId)])
      rows += apply(store, list);
  } finally {
    store.close();
  }
  return rows;
}

function apply(store: HistoryStore, writes: Iterable<HistoryWrite>): number {
  let batch: HistoryWrite[] = [];
  let count = 0;
  for (const write of writes) {
    batch.push(write);
    count += 1;
    if (batch.length < BATCH) continue;
    store.apply(batch);
    batch = [];
  }
  store.apply(batch);
  return count;
}

/** Hours of the year, and minutes of as long as these are kept. */
function* rates(now: number): Generator<HistoryWrite> {
  const end = Math.floor(now / 1000);
  const minutesFrom = end - KEEP_MINUTES_SECONDS;
  for (let at = end - YEAR_MS / 1000; at < minutesFrom; at += 3_600) yield rate(at, 3_600);
  for (let at = minutesFrom; at < end; at += 60) yield rate(at, 60);
}

function rate(at: number, seconds: number): HistoryWrite {
  const wave = 0.95 + 0.05 * Math.sin(at / 40_000) + 0.02 * Math.sin(at / 1_700);
  const accepted = Math.round((seconds * 1_000) / SHARE_EVERY_MS);
  return { type: 'hashrate', delta: { at, hashes: RATE * wave * seconds, accepted, refused: 0 } };
}

/** Oldest first, each answered. */
function* shares(now: number, sourceId: string, deviceIds: readonly string[]): Generator<HistoryWrite> {
  for (let at = now - KEEP_SHARES_MS, count = 0; at < now; at += SHARE_EVERY_MS, count += 1) {
    const hash = systemRandom.bytes(32);
    const deviceId = deviceIds[count % deviceIds.length] as string;
    const difficulty = SHARE_DIFFICULTY / ((((hash[0] ?? 0) << 8) | (hash[1] ?? 0)) / 65_536 + 1e-5);
    yield { type: 'share', share: { at, hash, sourceId, deviceId, difficulty, shareDifficulty: SHARE_DIFFICULTY, practice: false } };
    if (count % REFUSED_ONE_IN === 0) yield { type: 'answer', hash, outcome: 'refused', reason: 'stale-share' };
    else yield { type: 'answer', hash, outcome: 'accepted' };
  }
}

function* outages(now: number, about: string): Generator<HistoryWrite> {
  for (let count = 0; count < OUTAGES; count += 1) {
    const from = now - YEAR_MS + (count * YEAR_MS) / OUTAGES;
    yield { type: 'outage', outage: { from, until: from + 240_000, about, code: 'stream-lost' } };
  }
}

function* blocks(now: number, sourceId: string): Generator<HistoryWrite> {
  for (let count = 0; count < BLOCKS; count += 1) {
    const hash = systemRandom.bytes(32);
    const at = now - (count + 1) * 90 * DAY_MS;
    yield { type: 'block', block: { hash, at, height: 900_000 - count * 13_000, sourceId, sourceName: 'Bench pool', practice: false } };
    yield { type: 'block-answer', hash, accepted: true };
  }
}
