/**
 * What runs inside Chromium: the preload in a world of its own, and between that and the page's world a bridge of the kind
 * `contextBridge` is: data is copied, functions are called across, nothing else is shared. The two worlds have only the DOM in
 * common; the bridge's events carry a name that the page cannot know.
 */
export const PRELOAD_WORLD = 'electron-preload';

/** One end of the bridge. Written to be turned into text: it may use nothing from outside itself. */
function bridge(mine: string, theirs: string, onExpose: (name: string, value: unknown) => void) {
  type Coded = { v: unknown } | { fn: number } | { promise: number } | { list: Coded[] } | { object: [string, Coded][] };
  const target = window;
  const dispatch = EventTarget.prototype.dispatchEvent;
  const Envelope = CustomEvent;
  const own = new Map<number, (...args: unknown[]) => unknown>();
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let next = 1;
  let reply: { value?: Coded; error?: string } | undefined;
  const post = (detail: unknown) => dispatch.call(target, new Envelope(theirs, { detail }));

  const encode = (value: unknown): Coded => {
    if (typeof value === 'function') {
      own.set(next, value as never);
      return { fn: next++ };
    }
    if (value instanceof Promise) {
      const id = next++;
      value.then(
        (result) => post({ settle: id, value: encode(result) }),
        (error) => post({ settle: id, error: String(error?.message ?? error) }),
      );
      return { promise: id };
    }
    if (Array.isArray(value)) return { list: value.map(encode) };
    if (value && typeof value === 'object') return { object: Object.entries(value).map(([key, one]) => [key, encode(one)]) };
    return { v: value };
  };
  const decode = (coded: Coded): unknown => {
    if ('fn' in coded) return (...args: unknown[]) => call(coded.fn, args);
    if ('promise' in coded) return new Promise((resolve, reject) => waiting.set(coded.promise, { resolve, reject }));
    if ('list' in coded) return coded.list.map(decode);
    if ('object' in coded) return Object.fromEntries(coded.object.map(([key, one]) => [key, decode(one)]));
    return coded.v;
  };
  const call = (fn: number, args: unknown[]) => {
    reply = undefined;
    post({ call: fn, args: args.map(encode) });
    const answer = reply as { value?: Coded; error?: string } | undefined;
    if (!answer?.value) throw new Error(answer?.error ?? 'no answer');
    return decode(answer.value);
  };
  target.addEventListener(mine, (event) => {
    const message = (event as CustomEvent).detail;
    if ('expose' in message) onExpose(message.expose, decode(message.value));
    else if ('reply' in message) reply = message.reply;
    else if ('settle' in message) {
      const one = waiting.get(message.settle);
      waiting.delete(message.settle);
      if ('value' in message) one?.resolve(decode(message.value));
      else one?.reject(new Error(message.error));
    } else {
      let answer: { value?: Coded; error?: string };
      try {
        answer = { value: encode(own.get(message.call)?.(...message.args.map(decode))) };
      } catch (error) {
        answer = { error: String((error as Error)?.message ?? error) };
      }
      post({ reply: answer });
    }
  });
  return { expose: (name: string, value: unknown) => post({ expose: name, value: encode(value) }) };
}

/** The preload's `electron`. The same rule: no outside. */
function preloadModule(send: (text: string) => void, expose: (name: string, value: unknown) => void) {
  type Heard = (event: unknown, ...args: unknown[]) => void;
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const heard = new Map<string, Heard[]>();
  let next = 1;
  const ipcRenderer = {
    invoke(channel: string, ...args: unknown[]) {
      const id = next++;
      send(JSON.stringify({ id, channel, args }));
      return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    },
    send: (channel: string, ...args: unknown[]) => send(JSON.stringify({ channel, args })),
    on(channel: string, listener: Heard) {
      heard.set(channel, [...(heard.get(channel) ?? []), listener]);
      return ipcRenderer;
    },
    removeListener(channel: string, listener: Heard) {
      heard.set(
        channel,
        (heard.get(channel) ?? []).filter((one) => one !== listener),
      );
      return ipcRenderer;
    },
  };
  // biome-ignore lint/suspicious/noExplicitAny: two shapes, told apart by their keys
  const receive = ({ id, value, error, channel, args }: any) => {
    if (channel !== undefined) for (const listener of heard.get(channel) ?? []) listener({}, ...args);
    else if (error === undefined) waiting.get(id)?.resolve(value);
    else waiting.get(id)?.reject(new Error(`Error invoking remote method: ${error}`));
    waiting.delete(id);
  };
  return { electron: { contextBridge: { exposeInMainWorld: expose }, ipcRenderer }, receive };
}

/** For the page's world of every document. */
export function pageScript(secret: string): string {
  return `(() => {
    const define = (name, value) => Object.defineProperty(window, name, { value: Object.freeze(value), enumerable: true });
    (${bridge})('${secret}-page', '${secret}-preload', define);
    // A refused window is null to the page; the double can refuse it only when it has begun to open.
    const open = window.open;
    window.open = (...args) => (open.apply(window, args), null);
  })()`;
}

/** For the preload's world. Frames inside the page get no preload, but the raw channel is there, as for one that broke out. */
export function preloadScript(secret: string, preload: string): string {
  return `(() => {
    const { expose } = (${bridge})('${secret}-preload', '${secret}-page', () => {});
    const { electron, receive } = (${preloadModule})((text) => electronSend(text), expose);
    globalThis.electronReceive = receive;
    globalThis.brokenOut = electron.ipcRenderer;
    if (window.top !== window) return;
    const require = (name) => { if (name === 'electron') return electron; throw new Error('module not found: ' + name); };
    (function (require, module, exports) { ${preload}\n })(require, { exports: {} }, {});
  })()`;
}
