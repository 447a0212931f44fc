/** The questions that can be put to the history. Part of io/sqlite-history.ts. */
import type Sqlite from 'better-sqlite3';
import type { DeviceTotals, HashrateRecord, HistoryStore } from '../ports.ts';
import {
  type BlockColumns,
  blockOf,
  type DeviceColumns,
  deviceOf,
  type OutageColumns,
  outageOf,
  outcomeNumber,
  type ShareColumns,
  shareOf,
} from './sqlite-rows.ts';
import { MAX_DEVICE_ROWS } from './sqlite-schema.ts';

/** Rows of one and the same millisecond that a page may get beyond its limit, so that the next page misses none. */
const MAX_TIES = 1_000;

type Reads = Pick<
  HistoryStore,
  'shares' | 'best' | 'blocks' | 'countBlocks' | 'outages' | 'hashrate' | 'devices' | 'deviceTotals' | 'lastAlive'
>;

export function sqliteReads(database: Sqlite.Database): Reads {
  return { ...shareReads(database), ...blockReads(database), ...otherReads(database) };
}

function shareReads(database: Sqlite.Database): Pick<Reads, 'shares' | 'best'> {
  const page = database.prepare<[number, number], ShareColumns & { id: number }>(
    'SELECT * FROM shares WHERE at < ? ORDER BY at DESC, id DESC LIMIT ?',
  );
  const ties = database.prepare<[number, number], ShareColumns>(
    `SELECT * FROM shares WHERE at = ? AND id < ? ORDER BY id DESC LIMIT ${MAX_TIES}`,
  );
  const best = database.prepare<[number, number], ShareColumns>(
    `SELECT *, ${outcomeNumber('accepted')} AS outcome, NULL AS reason FROM best WHERE practice = ? ORDER BY difficulty DESC LIMIT ?`,
  );
  return {
    shares(before, limit) {
      const rows = page.all(before, limit);
      const last = rows.at(-1);
      const rest = rows.length === limit && last ? ties.all(last.at, last.id) : [];
      return [...rows, ...rest].map(shareOf);
    },
    best: (practice, limit) => best.all(Number(practice), limit).map(shareOf),
  };
}

function blockReads(database: Sqlite.Database): Pick<Reads, 'blocks' | 'countBlocks'> {
  const blocks = database.prepare<[number], BlockColumns>('SELECT * FROM blocks ORDER BY at DESC LIMIT ?');
  const refused = outcomeNumber('refused');
  const count = database.prepare<[number], { n: number }>(`SELECT count(*) AS n FROM blocks WHERE practice = ? AND outcome <> ${refused}`);
  return {
    blocks: (limit) => blocks.all(limit).map(blockOf),
    countBlocks: (practice) => count.get(Number(practice))?.n ?? 0,
  };
}

function otherReads(database: Sqlite.Database): Pick<Reads, 'outages' | 'hashrate' | 'devices' | 'deviceTotals' | 'lastAlive'> {
  const outages = database.prepare<[number, number], OutageColumns>(
    'SELECT * FROM outages WHERE from_at < ? ORDER BY from_at DESC, id DESC LIMIT ?',
  );
  const minutes = database.prepare<[number], HashrateRecord>('SELECT * FROM minutes WHERE at >= ? ORDER BY at');
  const hours = database.prepare<[number], HashrateRecord>('SELECT * FROM hours WHERE at >= ? ORDER BY at');
  const devices = database.prepare<[], DeviceColumns>(`SELECT * FROM devices ORDER BY seen_at DESC LIMIT ${MAX_DEVICE_ROWS}`);
  const totals = database.prepare<[number], DeviceTotals>(
    `SELECT device AS deviceId, shares, best, first_at AS firstAt, last_at AS lastAt FROM device_totals WHERE practice = ?
     ORDER BY last_at DESC LIMIT ${MAX_DEVICE_ROWS}`,
  );
  const alive = database.prepare<[], { at: number; mining: number }>('SELECT at, mining FROM alive');
  return {
    outages: (before, limit) => outages.all(before, limit).map(outageOf),
    hashrate: (bucket, from) => (bucket === 'minute' ? minutes : hours).all(from),
    devices: () => devices.all().map(deviceOf),
    deviceTotals: (practice) => totals.all(Number(practice)),
    lastAlive() {
      const row = alive.get();
      return row && { at: row.at, mining: row.mining !== 0 };
    },
  };
}
