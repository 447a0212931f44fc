/**
 * Forgetting what is too old, in steps of a few milliseconds, and folding the write-ahead log into the file.
 * Best shares and real blocks are never forgotten. Part of io/sqlite-history.ts.
 */
import type Sqlite from 'better-sqlite3';
import { outcomeNumber } from './sqlite-rows.ts';
import * as limits from './sqlite-schema.ts';

/** Rows removed a step: a few milliseconds. A step a minute removes far more than mining adds. */
const STEP_ROWS = 500;

/** One step; called about once a minute. */
export function sqliteTidy(database: Sqlite.Database): (now: number) => void {
  const step = database.transaction(forget(database));
  return (now) => {
    step.immediate(now);
    // PASSIVE: waits for no reader. Flushes the file on this thread, a few milliseconds once a minute, never on a share's way.
    database.pragma('wal_checkpoint(PASSIVE)');
  };
}

function forget(database: Sqlite.Database): (now: number) => void {
  const oldest = database.prepare<[number, number, number], { id: number }>(
    `SELECT id FROM (SELECT id, at, outcome FROM shares ORDER BY id LIMIT ?)
     WHERE outcome <> ${outcomeNumber('pending')} AND (at < ? OR id <= (SELECT max(id) FROM shares) - ?)`,
  );
  const removeShare = database.prepare('DELETE FROM shares WHERE id = ?');
  const minutes = database.prepare('DELETE FROM minutes WHERE at < ?');
  const hours = database.prepare('DELETE FROM hours WHERE at < ?');
  const outages = database.prepare(`DELETE FROM outages WHERE id <= (SELECT max(id) FROM outages) - ${limits.MAX_OUTAGE_ROWS}`);
  const blocks = database.prepare(
    `DELETE FROM blocks WHERE hash IN (SELECT hash FROM blocks WHERE practice = 1 ORDER BY at DESC LIMIT ${STEP_ROWS} OFFSET ${limits.MAX_PRACTICE_BLOCKS})`,
  );
  const devices = database.prepare(
    `DELETE FROM devices WHERE id IN (SELECT id FROM devices ORDER BY seen_at DESC LIMIT -1 OFFSET ${limits.MAX_DEVICE_ROWS})`,
  );
  const totals = database.prepare('DELETE FROM device_totals WHERE device NOT IN (SELECT id FROM devices)');
  return (now) => {
    for (const { id } of oldest.all(STEP_ROWS, Math.trunc(now) - limits.KEEP_SHARES_MS, limits.MAX_SHARE_ROWS)) removeShare.run(id);
    minutes.run(Math.trunc(now / 1000) - limits.KEEP_MINUTES_SECONDS);
    hours.run(Math.trunc(now / 1000) - limits.KEEP_HOURS_SECONDS);
    outages.run();
    blocks.run();
    devices.run();
    totals.run();
  };
}
