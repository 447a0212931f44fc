/** What the app in the guest and the scenarios on the host say to each other: one JSON object a line. */
import type { CommandName, CommandResult, DeviceSnapshot, EventEntry, FaultSnapshot } from '../../../core/contract.ts';
import type { Figures } from './figures.ts';

export interface ToHearth {
  readonly id: number;
  /** A command of the contract. */
  readonly name: string;
  readonly args: unknown;
}

/** The part of a snapshot that scenarios look at. */
export interface BoardsSnapshot {
  /** Unix milliseconds of the guest. */
  readonly now: number;
  /** On USB only. */
  readonly devices: readonly DeviceSnapshot[];
  readonly accepted: number;
  readonly refused: number;
  readonly pending: number;
  readonly faults: readonly FaultSnapshot[];
  readonly mining: string;
  /** Good nonces so far, by device id, as the drivers gave them. */
  readonly nonces: Readonly<Record<string, number>>;
}

export type FromHearth =
  | ({ readonly say: 'snapshot' } & BoardsSnapshot)
  | { readonly say: 'event'; readonly event: EventEntry }
  | { readonly say: 'reply'; readonly id: number; readonly result: CommandResult<CommandName> }
  | { readonly say: 'mining'; readonly ok: boolean }
  /** Asked for with SIGUSR2. */
  | ({ readonly say: 'figures' } & Figures)
  /** The guest stood still for so long. */
  | { readonly say: 'stall'; readonly ms: number }
  | { readonly say: 'log'; readonly text: string }
  | { readonly say: 'crash'; readonly text: string };
