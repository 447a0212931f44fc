/**
 * The door over a message channel: a browser's WebSocket. In: `{ id, name, args }`. Out: `{ id, result }`, and
 * `{ snapshot }` and `{ event }` as they come. A slow reader loses snapshots in between, never answers.
 */

import * as z from 'zod';
import { type CommandName, type CommandResult, commandArgs, type Door, type EventEntry, type Snapshot } from '../contract.ts';

/** Above this a reader is slow: it gets no more snapshots or events until it has caught up. */
const MAX_QUEUED_BYTES = 1 << 20;
/** Commands a person could cause in a second, with room. */
export const MAX_COMMANDS_PER_SECOND = 100;
/** Events sent in a second; a flood of them would only be noise, and the snapshot has the newest. */
export const MAX_EVENTS_PER_SECOND = 50;

export interface DoorChannel {
  queuedBytes(): number;
  send(text: string): void;
  close(): void;
}

const request = z.strictObject({ id: z.int().min(0), name: z.string().max(64), args: z.unknown() });

/** Serves one watcher until `onEnd`. `now`: milliseconds, monotonic. */
export function serveDoor(door: Door, channel: DoorChannel, now: () => number): { onMessage(text: string): void; onEnd(): void } {
  const commands = new Budget(MAX_COMMANDS_PER_SECOND, now);
  const events = new Budget(MAX_EVENTS_PER_SECOND, now);
  const keepsUp = () => channel.queuedBytes() <= MAX_QUEUED_BYTES;
  const onSnapshot = (snapshot: Snapshot) => keepsUp() && channel.send(JSON.stringify({ snapshot }));
  const onEvent = (event: EventEntry) => keepsUp() && events.take() && channel.send(JSON.stringify({ event }));
  const unwatch = door.watch(onSnapshot, onEvent);
  let ended = false;
  /** Nothing more is heard or told: the other end is not our page, or it has gone wild. */
  const end = () => {
    ended = true;
    unwatch();
    channel.close();
  };
  return {
    onMessage: (text) => {
      if (ended) return;
      if (!commands.take()) return end();
      void answer(door, text).then((reply) => {
        if (ended) return;
        if (reply === undefined) end();
        else channel.send(JSON.stringify(reply));
      });
    },
    onEnd: () => {
      ended = true;
      unwatch();
    },
  };
}

/** Undefined when the text is no request at all: the other end is not our page. */
async function answer(door: Door, text: string): Promise<{ id: number; result: CommandResult<CommandName> } | undefined> {
  const parsed = request.safeParse(parseJson(text));
  if (!parsed.success || !isCommand(parsed.data.name)) return undefined;
  return { id: parsed.data.id, result: await door.command(parsed.data.name, parsed.data.args as never) };
}

/** True for names of the contract only (`toString` is none). */
export function isCommand(name: unknown): name is CommandName {
  return typeof name === 'string' && Object.hasOwn(commandArgs, name);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** So many a second, counted in whole seconds. */
export class Budget {
  readonly #limit: number;
  readonly #now: () => number;
  #second = Number.NEGATIVE_INFINITY;
  #used = 0;

  constructor(limit: number, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  take(): boolean {
    const second = Math.floor(this.#now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#used = 0;
    }
    this.#used += 1;
    return this.#used <= this.#limit;
  }
}
