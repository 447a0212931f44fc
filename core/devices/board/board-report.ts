/** What a session tells of its chips: what they should do, and what was measured. */
import { type Chain, expectedRate } from '../chip/rates.ts';
import type { DeviceEvent } from '../device.ts';
import type { Readings } from '../sensor/readings.ts';
import type { FeedTimes } from './feed-record.ts';
import { telemetryOf } from './telemetry-of.ts';

/** A board without sensors tells its frequency and chips so often. */
export const TELEMETRY_EVERY_MS = 2_000;

export interface ReportOptions {
  /** Monotonic. */
  now(): number;
  tell(event: DeviceEvent): void;
  /** Of the chips, while they hash. */
  mhz(): number | undefined;
  chipsAlive(): number | undefined;
  feedTimes(): FeedTimes;
}

export class BoardReport {
  readonly #options: ReportOptions;
  #readings: Readings = {};
  #toldMs = 0;

  constructor(options: ReportOptions) {
    this.#options = options;
  }

  /** @param scale share of the hashes that count */
  expect(chain: Chain, scale: number): void {
    this.#options.tell({ type: 'expected', hashesPerSecond: expectedRate(chain, scale) });
    this.#telemetry();
  }

  measured(readings: Readings): void {
    this.#readings = readings;
    this.#telemetry();
  }

  tellIfDue(): void {
    if (this.#options.now() - this.#toldMs >= TELEMETRY_EVERY_MS) this.#telemetry();
  }

  #telemetry(): void {
    const { now, tell, mhz, chipsAlive, feedTimes } = this.#options;
    this.#toldMs = now();
    tell({ type: 'telemetry', telemetry: { ...telemetryOf(this.#readings, mhz(), chipsAlive()), feed: feedTimes() } });
  }
}
