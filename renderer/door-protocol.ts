/**
 * What crosses the door. Two transports carry the same contract: the preload bridge of the window, and a WebSocket at
 * `/door` of the page's own origin, one JSON object a text message. Types only; the shell and the web host import them.
 */
import type { CommandName, CommandResult, EventEntry, Snapshot } from '../core/contract.ts';

/** What is pushed to a watcher: at most one key in each. */
export type DoorPush = { readonly snapshot: Snapshot } | { readonly event: EventEntry };

/** From the page. `args` is parsed by the command's schema on the other side. */
export interface DoorRequest {
  readonly id: number;
  readonly name: CommandName;
  readonly args: unknown;
}

/** To the page: the answer to the request with the same id. */
export interface DoorAnswer {
  readonly id: number;
  readonly result: CommandResult<CommandName>;
}

export type DoorMessage = DoorPush | DoorAnswer;

/** Places outside the window that the shell can show, and no others: the data folder, the system's date settings. */
export type Opening = 'data-folder' | 'clock';

/** What the preload puts on `window.hearth`. `watch` begins with the present snapshot; it returns the unsubscribe. */
export interface Bridge {
  command(name: CommandName, args: unknown): Promise<CommandResult<CommandName>>;
  /** True when the system took it. */
  open(what: Opening): Promise<boolean>;
  watch(callback: (push: DoorPush) => void): () => void;
}

declare global {
  interface Window {
    readonly hearth?: Bridge;
  }
}
