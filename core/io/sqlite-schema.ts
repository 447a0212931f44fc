/** The tables of the history and their limits. A new version adds a step to `migrations`; steps are never edited. */

/** Raised by one with each step of `migrations`. */
export const SCHEMA_VERSION = 2;

/** Half a year of shares, as long as they are not absurdly many (about 120 bytes a row with its indexes). */
export const KEEP_SHARES_MS = 183 * 86_400_000;
export const MAX_SHARE_ROWS = 500_000;
/** Best shares kept for ever, one list for practice and one for real mining. */
export const MAX_BEST_ROWS = 100;
/** Real blocks are kept for ever; practice finds one every few minutes. */
export const MAX_PRACTICE_BLOCKS = 1_000;
export const MAX_OUTAGE_ROWS = 20_000;
export const MAX_DEVICE_ROWS = 200;
/** Minutes serve the charts of an hour and a day; hours those of a week and a year. */
export const KEEP_MINUTES_SECONDS = 48 * 3_600;
export const KEEP_HOURS_SECONDS = 2 * 366 * 86_400;

/** `migrations[n]` leads from version n to n + 1. Times are Unix milliseconds, buckets Unix seconds, hashes wire order. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE shares (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, hash BLOB NOT NULL UNIQUE, source TEXT NOT NULL, device TEXT NOT NULL,
    difficulty REAL NOT NULL, share_difficulty REAL NOT NULL, practice INTEGER NOT NULL, outcome INTEGER NOT NULL DEFAULT 0, reason TEXT
  ) STRICT;
  CREATE INDEX shares_at ON shares (at);
  CREATE INDEX shares_pending ON shares (id) WHERE outcome = 0;
  CREATE TABLE best (
    hash BLOB PRIMARY KEY, at INTEGER NOT NULL, source TEXT NOT NULL, device TEXT NOT NULL,
    difficulty REAL NOT NULL, share_difficulty REAL NOT NULL, practice INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE blocks (
    hash BLOB PRIMARY KEY, at INTEGER NOT NULL, height INTEGER, source TEXT NOT NULL, source_name TEXT NOT NULL,
    practice INTEGER NOT NULL, outcome INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE outages (id INTEGER PRIMARY KEY, from_at INTEGER NOT NULL, until_at INTEGER, about TEXT NOT NULL, code TEXT NOT NULL) STRICT;
  CREATE INDEX outages_from ON outages (from_at);
  CREATE INDEX outages_open ON outages (about) WHERE until_at IS NULL;
  CREATE TABLE minutes (at INTEGER PRIMARY KEY, hashes REAL NOT NULL, accepted INTEGER NOT NULL, refused INTEGER NOT NULL) STRICT;
  CREATE TABLE hours (at INTEGER PRIMARY KEY, hashes REAL NOT NULL, accepted INTEGER NOT NULL, refused INTEGER NOT NULL) STRICT;
  CREATE TABLE devices (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, model TEXT NOT NULL, serial TEXT, location TEXT NOT NULL, chips INTEGER NOT NULL, seen_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE alive (one INTEGER PRIMARY KEY CHECK (one = 1), at INTEGER NOT NULL, mining INTEGER NOT NULL) STRICT;
  `,
  // What a device did outlives the shares it found, which are forgotten after a while.
  `
  CREATE TABLE device_totals (
    device TEXT NOT NULL, practice INTEGER NOT NULL, shares INTEGER NOT NULL, best REAL NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
    PRIMARY KEY (device, practice)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO device_totals (device, practice, shares, best, first_at, last_at)
    SELECT device, practice, count(*), max(difficulty), min(at), max(at) FROM shares GROUP BY device, practice;
  `,
];
