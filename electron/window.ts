/** The one window: sandboxed, isolated, its own pages only; remembers where it stood. */
import { app, BrowserWindow, type Rectangle, screen, shell } from 'electron';
import { isOurs, START_PAGE } from './origin.ts';
import { type Bounds, readBounds, writeBounds } from './window-bounds.ts';

const LEAST = { width: 480, height: 600 };
const FIRST: Bounds = { width: 1280, height: 800, maximised: false };
/** So much of a remembered window has to be on a screen for a person to take hold of it. */
const LEAST_SEEN = 100;
/** A page whose process ends again and again is left alone; the miner does not need it. */
const MAX_RELOADS = 3;

export interface WindowOptions {
  readonly preload: string;
  readonly boundsFile: string;
  readonly icon: string;
  /** Started at login: it comes up in the tray only. */
  readonly hidden: boolean;
  /** True: the close button hides the window and mining goes on. */
  readonly hidesOnClose: () => boolean;
}

/** Returns at once; the window shows itself when it has something to show. */
export function openWindow(options: WindowOptions): BrowserWindow {
  const bounds = readBounds(options.boundsFile) ?? FIRST;
  const window = new BrowserWindow({
    ...onScreen(bounds),
    minWidth: LEAST.width,
    minHeight: LEAST.height,
    show: false,
    title: 'Hearth',
    icon: options.icon,
    autoHideMenuBar: true,
    webPreferences: {
      preload: options.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  });
  keepInside(window);
  reloadAfterCrash(window);
  window.on('close', (event) => {
    void saveBounds(window, options.boundsFile);
    if (!options.hidesOnClose()) return;
    event.preventDefault();
    hide(window);
  });
  // Windows ends a session without asking apps one by one.
  window.on('session-end', () => app.quit());
  const show = () => {
    if (options.hidden || window.isDestroyed()) return;
    if (bounds.maximised) window.maximize();
    window.show();
  };
  window.once('ready-to-show', show);
  // A window with an error in it can be seen and closed; an invisible one cannot. A link may also have overtaken the page.
  window.loadURL(START_PAGE).catch(show);
  return window;
}

/** Shows a hidden, minimised or covered window. */
export function raise(window: BrowserWindow): void {
  if (window.isDestroyed()) return;
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

export async function saveBounds(window: BrowserWindow, path: string): Promise<void> {
  if (!window.isDestroyed()) await writeBounds(path, { ...window.getNormalBounds(), maximised: window.isMaximized() });
}

/** A Mac leaves a black screen behind when a window in full screen is hidden. */
function hide(window: BrowserWindow): void {
  if (!window.isFullScreen()) return window.hide();
  window.once('leave-full-screen', () => window.hide());
  window.setFullScreen(false);
}

/** No navigation away, in no frame, and no second window; a web link of ours opens in the person's browser. */
function keepInside(window: BrowserWindow): void {
  const { webContents } = window;
  webContents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame || !isOurs(event.url)) event.preventDefault();
  });
  webContents.on('will-redirect', (event) => event.preventDefault());
  webContents.on('will-attach-webview', (event) => event.preventDefault());
  webContents.setWindowOpenHandler(({ url }) => {
    if (url.startsWith('https://')) void shell.openExternal(url).catch(() => undefined);
    return { action: 'deny' };
  });
}

function reloadAfterCrash(window: BrowserWindow): void {
  let reloads = 0;
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || reloads >= MAX_RELOADS || window.isDestroyed()) return;
    reloads += 1;
    window.loadURL(START_PAGE).catch(() => undefined);
  });
}

/** A remembered place counts only while a screen is still there. */
function onScreen({ x, y, width, height }: Bounds): Partial<Rectangle> {
  if (x === undefined || y === undefined) return { width, height };
  const area = screen.getDisplayMatching({ x, y, width, height }).workArea;
  const seenWidth = Math.min(x + width, area.x + area.width) - Math.max(x, area.x);
  const seenHeight = Math.min(y + height, area.y + area.height) - Math.max(y, area.y);
  return seenWidth >= LEAST_SEEN && seenHeight >= LEAST_SEEN ? { x, y, width, height } : { width, height };
}
