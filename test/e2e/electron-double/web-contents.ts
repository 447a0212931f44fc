/** `webContents`: one page of Chromium. Requests, navigations, windows and messages pass the app's own handlers. */
import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { toChromium, toElectron, withoutHash } from './address.ts';
import { emitCancellable } from './cancellable.ts';
import type { Chromium, Json } from './cdp.ts';
import { Frames } from './frames.ts';
import { ipcMain } from './ipc-main.ts';
import { answerRequest, planted } from './requests.ts';
import { session } from './session.ts';
import { record } from './trace.ts';
import { PRELOAD_WORLD, pageScript, preloadScript } from './worlds.ts';

/** Electron's names of permissions → Chromium's. */
const permissions: readonly (readonly [string, object])[] = [
  ['geolocation', { name: 'geolocation' }],
  ['notifications', { name: 'notifications' }],
  ['media', { name: 'camera' }],
  ['media', { name: 'microphone' }],
  ['midi', { name: 'midi' }],
  ['clipboard-read', { name: 'clipboard-read' }],
  ['clipboard-sanitized-write', { name: 'clipboard-write' }],
  ['persistent-storage', { name: 'persistent-storage' }],
];

type WindowOpenHandler = (details: { url: string }) => { action: 'allow' | 'deny' };

export class WebContents extends EventEmitter {
  readonly id = 1;
  readonly frames = new Frames();
  readonly #chromium: Chromium;
  readonly #preload: string;
  #sessionId = '';
  #targetId = '';
  #loading: string | undefined;
  #onOpen: WindowOpenHandler = () => ({ action: 'allow' });
  #destroyed = false;
  #size: { width: number; height: number };
  #setUp: Promise<void>;

  constructor(chromium: Chromium, preload: string, size: { width: number; height: number }) {
    super();
    this.#chromium = chromium;
    this.#preload = preload;
    this.#size = size;
    this.#setUp = this.#create(size);
  }

  setWindowOpenHandler(handler: WindowOpenHandler): void {
    this.#onOpen = handler;
  }
  getURL = (): string => this.#loading ?? this.frames.main?.url ?? '';
  isDestroyed = (): boolean => this.#destroyed;
  send(channel: string, ...args: unknown[]): void {
    const context = this.frames.contextOf(this.frames.main?.id, PRELOAD_WORLD);
    if (context !== undefined) this.#receive(context, { channel, args });
  }

  /** Resolves when the page has loaded; rejects as Electron does when it was refused or another navigation came. */
  async loadURL(url: string): Promise<void> {
    const overtaken = this.#loading !== undefined;
    this.#loading = url;
    if (overtaken) this.emit('overtaken');
    await this.#setUp;
    await this.#applyPermissions();
    const loaded = new Promise<void>((resolve, reject) => {
      this.once('did-finish-load', resolve);
      this.once('overtaken', () => reject(new Error(`ERR_ABORTED (-3) loading '${url}'`)));
    });
    loaded.catch(() => undefined);
    const { errorText, loaderId } = await this.cdp('Page.navigate', { url: toChromium(url) });
    if (errorText) {
      this.#loading = undefined;
      throw new Error(`${errorText} loading '${url}'`);
    }
    if (loaderId === undefined) this.#loading = undefined;
    else await loaded;
  }

  async close(): Promise<void> {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.emit('destroyed');
    await this.#setUp;
    await this.#chromium.send('Target.closeTarget', { targetId: this.#targetId }).catch(() => undefined);
  }

  cdp(method: string, params: Json = {}): Promise<Json> {
    return this.#chromium.send(method, params, this.#sessionId);
  }

  async #create({ width, height }: { width: number; height: number }): Promise<void> {
    const { targetId } = await this.#chromium.send('Target.createTarget', { url: 'about:blank', newWindow: true, width, height });
    const { sessionId } = await this.#chromium.send('Target.attachToTarget', { targetId, flatten: true });
    this.#targetId = targetId;
    this.#sessionId = sessionId;
    this.#chromium.listen(sessionId, (method, params) => this.#hear(method, params));
    const secret = randomUUID();
    const preload = readFileSync(this.#preload, 'utf8');
    const { frameTree } = await this.cdp('Page.getFrameTree');
    this.frames.navigated(frameTree.frame);
    await this.cdp('Page.enable');
    await this.cdp('Runtime.enable');
    await this.cdp('Fetch.enable', { patterns: [{ urlPattern: '*' }] });
    await this.cdp('Emulation.setFocusEmulationEnabled', { enabled: true });
    await this.resize({ width, height });
    await this.cdp('Runtime.addBinding', { name: 'electronSend', executionContextName: PRELOAD_WORLD });
    // The page's end first: it has to listen when the preload exposes.
    await this.cdp('Page.addScriptToEvaluateOnNewDocument', { source: pageScript(secret) });
    await this.cdp('Page.addScriptToEvaluateOnNewDocument', { source: preloadScript(secret, preload), worldName: PRELOAD_WORLD });
  }

