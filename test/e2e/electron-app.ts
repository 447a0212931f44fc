/** Starts the built main bundle on the double, and is the person in front of it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Asks } from './electron-double/asks.ts';
import type { FromDouble, Trace } from './electron-double/trace.ts';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
const register = new URL('./electron-double/register.ts', import.meta.url).href;
const WAIT_MS = 60_000;
const POLL_MS = 50;

type Answer<A extends keyof Asks> = Awaited<ReturnType<Asks[A]>>;

/** A home of its own: data, configuration, and a session bus that says whether there is a place for a tray. */
export class Home {
  readonly path = mkdtempSync(join(tmpdir(), 'hearth-home-'));
  readonly data = join(this.path, 'data');
  readonly #tools = join(this.path, 'bin');
  readonly #temporary = join(this.path, 'tmp');

  constructor(hasTray = true) {
    mkdirSync(this.#tools);
    mkdirSync(this.#temporary);
    const tool = join(this.#tools, 'dbus-send');
    writeFileSync(tool, `#!/bin/sh\necho "   boolean ${hasTray}"\n`);
    chmodSync(tool, 0o755);
  }

  get environment(): NodeJS.ProcessEnv {
    const { PATH, LANG } = process.env;
    const places = {
      HOME: this.path,
      DOUBLE_HOME: this.path,
      DOUBLE_APP: root,
      HEARTH_DATA: this.data,
      HEARTH_USB: '0',
      TMPDIR: this.#temporary,
    };
    return { PATH: `${this.#tools}:${PATH}`, LANG, TZ: 'UTC', ...places };
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true, maxRetries: 5 });
  }
}

export class ElectronApp {
  readonly traces: Trace[] = [];
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** What it wrote to the terminal. */
  output = '';
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #nextId = 1;
  #browser: Browser | undefined;

  constructor(home: Home, args: readonly string[] = [], environment: NodeJS.ProcessEnv = {}) {
    const env = { ...home.environment, ...environment };
    this.#process = spawn(process.execPath, ['--import', register, join(String(env['DOUBLE_APP']), 'dist/electron/main.js'), ...args], {
      env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) stream?.on('data', (chunk) => (this.output += String(chunk)));
    this.#process.on('message', (message: FromDouble) => this.#hear(message));
    this.exited = new Promise((resolve) => {
      this.#process.once('close', (code, signal) => {
        for (const one of this.#waiting.values()) one.reject(new Error(`the app ended: ${this.output}`));
        resolve({ code, signal });
      });
    });
  }

  async ask<A extends keyof Asks>(ask: A, ...args: Parameters<Asks[A]>): Promise<Answer<A>> {
    const id = this.#nextId++;
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#process.send({ id, ask, args });
    return (await answer) as Answer<A>;
  }

  /** The page in the window, once it shows something. */
  async page(): Promise<Page> {
    await this.until(() => this.called('window.loadURL').length > 0, 'the page loads');
    this.#browser ??= await chromium.connectOverCDP(`http://127.0.0.1:${await this.ask('port')}`, { noDefaults: true });
    const page = await this.until(() => this.#browser?.contexts()[0]?.pages()[0], 'the page is there');
    await page.locator('h1').first().waitFor();
    return page;
  }

  /** The page after its process died: the connection of before knows only the dead one. */
  async pageAgain(): Promise<Page> {
    await this.#browser?.close();
    this.#browser = undefined;
    return this.page();
  }

  /** Arguments of every call of that name so far. */
  called(call: string): readonly (readonly unknown[])[] {
    return this.traces.filter((trace) => trace.call === call).map(({ args }) => args);
  }

  /** What `look` finds, as soon as it finds something. @throws when it takes too long */
  async until<T>(look: () => T | Promise<T>, what: string): Promise<Exclude<T, undefined | null | false>> {
    for (const end = Date.now() + WAIT_MS; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, POLL_MS))) {
      const found = await look();
      if (found !== undefined && found !== null && found !== false) return found as Exclude<T, undefined | null | false>;
    }
    throw new Error(`waited too long: ${what}\n${this.output}\n${JSON.stringify(this.traces.slice(-20))}`);
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Ends it if it still runs. */
  async end() {
    await this.#browser?.close().catch(() => undefined);
    if (this.#process.exitCode === null && this.#process.signalCode === null) this.signal('SIGTERM');
    return this.exited;
  }

  #hear(message: FromDouble): void {
    if ('trace' in message) {
      this.traces.push(message.trace);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error === undefined) waiting?.resolve(message.value);
    else waiting?.reject(new Error(message.error));
  }
}
