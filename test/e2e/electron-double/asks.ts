/** What the test, in the place of the person and of hostile pages, can ask of the double. */
import { toChromium } from './address.ts';
import { app } from './app.ts';
import { BrowserWindow } from './browser-window.ts';
import { emitCancellable } from './cancellable.ts';
import { powerMonitor } from './desktop.ts';
import { Notification, Tray } from './menus.ts';
import { planted } from './requests.ts';
import { type Ask, post } from './trace.ts';
import { PRELOAD_WORLD } from './worlds.ts';

const window = () => BrowserWindow.getAllWindows()[0] as BrowserWindow;

const asks = {
  port: () => app.chromium.port(),
  window: () => {
    const one = BrowserWindow.getAllWindows()[0];
    return one && { visible: one.isVisible(), minimised: one.isMinimized(), bounds: one.getNormalBounds(), url: one.webContents.getURL() };
  },
  closeWindow: () => window().close(),
  minimise: () => window().minimize(),
  setBounds: (bounds: object) => window().setBounds(bounds),
  tray: () => Tray.shown && { tip: Tray.shown.tip, menu: Tray.shown.menu?.items.filter(({ label }) => label !== undefined) },
  clickTray: () => Tray.shown?.emit('click'),
  chooseInTray: (label: string) => Tray.shown?.choose(label),
  clickNotification: () => Notification.shown.at(-1)?.emit('click'),
  activate: () => app.emit('activate'),
  /** The computer goes to sleep, wakes, or is shut down. */
  power: (event: 'suspend' | 'resume' | 'shutdown') =>
    event === 'shutdown' ? emitCancellable(powerMonitor, event, {}) : powerMonitor.emit(event),
  openUrl: (url: string) => emitCancellable(app, 'open-url', {}, url),
  /** Runs a script beside the preload, where a page is that broke out of its world. `child`: in the newest frame within. */
  breakOut: (expression: string, where: 'main' | 'child' = 'main') => evaluate(expression, where),
  /** Puts a stranger's page into the window, past every wall of the app. */
  plant: (url: string, html: string) => {
    planted.set(url, html);
    return window().webContents.cdp('Page.navigate', { url: toChromium(url) });
  },
  /** Switches the page's content policy off, so that the walls behind it can be tried. */
  dropPolicy: () => window().webContents.cdp('Page.setBypassCSP', { enabled: true }),
  /** Something in the app throws where nobody catches. */
  throw: (text: string) =>
    void setTimeout(() => {
      throw new Error(text);
    }),
  crash: () =>
    void window()
      .webContents.cdp('Page.crash')
      .catch(() => undefined),
} as const;
export type Asks = typeof asks;

async function evaluate(expression: string, where: 'main' | 'child'): Promise<unknown> {
  const { frames, cdp } = pageOf();
  const frame = where === 'main' ? frames.main : frames.child;
  const contextId = frames.contextOf(frame?.id, PRELOAD_WORLD);
  if (contextId === undefined) throw new Error(`no such frame: ${where}`);
  const { result, exceptionDetails } = await cdp('Runtime.evaluate', { contextId, expression, awaitPromise: true, returnByValue: true });
  if (exceptionDetails) throw new Error(String(exceptionDetails.exception?.description ?? exceptionDetails.text));
  return result.value;
}

function pageOf() {
  const { webContents } = window();
  return { frames: webContents.frames, cdp: (method: string, params: object) => webContents.cdp(method, params) };
}

export function answerAsks(): void {
  process.on('message', async ({ id, ask, args }: Ask) => {
    try {
      const act = asks[ask as keyof Asks] as (...values: unknown[]) => unknown;
      post({ id, value: (await act(...args)) ?? null });
    } catch (error) {
      post({ id, error: String(error) });
    }
  });
}
