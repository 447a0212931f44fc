/**
 * One Hearth per data folder. The lock is the system's own, held through SQLite on a file of its own, so it ends with the
 * process however that ends: there is no stale lock to recover, also when a process id is used again after a restart.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { AppError } from '../errors.ts';

export type LockFailure =
  | { readonly code: 'already-running'; readonly path: string; readonly pid?: number }
  | { readonly code: 'file-not-writable'; readonly path: string; readonly text: string };

/** Takes the folder; the returned function gives it free. @throws AppError<LockFailure> */
export function lockFolder(folder: string): () => void {
  const path = `${folder}/hearth.lock`;
  const pidPath = `${folder}/hearth.pid`;
  const lock = attempt(path, () => take(folder, path, pidPath));
  writePid(pidPath);
  return () => {
    rmSync(pidPath, { force: true });
    lock.close();
  };
}

function take(folder: string, path: string, pidPath: string): Sqlite.Database {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = new Sqlite(path, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    const code = codeOf(error);
    if (code.startsWith('SQLITE_BUSY')) throw new AppError<LockFailure>(running(folder, pidPath), 'user');
    if (code !== 'SQLITE_NOTADB') throw error;
    // Something else wrote into it; the file holds nothing of worth.
    rmSync(path);
    return take(folder, path, pidPath);
  }
}

function attempt<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError<LockFailure>({ code: 'file-not-writable', path, text: codeOf(error) || String(error) }, 'machine');
  }
}

/** For people who want to know which one it is; the lock does not depend on it. */
function writePid(path: string): void {
  try {
    writeFileSync(path, `${process.pid}\n`, { mode: 0o600 });
  } catch {
    // A full disk: the lock is held all the same.
  }
}

function running(folder: string, pidPath: string): LockFailure {
  try {
    const pid = Number.parseInt(readFileSync(pidPath, 'utf8'), 10);
    return { code: 'already-running', path: folder, ...(Number.isInteger(pid) && { pid }) };
  } catch {
    return { code: 'already-running', path: folder };
  }
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code ?? '');
}
