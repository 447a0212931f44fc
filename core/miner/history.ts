/**
 * History as the miner uses it: every write is done before the call returns; when the disk is full or the file is locked
 * the writes wait in memory, in order and bounded, and a fault stands until they are on disk. A damaged file is set aside
 * by the opener, named, and a new one begun. Nothing here throws: mining goes on whatever the disk does.
 *
 * Shares: `write` puts a share on record (about 15 µs) before it is sent, so none that a pool accepted is ever missing,
 * also when the process is killed in between; its hash is its key, so none is ever two.
 */

import { faultOf } from '../errors.ts';
import type { FaultCode } from '../faults.ts';
import type { Clock, HistoryOpener, HistoryStore, HistoryWrite } from '../ports.ts';
import type { AnyFailure } from './standing-faults.ts';

/** Hours of shares at a home miner's rate; beyond, the newest are lost and counted. */
export const MAX_WAITING_WRITES = 20_000;
/** Somebody makes room on a disk in minutes; another program lets go of the file in seconds. */
export const HISTORY_RETRY_MS = 10_000;
/** A power cut may take this much; a block is flushed at once. */
export const FLUSH_AFTER_MS = 1_000;
export const TIDY_EVERY_MS = 60_000;
/** Waiting writes go in pieces, so that thousands of them do not hold up the work. */
const WRITES_A_PIECE = 200;

export interface HistoryOptions {
  readonly opener: HistoryOpener;
  readonly clock: Clock;
  onFault(failure: AnyFailure): void;
  onCleared(code: FaultCode): void;
}

export class History {
  readonly #options: HistoryOptions;
  #store: HistoryStore | undefined;
  #waiting: HistoryWrite[] = [];
  #lost = 0;
  #cancelRetry: (() => void) | undefined;
  #cancelFlush: (() => void) | undefined;
  #cancelTidy: (() => void) | undefined;
  #closed = false;

  constructor(options: HistoryOptions) {
    this.#options = options;
  }

  /** Opens the file and marks what a crash left open. Call once. */
  open(): void {
    this.#waiting.unshift({ type: 'recover' });
    this.#drain();
    this.#tidyLater();
  }

  write(...writes: readonly HistoryWrite[]): void {
    if (this.#closed) return;
    if (this.#waiting.length > 0 || !this.#store) return this.#keep(writes);
    try {
      this.#store.apply(writes);
      this.#flushLater(writes);
    } catch (error) {
      this.#keep(writes);
      this.#failed(error);
    }
  }

  /** Asks the file; `otherwise` when it cannot be read now. */
  read<T>(ask: (store: HistoryStore) => T, otherwise: T): T {
    try {
      return this.#store ? ask(this.#store) : otherwise;
    } catch (error) {
      this.#failed(error);
      return otherwise;
    }
  }

  /** Writes what waits, as far as the disk takes it, flushes and closes. */
  async close(): Promise<void> {
    this.#drain();
    this.#closed = true;
    for (const cancel of [this.#cancelRetry, this.#cancelFlush, this.#cancelTidy]) cancel?.();
    await this.#store?.sync().catch(() => {});
    this.#store?.close();
    this.#store = undefined;
  }

  #keep(writes: readonly HistoryWrite[]): void {
    const room = Math.max(MAX_WAITING_WRITES - this.#waiting.length, 0);
    this.#waiting.push(...writes.slice(0, room));
    this.#lost += Math.max(writes.length - room, 0);
  }

  /** Opens if need be and writes what waits, piece by piece. */
  #drain(): void {
    if (this.#closed) return;
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    try {
      this.#openStore();
      while (this.#waiting.length > 0) {
        const piece = this.#waiting.slice(0, WRITES_A_PIECE);
        this.#store?.apply(piece);
        this.#waiting = this.#waiting.slice(piece.length);
        this.#flushLater(piece);
      }
      this.#lost = 0;
      this.#options.onCleared('history-not-saved');
    } catch (error) {
      this.#failed(error);
    }
  }

  #openStore(): void {
    if (this.#store) return;
    const { store, setAside } = this.#options.opener.open();
    this.#store = store;
    if (setAside !== undefined) this.#options.onFault({ code: 'history-broken', kept: setAside });
  }

  #failed(error: unknown): void {
    const fault = faultOf(error);
    if (fault.code === 'history-broken') this.#dropStore();
    this.#options.onFault({ ...fault, code: 'history-not-saved', reason: fault.code, waiting: this.#waiting.length, lost: this.#lost });
    if (!this.#closed) this.#cancelRetry ??= this.#options.clock.after(HISTORY_RETRY_MS, () => this.#drain());
  }

  #dropStore(): void {
    try {
      this.#store?.close();
    } catch {
      // A damaged file may refuse even this; the next open sets it aside.
    }
    this.#store = undefined;
  }

  #flushLater(writes: readonly HistoryWrite[]): void {
    if (writes.some((write) => write.type === 'block')) return this.#flush();
    this.#cancelFlush ??= this.#options.clock.after(FLUSH_AFTER_MS, () => this.#flush());
  }

  #flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = undefined;
    this.#store?.sync().catch((error: unknown) => this.#failed(error));
  }

  #tidyLater(): void {
    this.#cancelTidy = this.#options.clock.after(TIDY_EVERY_MS, () => {
      void (this.#store?.tidy(this.#options.clock.now()) ?? Promise.resolve())
        .catch((error: unknown) => this.#failed(error))
        .finally(() => this.#closed || this.#tidyLater());
    });
  }
}
