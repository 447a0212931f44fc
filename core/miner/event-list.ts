/** The last events, newest first, and everybody who listens. Floods are thinned: a window shows what happened, not each hash. */
import type { EventEntry, HearthEvent } from '../contract.ts';
import type { Clock } from '../ports.ts';

/** As many as the snapshot carries. */
export const MAX_EVENTS = 50;
/** Events of one type that reach listeners in a second; practice and a too easy target could make thousands. */
export const MAX_PER_TYPE_AND_SECOND = 20;

type Listener = (event: EventEntry) => void;

export class EventList {
  readonly #clock: Clock;
  readonly #listeners = new Set<Listener>();
  readonly #sent = new Map<HearthEvent['type'], { second: number; count: number }>();
  #entries: EventEntry[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get entries(): readonly EventEntry[] {
    return this.#entries;
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  add(event: HearthEvent): void {
    const entry: EventEntry = { ...event, at: this.#clock.now() };
    if (isKept(event)) this.#entries = [entry, ...this.#without(event)].slice(0, MAX_EVENTS);
    if (this.#isFlood(event)) return;
    for (const listener of this.#listeners) listener(entry);
  }

  /** Shares of one source in a row become one entry, so that they do not push everything else out. */
  #without(event: HearthEvent): readonly EventEntry[] {
    const [newest, ...older] = this.#entries;
    const merges = event.type === 'share-accepted' && newest?.type === 'share-accepted' && newest.sourceId === event.sourceId;
    return merges ? older : this.#entries;
  }

  #isFlood({ type }: HearthEvent): boolean {
    const second = Math.floor(this.#clock.monotonic() / 1000);
    const sent = this.#sent.get(type);
    if (sent?.second !== second) this.#sent.set(type, { second, count: 1 });
    else sent.count += 1;
    return type.startsWith('share-') && (this.#sent.get(type)?.count ?? 0) > MAX_PER_TYPE_AND_SECOND;
  }
}

/** Found shares show as accepted or refused a moment later; jobs come every half minute. */
function isKept({ type }: HearthEvent): boolean {
  return type !== 'share-found' && type !== 'job';
}
