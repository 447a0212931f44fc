/** Snapshots for whoever watches: the present one at once, then one when something changed, four a second at most. */
import { type EventEntry, MAX_SNAPSHOTS_PER_SECOND, type Snapshot } from '../contract.ts';
import type { Clock } from '../ports.ts';

const INTERVAL_MS = 1000 / MAX_SNAPSHOTS_PER_SECOND;

type Watcher = (snapshot: Snapshot) => void;

export interface SnapshotFeedOptions {
  readonly clock: Clock;
  take(): Snapshot;
  /** Watchers of events, beside snapshots. */
  listen(onEvent: (event: EventEntry) => void): () => void;
}

export class SnapshotFeed {
  readonly #options: SnapshotFeedOptions;
  readonly #watchers = new Set<Watcher>();
  #sentAt = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | undefined;

  constructor(options: SnapshotFeedOptions) {
    this.#options = options;
  }

  watch(onSnapshot: Watcher, onEvent: (event: EventEntry) => void): () => void {
    const watcher: Watcher = (snapshot) => onSnapshot(snapshot);
    this.#watchers.add(watcher);
    const unlisten = this.#options.listen(onEvent);
    onSnapshot(this.#options.take());
    return () => {
      this.#watchers.delete(watcher);
      unlisten();
    };
  }

  /** Something is different; costs nothing when nobody watches. */
  changed(): void {
    if (this.#watchers.size === 0 || this.#cancel) return;
    const waitMs = Math.max(0, this.#sentAt + INTERVAL_MS - this.#options.clock.monotonic());
    this.#cancel = this.#options.clock.after(waitMs, () => this.#send());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#watchers.clear();
  }

  #send(): void {
    this.#cancel = undefined;
    this.#sentAt = this.#options.clock.monotonic();
    const snapshot = this.#options.take();
    for (const watcher of this.#watchers) watcher(snapshot);
  }
}
