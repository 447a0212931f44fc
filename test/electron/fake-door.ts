/** A door in the test's hand: it shows what it is told to show. */
import {
  type CommandName,
  type Door,
  type EventEntry,
  type HearthEvent,
  type MiningState,
  type Preferences,
  preferences,
  type Snapshot,
} from '../../core/contract.ts';

export class FakeDoor implements Door {
  readonly asked: CommandName[] = [];
  readonly #watchers = new Set<readonly [(snapshot: Snapshot) => void, (event: EventEntry) => void]>();
  snapshot = {
    mining: { at: 'stopped' },
    practice: false,
    welcomed: true,
    hashesPerSecond: 0,
    sources: [{ id: 'two', name: 'Second pool' }],
    settings: { preferences: preferences.parse({}) },
  } as unknown as Snapshot;

  command: Door['command'] = async (name) => {
    this.asked.push(name);
    return { ok: true, reply: undefined } as never;
  };

  watch(onSnapshot: (snapshot: Snapshot) => void, onEvent: (event: EventEntry) => void): () => void {
    const watcher = [onSnapshot, onEvent] as const;
    this.#watchers.add(watcher);
    onSnapshot(this.snapshot);
    return () => this.#watchers.delete(watcher);
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  show(change: Partial<Snapshot>): void {
    this.snapshot = { ...this.snapshot, ...change };
    for (const [onSnapshot] of this.#watchers) onSnapshot(this.snapshot);
  }

  mine(at: MiningState['at']): void {
    this.show({ mining: { at } });
  }

  prefer(change: Partial<Preferences>): void {
    const { settings } = this.snapshot;
    this.show({ settings: { ...settings, preferences: { ...settings.preferences, ...change } } });
  }

  happen(event: HearthEvent, at = Date.now()): void {
    for (const [, onEvent] of this.#watchers) onEvent({ ...event, at } as EventEntry);
  }
}
