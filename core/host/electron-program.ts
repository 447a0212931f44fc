/**
 * Electron's own program. Its package fetches it with its own installer, from outside the registries; where that is out
 * of reach it fails within a second, and the pages are served to a browser instead.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** About 100 MB over a slow line. */
const INSTALL_LIMIT_MS = 15 * 60_000;
/** Without one more byte for this long the download is given up. */
const SILENCE_LIMIT_MS = 30_000;
const PROGRESS_MS = 2_000;

export type ElectronProgram = { readonly path: string } | { readonly missing: string };

/** The program, fetched if need be; or why it cannot be had, in a few words. */
export async function electronProgram(root: string, say: (line: string) => void): Promise<ElectronProgram> {
  const folder = join(root, 'node_modules/electron');
  if (!existsSync(folder)) return { missing: 'the electron package is not installed' };
  const present = await installed(folder);
  if (present) return { path: present };
  say('Fetching the window’s program, once (about 100 MB) …');
  const failure = await install(folder, say);
  const path = await installed(folder);
  return path ? { path } : { missing: failure ?? 'its installer left nothing behind' };
}

async function installed(folder: string): Promise<string | undefined> {
  const name = await readFile(join(folder, 'path.txt'), 'utf8').catch(() => undefined);
  const path = name === undefined ? undefined : join(folder, 'dist', name);
  return path !== undefined && existsSync(path) ? path : undefined;
}

/**
 * Undefined when it went well; otherwise its last words. The installer is mute while it loads, so its own temporary folder
 * is watched: what grows there is the download.
 */
async function install(folder: string, say: (line: string) => void): Promise<string | undefined> {
  const temporary = await mkdtemp(join(tmpdir(), 'hearth-electron-'));
  const environment = { ...process.env, TMPDIR: temporary, TEMP: temporary, TMP: temporary };
  const child = spawn(process.execPath, [join(folder, 'install.js')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: INSTALL_LIMIT_MS,
    env: environment,
  });
  let words = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (words = (words + chunk).slice(-4000)));
  const stopWatching = watchGrowth(temporary, say, () => child.kill());
  const failure = await new Promise<string | undefined>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code === 0 ? undefined : signal ? 'the download stopped' : reason(words)));
  });
  stopWatching();
  await rm(temporary, { recursive: true, force: true });
  return failure;
}

function watchGrowth(folder: string, say: (line: string) => void, giveUp: () => void): () => void {
  let bytes = 0;
  let grewAt = performance.now();
  const timer = setInterval(async () => {
    const now = await sizeBelow(folder);
    if (now > bytes) {
      bytes = now;
      grewAt = performance.now();
      say(`  ${Math.round(bytes / 1e6)} MB`);
    } else if (performance.now() - grewAt > SILENCE_LIMIT_MS) giveUp();
  }, PROGRESS_MS);
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
  return lines.find((line) => /error|failed/i.test(line)) ?? lines.find((line) => line !== '') ?? 'its installer ended without a word';
}
