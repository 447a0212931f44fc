/** What is hashed and answered, written to history in small pieces, so that a crash loses ten seconds of the chart at most. */
import type { Clock } from '../ports.ts';
import type { History } from './history.ts';

export const HASHRATE_WRITE_MS = 10_000;

export class HashrateLog {
  readonly #clock: Clock;
  readonly #history: History;
  #hashes = 0;
  #accepted = 0;
  #refused = 0;
  #writtenAt: number;

  constructor(clock: Clock, history: History) {
    this.#clock = clock;
    this.#history = history;
    this.#writtenAt = clock.monotonic();
  }

  answered(accepted: boolean): void {
    if (accepted) this.#accepted += 1;
    else this.#refused += 1;
  }

  /** @param totalHashes since the start; written about every ten seconds, or now when `force` */
  tick(totalHashes: number, { mining, force = false }: { readonly mining: boolean; readonly force?: boolean }): void {
    const now = this.#clock.monotonic();
    if (!force && now - this.#writtenAt < HASHRATE_WRITE_MS) return;
    this.#writtenAt = now;
    const hashes = Math.max(totalHashes - this.#hashes, 0);
    const delta = { at: Math.floor(this.#clock.now() / 1000), hashes, accepted: this.#accepted, refused: this.#refused };
    this.#hashes = totalHashes;
    this.#accepted = 0;
    this.#refused = 0;
    const alive = { type: 'alive', at: this.#clock.now(), mining } as const;
    if (hashes > 0 || delta.accepted > 0 || delta.refused > 0) this.#history.write({ type: 'hashrate', delta }, alive);
    else this.#history.write(alive);
  }
}
