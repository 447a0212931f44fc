/** History as CSV (RFC 4180): for spreadsheets and tax programs. Read in pages with pauses, so that mining goes on. */
import type { Clock } from '../ports.ts';
import type { History } from './history.ts';
import { blocksOf, outagesOf, sharesOf } from './history-queries.ts';

/** The newest so many rows: some 20 MB of text. */
export const MAX_CSV_ROWS = 100_000;
const PAGE_ROWS = 500;

export type CsvSubject = 'shares' | 'blocks' | 'outages' | 'hashrate';
type Cell = string | number | boolean | undefined;

export async function csvOf(history: History, clock: Clock, what: CsvSubject): Promise<string> {
  const rows: Cell[][] = [];
  switch (what) {
    case 'shares':
      rows.push(['time', 'source', 'device', 'difficulty', 'share_difficulty', 'hash', 'outcome', 'reason']);
      for await (const page of pages(
        clock,
        (before) => sharesOf(history, before, PAGE_ROWS),
        (row) => row.at,
      ))
        for (const row of page)
          rows.push([time(row.at), row.sourceId, row.deviceId, row.difficulty, row.shareDifficulty, row.hash, row.outcome, row.reason]);
      break;
    case 'outages':
      rows.push(['from', 'until', 'about', 'code']);
      for await (const page of pages(
        clock,
        (before) => outagesOf(history, before, PAGE_ROWS),
        (row) => row.from,
      ))
        for (const row of page) rows.push([time(row.from), row.until === undefined ? undefined : time(row.until), row.about, row.code]);
      break;
    case 'blocks':
      rows.push(['time', 'hash', 'height', 'source', 'practice', 'outcome']);
      for (const row of blocksOf(history)) rows.push([time(row.at), row.hash, row.height, row.sourceName, row.practice, row.outcome]);
      break;
    case 'hashrate':
      rows.push(['time', 'hashes', 'accepted', 'refused']);
      for (const row of history.read((store) => store.hashrate('hour', 0), []))
        rows.push([time(row.at * 1000), row.hashes, row.accepted, row.refused]);
      break;
  }
  return `${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}

async function* pages<T>(
  clock: Clock,
  read: (before: number | undefined) => readonly T[],
  at: (row: T) => number,
): AsyncGenerator<readonly T[]> {
  let before: number | undefined;
  for (let rows = 0; rows < MAX_CSV_ROWS; ) {
    const page = read(before);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page.slice(0, MAX_CSV_ROWS - rows);
    rows += page.length;
    before = at(last);
    await new Promise<void>((resolve) => void clock.after(0, resolve));
  }
}

function time(unixMs: number): string {
  return new Date(unixMs).toISOString();
}

function cell(value: Cell): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  // A spreadsheet runs a cell that begins so as a formula; names and a pool's words are other people's text.
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
