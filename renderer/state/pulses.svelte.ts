/** Pulses of the Route: one only when something passed, and never more than the eye can follow. */
import type { EventEntry } from '../../core/contract.ts';

/** `out`: Hearth to the pool; `in`: work from the pool; otherwise a device's id. */
export type Lane = string;
export interface Pulse {
  readonly id: number;
  readonly lane: Lane;
}

const APART_MS = 450; // closer ones melt into each other
const MAX_AT_ONCE = 16;

export class Pulses {
  all = $state.raw<readonly Pulse[]>([]);
  /** Grows with every share that came back accepted: the celebration and the flame read it. */
  accepted = $state(0);
  readonly #last = new Map<Lane, number>();
  #nextId = 1;

  /** Takes any number of events a second. */
  see(event: EventEntry, now: number): void {
    if (event.type === 'share-accepted') this.accepted += 1;
    const lane = laneOf(event);
    if (lane === undefined || this.all.length >= MAX_AT_ONCE || now - (this.#last.get(lane) ?? -APART_MS) < APART_MS) return;
    this.#last.set(lane, now);
    this.all = [...this.all, { id: this.#nextId++, lane }];
  }

  /** The animation of this pulse is over. */
  done(id: number): void {
    this.all = this.all.filter((pulse) => pulse.id !== id);
  }

  clear(): void {
    this.all = [];
    this.#last.clear();
  }
}

function laneOf(event: EventEntry): Lane | undefined {
  if (event.type === 'share-found') return event.deviceId;
  if (event.type === 'share-accepted') return 'out';
  return event.type === 'job' ? 'in' : undefined;
}
