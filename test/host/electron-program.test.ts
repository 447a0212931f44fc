import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { electronProgram } from '../../core/host/electron-program.ts';

let root: string;
let said: string[];
const find = (silenceMs = 10_000) => electronProgram(root, (line) => said.push(line), { wholeMs: 30_000, silenceMs, lookMs: 25 });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hearth-electron-test-'));
  said = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Electron's package with an installer of our own. */
function install(script: string): string {
  const folder = join(root, 'node_modules/electron');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'install.js'), `const { mkdirSync, writeFileSync, appendFileSync } = require('fs');\n${script}`);
  return folder;
}

const SUCCESS = `mkdirSync(__dirname + '/dist'); writeFileSync(__dirname + '/dist/electron', ''); writeFileSync(__dirname + '/path.txt', 'electron');`;

test('without the package it says so and fetches nothing', async () => {
  expect(await find()).toEqual({ missing: 'the electron package is not installed' });
  expect(said).toEqual([]);
});

test('what its installer brought is used, and the next time it is there already', async () => {
  const folder = install(SUCCESS);
  expect(await find()).toEqual({ path: join(folder, 'dist/electron') });
  expect(said).toHaveLength(1);
  expect(await find()).toEqual({ path: join(folder, 'dist/electron') });
  expect(said).toHaveLength(1);
});

test('an installer that fails leaves its reason in one line, without a stack', async () => {
  install(`console.error(new Error('getaddrinfo ENOTFOUND github.com').stack); process.exit(1);`);
  expect(await find()).toEqual({ missing: 'its program could not be fetched: getaddrinfo ENOTFOUND github.com' });
});

test('an installer that ends well and brings nothing is not believed', async () => {
  install('');
  expect(await find()).toEqual({ missing: 'its program could not be fetched: the installer left nothing behind' });
});

test('silence is given up', async () => {
  install('setInterval(() => {}, 1000);');
  expect(await find(100)).toEqual({ missing: 'its program could not be fetched: the download stopped' });
});

test('a slow download that goes on is waited for, and its progress is said', async () => {
  const slow = `let n = 0; const file = require('os').tmpdir() + '/download'; writeFileSync(file, '');
    const timer = setInterval(() => { appendFileSync(file, Buffer.alloc(1e6)); if (++n === 8) { clearInterval(timer); ${SUCCESS} } }, 60);`;
  const folder = install(slow);
  expect(await find()).toEqual({ path: join(folder, 'dist/electron') });
  expect(said.filter((line) => line.endsWith(' MB')).length).toBeGreaterThan(1);
});
