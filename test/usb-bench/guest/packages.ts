/** Debian packages without installing them: downloaded once with apt-get into the cache and unpacked there. Needs no root. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const DOWNLOAD_LIMIT_MS = 300_000;

/** Debian's archive does not give what the guest is made of: this machine is no Debian, is offline, or never ran `apt-get update`. */
export class NoPackages extends Error {}

async function run(command: string, args: readonly string[], options: Parameters<typeof execute>[2] = {}): Promise<{ stdout: string }> {
  try {
    const { stdout } = await execute(command, args, options);
    return { stdout: String(stdout) };
  } catch (error) {
    throw new NoPackages(`${command} ${args[0]}: ${error instanceof Error ? error.message.trim() : String(error)}`);
  }
}

/** Where everything that can be made again is kept: `HEARTH_CACHE`, or `.cache` in the repository. */
export function cacheFolder(): string {
  const root = new URL('../../..', import.meta.url).pathname;
  const folder = join(process.env['HEARTH_CACHE'] ?? join(root, '.cache'), 'usb-bench');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The kernel that `linux-image-amd64` stands for today: `linux-image-6.1.0-56-amd64`. */
export async function kernelPackage(): Promise<string> {
  const { stdout } = await run('apt-cache', ['depends', 'linux-image-amd64']);
  const name = /Depends: (linux-image-\S+)/.exec(stdout)?.[1];
  if (name === undefined) throw new NoPackages('apt knows no kernel package: run apt-get update');
  return name;
}

/** Unpacks `names` into one folder of the cache; returns it. Nothing is fetched when it is already there. */
export async function unpack(label: string, names: readonly string[]): Promise<string> {
  const target = join(cacheFolder(), label);
  if (existsSync(target)) return target;
  const work = `${target}.partial`;
  rmSync(work, { recursive: true, force: true });
  const [downloads, root] = [join(work, 'deb'), join(work, 'root')];
  mkdirSync(downloads, { recursive: true });
  mkdirSync(root);
  await run('apt-get', ['download', '-q', '-o', 'Acquire::Retries=3', ...names], { cwd: downloads, timeout: DOWNLOAD_LIMIT_MS });
  for (const file of readdirSync(downloads)) await run('dpkg-deb', ['-x', join(downloads, file), root], { maxBuffer: 1 << 26 });
  renameSync(root, target);
  rmSync(work, { recursive: true, force: true });
  return target;
}

/** What apt would have to install for `name`, recommendations aside; empty when it is installed. */
export async function missingFor(name: string): Promise<string[]> {
  const { stdout } = await run('apt-get', ['install', '--print-uris', '-qq', '--no-install-recommends', name], { maxBuffer: 1 << 26 });
  return [...stdout.matchAll(/^'[^']*'\s+(\S+?)_/gm)].map((match) => match[1] as string);
}
