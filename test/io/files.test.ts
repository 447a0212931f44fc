/** Small files on a real disk: whole or not at all, private, and coded failures. */
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { faultOf } from '../../core/errors.ts';
import { diskFiles } from '../../core/io/files.ts';

const NOBODY = 65_534;
let folder = '';
const files = diskFiles();
const canMount = process.platform === 'linux' && process.getuid?.() === 0 && mounts();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hearth-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a written file reads back, is private, and leaves nothing beside it', async () => {
  const path = join(folder, 'deeper', 'settings.json');
  await files.write(path, '{"a":"ü"}');
  await files.write(path, '{"a":"ß"}');
  expect(await files.read(path)).toBe('{"a":"ß"}');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(join(folder, 'deeper'))).toEqual(['settings.json']);
});

test('writes to one path land in the order they were asked for', async () => {
  const path = join(folder, 'x');
  await Promise.all(Array.from({ length: 20 }, (_, number) => files.write(path, String(number))));
  expect(await files.read(path)).toBe('19');
});

test('a link stays a link; the file behind it is replaced', async () => {
  const real = join(folder, 'real');
  const link = join(folder, 'link');
  await writeFile(real, 'old');
  await symlink(real, link);
  await files.write(link, 'new');
  expect(await readFile(real, 'utf8')).toBe('new');
  expect(await readdir(folder)).toEqual(['link', 'real']);
});

test('setAside renames to a free name and never overwrites an older one', async () => {
  const path = join(folder, 'settings.json');
  await files.write(path, 'first');
  const one = await files.setAside(path);
  await files.write(path, 'second');
  const two = await files.setAside(path);
  expect([one, two]).toEqual([`${path}.broken-1`, `${path}.broken-2`]);
  expect(await files.read(one)).toBe('first');
  expect(await files.read(two)).toBe('second');
});

test('what is missing, a folder, or too long is named by code', async () => {
  const missing = join(folder, 'missing');
  await expect(files.read(missing).catch(faultOf)).resolves.toEqual({ code: 'file-not-found', path: missing });
  await expect(files.setAside(missing).catch(faultOf)).resolves.toEqual({ code: 'file-not-found', path: missing });
  await expect(files.read(folder).catch(faultOf)).resolves.toEqual({ code: 'file-not-readable', path: folder, text: 'EISDIR' });
  const long = join(folder, 'long');
  await writeFile(long, '');
  await truncate(long, (32 << 20) + 1);
  await expect(files.read(long).catch(faultOf)).resolves.toEqual({ code: 'file-not-readable', path: long, text: 'too long' });
});

test('a path below a file is not writable and the file is untouched', async () => {
  const file = join(folder, 'file');
  await writeFile(file, 'kept');
  const path = join(file, 'below');
  await expect(files.write(path, 'x').catch(faultOf)).resolves.toMatchObject({ code: 'file-not-writable', path });
  expect(await readFile(file, 'utf8')).toBe('kept');
});

test('a folder without permission is not writable, a file without it not readable', async () => {
  const locked = join(folder, 'locked');
  await mkdir(locked);
  await writeFile(join(locked, 'cookie'), 'x', { mode: 0o000 });
  await chmod(locked, 0o555);
  await chmod(folder, 0o755);
  await asNobody(async () => {
    await expect(files.read(join(locked, 'cookie')).catch(faultOf)).resolves.toMatchObject({ code: 'file-not-readable', text: 'EACCES' });
    await expect(files.write(join(locked, 'new'), 'x').catch(faultOf)).resolves.toMatchObject({
      code: 'file-not-writable',
      text: 'EACCES',
    });
  });
  await chmod(locked, 0o700);
});

test.skipIf(!canMount)('a full disk says disk-full and keeps the old file', async () => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]);
  try {
    const path = join(folder, 'settings.json');
    await files.write(path, 'old');
    await expect(files.write(path, 'x'.repeat(200_000)).catch(faultOf)).resolves.toEqual({ code: 'disk-full', path });
    expect(await files.read(path)).toBe('old');
    expect(await readdir(folder)).toEqual(['settings.json']);
  } finally {
    execFileSync('umount', [folder]);
  }
});

/** Root may do everything: for once it is somebody who may do nothing. */
async function asNobody(act: () => Promise<void>): Promise<void> {
  if (process.getuid?.() !== 0) return act();
  process.seteuid?.(NOBODY);
  try {
    await act();
  } finally {
    process.seteuid?.(0);
  }
}

/** Whether this machine lets us make a disk small enough to fill. */
function mounts(): boolean {
  try {
    const point = execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim();
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', point], { stdio: 'ignore' });
    execFileSync('umount', [point]);
    return true;
  } catch {
    return false;
  }
}
