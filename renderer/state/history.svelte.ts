/** The lists of the History screen, read page by page. */
import type { BlockRow, OutageRow, ShareRow } from '../../core/contract.ts';
import type { Live } from './live.svelte.ts';

export const lists = ['blocks', 'best', 'shares', 'outages'] as const;
export type List = (typeof lists)[number];
const PAGE = 100; // what comes may be more, by rows of the same millisecond
const MAX_ROWS = 5000; // a browser table beyond this is no use to anyone; the CSV has everything

export interface Rows {
  readonly blocks: readonly BlockRow[];
  readonly best: readonly ShareRow[];
  readonly shares: readonly ShareRow[];
  readonly outages: readonly OutageRow[];
}

export class HistoryState {
  rows = $state.raw<{ readonly [name in List]?: Rows[name] }>({});
  /** Older pages are left. */
  more = $state.raw<{ readonly [name in List]?: boolean }>({});
  loading = $state(false);
  readonly #live: Live;

  constructor(live: Live) {
    this.#live = live;
  }

  /** Reads a list anew from its newest row; what was read of its older rows stays, so that nobody loses their place. */
  async read(list: List): Promise<void> {
    this.loading = true;
    if (list === 'blocks') this.#put(list, await this.#live.do('history.blocks', {}));
    else if (list === 'best') this.#put(list, await this.#live.do('history.best', {}));
    else if (list === 'shares') this.#put(list, await this.#live.do('history.shares', { limit: PAGE }));
    else this.#put(list, await this.#live.do('history.outages', { limit: PAGE }));
    this.loading = false;
  }

  /** Adds the next older page. */
  async older(list: 'shares' | 'outages'): Promise<void> {
    this.loading = true;
    if (list === 'shares') this.#add(list, await this.#live.do('history.shares', before(this.rows.shares?.at(-1)?.at)));
    else this.#add(list, await this.#live.do('history.outages', before(this.rows.outages?.at(-1)?.from)));
    this.loading = false;
  }

  #put<L extends List>(list: L, result: { readonly reply: Rows[L] } | undefined): void {
    if (!result) return;
    const older = list === 'shares' || list === 'outages' ? olderThan(this.rows[list] ?? [], result.reply) : [];
    const isLong = (list === 'shares' || list === 'outages') && result.reply.length >= PAGE;
    this.rows = { ...this.rows, [list]: [...result.reply, ...older].slice(0, MAX_ROWS) };
    this.more = { ...this.more, [list]: older.length > 0 ? this.more[list] === true : isLong };
  }
  #add<L extends 'shares' | 'outages'>(list: L, result: { readonly reply: Rows[L] } | undefined): void {
    if (!result) return;
    const all = [...(this.rows[list] ?? []), ...result.reply].slice(0, MAX_ROWS);
    this.rows = { ...this.rows, [list]: all };
    this.more = { ...this.more, [list]: result.reply.length >= PAGE && all.length < MAX_ROWS };
  }
}

type Row = Rows[List][number];
const timeOf = (row: Row) => ('from' in row ? row.from : row.at);

/** The rows below a new first page; none when there is a gap between them. */
function olderThan(rows: readonly Row[], newest: readonly Row[]): readonly Row[] {
  const [first, last] = [rows[0], newest.at(-1)];
  if (!first || !last || timeOf(last) > timeOf(first)) return [];
  return rows.filter((row) => timeOf(row) < timeOf(last));
}

function before(at: number | undefined): { limit: number; before?: number } {
  return at === undefined ? { limit: PAGE } : { limit: PAGE, before: at };
}
