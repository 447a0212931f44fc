/** `Menu`, `Tray`, `Notification`: what a person would see outside the window, kept for the test to look at and click. */
import { EventEmitter } from 'node:events';
import { record } from './trace.ts';

interface Item {
  readonly label?: string;
  readonly role?: string;
  readonly enabled?: boolean;
  readonly type?: string;
  readonly click?: () => void;
  readonly submenu?: readonly Item[];
}

export class Menu {
  readonly items: readonly Item[];
  private constructor(items: readonly Item[]) {
    this.items = items;
  }
  static buildFromTemplate(items: readonly Item[]): Menu {
    return new Menu(items);
  }
  static setApplicationMenu(menu: Menu | null): void {
    record('Menu.setApplicationMenu', menu?.items);
  }
}

export class Tray extends EventEmitter {
  static shown: Tray | undefined;
  tip = '';
  menu: Menu | undefined;
  constructor(image: { readonly path: string }) {
    super();
    Tray.shown = this;
    record('Tray', image.path);
  }
  setToolTip(tip: string): void {
    this.tip = tip;
    record('tray.setToolTip', tip);
  }
  setContextMenu(menu: Menu): void {
    this.menu = menu;
    record('tray.setContextMenu', menu.items);
  }
  destroy(): void {
    Tray.shown = undefined;
  }
  /** As a person does; a disabled entry does nothing. */
  choose(label: string): void {
    const item = this.menu?.items.find((one) => one.label === label);
    if (!item) throw new Error(`no entry ${label}`);
    if (item.enabled !== false) item.click?.();
  }
}

export class Notification extends EventEmitter {
  static readonly shown: Notification[] = [];
  static isSupported(): boolean {
    return true;
  }
  readonly options: unknown;
  constructor(options: unknown) {
    super();
    this.options = options;
  }
  show(): void {
    Notification.shown.push(this);
    record('Notification', this.options);
  }
}
