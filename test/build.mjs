/** Builds everything that is built, from nothing: the pages, the window's main file and its preload. */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
rmSync(`${root}dist`, { recursive: true, force: true });
const configs = ['renderer/vite.config.ts', 'electron/vite.main.config.ts', 'electron/vite.preload.config.ts'].filter((config) =>
  existsSync(root + config),
);
for (const config of configs) {
  const { status } = spawnSync(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '-c', config, '--logLevel', 'warn'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(1);
}