  resize({ width, height }: { width: number; height: number }): Promise<Json> {
    this.#size = { width, height };
    return this.cdp('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  }

  /** Chromium's own answers to the page are set to what the app's handlers decide. */
  async #applyPermissions(): Promise<void> {
    const origin = new URL(toChromium(this.getURL())).origin;
    for (const [name, permission] of permissions) {
      const granted = await session.defaultSession.grants(this, name);
      record('permission', name, granted);
      await this.#chromium.send('Browser.setPermission', { permission, setting: granted ? 'granted' : 'denied', origin });
    }
  }

  #hear(method: string, params: Json): void {
    const { frames } = this;
    if (method === 'Fetch.requestPaused') void this.#paused(params);
    else if (method === 'Page.frameAttached') frames.attached(params.frameId, params.parentFrameId);
    else if (method === 'Page.frameDetached') frames.detached(params.frameId);
    else if (method === 'Page.frameNavigated') this.#navigated(params.frame);
    else if (method === 'Page.navigatedWithinDocument') this.#navigatedWithin(params);
    else if (method === 'Page.loadEventFired') this.#loaded();
    else if (method === 'Page.windowOpen') this.#open(toElectron(params.url));
    else if (method === 'Runtime.executionContextCreated') frames.contextCreated(params.context);
    else if (method === 'Runtime.executionContextDestroyed') frames.contextDestroyed(params.executionContextId);
    else if (method === 'Runtime.executionContextsCleared') frames.contextsCleared();
    else if (method === 'Runtime.bindingCalled') void this.#called(params);
    else if (method === 'Inspector.targetCrashed') this.#crashed();
  }

  async #paused(params: Json): Promise<void> {
    const isMain = params.frameId === this.frames.main?.id;
    const asked = isMain && this.#loading !== undefined && withoutHash(toChromium(this.#loading)) === withoutHash(params.request.url);
    const isForeign = params.resourceType === 'Document' && !asked && !planted.has(params.request.url);
    if (isForeign && this.#refuses(toElectron(params.request.url), isMain)) {
      // An aborted navigation leaves the present page in place, as a prevented one does.
      await this.cdp('Fetch.failRequest', { requestId: params.requestId, errorReason: 'Aborted' }).catch(() => undefined);
    } else await answerRequest((method, answer) => this.cdp(method, answer), params).catch(() => undefined);
  }

  /** The order of Electron's events; the first is told even of what is refused after. */
  #refuses(url: string, isMainFrame: boolean): boolean {
    const facts = { url, isMainFrame, isSameDocument: false, frame: this.frames.main };
    emitCancellable(this, 'did-start-navigation', facts, url, false, isMainFrame);
    const refused =
      emitCancellable(this, 'will-frame-navigate', facts) || (isMainFrame && emitCancellable(this, 'will-navigate', facts, url));
    record('navigation', url, refused ? 'refused' : 'allowed');
    return refused;
  }

  #navigated(frame: Json): void {
    this.frames.navigated(frame);
    if (frame.parentId === undefined) this.emit('did-navigate', {}, toElectron(frame.url));
  }

  #navigatedWithin({ frameId, url }: Json): void {
    this.frames.moved(frameId, url);
    const isMainFrame = frameId === this.frames.main?.id;
    emitCancellable(this, 'did-start-navigation', { url: toElectron(url), isSameDocument: true, isMainFrame });
    this.emit('did-navigate-in-page', {}, toElectron(url), isMainFrame);
  }

  #loaded(): void {
    if (this.frames.main?.url === 'about:blank') return;
    this.#loading = undefined;
    this.emit('did-finish-load');
  }

  #open(url: string): void {
    const { action } = this.#onOpen({ url });
    record('window.open', url, action);
  }

  #crashed(): void {
    this.#loading = undefined;
    // A new process means a new page of Chromium: a crashed one does not take the scripts of its session along.
    void this.#chromium.send('Target.closeTarget', { targetId: this.#targetId });
    this.#chromium.unlisten(this.#sessionId);
    this.frames.clear();
    this.#setUp = this.#create(this.#size);
    this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 });
  }

  async #called({ payload, executionContextId }: Json): Promise<void> {
    const { id, channel, args } = JSON.parse(payload) as { id?: number; channel: string; args: unknown[] };
    const event = { sender: this, senderFrame: this.frames.frameOfContext(executionContextId), frameId: 1, processId: 1 };
    if (id === undefined) return ipcMain.message(channel, event, args);
    try {
      this.#receive(executionContextId, { id, value: await ipcMain.call(channel, event, args) });
    } catch (error) {
      this.#receive(executionContextId, { id, error: String(error) });
    }
  }

  /** Lost when the page is gone meanwhile, as in Electron. */
  #receive(contextId: number, message: object): void {
    void this.cdp('Runtime.evaluate', { contextId, expression: `electronReceive(${JSON.stringify(message)})` }).catch(() => undefined);
  }
}
