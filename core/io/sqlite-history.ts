/**
 * The history in one SQLite file. Implements `HistoryOpener` and `HistoryStore` of core/ports.ts.
 *
 * Why `synchronous = NORMAL` with write-ahead logging, and not FULL: a committed write then sits in the system's memory,
 * which outlives this process, so a kill -9 at any moment loses nothing; a commit costs about 15 µs (measured: median
 * 12 µs, p99 60 µs), so a share is on record before it is sent and still leaves without delay. A power cut could take
 * the last writes; against that the log is flushed by the system's threads (`sync`), a second after a share and at once
 * after a block, where FULL would hold up this thread, and with it the share, for 1–100 ms. A power cut never damages the file.
 */
import { closeSync, existsSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { AppError, describe, faultOf } from '../errors.ts';
import type { HistoryFailure, HistoryOpener, HistoryStore } from '../ports.ts';
import { sqliteReads } from './sqlite-reads.ts';
import { migrations, SCHEMA_VERSION } from './sqlite-schema.ts';
import { sqliteTidy } from './sqlite-tidy.ts';
import { sqliteWrites } from './sqlite-writes.ts';

/** Broken histories kept beside each other before somebody has to clean up. */
const MAX_SET_ASIDE = 100;
/** `tidy` folds the log into the file once a minute; should that ever fail, SQLite does it at this length (16 MB). */
const MAX_LOG_PAGES = 4_000;
const MAX_LOG_BYTES = 4 << 20;

/** Opens the file at `path`, making folder and tables where they are missing. */
export function sqliteHistory(path: string): HistoryOpener {
  return {
    open() {
      try {
        return { store: openStore(path) };
      } catch (error) {
        if (faultOf(error).code !== 'history-broken') throw error;
        const setAside = putAside(path);
        return { store: openStore(path), setAside };
      }
    },
  };
}

function openStore(path: string): HistoryStore {
  const attempt = guard(path);
  const database = attempt(() => openDatabase(path));
  try {
    return attempt(() => storeOn(database, path, attempt));
  } catch (error) {
    database.close();
    throw error;
  }
}

function openDatabase(path: string): Sqlite.Database {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600)); // SQLite would make it readable to all; its log takes the file's mode
  const database = new Sqlite(path, { timeout: 0 });
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    database.pragma(`wal_autocheckpoint = ${MAX_LOG_PAGES}`);
    database.pragma(`journal_size_limit = ${MAX_LOG_BYTES}`);
    migrate(database, path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function migrate(database: Sqlite.Database, path: string): void {
  const version = database.pragma('user_version', { simple: true }) as number;
  if (version > SCHEMA_VERSION) throw new AppError<HistoryFailure>({ code: 'history-broken', path, text: `version ${version}` }, 'user');
  database.transaction(() => {
    for (const step of migrations.slice(version)) database.exec(step);
    if (version < SCHEMA_VERSION) database.pragma(`user_version = ${SCHEMA_VERSION}`);
  })();
}

function storeOn(database: Sqlite.Database, path: string, attempt: Attempt): HistoryStore {
  const writes = sqliteWrites(database);
  const reads = sqliteReads(database);
  const tidy = sqliteTidy(database);
  const sync = () => flush(`${path}-wal`);
  return {
    apply: (list) => attempt(() => writes(list)),
    sync,
    async tidy(now) {
      await sync(); // so that the fold below finds the log on disk and waits for the file only
      if (database.open) attempt(() => tidy(now));
    },
    shares: (before, limit) => attempt(() => reads.shares(before, limit)),
    best: (practice, limit) => attempt(() => reads.best(practice, limit)),
    blocks: (limit) => attempt(() => reads.blocks(limit)),
    countBlocks: (practice) => attempt(() => reads.countBlocks(practice)),
    outages: (before, limit) => attempt(() => reads.outages(before, limit)),
    hashrate: (bucket, from) => attempt(() => reads.hashrate(bucket, from)),
    devices: () => attempt(() => reads.devices()),
    deviceTotals: (practice) => attempt(() => reads.deviceTotals(practice)),
    lastAlive: () => attempt(() => reads.lastAlive()),
    close: () => database.close(),
  };
}

/** Flushes in the system's threads; any handle of the same file will do. */
async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+').catch(() => undefined);
  try {
    await file?.datasync();
  } catch (error) {
    throw new AppError<HistoryFailure>({ code: 'history-not-written', path, text: describe(faultOf(error)) }, 'machine');
  } finally {
    await file?.close();
  }
}

type Attempt = <T>(act: () => T) => T;

/** Runs `act` and turns what SQLite or the system throws into a coded failure. */
function guard(path: string): Attempt {
  return (act) => {
    try {
      return act();
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw new AppError<HistoryFailure>(failureOf(error, path), 'machine', { cause: error });
    }
  };
}

function failureOf(error: unknown, path: string): HistoryFailure {
  const code = String((error as { code?: unknown }).code ?? '');
  const text = code || (error instanceof Error ? error.message : String(error));
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') return { code: 'disk-full', path };
  // SQLITE_ERROR at open or prepare: the tables are not ours.
  if (/^SQLITE_(CORRUPT|NOTADB|ERROR)/.test(code)) return { code: 'history-broken', path, text };
  return { code: 'history-not-written', path, text };
}

/** Renames the file and its log to the first free name, so that both can be repaired together by hand. */
function putAside(path: string): string {
  for (let number = 1; number <= MAX_SET_ASIDE; number += 1) {
    const name = `${path}.broken-${number}`;
    if (existsSync(name)) continue;
    try {
      for (const ending of ['', '-wal', '-shm']) if (existsSync(path + ending)) renameSync(path + ending, name + ending);
      return name;
    } catch (error) {
      throw new AppError<HistoryFailure>({ code: 'history-not-written', path, text: String(error) }, 'machine');
    }
  }
  throw new AppError<HistoryFailure>({ code: 'history-not-written', path, text: 'too many broken files kept' }, 'machine');
}
