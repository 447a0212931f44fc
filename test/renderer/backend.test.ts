/** One door with two transports: both deliver the same, the socket comes back by itself, and nothing waits for ever. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Snapshot } from '../../core/contract.ts';
import { type Backend, connect, type Link, type Listener } from '../../renderer/backend.ts';
import type { Bridge, DoorMessage, DoorPush } from '../../renderer/door-protocol.ts';
import { scenes } from '../fake/demo-scenes.ts';

/** A WebSocket whose other end is the test. */
class FakeSocket {
  static readonly OPEN = 1;
  static all: FakeSocket[] = [];
  readonly url: string;
  readonly sent: { id: number; name: string; args: unknown }[] = [];
  readyState = 0;
  onopen: () => void = () => undefined;
  onmessage: (event: { data: unknown }) => void = () => undefined;
  onclose: () => void = () => undefined;
  constructor(url: string) {
    this.url = url;
    FakeSocket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.readyState = 3;
    this.onclose();
  }
  accept(): void {
    this.readyState = 1;
    this.onopen();
  }
  say(message: DoorMessage): void {
    this.onmessage({ data: JSON.stringify(message) });
  }
}

interface Heard {
  readonly links: Link[];
  readonly snapshots: Snapshot[];
  readonly events: string[];
}
/** What the page's own address answers; nobody there unless a test says so. */
let status: number | undefined;
let heard: Heard;
let listener: Listener;
const page = { location: { protocol: 'http:', host: '127.0.0.1:8080' } } as Window;
const last = () => FakeSocket.all.at(-1) as FakeSocket;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', FakeSocket);
  status = undefined;
  vi.stubGlobal('fetch', (address: string) =>
    status === undefined || address !== 'http://127.0.0.1:8080/' ? Promise.reject(new TypeError('refused')) : Promise.resolve({ status }),
  );
  FakeSocket.all = [];
  heard = { links: [], snapshots: [], events: [] };
  listener = {
    onLink: (link) => heard.links.push(link),
    onSnapshot: (snapshot) => heard.snapshots.push(snapshot),
    onEvent: (event) => heard.events.push(event.type),
  };
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function opened(): Backend {
  const backend = connect(listener, page);
  last().accept();
  return backend;
}

test('the socket goes to /door of the page’s own origin', () => {
  connect(listener, page);
  expect(last().url).toBe('ws://127.0.0.1:8080/door');
  expect(heard.links).toEqual([{ at: 'connecting' }]);
});

test('snapshots and events come through, answers find their command by id', async () => {
  const backend = opened();
  const first = backend.command('mining.start', {});
  const second = backend.command('device.identify', { id: 'a2' });
  last().say({ snapshot: scenes.mining(0) });
  last().say({ event: { type: 'best-share', difficulty: 1, at: 0 } });
  last().say({ id: 2, result: { ok: true, reply: { shown: true } } });
  last().say({ id: 1, result: { ok: true, reply: undefined } });
  expect(await second).toEqual({ ok: true, reply: { shown: true } });
  expect(await first).toMatchObject({ ok: true });
  expect(heard.snapshots.length).toBe(1);
  expect(heard.events).toEqual(['best-share']);
});

test('a lost miner is said at once, open commands fail, and the waits double up to ten seconds', async () => {
  const backend = opened();
  const open = backend.command('mining.start', {});
  last().close();
  expect(await open).toMatchObject({ ok: false, fault: { code: 'miner-gone' } });
  expect(heard.links.at(-1)?.at).toBe('lost');
  const since = heard.links.at(-1);
  const waits: number[] = [];
  for (let round = 0; round < 7; round++) {
    const link = heard.links.at(-1);
    if (link?.at !== 'lost') throw new Error('lost');
    waits.push(link.retryAt - Date.now());
    expect(link.since).toBe(since?.at === 'lost' ? since.since : 0); // since when: the first loss, not the last try
    await vi.advanceTimersByTimeAsync(waits.at(-1) ?? 0);
    last().close();
  }
  expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
});

