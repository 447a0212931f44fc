/** Temperature of a board with one heat source and a fan: a first-order lag towards ambient + watts x resistance. */

export interface HeatOptions {
  readonly ambientC: number;
  /** Kelvin per watt with the fan at full speed, and without any moving air. */
  readonly resistance: number;
  readonly stillResistance: number;
  readonly timeConstantMs: number;
}

export class Heat {
  readonly #options: HeatOptions;
  #tempC: number;
  #last = 0;
  #forcedC: number | undefined;

  constructor(options: HeatOptions) {
    this.#options = options;
    this.#tempC = options.ambientC;
  }

  get tempC(): number {
    return this.#forcedC ?? this.#tempC;
  }

  /** Holds the temperature at a value, whatever the physics; undefined lets go. */
  force(tempC: number | undefined): void {
    if (tempC === undefined && this.#forcedC !== undefined) this.#tempC = this.#forcedC;
    this.#forcedC = tempC;
  }

  /** `air`: 0 (still) to 1 (full speed). */
  advance(now: number, watts: number, air: number): void {
    const { ambientC, resistance, stillResistance, timeConstantMs } = this.#options;
    const elapsed = Math.max(0, now - this.#last);
    this.#last = Math.max(now, this.#last);
    const target = ambientC + watts * (stillResistance + (resistance - stillResistance) * air);
    this.#tempC += (target - this.#tempC) * (1 - Math.exp(-elapsed / timeConstantMs));
  }
}
