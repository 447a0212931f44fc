/** What the page knows of the miner: the latest snapshot, the state of the door, the passing of time, and what went wrong. */
import type { CommandArgs, CommandName, CommandReplies, CommandResult, EventEntry, FaultSnapshot, Snapshot } from '../../core/contract.ts';
import type { Backend, Link, Listener } from '../backend.ts';
import type { Opening } from '../door-protocol.ts';
import { Pulses } from './pulses.svelte.ts';

const TICK_MS = 1000;
const NOTICE_MS = 6000; // long enough to be read twice

export class Live implements Listener {
  snapshot = $state.raw<Snapshot | undefined>(undefined);
  link = $state.raw<Link>({ at: 'connecting' });
  /** The miner's clock, moving between snapshots. */
  now = $state(Date.now());
  /** The last command that failed; shown until it is dismissed or something works again. */
  trouble = $state.raw<FaultSnapshot | undefined>(undefined);
  /** A short answer to what the person just did; spoken politely. */
  notice = $state('');
  readonly pulses = new Pulses();
  /** Which source a test of this page was for. */
  tested = $state.raw<{ readonly testId: number; readonly sourceId: string } | undefined>(undefined);
  #backend: Backend | undefined;
  #failed: (() => Promise<unknown>) | undefined;
  #offset = 0;
  #noticeTimer: ReturnType<typeof setTimeout> | undefined;

  /** Opens the door. Returns the function that closes it. */
  start(open: (listener: Listener) => Backend): () => void {
    this.#backend = open(this);
    const tick = setInterval(() => this.#tick(), TICK_MS);
    return () => {
      clearInterval(tick);
      this.#backend?.close();
    };
  }

  get inWindow(): boolean {
    return this.#backend?.inWindow ?? false;
  }
  /** The door is open and the snapshot is of now. */
  get fresh(): boolean {
    return this.link.at === 'open' && this.snapshot !== undefined;
  }

  onSnapshot(snapshot: Snapshot): void {
    this.#offset = snapshot.now - Date.now();
    this.snapshot = snapshot;
    this.now = snapshot.now;
  }
  onEvent(event: EventEntry): void {
    this.pulses.see(event, performance.now());
  }
  onLink(link: Link): void {
    if (link.at !== 'open') this.pulses.clear();
    else if (this.trouble?.code === 'miner-gone') this.trouble = undefined; // it works again
    this.link = link;
  }

  /** Sends a command; a failure is shown on the page and gives undefined. */
  async do<N extends CommandName>(name: N, args: CommandArgs<N>): Promise<{ readonly reply: CommandReplies[N] } | undefined> {
    const result = await this.ask(name, args);
    if (result.ok) {
      this.trouble = undefined;
      return { reply: result.reply };
    }
    this.trouble = result.fault;
    this.#failed = () => this.do(name, args);
    return undefined;
  }

  /** Sends the command that failed last once more. */
  async again(): Promise<void> {
    await this.#failed?.();
  }

  /** Sends a command whose failure the caller shows in its own place. */
  ask<N extends CommandName>(name: N, args: CommandArgs<N>): Promise<CommandResult<N>> {
    if (this.#backend) return this.#backend.command(name, args);
    return Promise.resolve({ ok: false, fault: { code: 'miner-gone', about: 'app', facts: {}, since: Date.now() } });
  }

  retry(): void {
    this.#backend?.retry();
  }

  /** Shows a place of this computer; false where that was not possible. */
  async open(what: Opening): Promise<boolean> {
    return (await this.#backend?.open(what)) ?? false;
  }

  say(text: string): void {
    clearTimeout(this.#noticeTimer);
    this.notice = text;
    this.#noticeTimer = setTimeout(() => {
      this.notice = '';
    }, NOTICE_MS);
  }

  #tick(): void {
    if (this.link.at === 'open') this.now = Date.now() + this.#offset;
    else if (this.link.at === 'lost') this.now += TICK_MS;
  }
}

export const live = new Live();
