/** Who may import whom. Walks every import of the tree and fails on an arrow that is not drawn here. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const root = new URL('..', import.meta.url).pathname;
const leaves = ['errors', 'bytes', 'ports', 'faults'];

/** Folder (or file) → what it may import beside itself and the leaves. */
const arrows: Record<string, readonly string[]> = {
  errors: [],
  bytes: [],
  ports: [],
  faults: [],
  contract: ['faults'],
  wire: [],
  noise: ['wire'],
  bitcoin: [],
  sv2: ['wire', 'noise', 'bitcoin'],
  sv1: ['bitcoin'],
  work: ['bitcoin', 'devices'], // devices/device.ts, types only: the scheduler deals Work to devices
  templates: ['bitcoin'],
  declaration: ['sv2', 'templates', 'work'],
  devices: ['work', 'bitcoin'],
  pool: ['sv2', 'sv1', 'work', 'templates', 'declaration', 'noise', 'bitcoin', 'wire'],
  proxy: ['sv2', 'sv1', 'work'],
  practice: ['sv2', 'bitcoin', 'work', 'templates', 'noise', 'wire'],
  miner: ['sv2', 'sv1', 'work', 'templates', 'declaration', 'devices', 'pool', 'proxy', 'practice', 'bitcoin', 'noise', 'contract'],
  io: [],
  host: ['miner', 'practice', 'io', 'contract', 'devices', 'pool'],
  electron: ['miner', 'practice', 'io', 'contract', 'host'],
  renderer: ['contract', 'resources'], // pool presets are data: resources/pools.json
};

/** Packages that only these folders may name. */
const packages: Record<string, readonly string[]> = {
  electron: ['electron'],
  'electron-updater': ['electron'],
  svelte: ['renderer'],
  uplot: ['renderer'],
  usb: ['io'],
  serialport: ['io'],
  'better-sqlite3': ['io'],
  ws: ['io'],
  'node:': ['io', 'host', 'electron'],
};

function files(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ['assembly', 'dist', 'node_modules'].includes(entry.name) ? [] : files(path);
    return /\.(ts|svelte|mjs)$/.test(entry.name) && !entry.name.endsWith('.config.ts') ? [path] : [];
  });
}

function imports(path: string): string[] {
  const text = readFileSync(join(root, path), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] as string);
}

/** `core/pool/x.ts` → `pool`, `core/bytes.ts` → `bytes`, `electron/main.ts` → `electron`. */
function part(path: string): string {
  const [top, second] = path.split('/') as [string, string];
  return top === 'core' ? second.replace(/\.ts$/, '') : top;
}

function forbidden(path: string, imported: string): string | undefined {
  const from = part(path);
  if (imported.startsWith('.')) {
    const to = part(relative(root, join(root, dirname(path), imported)));
    return from === to || leaves.includes(to) || arrows[from]?.includes(to) ? undefined : `${path} -> ${to}`;
  }
  const owners = Object.entries(packages).find(
    ([name]) => imported === name || imported.startsWith(name.endsWith(':') ? name : `${name}/`),
  )?.[1];
  return owners === undefined || owners.includes(from) ? undefined : `${path} -> ${imported}`;
}

const everything = ['core', 'electron', 'renderer'].flatMap(files);

test('every import follows an arrow of the design', () => {
  const wrong = everything.flatMap((path) => imports(path).map((imported) => forbidden(path, imported)));
  expect(wrong.filter(Boolean)).toEqual([]);
});

test('the walk sees the tree and knows a forbidden arrow', () => {
  expect(everything.length).toBeGreaterThan(5);
  expect(forbidden('core/wire/frame.ts', '../sv2/x.ts')).toBe('core/wire/frame.ts -> sv2');
  expect(forbidden('core/devices/x.ts', 'node:fs')).toBe('core/devices/x.ts -> node:fs');
  expect(forbidden('core/pool/x.ts', '../sv2/x.ts')).toBeUndefined();
});

test('every folder of core has its row', () => {
  const folders = readdirSync(join(root, 'core'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.filter((entry) => files(`core/${entry.name}`).length > 0 && !(entry.name in arrows)).map((entry) => entry.name)).toEqual(
    [],
  );
});
