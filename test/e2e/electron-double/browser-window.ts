/** `BrowserWindow`: the frame around a page. What a window manager would do is state here; the page inside is real. */
import { EventEmitter } from 'node:events';
import { emitCancellable } from './cancellable.ts';
import type { Chromium } from './cdp.ts';
import { record } from './trace.ts';
import { WebContents } from './web-contents.ts';

interface Bounds {
  x: number;
  y: number;
  width: number;
  height: number;
}
interface Options extends Partial<Bounds> {
  readonly show?: boolean;
  readonly icon?: string;
  readonly webPreferences: { readonly preload: string };
}

export class BrowserWindow extends EventEmitter {
  static chromium: Chromium;
  /** Called when the last window has closed. */
  static onLast: () => void = () => undefined;
  static #all: BrowserWindow[] = [];
  static getAllWindows(): BrowserWindow[] {
    return [...BrowserWindow.#all];
  }

  readonly #contents: WebContents;
  #bounds: Bounds;
  #visible: boolean;
  #minimised = false;
  #maximised = false;
  #destroyed = false;

  constructor(options: Options) {
    super();
    const { x = 100, y = 50, width = 800, height = 600 } = options;
    this.#bounds = { x, y, width, height };
    this.#visible = options.show ?? true;
    this.#contents = new WebContents(BrowserWindow.chromium, options.webPreferences.preload, { width, height });
    this.#contents.once('did-finish-load', () => this.#destroyed || this.emit('ready-to-show'));
    BrowserWindow.#all.push(this);
    record('BrowserWindow', options);
  }

  get webContents(): WebContents {
    this.#alive();
    return this.#contents;
  }

  async loadURL(url: string): Promise<void> {
    this.#alive();
    record('window.loadURL', url);
    await this.#contents.loadURL(url);
  }
  show = (): void =>
    this.#set('show', () => {
      this.#visible = true;
    });
  hide = (): void =>
    this.#set('hide', () => {
      this.#visible = false;
    });
  focus = (): void => this.#set('focus', () => undefined);
  minimize = (): void =>
    this.#set('minimize', () => {
      this.#minimised = true;
    });
  restore = (): void =>
    this.#set('restore', () => {
      this.#minimised = false;
    });
  maximize = (): void =>
    this.#set('maximize', () => {
      this.#maximised = true;
    });
  isVisible = (): boolean => this.#alive() && this.#visible;
  isMinimized = (): boolean => this.#alive() && this.#minimised;
  isMaximized = (): boolean => this.#alive() && this.#maximised;
  isFullScreen = (): boolean => this.#alive() && false;
  isDestroyed = (): boolean => this.#destroyed;
  getNormalBounds(): Bounds {
    this.#alive();
    return { ...this.#bounds };
  }
  setBounds(bounds: Partial<Bounds>): void {
    this.#alive();
    this.#bounds = { ...this.#bounds, ...bounds };
    void this.#contents.resize(this.#bounds);
  }

  close(): void {
    this.#alive();
    if (emitCancellable(this, 'close', {})) return;
    this.#destroyed = true;
    BrowserWindow.#all = BrowserWindow.#all.filter((one) => one !== this);
    void this.#contents.close();
    record('window.closed');
    this.emit('closed');
    if (BrowserWindow.#all.length === 0) BrowserWindow.onLast();
  }

  #set(name: string, change: () => void): void {
    this.#alive();
    change();
    record(`window.${name}`);
    this.emit(name);
  }

  #alive(): true {
    if (this.#destroyed) throw new TypeError('Object has been destroyed');
    return true;
  }
}
