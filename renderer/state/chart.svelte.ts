/** The line of the home page: which range is shown, and its points from history; read anew as time passes. */
import type { ChartPoint, CommandArgs } from '../../core/contract.ts';
import type { Live } from './live.svelte.ts';

export type Range = CommandArgs<'history.chart'>['range'];
export const ranges: readonly Range[] = ['1h', '24h', '7d', '1y'];

const HOUR = 3600_000;
/** Length of each range. */
export const spanMs: Readonly<Record<Range, number>> = { '1h': HOUR, '24h': 24 * HOUR, '7d': 168 * HOUR, '1y': 8766 * HOUR };
const REREAD_MS = 20_000; // a third of the finest bucket

export class ChartState {
  range = $state<Range>('24h');
  points = $state.raw<readonly ChartPoint[] | undefined>(undefined);
  readonly #live: Live;
  #shown: Range | undefined;

  constructor(live: Live) {
    this.#live = live;
  }

  /** Reads now and then again; what was read of this range before stays until then. Returns the function that stops it. */
  follow(range: Range): () => void {
    if (range !== this.#shown) this.points = undefined;
    this.#shown = range;
    void this.#read(range);
    const timer = setInterval(() => void this.#read(range), REREAD_MS);
    return () => clearInterval(timer);
  }

  async #read(range: Range): Promise<void> {
    const result = await this.#live.ask('history.chart', { range });
    if (result.ok && range === this.range) this.points = result.reply;
  }
}
