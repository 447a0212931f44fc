/** Electron's `app`: life from ready to quit, folders, the one-instance lock, what it tells the system. */
import { EventEmitter } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BrowserWindow } from './browser-window.ts';
import { emitCancellable } from './cancellable.ts';
import { Chromium } from './cdp.ts';
import { watchDownloads } from './downloads.ts';
import { takeLock } from './instance.ts';
import { closePopups } from './popups.ts';
import { posted, record } from './trace.ts';

const root = process.env['DOUBLE_APP'] as string;
const home = process.env['DOUBLE_HOME'] as string;

class App extends EventEmitter {
  readonly isPackaged = false;
  chromium!: Chromium;
  #name = 'hearth';
  readonly #paths = new Map<string, string>();
  #ready: Promise<void> | undefined;
  #release: (() => void) | undefined;
  #ending = false;

  /** The process is Electron's from here on: it stays until it is told to go, and a signal is a wish to quit. */
  begin(): void {
    setInterval(() => undefined, 60_000);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => this.quit());
    process.on('disconnect', () => this.exit(1)); // the test is gone
    process.on('uncaughtException', (error) => record('uncaughtException', error.stack));
    process.on('unhandledRejection', (reason) => record('unhandledRejection', String((reason as Error)?.stack ?? reason)));
  }

  whenReady(): Promise<void> {
    this.#ready ??= this.#start();
    return this.#ready;
  }

  async #start(): Promise<void> {
    this.chromium = new Chromium();
    await this.chromium.send('Browser.getVersion');
    await watchDownloads(this.chromium);
    await closePopups(this.chromium);
    BrowserWindow.chromium = this.chromium;
    BrowserWindow.onLast = () => this.listenerCount('window-all-closed') === 0 && !this.#ending && this.quit();
    this.emit('ready');
  }

  getVersion(): string {
    return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
  }
  getAppPath = (): string => root;
  getName = (): string => this.#name;
  setName(name: string): void {
    this.#name = name;
  }
  getLocale = (): string => process.env['DOUBLE_LOCALE'] ?? 'en-US';

  getPath(name: string): string {
    const places: Record<string, string> = { home, appData: join(home, '.config'), userData: join(home, '.config', this.#name) };
    const path = this.#paths.get(name) ?? places[name];
    if (path === undefined) throw new Error(`Failed to get '${name}' path`);
    return path;
  }
  setPath(name: string, path: string): void {
    if (!existsSync(path)) throw new Error(`Failed to set path: ${path} does not exist`);
    this.#paths.set(name, path);
  }

  requestSingleInstanceLock(): boolean {
    this.#release = takeLock(this.getPath('userData'), (argv, cwd) => this.emit('second-instance', {}, argv, cwd, undefined));
    return this.#release !== undefined;
  }

  enableSandbox = (): void => record('app.enableSandbox');
  setAsDefaultProtocolClient(...args: unknown[]): boolean {
    record('app.setAsDefaultProtocolClient', ...args);
    return true;
  }
  setLoginItemSettings = (settings: unknown): void => record('app.setLoginItemSettings', settings);
  getLoginItemSettings = () => ({ openAtLogin: false, wasOpenedAtLogin: false });

  quit(): void {
    if (this.#ending || emitCancellable(this, 'before-quit', {})) return;
    for (const window of BrowserWindow.getAllWindows()) {
      window.close();
      if (!window.isDestroyed()) return;
    }
    if (!emitCancellable(this, 'will-quit', {})) this.exit(0);
  }

  exit(code = 0): void {
    if (this.#ending) return;
    this.#ending = true;
    this.emit('quit', {}, code);
    this.#release?.();
    void Promise.resolve(this.chromium?.close())
      .then(posted)
      .finally(() => process.exit(code));
  }
}

export const app = new App();
