/** The built pages, read once into memory: what is not in this map does not exist, so no path can lead elsewhere. */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';

export interface Asset {
  readonly bytes: Uint8Array;
  readonly type: string;
  /** Its name carries a hash of its content. */
  readonly immutable: boolean;
}
export type Assets = ReadonlyMap<string, Asset>;

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** URL path (`/index.html`) → file, for every file below `folder` of a known type. */
export async function loadAssets(folder: string): Promise<Assets> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && extname(entry.name) in types)
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(files.map(async (file) => [urlPath(folder, file), await load(file)] as const)));
}

function urlPath(folder: string, file: string): string {
  return `/${relative(folder, file).split(sep).join('/')}`;
}

async function load(file: string): Promise<Asset> {
  return { bytes: await readFile(file), type: types[extname(file)] as string, immutable: /-[\w-]{8}\.(js|css|woff2|svg|png)$/.test(file) };
}
