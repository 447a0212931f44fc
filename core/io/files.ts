/**
 * Small text files, written whole or not at all: temporary file beside the real one, flush, rename, flush of the folder.
 * Implements `Files` of core/ports.ts. Mode 0600: settings name payout addresses, cookie files are passwords.
 */
import { mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../errors.ts';
import type { FileFailure, Files } from '../ports.ts';
import { systemCode } from './dial-failure.ts';

/** The largest file of ours keeps blocks found; whoever points us at a disk image is told so. */
const MAX_READ_BYTES = 32 << 20;
/** Broken files kept beside each other before somebody has to clean up. */
const MAX_SET_ASIDE = 100;
/** Windows: virus scanners hold a fresh file open for a moment. */
const RENAME_TRIES = 6;
const RENAME_RETRY_MS = 50;

/** A new set of files; writes to one path happen in the order they were asked for. */
export function diskFiles(): Files {
  const queues = new Map<string, Promise<unknown>>();
  return {
    read,
    write(path, text) {
      const turn = (queues.get(path) ?? Promise.resolve()).then(() => write(path, text));
      const settled = turn.catch(() => {});
      queues.set(path, settled);
      void settled.then(() => queues.get(path) === settled && queues.delete(path));
      return turn;
    },
    setAside,
  };
}

async function read(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MAX_READ_BYTES) throw new AppError<FileFailure>({ code: 'file-not-readable', path, text: 'too long' }, 'machine');
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof AppError) throw error;
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new AppError<FileFailure>({ code: 'file-not-found', path }, 'machine');
    throw new AppError<FileFailure>({ code: 'file-not-readable', path, text: code }, 'machine');
  }
}

let temporary = 0;

async function write(path: string, text: string): Promise<void> {
  // Through a link: people keep settings elsewhere, and a rename would replace their link by a file.
  const target = await realpath(path).catch(() => path);
  temporary += 1;
  const fresh = `${target}.${process.pid}-${temporary}.tmp`;
  try {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await writeFlushed(fresh, text);
    await replace(fresh, target);
    await flushFolder(dirname(target));
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => {});
    throw new AppError<FileFailure>(writeFailure(error, path), 'machine');
  }
}

async function writeFlushed(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text, 'utf8');
    await file.sync();
  } finally {
    await file.close();
  }
}

async function replace(fresh: string, target: string): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await rename(fresh, target);
    } catch (error) {
      const held = process.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(systemCode(error));
      if (!held || tried >= RENAME_TRIES) throw error;
      await sleep(RENAME_RETRY_MS * tried);
    }
  }
}

/** Makes the rename itself survive a power cut; Windows and some network disks cannot, and need not. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close().catch(() => {});
}

async function setAside(path: string): Promise<string> {
  try {
    await stat(path);
    const free = await reserve(path);
    await replace(path, free);
    return free;
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (systemCode(error) === 'ENOENT') throw new AppError<FileFailure>({ code: 'file-not-found', path }, 'machine');
    throw new AppError<FileFailure>(writeFailure(error, path), 'machine');
  }
}

/** Claims the first free name, so that two at once never take the same. */
async function reserve(path: string): Promise<string> {
  for (let number = 1; number <= MAX_SET_ASIDE; number += 1) {
    const name = `${path}.broken-${number}`;
    const claimed = await open(name, 'wx', 0o600).catch((error: unknown) => {
      if (systemCode(error) !== 'EEXIST') throw error;
    });
    if (claimed) {
      await claimed.close();
      return name;
    }
  }
  throw new AppError<FileFailure>({ code: 'file-not-writable', path, text: 'too many broken files kept' }, 'machine');
}

function writeFailure(error: unknown, path: string): FileFailure {
  const code = systemCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') return { code: 'disk-full', path };
  return { code: 'file-not-writable', path, text: code || String(error) };
}
