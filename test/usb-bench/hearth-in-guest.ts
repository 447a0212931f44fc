/** The app as it runs in the guest, seen from the host: its newest snapshot, what it told, and its door. */
import type {
  CommandArgs,
  CommandName,
  CommandReplies,
  CommandResult,
  DeviceSnapshot,
  EventEntry,
  FaultSnapshot,
} from '../../core/contract.ts';
import type { Bench } from './bench.ts';
import type { Figures } from './guest/figures.ts';
import type { Program } from './guest/guest.ts';
import type { BoardsSnapshot, FromHearth } from './guest/hearth-talk.ts';
import { Stalls, watchStalls } from './stalls.ts';

const PROGRAM = new URL('guest/hearth.ts', import.meta.url).pathname;
/** In the guest this is the host's loopback. */
const HOST = '10.0.2.2';
/** A start under translation: modules are compiled, a database is made, keys are agreed upon. */
const START_LIMIT_MS = 180_000;
const REPLY_LIMIT_MS = 60_000;
const END_LIMIT_MS = 60_000;

export class HearthInGuest {
  readonly events: EventEntry[] = [];
  readonly logs: string[] = [];
  readonly crashes: string[] = [];
  /** Called in the very moment in which an event arrives. */
  readonly listeners = new Set<(event: EventEntry) => void>();
  /** Of the guest and of this machine. */
  readonly stalls = new Stalls();
  snapshot: BoardsSnapshot | undefined;
  /** Its exit code; undefined while it runs. */
  exit: { readonly code: number | undefined } | undefined;
  readonly #bench: Bench;
  readonly #program: Program;
  readonly #replies = new Map<number, CommandResult<CommandName>>();
  #isMining = false;
  #figures: Figures | undefined;
  #lastId = 0;
  #text = '';

  private constructor(bench: Bench, url: string, shift: number, prefer: 'usb' | 'serial') {
    this.#bench = bench;
    const address = url.replace('127.0.0.1', HOST);
    this.#program = bench.start(PROGRAM, [address, 'bench.guest', String(shift), prefer], {}, (text) => this.#hear(text));
    const unwatch = watchStalls((ms) => this.stalls.add(ms));
    void this.#program.ended.then((code) => {
      unwatch();
      this.exit = { code };
    });
  }

  /**
   * @param shift powers of two by which difficulty 1 is easier
   * @param prefer the way to boards that is tried first
   * @throws Error when it does not come up
   */
  static async start(bench: Bench, url: string, shift: number, prefer: 'usb' | 'serial' = 'usb'): Promise<HearthInGuest> {
    const hearth = new HearthInGuest(bench, url, shift, prefer);
    const up = await bench.until(() => (hearth.#isMining || hearth.exit ? true : undefined), START_LIMIT_MS);
    if (up && hearth.exit === undefined) return hearth;
    const how = hearth.exit ? `ended with code ${hearth.exit.code}` : 'still starting';
    throw new Error(`the app did not come up, ${how}: ${hearth.#program.output.slice(-2_000)}`);
  }

  device(serial: string): DeviceSnapshot | undefined {
    return this.snapshot?.devices.find((device) => device.serial === serial);
  }

  /** The faults that it told of a device since `from` (an index into `events`). */
  faultsOf(deviceId: string, from = 0): readonly FaultSnapshot[] {
    return this.events.slice(from).flatMap((event) => (event.type === 'fault' && event.fault.about === deviceId ? [event.fault] : []));
  }

  /** True when a device began to hash after the last of its faults since `from`, or had none. */
  hasRecovered(deviceId: string, from: number): boolean {
    const own = this.events.slice(from).filter((event) => aboutOf(event) === deviceId);
    const fault = own.findLastIndex(({ type }) => type === 'fault');
    return fault < 0 || own.slice(fault).some((event) => event.type === 'device-state' && event.state === 'hashing');
  }

  /** A command of the contract, and what the app replied. @throws Error when it refused, or did not reply */
  async command<N extends CommandName>(name: N, args: CommandArgs<N>): Promise<CommandReplies[N]> {
    const id = ++this.#lastId;
    this.#program.write(`${JSON.stringify({ id, name, args })}\n`);
    const result = (await this.#bench.until(() => this.#replies.get(id), REPLY_LIMIT_MS)) as CommandResult<N> | undefined;
    this.#replies.delete(id);
    if (result?.ok) return result.reply;
    throw new Error(`${name}: ${result === undefined ? 'no reply' : result.fault.code}`);
  }

  /** What it holds now. @throws Error when it does not answer */
  async figures(): Promise<Figures> {
    this.#figures = undefined;
    this.#program.signal('SIGUSR2');
    const told = await this.#bench.until(() => this.#figures, REPLY_LIMIT_MS);
    if (told === undefined) throw new Error('the app does not tell its figures');
    return told;
  }

  /** Ends it as a person would; its exit code. */
  async stop(): Promise<number | undefined> {
    this.#program.signal('SIGTERM');
    await this.#bench.until(() => this.exit, END_LIMIT_MS);
    return this.exit?.code;
  }

  #hear(text: string): void {
    const lines = (this.#text + text).split('\n');
    this.#text = lines.pop() ?? '';
    for (const line of lines)
      if (line.startsWith('{')) this.#take(JSON.parse(line) as FromHearth);
      else if (line !== '') this.logs.push(line);
  }

  #take(line: FromHearth): void {
    switch (line.say) {
      case 'snapshot':
        this.snapshot = line;
        return;
      case 'event':
        this.events.push(line.event);
        for (const listener of this.listeners) listener(line.event);
        return;
      case 'reply':
        this.#replies.set(line.id, line.result);
        return;
      case 'mining':
        this.#isMining = line.ok;
        return;
      case 'figures':
        this.#figures = line;
        return;
      case 'stall':
        this.stalls.add(line.ms);
        return;
      case 'log':
        this.logs.push(line.text);
        return;
      case 'crash':
        this.crashes.push(line.text);
        return;
    }
  }
}

function aboutOf(event: EventEntry): string | undefined {
  if (event.type === 'fault') return event.fault.about;
  return event.type === 'device-state' ? event.deviceId : undefined;
}
