/** How each `HistoryWrite` changes the tables; a list of them is one transaction. Part of io/sqlite-history.ts. */
import type Sqlite from 'better-sqlite3';
import type { HistoryWrite } from '../ports.ts';
import { outcomeNumber } from './sqlite-rows.ts';
import { MAX_BEST_ROWS } from './sqlite-schema.ts';

type Write<T extends HistoryWrite['type']> = Extract<HistoryWrite, { type: T }>;
type Handlers = { readonly [T in HistoryWrite['type']]: (write: Write<T>) => void };

/** Applies a list of writes, all or nothing. */
export function sqliteWrites(database: Sqlite.Database): (writes: readonly HistoryWrite[]) => void {
  const handlers: Handlers = {
    ...shareWrites(database),
    ...blockWrites(database),
    ...outageWrites(database),
    ...deviceWrites(database),
    hashrate: hashrateWrite(database),
    alive: aliveWrite(database),
    recover: recoverWrite(database),
  };
  const applyOne = <T extends HistoryWrite['type']>(type: T, write: Write<T>) => handlers[type](write);
  return database.transaction((writes: readonly HistoryWrite[]) => {
    for (const write of writes) applyOne(write.type, write as never);
  }).immediate;
}

function shareWrites(database: Sqlite.Database): Pick<Handlers, 'share' | 'answer'> {
  const insert = database.prepare(
    'INSERT OR IGNORE INTO shares (at, hash, source, device, difficulty, share_difficulty, practice) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const answer = database.prepare('UPDATE shares SET outcome = ?, reason = ? WHERE hash = ?');
  const count = database.prepare(
    `INSERT INTO device_totals (device, practice, shares, best, first_at, last_at) VALUES (?, ?, 1, ?, ?, ?) ON CONFLICT (device, practice)
     DO UPDATE SET shares = shares + 1, best = max(best, excluded.best), last_at = max(last_at, excluded.last_at)`,
  );
  const keepBest = bestKeeper(database);
  return {
    share({ share }) {
      const { hash, sourceId, deviceId, difficulty, shareDifficulty } = share;
      const at = Math.trunc(share.at);
      const practice = Number(share.practice);
      const { changes } = insert.run(at, hash, sourceId, deviceId, difficulty, shareDifficulty, practice);
      if (changes > 0) count.run(deviceId, practice, difficulty, at, at);
    },
    answer({ hash, outcome, reason }) {
      answer.run(outcomeNumber(outcome), reason ?? null, hash);
      keepBest(hash, outcome === 'accepted');
    },
  };
}

/** Keeps the best accepted shares in a table of their own, which is never tidied. */
function bestKeeper(database: Sqlite.Database): (hash: Uint8Array, accepted: boolean) => void {
  const insert = database.prepare(
    `INSERT OR IGNORE INTO best (hash, at, source, device, difficulty, share_difficulty, practice)
     SELECT hash, at, source, device, difficulty, share_difficulty, practice FROM shares AS s WHERE hash = ? AND (
       SELECT count(*) FROM best AS b WHERE b.practice = s.practice AND b.difficulty >= s.difficulty) < ${MAX_BEST_ROWS}`,
  );
  const remove = database.prepare('DELETE FROM best WHERE hash = ?');
  const trim = database.prepare(
    `DELETE FROM best WHERE hash IN (
       SELECT hash FROM best WHERE practice = (SELECT practice FROM best WHERE hash = ?) ORDER BY difficulty DESC LIMIT -1 OFFSET ${MAX_BEST_ROWS})`,
  );
  return (hash, accepted) => {
    if (!accepted) remove.run(hash);
    else if (insert.run(hash).changes > 0) trim.run(hash);
  };
}

function blockWrites(database: Sqlite.Database): Pick<Handlers, 'block' | 'block-answer'> {
  const insert = database.prepare(
    'INSERT OR IGNORE INTO blocks (hash, at, height, source, source_name, practice) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const answer = database.prepare('UPDATE blocks SET outcome = ? WHERE hash = ?');
  return {
    block({ block }) {
      const { hash, at, height, sourceId, sourceName, practice } = block;
      insert.run(hash, Math.trunc(at), height ?? null, sourceId, sourceName, Number(practice));
    },
    'block-answer': ({ hash, accepted }) => {
      answer.run(outcomeNumber(accepted ? 'accepted' : 'refused'), hash);
    },
  };
}

function outageWrites(database: Sqlite.Database): Pick<Handlers, 'outage' | 'outage-over'> {
  const insert = database.prepare('INSERT INTO outages (from_at, until_at, about, code) VALUES (?, ?, ?, ?)');
  const end = database.prepare('UPDATE outages SET until_at = max(?, from_at) WHERE about = ? AND until_at IS NULL');
  return {
    outage({ outage }) {
      if (outage.until === undefined) end.run(Math.trunc(outage.from), outage.about);
      insert.run(Math.trunc(outage.from), outage.until === undefined ? null : Math.trunc(outage.until), outage.about, outage.code);
    },
    'outage-over': ({ about, until }) => {
      end.run(Math.trunc(until), about);
    },
  };
}

function hashrateWrite(database: Sqlite.Database): Handlers['hashrate'] {
  const upsert = (table: string) =>
    database.prepare(
      `INSERT INTO ${table} (at, hashes, accepted, refused) VALUES (?, ?, ?, ?) ON CONFLICT (at) DO UPDATE SET
       hashes = hashes + excluded.hashes, accepted = accepted + excluded.accepted, refused = refused + excluded.refused`,
    );
  const minutes = upsert('minutes');
  const hours = upsert('hours');
  return ({ delta: { at, hashes, accepted, refused } }) => {
    minutes.run(at - (at % 60), hashes, accepted, refused);
    hours.run(at - (at % 3600), hashes, accepted, refused);
  };
}

function deviceWrites(database: Sqlite.Database): Pick<Handlers, 'device' | 'device-forgotten'> {
  const insert = database.prepare(
    'INSERT OR REPLACE INTO devices (id, kind, model, serial, location, chips, seen_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const remove = database.prepare('DELETE FROM devices WHERE id = ?');
  const removeTotals = database.prepare('DELETE FROM device_totals WHERE device = ?');
  return {
    device({ device: { id, kind, model, serial, location, chips, seenAt } }) {
      insert.run(id, kind, model, serial ?? null, location, chips, Math.trunc(seenAt));
    },
    'device-forgotten': ({ id }) => {
      remove.run(id);
      removeTotals.run(id);
    },
  };
}

function aliveWrite(database: Sqlite.Database): Handlers['alive'] {
  const insert = database.prepare('INSERT OR REPLACE INTO alive (one, at, mining) VALUES (1, ?, ?)');
  return ({ at, mining }) => {
    insert.run(Math.trunc(at), Number(mining));
  };
}

function recoverWrite(database: Sqlite.Database): Handlers['recover'] {
  const shares = database.prepare(`UPDATE shares SET outcome = ${outcomeNumber('unanswered')} WHERE outcome = ${outcomeNumber('pending')}`);
  const outages = database.prepare(
    'UPDATE outages SET until_at = max(from_at, coalesce((SELECT at FROM alive), from_at)) WHERE until_at IS NULL',
  );
  return () => {
    shares.run();
    outages.run();
  };
}
