/** When to tell a pool a new speed (MIN-14, MIN-15): when it differs enough to matter, and not too often. Pure. */

/** A pool hears of a new speed when it differs by a fifth, and once a minute at most. */
export const MATERIAL_CHANGE = 0.2;
export const UPDATE_PAUSE_MS = 60_000;
/** The least speed that is told: some pools cannot turn zero into a target (MIN-3). */
export const LEAST_HASH_RATE = 1_000_000;

export class HashrateReport {
  #known: number;
  #told: { readonly rate: number; readonly at: number } | undefined;

  constructor(hashesPerSecond: number) {
    this.#known = hashesPerSecond;
  }

  /** Hashes a second, as they should be told. */
  get rate(): number {
    return Math.max(LEAST_HASH_RATE, this.#known);
  }

  /** Hashes a second as far as known, else the least that is told. */
  get known(): number {
    return this.#known > 0 ? this.#known : LEAST_HASH_RATE;
  }

  changed(hashesPerSecond: number): void {
    this.#known = hashesPerSecond;
  }

  told(at: number): void {
    this.#told = { rate: this.rate, at };
  }

  /** Monotonic milliseconds from when the pool should hear of it; undefined while what it knows is good enough. */
  get dueAt(): number | undefined {
    const told = this.#told;
    if (told === undefined || Math.abs(this.rate - told.rate) <= told.rate * MATERIAL_CHANGE) return undefined;
    return told.at + UPDATE_PAUSE_MS;
  }
}
