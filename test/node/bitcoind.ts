/** A real node under test: its own data folder and RPC port on loopback; started, stopped and asked like a person's node. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Files } from '../../core/ports.ts';

/** From start to the first answer; regtest is there in a second. */
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 60_000;
const LOOK_MS = 50;

export interface BitcoindOptions {
  /** From `nodeRoot()`. */
  readonly root: string;
  readonly chain?: 'regtest' | 'signet' | 'main' | 'testnet4';
  readonly args?: readonly string[];
  /** Lines of bitcoin.conf, for what the command line cannot say. */
  readonly conf?: readonly string[];
}

export class RpcError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export class Bitcoind {
  readonly url: string;
  readonly port: number;
  readonly #options: BitcoindOptions;
  /** As seen from inside the node's root. */
  readonly #datadir: string;
  #child: ChildProcess | undefined;

  private constructor(options: BitcoindOptions, port: number, datadir: string) {
    this.#options = options;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.#datadir = datadir;
  }

  /** A new node, started and answering. */
  static async start(options: BitcoindOptions): Promise<Bitcoind> {
    const folder = join(options.root, 'tmp');
    mkdirSync(folder, { recursive: true });
    const datadir = mkdtempSync(join(folder, 'hearth-node-'));
    const node = new Bitcoind(options, await freePort(), datadir.slice(options.root.length));
    await node.start();
    return node;
  }

  /** Where the cookie is, seen from outside. */
  get cookiePath(): string {
    const folders = { regtest: 'regtest', signet: 'signet', main: '', testnet4: 'testnet4' };
    return join(this.#options.root, this.#datadir, folders[this.#options.chain ?? 'regtest'], '.cookie');
  }

  /** Starts it (again) with the same data and port, and waits for its first answer. */
  async start(): Promise<void> {
    const { root, chain = 'regtest', args = [], conf = [] } = this.#options;
    writeFileSync(join(root, this.#datadir, 'bitcoin.conf'), `${conf.join('\n')}\n`);
    const all = [
      ...(chain === 'main' ? [] : [`-${chain}`]),
      `-datadir=${this.#datadir}`,
      ...['-server', '-listen=0', '-dnsseed=0', '-fixedseeds=0', '-connect=0', '-printtoconsole=0', '-disablewallet'],
      ...[`-rpcport=${this.port}`, '-rpcbind=127.0.0.1', '-rpcallowip=127.0.0.1', '-dbcache=16', '-persistmempool=0', '-acceptnonstdtxn=1'],
      ...args,
    ];
    const child = spawn('chroot', [root, 'bitcoind', ...all], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    let words = '';
    child.stderr?.on('data', (part) => {
      words = `${words}${part}`.slice(-2_000);
    });
    await until(START_TIMEOUT_MS, async () => {
      if (child.exitCode !== null) throw new Error(`bitcoind ended: ${words}`);
      return (
        existsSync(this.cookiePath) &&
        (await this.rpc('getblockcount').then(
          () => true,
          () => false,
        ))
      );
    });
  }

  /** Ends it as its owner would. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null) return;
    await this.rpc('stop').catch(() => {});
    await this.#ended(child);
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null) return;
    child.kill('SIGKILL');
    await this.#ended(child);
  }

  /** Stops it and removes all it wrote. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(join(this.#options.root, this.#datadir), { recursive: true, force: true });
  }

  async #ended(child: ChildProcess): Promise<void> {
    await until(STOP_TIMEOUT_MS, async () => child.exitCode !== null || child.signalCode !== null);
    this.#child = undefined;
  }

  /** @throws RpcError when the node says no */
  async rpc<T = unknown>(method: string, ...params: unknown[]): Promise<T> {
    const authorization = `Basic ${Buffer.from(readFileSync(this.cookiePath, 'utf8')).toString('base64')}`;
    const body = JSON.stringify({ jsonrpc: '1.0', id: 'test', method, params });
    const answer = await fetch(this.url, { method: 'POST', headers: { authorization, connection: 'close' }, body });
    const { result, error } = (await answer.json()) as { result: T; error: { code: number; message: string } | null };
    if (error) throw new RpcError(error.code, error.message);
    return result;
  }

  /** Blocks whose coinbase anybody may spend (OP_TRUE), found by the node itself. */
  generate(count: number): Promise<string[]> {
    return this.rpc('generatetodescriptor', count, 'raw(51)');
  }
}

/** A cookie file held in memory, where a test wants to change what it says. */
export function cookieFiles(read: () => string): Files {
  const refuse = () => Promise.reject(new Error('not written in this test'));
  return { read: async () => read(), write: refuse, setAside: refuse };
}

export async function until(timeoutMs: number, ready: () => Promise<boolean> | boolean): Promise<void> {
  for (const deadline = performance.now() + timeoutMs; !(await ready()); ) {
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms`);
    await sleep(LOOK_MS);
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
