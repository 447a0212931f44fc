/** Chromium's debugging protocol over a pipe: the browser ends with the pipe, however this process ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

// biome-ignore lint/suspicious/noExplicitAny: the protocol's own types are thousands; each caller reads two or three fields
export type Json = any;
type Listener = (method: string, params: Json) => void;

const START_LIMIT_MS = 30_000;
// biome-ignore format: a list
const flags = [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--no-startup-window', '--disable-dev-shm-usage',
  // No request of a page may leave this machine, whatever the app under test lets through.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  '--remote-debugging-pipe', '--remote-debugging-port=0',
];

export class Chromium {
  readonly downloads: string;
  readonly #profile: string;
  readonly #process: ChildProcess;
  readonly #listeners = new Map<string, Listener[]>();
  readonly #waiting = new Map<number, { resolve(result: Json): void; reject(error: Error): void }>();
  #nextId = 1;
  #rest = '';

  constructor() {
    this.#profile = mkdtempSync(join(tmpdir(), 'hearth-double-'));
    this.downloads = join(this.#profile, 'downloads');
    this.#process = spawn('/usr/bin/chromium', [...flags, `--user-data-dir=${this.#profile}`], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    const [input, output] = [this.#process.stdio[3] as Writable, this.#process.stdio[4] as Readable];
    // A browser that is killed while it speaks resets its pipes; that it is gone is told by its exit.
    for (const pipe of [input, output]) pipe.on('error', () => {});
    output.setEncoding('utf8');
    output.on('data', (chunk: string) => this.#receive(chunk));
    this.#process.once('exit', () => this.#ended());
  }

  /** Port of the debugging protocol, for the test. */
  async port(): Promise<number> {
    for (const end = Date.now() + START_LIMIT_MS; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
      try {
        return Number(readFileSync(join(this.#profile, 'DevToolsActivePort'), 'utf8').split('\n', 1)[0]);
      } catch {
        // not yet written
      }
    }
    throw new Error('Chromium did not open its debugging port');
  }

  /** Events of one session; of the browser itself under ''. */
  listen(sessionId: string, listener: Listener): void {
    this.#listeners.set(sessionId, [...(this.#listeners.get(sessionId) ?? []), listener]);
  }

  unlisten(sessionId: string): void {
    this.#listeners.delete(sessionId);
  }

  send(method: string, params: Json = {}, sessionId?: string): Promise<Json> {
    const id = this.#nextId++;
    const input = this.#process.stdio[3] as Writable;
    return new Promise((resolve, reject) => {
      if (this.#process.exitCode !== null || input.destroyed) return reject(new Error('Chromium has ended'));
      this.#waiting.set(id, { resolve, reject });
      input.write(`${JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) })}\0`);
    });
  }

  async close(): Promise<void> {
    const exited = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await exited;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #receive(chunk: string): void {
    const messages = (this.#rest + chunk).split('\0');
    this.#rest = messages.pop() ?? '';
    for (const text of messages) {
      const { id, method, params, result, error, sessionId = '' } = JSON.parse(text) as Json;
      if (id === undefined) for (const listener of this.#listeners.get(sessionId) ?? []) listener(method, params);
      else if (error) this.#settle(id)?.reject(new Error(error.message));
      else this.#settle(id)?.resolve(result);
    }
  }

  #settle(id: number) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #ended(): void {
    for (const id of [...this.#waiting.keys()]) this.#settle(id)?.reject(new Error('Chromium has ended'));
  }
}
