/**
 * The one door of the pages. `window.hearth` where the window's preload put it, else a WebSocket to `/door` of the
 * page's own origin. Nothing else here knows which. It connects again by itself and says when the miner is gone.
 */
import type { CommandArgs, CommandName, CommandResult, EventEntry, FaultSnapshot, Snapshot } from '../core/contract.ts';
import type { Bridge, DoorMessage, DoorPush, DoorRequest, Opening } from './door-protocol.ts';

/**
 * `lost` says since when, when the next try is, and why: `gone`, nobody answers; `void`, the miner answers but no longer
 * knows this page's session, until the person opens a newer link in this browser.
 */
export type Link =
  | { readonly at: 'connecting' }
  | { readonly at: 'open' }
  | { readonly at: 'lost'; readonly why: 'gone' | 'void'; readonly since: number; readonly retryAt: number };

export interface Listener {
  onSnapshot(snapshot: Snapshot): void;
  onEvent(event: EventEntry): void;
  onLink(link: Link): void;
}

export interface Backend {
  /** True in the app's own window: the shell's settings make sense there. */
  readonly inWindow: boolean;
  /** Shows a place of this computer. False where only the window could, or where the system would not. */
  open(what: Opening): Promise<boolean>;
  command<N extends CommandName>(name: N, args: CommandArgs<N>): Promise<CommandResult<N>>;
  /** Tries now instead of at `retryAt`. */
  retry(): void;
  close(): void;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000; // a person who restarts the miner does not want to wait longer
const ANSWER_LIMIT_MS = 30_000; // the slowest command reads a year of history
const WHY_LIMIT_MS = 5_000; // a miner on this machine answers at once or not at all
const MAX_UNANSWERED = 100; // more than a person can click; a page gone wild is refused here
const MAX_MESSAGE_CHARS = 32 << 20; // a CSV of a year is the largest thing that comes

/** Opens the door this page has. */
export function connect(listener: Listener, place: Window = window): Backend {
  return place.hearth ? new BridgeBackend(place.hearth, listener) : new SocketBackend(place.location, listener);
}

function doorUrl(location: Location): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/door`;
}

/** Answers that could not be had become a fault like any other. */
function failed(code: 'miner-gone' | 'internal', text: string): { ok: false; fault: FaultSnapshot } {
  return { ok: false, fault: { code, about: 'app', facts: { text }, since: Date.now() } };
}

function deliver(push: DoorPush, listener: Listener): void {
  if ('snapshot' in push) listener.onSnapshot(push.snapshot);
  else if ('event' in push) listener.onEvent(push.event);
}

class BridgeBackend implements Backend {
  readonly inWindow = true;
  readonly #bridge: Bridge;
  readonly #stop: () => void;

  constructor(bridge: Bridge, listener: Listener) {
    this.#bridge = bridge;
    this.#stop = bridge.watch((push) => deliver(push, listener));
    listener.onLink({ at: 'open' });
  }

  async command<N extends CommandName>(name: N, args: CommandArgs<N>): Promise<CommandResult<N>> {
    try {
      return (await this.#bridge.command(name, args)) as CommandResult<N>;
    } catch (thrown) {
      return failed('miner-gone', thrown instanceof Error ? thrown.message : String(thrown));
    }
  }
  async open(what: Opening): Promise<boolean> {
    try {
      return await this.#bridge.open(what);
    } catch {
      return false; // refused, or the shell is going
    }
  }
  retry(): void {}
  close(): void {
    this.#stop();
  }
}

interface Waiting {
  readonly settle: (result: CommandResult<CommandName>) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

class SocketBackend implements Backend {
  readonly inWindow = false;
  readonly #url: string;
  readonly #page: string;
  readonly #listener: Listener;
  readonly #waiting = new Map<number, Waiting>();
  #socket: WebSocket | undefined;
  #lostSince: number | undefined;
  #why: 'gone' | 'void' = 'gone';
  #retryAt = 0;
  #delayMs = FIRST_RETRY_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #nextId = 1;
  #closed = false;

  constructor(place: Location, listener: Listener) {
    this.#url = doorUrl(place);
    this.#page = `${place.protocol}//${place.host}/`;
    this.#listener = listener;
    listener.onLink({ at: 'connecting' });
    this.#open();
  }

  command<N extends CommandName>(name: N, args: CommandArgs<N>): Promise<CommandResult<N>> {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return Promise.resolve(failed('miner-gone', 'no connection'));
    if (this.#waiting.size >= MAX_UNANSWERED) return Promise.resolve(failed('internal', 'too many commands at once'));
    const id = this.#nextId++;
    return new Promise((resolve) => {
      const settle = resolve as Waiting['settle'];
      const timer = setTimeout(() => this.#settle(id, failed('miner-gone', `no answer to ${name}`)), ANSWER_LIMIT_MS);
      this.#waiting.set(id, { settle, timer });
      socket.send(JSON.stringify({ id, name, args } satisfies DoorRequest));
    });
  }

  open(): Promise<boolean> {
    return Promise.resolve(false);
  }

  retry(): void {
    if (this.#socket || this.#closed) return;
    clearTimeout(this.#timer);
    this.#open();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
  }

  #open(): void {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => this.#opened();
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = () => this.#ended(socket);
  }

  #opened(): void {
    this.#lostSince = undefined;
    this.#why = 'gone';
    this.#delayMs = FIRST_RETRY_MS;
    this.#listener.onLink({ at: 'open' });
  }

  #receive(data: unknown): void {
    if (typeof data !== 'string' || data.length > MAX_MESSAGE_CHARS) return;
    const message = JSON.parse(data) as DoorMessage;
    if ('id' in message) this.#settle(message.id, message.result);
    else deliver(message, this.#listener);
  }

  #settle(id: number, result: CommandResult<CommandName>): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    clearTimeout(waiting.timer);
    waiting.settle(result);
  }

  #ended(socket: WebSocket): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    for (const id of [...this.#waiting.keys()]) this.#settle(id, failed('miner-gone', 'connection lost'));
    if (this.#closed) return;
    const now = Date.now();
    this.#lostSince ??= now;
    this.#retryAt = now + this.#delayMs;
    this.#tellLost();
    void this.#askWhy();
    this.#timer = setTimeout(() => this.#open(), this.#delayMs);
    this.#delayMs = Math.min(this.#delayMs * 2, LONGEST_RETRY_MS);
  }

  #tellLost(): void {
    if (this.#lostSince === undefined || this.#closed) return;
    this.#listener.onLink({ at: 'lost', why: this.#why, since: this.#lostSince, retryAt: this.#retryAt });
  }

  /** A refused socket tells a page nothing of the reason; the page's own address does. */
  async #askWhy(): Promise<void> {
    const signal = AbortSignal.timeout(WHY_LIMIT_MS);
    const status = await fetch(this.#page, { cache: 'no-store', signal }).then(
      (answer) => answer.status,
      () => 0,
    );
    const why = status === 401 ? 'void' : 'gone';
    if (this.#lostSince === undefined || why === this.#why) return;
    this.#why = why;
    this.#tellLost();
  }
}
