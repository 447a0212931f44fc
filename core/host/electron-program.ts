/**
 * Electron's own program. Its package fetches it with its own installer, from outside the registries; where that is out
 * of reach it fails within a second, and the pages are served to a browser instead.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface InstallLimits {
  readonly wholeMs: number;
  /** Without one more byte for this long, loaded or unpacked, it is given up. */
  readonly silenceMs: number;
  /** Between two looks, each of which may say a line. */
  readonly lookMs: number;
}

/** About 100 MB over a slow line, unpacked onto a slow card. */
const LIMITS: InstallLimits = { wholeMs: 15 * 60_000, silenceMs: 30_000, lookMs: 2_000 };

export type ElectronProgram = { readonly path: string } | { readonly missing: string };

/** The program, fetched if need be; or why it cannot be had, in a few words. */
export async function electronProgram(root: string, say: (line: string) => void, limits = LIMITS): Promise<ElectronProgram> {
  const folder = join(root, 'node_modules/electron');
  if (!existsSync(folder)) return { missing: 'the electron package is not installed' };
  const present = await installed(folder);
  if (present) return { path: present };
  say('Fetching the window’s program, once (about 100 MB) …');
  const failure = await install(folder, say, limits);
  const path = await installed(folder);
  return path ? { path } : { missing: `its program could not be fetched: ${failure ?? 'the installer left nothing behind'}` };
}

async function installed(folder: string): Promise<string | undefined> {
  const name = await readFile(join(folder, 'path.txt'), 'utf8').catch(() => undefined);
  const path = name === undefined ? undefined : join(folder, 'dist', name);
  return path !== undefined && existsSync(path) ? path : undefined;
}

/**
 * Undefined when it went well; otherwise its last words. The installer is mute while it works, so the folders it fills are
 * watched: its own temporary one for the download, then the program's for the unpacking.
 */
async function install(folder: string, say: (line: string) => void, limits: InstallLimits): Promise<string | undefined> {
  const temporary = await mkdtemp(join(tmpdir(), 'hearth-electron-'));
  const environment = { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary };
  const child = spawn(process.execPath, [join(folder, 'install.js')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limits.wholeMs,
    env: environment,
  });
  let words = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (words = (words + chunk).slice(-4000)));
  const stopWatching = watchGrowth([temporary, join(folder, 'dist')], limits, say, () => child.kill('SIGKILL'));
  const failure = await new Promise<string | undefined>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code === 0 ? undefined : signal ? 'the download stopped' : reason(words)));
  });
  stopWatching();
  await rm(temporary, { recursive: true, force: true, maxRetries: 3 });
  return failure;
}

function watchGrowth(folders: readonly string[], limits: InstallLimits, say: (line: string) => void, giveUp: () => void): () => void {
  let bytes = 0;
  let changedAt = performance.now();
  const timer = setInterval(async () => {
    const sizes = await Promise.all(folders.map(sizeBelow));
    const now = sizes.reduce((sum, size) => sum + size, 0);
    if (now > bytes) say(`  ${Math.round(now / 1e6)} MB`);
    if (now !== bytes) changedAt = performance.now();
    else if (performance.now() - changedAt > limits.silenceMs) giveUp();
    bytes = now;
  }, limits.lookMs);
  return () => clearInterval(timer);
}

async function sizeBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => stat(join(entry.parentPath, entry.name)));
  const sizes = await Promise.allSettled(files);
  return sizes.reduce((sum, size) => sum + (size.status === 'fulfilled' ? size.value.size : 0), 0);
}

/** The line of an error that says what happened, without its stack. */
function reason(words: string): string {
  const lines = words.split('\n').map((line) => line.trim());
  const line = lines.find((one) => /error|failed/i.test(one)) ?? lines.find((one) => one !== '') ?? 'the installer ended without a word';
  return line.replace(/^\w*Error: /, '');
}
