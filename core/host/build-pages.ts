/**
 * The built pages and window. An installed Hearth has them; a source tree builds them when they are missing or older than
 * what they are made from, which takes a few seconds.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Building takes about three seconds on two cores; far more means that it hangs. */
const BUILD_LIMIT_MS = 120_000;
/** How soon one notices that another start's build is done. */
const LOOK_EVERY_MS = 100;

const outputs = {
  pages: {
    config: 'renderer/vite.config.ts',
    made: 'dist/renderer/index.html',
    from: ['renderer', 'core/contract.ts', 'core/faults.ts', 'resources/pools.json'],
  },
  main: { config: 'electron/vite.main.config.ts', made: 'dist/electron/main.js', from: ['electron', 'core'] },
  preload: { config: 'electron/vite.preload.config.ts', made: 'dist/electron/preload.cjs', from: ['electron/preload'] },
} as const;
export type Output = keyof typeof outputs;

/** Brings `wanted` up to date below `root`. @throws Error with what vite said when a build fails */
export async function build(root: string, wanted: readonly Output[], say: (line: string) => void): Promise<void> {
  for (const name of wanted) {
    const { config, made, from } = outputs[name];
    if (!existsSync(join(root, config))) continue;
    await alone(join(root, 'dist', `.building-${name}`), async () => {
      if (await isCurrent(root, made, from)) return;
      say(`Building the ${name} (once after each change of the sources) …`);
      await runVite(root, config);
    });
  }
}

/** Two starts at once must neither build into one folder nor take half a build for a whole one: the second waits. */
async function alone(lock: string, act: () => Promise<void>): Promise<void> {
  await mkdir(join(lock, '..'), { recursive: true });
  while (!(await takes(lock))) await sleep(LOOK_EVERY_MS);
  try {
    await act();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

/** A lock as old as no build can be was left by a start that died. */
async function takes(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const since = await stat(lock).catch(() => undefined);
  if (since && Date.now() - since.mtimeMs > BUILD_LIMIT_MS) await rm(lock, { recursive: true, force: true });
  return false;
}

async function isCurrent(root: string, made: string, from: readonly string[]): Promise<boolean> {
  const madeAt = await stat(join(root, made)).then(
    (file) => file.mtimeMs,
    () => 0,
  );
  const newest = await Promise.all(from.map((path) => newestBelow(join(root, path))));
  return madeAt > Math.max(...newest);
}

async function newestBelow(path: string): Promise<number> {
  const itself = await stat(path).catch(() => undefined);
  if (!itself) return 0;
  if (!itself.isDirectory()) return itself.mtimeMs;
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const times = entries.filter((entry) => entry.isFile()).map(async (entry) => (await stat(join(entry.parentPath, entry.name))).mtimeMs);
  return Math.max(0, ...(await Promise.all(times)));
}

function runVite(root: string, config: string): Promise<void> {
  const args = [join(root, 'node_modules/vite/bin/vite.js'), 'build', '-c', config, '--logLevel', 'warn'];
  const child = spawn(process.execPath, args, { cwd: root, timeout: BUILD_LIMIT_MS, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said = (said + chunk).slice(-4000)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`building ${config} failed:\n${said}`))));
  });
}
