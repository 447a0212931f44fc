/**
 * Finds, or makes, a folder with a real Bitcoin full node in it: Debian's `bitcoin-knots` from the unstable suite, in a root of
 * its own made by debootstrap (27 seconds, 330 MB). Kept in $HEARTH_CACHE or `.cache/`, which git ignores.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export type NodeRoot =
  | { readonly kind: 'ready'; readonly path: string }
  /** This machine cannot have one; tests skip and print this. */
  | { readonly kind: 'missing'; readonly reason: string };

const SUITE = 'sid';
const PACKAGE = 'bitcoin-knots';
const DAEMON = 'usr/bin/bitcoind';
/** A slow mirror takes minutes, not more. */
const MAKE_TIMEOUT_MS = 600_000;

let found: Promise<NodeRoot> | undefined;

/** The root of the node; made once where it is not there. Where `CI` is set a machine without a node is a failure. @throws Error */
export async function nodeRoot(): Promise<NodeRoot> {
  found ??= findOrMake();
  const root = await found;
  if (root.kind === 'missing' && process.env['CI']) throw new Error(`no node to test with: ${root.reason}`);
  return root;
}

async function findOrMake(): Promise<NodeRoot> {
  const cache = process.env['HEARTH_CACHE'] ?? fileURLToPath(new URL('../../.cache', import.meta.url));
  const path = join(cache, 'knots');
  const reason = whyNot();
  if (reason !== undefined) return { kind: 'missing', reason };
  if (existsSync(join(path, DAEMON))) return { kind: 'ready', path };
  return make(cache, path);
}

/** chroot needs root, and the packages are Linux's. */
function whyNot(): string | undefined {
  if (process.platform !== 'linux') return `a Linux node does not run on ${process.platform}`;
  if (process.getuid?.() !== 0) return 'only root may use chroot';
  return undefined;
}

async function make(cache: string, path: string): Promise<NodeRoot> {
  const fresh = `${path}-${process.pid}`;
  mkdirSync(cache, { recursive: true });
  try {
    const args = ['--variant=minbase', `--include=${PACKAGE}`, SUITE, fresh];
    await promisify(execFile)('debootstrap', args, { timeout: MAKE_TIMEOUT_MS, maxBuffer: 64 << 20 });
    if (!existsSync(path)) renameSync(fresh, path); // somebody may have been faster
  } catch (error) {
    return existsSync(join(path, DAEMON)) ? { kind: 'ready', path } : { kind: 'missing', reason: explain(error) };
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return { kind: 'ready', path };
}

function explain(error: unknown): string {
  const { code, stderr } = error as { code?: string; stderr?: string };
  if (code === 'ENOENT') return 'debootstrap is not installed';
  return `debootstrap failed: ${(stderr || String(error)).trim().split('\n').at(-1)}`;
}