test('it is back as soon as the miner answers, and waits begin anew', async () => {
  opened();
  last().close();
  await vi.advanceTimersByTimeAsync(500);
  last().accept();
  expect(heard.links.at(-1)).toEqual({ at: 'open' });
  last().close();
  const link = heard.links.at(-1);
  expect(link?.at === 'lost' && link.retryAt - Date.now()).toBe(500);
});

test('a miner that answers but no longer knows this page is told apart from one that is gone, until the door opens', async () => {
  opened();
  status = 401;
  last().close();
  await vi.advanceTimersByTimeAsync(0);
  expect(heard.links.at(-1)).toMatchObject({ at: 'lost', why: 'void' });
  await vi.advanceTimersByTimeAsync(500);
  last().close();
  expect(heard.links.at(-1)).toMatchObject({ at: 'lost', why: 'void' }); // said again, without a moment of “gone”
  await vi.advanceTimersByTimeAsync(1000);
  last().accept();
  status = undefined;
  last().close();
  await vi.advanceTimersByTimeAsync(0);
  expect(heard.links.slice(-2)).toMatchObject([{ at: 'open' }, { at: 'lost', why: 'gone' }]);
});

test('an answer about the reason that comes when the door is open again says nothing', async () => {
  opened();
  let answer: (value: { status: number }) => void = () => undefined;
  vi.stubGlobal('fetch', () => new Promise((resolve) => (answer = resolve)));
  last().close();
  await vi.advanceTimersByTimeAsync(500);
  last().accept();
  answer({ status: 401 });
  await vi.advanceTimersByTimeAsync(0);
  expect(heard.links.at(-1)).toEqual({ at: 'open' });
});

test('“try now” does not wait, and does nothing while a door is open', () => {
  const backend = opened();
  backend.retry();
  expect(FakeSocket.all.length).toBe(1);
  last().close();
  backend.retry();
  expect(FakeSocket.all.length).toBe(2);
});

test('an answer that never comes is a fault after thirty seconds', async () => {
  const backend = opened();
  const waiting = backend.command('diagnostics', {});
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await waiting).toMatchObject({ ok: false, fault: { code: 'miner-gone' } });
});

test('a page gone wild cannot pile up more than a hundred commands', async () => {
  const backend = opened();
  for (let index = 0; index < 100; index++) void backend.command('mining.start', {});
  expect(await backend.command('mining.start', {})).toMatchObject({ ok: false, fault: { code: 'internal' } });
  expect(last().sent.length).toBe(100);
});

test('a closed page does not come back', async () => {
  const backend = opened();
  backend.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(FakeSocket.all.length).toBe(1);
});

test('in the window the bridge is used, and a call that throws is a fault', async () => {
  let push: (message: DoorPush) => void = () => undefined;
  const bridge: Bridge = {
    command: () => Promise.reject(new Error('no handler')),
    open: (what) => (what === 'clock' ? Promise.resolve(true) : Promise.reject(new Error('no handler'))),
    watch: (callback) => {
      push = callback;
      return () => undefined;
    },
  };
  const backend = connect(listener, { ...page, hearth: bridge } as Window);
  push({ snapshot: scenes.practice(0) });
  expect(backend.inWindow).toBe(true);
  expect(heard.links).toEqual([{ at: 'open' }]);
  expect(heard.snapshots[0]?.practice).toBe(true);
  expect(await backend.command('mining.start', {})).toMatchObject({
    ok: false,
    fault: { code: 'miner-gone', facts: { text: 'no handler' } },
  });
  expect([await backend.open('clock'), await backend.open('data-folder')]).toEqual([true, false]);
  expect(FakeSocket.all).toEqual([]);
});

test('a web page opens nothing outside itself, and says so', async () => {
  expect(await opened().open('data-folder')).toBe(false);
});
