import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { build } from '../../core/host/build-pages.ts';

let root: string;
let said: string[];
const run = () => build(root, ['pages'], (line) => said.push(line));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hearth-build-test-'));
  said = [];
  put(
    'node_modules/vite/bin/vite.js',
    `const fs = require('fs'); fs.mkdirSync('dist/renderer', { recursive: true }); fs.writeFileSync('dist/renderer/index.html', 'built');`,
  );
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A file changed so many seconds ago. */
function put(path: string, text = '', ageS = 0): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  const at = Date.now() / 1000 - ageS;
  utimesSync(join(root, path), at, at);
}
const built = () => existsSync(join(root, 'dist/renderer/index.html')) && readFileSync(join(root, 'dist/renderer/index.html'), 'utf8');

test('an installed Hearth has no sources and builds nothing', async () => {
  await run();
  expect(built()).toBe(false);
});

test('pages that are missing are built', async () => {
  put('renderer/vite.config.ts', '', 10);
  await run();
  expect(built()).toBe('built');
  expect(said).toHaveLength(1);
});

test.each(['renderer/views/deep/Mine.svelte', 'core/contract.ts', 'core/faults.ts', 'resources/pools.json'])(
  'pages older than %s are built anew',
  async (source) => {
    put('renderer/vite.config.ts', '', 60);
    put('dist/renderer/index.html', 'old', 30);
    put(source, '', 10);
    await run();
    expect(built()).toBe('built');
  },
);

test('pages newer than everything they are made of are left alone, without a word', async () => {
  for (const source of ['renderer/vite.config.ts', 'renderer/App.svelte', 'core/contract.ts']) put(source, '', 60);
  put('core/miner/miner.ts', '', 0);
  put('dist/renderer/index.html', 'old', 30);
  await run();
  expect(built()).toBe('old');
  expect(said).toEqual([]);
});

test('a build that fails says what went wrong', async () => {
  put('renderer/vite.config.ts');
  put('node_modules/vite/bin/vite.js', `console.error('App.svelte:7: Unexpected token'); process.exit(1);`);
  await expect(run()).rejects.toThrow(/renderer\/vite\.config\.ts failed:\nApp\.svelte:7: Unexpected token/);
});

test('two starts at once build once, one after the other', async () => {
  put('renderer/vite.config.ts', '', 10);
  const slow = `const fs = require('fs'); fs.mkdirSync('dist/renderer', { recursive: true }); fs.writeFileSync('dist/renderer/index.html', 'half'); setTimeout(() => fs.writeFileSync('dist/renderer/index.html', 'built'), 200);`;
  put('node_modules/vite/bin/vite.js', slow);
  await Promise.all([run(), run()]);
  expect(built()).toBe('built');
  expect(said).toHaveLength(1);
});

test('a start that died in the middle of a build holds up nobody for ever', async () => {
  put('renderer/vite.config.ts', '', 10);
  mkdirSync(join(root, 'dist/.building-pages'), { recursive: true });
  const longAgo = Date.now() / 1000 - 600;
  utimesSync(join(root, 'dist/.building-pages'), longAgo, longAgo);
  await run();
  expect(built()).toBe('built');
});
