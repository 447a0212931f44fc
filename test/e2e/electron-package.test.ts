/**
 * What the installer would carry: packed by electron-builder as the packages are, around a stand-in for Electron's own program,
 * then unpacked far from the sources and run on the double. Signing and the installers themselves are not tried here.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { extractAll, getRawHeader, listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { build, Platform } from 'electron-builder';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { built, endAll, home, start, startPractice } from './electron-person.ts';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');
const folder = mkdtempSync(join(tmpdir(), 'hearth-package-'));
const archive = join(folder, 'packed/linux-unpacked/resources/app.asar');
const app = join(folder, 'app');
/** In place of Electron's program: only its switches, all at "as built". */
const SWITCHES = 8;
/** How they stand in the program: after this text, a version, their number, and a digit each. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const [OFF, ON, AS_BUILT] = [0x30, 0x31, 0x90];
const standIn = join(folder, 'electron');

beforeAll(async () => {
  await built();
  mkdirSync(join(standIn, 'resources'), { recursive: true });
  const wire = Buffer.from([1, SWITCHES, ...Array(SWITCHES).fill(AS_BUILT)]);
  writeFileSync(join(standIn, 'electron'), Buffer.concat([Buffer.from(SENTINEL), wire]), { mode: 0o755 });
  const { version } = createRequire(import.meta.url)('electron/package.json') as { version: string };
  writeFileSync(join(standIn, 'version'), `v${version}`);
  const config = { electronDist: standIn, directories: { output: join(folder, 'packed') } };
  await build({ projectDir: root, targets: Platform.LINUX.createTarget('dir'), config });
  extractAll(archive, app);
});
afterAll(async () => {
  await endAll();
  rmSync(folder, { recursive: true, force: true });
});

test('carries the app and nothing of how it is made or tested', () => {
  const top = new Set(listPackage(archive, { isPack: false }).map((path) => path.split(/[\\/]/)[1]));
  expect([...top].sort()).toEqual(['LICENSE', 'dist', 'node_modules', 'package.json', 'resources']);
});

test('keeps native code outside the archive, where the system can load it', () => {
  interface Entry {
    readonly files?: Readonly<Record<string, Entry>>;
    readonly unpacked?: boolean;
  }
  const native = (entry: Entry, path: string): [string, boolean][] =>
    entry.files
      ? Object.entries(entry.files).flatMap(([name, below]) => native(below, `${path}/${name}`))
      : path.endsWith('.node')
        ? [[path, entry.unpacked === true]]
        : [];
  const found = native(getRawHeader(archive).header as Entry, '');
  expect(found.filter(([, isOutside]) => !isOutside)).toEqual([]);
  for (const name of ['better-sqlite3', '@node-usb', '@serialport'])
    expect(
      found.some(([path]) => path.includes(name)),
      name,
    ).toBe(true);
});

test('closes the doors that Electron leaves open for developers', async () => {
  const wire = await getCurrentFuseWire(join(archive, '../../hearth'));
  const closed = [
    'RunAsNode',
    'EnableNodeOptionsEnvironmentVariable',
    'EnableNodeCliInspectArguments',
    'GrantFileProtocolExtraPrivileges',
  ] as const;
  for (const name of closed) expect(wire[FuseV1Options[name]], name).toBe(OFF);
  for (const name of ['EnableEmbeddedAsarIntegrityValidation', 'OnlyLoadAppFromAsar'] as const)
    expect(wire[FuseV1Options[name]], name).toBe(ON);
});

test('mines, keeps its history and shows its pages with nothing of the sources in reach', async () => {
  const running = start(home(), [], { DOUBLE_APP: app });
  const page = await startPractice(running);
  await page.locator('a[href="#/history"]').first().click();
  await page.locator('tbody tr').first().waitFor();
  expect(running.output).not.toContain(root);
});
