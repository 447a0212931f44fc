/** The pool's own books against the app's history, by the hashes of shares, both ways. */
import type { ShareRow } from '../../../core/contract.ts';
import type { HearthInGuest } from '../hearth-in-guest.ts';
import type { House } from './practice-house.ts';

/** The newest shares of the history, by pages: as many as the practice pool's ledger holds. */
const PAGE = 500;
const MOST_PAGES = 20;
/** An answer is on its way to the app, and then to its history. */
const ANSWER_MS = 10_000;

export interface UnlikeLedger {
  /** In the ledger, and not accepted in the history. */
  readonly lost: number;
  /** Accepted in the history, and not in the ledger. */
  readonly invented: number;
}

export async function unlikeLedger({ bench, practice, hearth }: House): Promise<UnlikeLedger> {
  const ledger = practice.stats.shares.map(({ hash }) => hash);
  const end = bench.now() + ANSWER_MS;
  for (;;) {
    const rows = await newestShares(hearth, MOST_PAGES);
    const accepted = new Set(rows.flatMap(({ hash, outcome }) => (outcome === 'accepted' ? [hash] : [])));
    const inLedger = new Set(practice.stats.shares.map(({ hash }) => hash));
    const lost = ledger.filter((hash) => !accepted.has(hash)).length;
    const invented = [...accepted].filter((hash) => !inLedger.has(hash)).length;
    if ((lost === 0 && invented === 0) || bench.now() > end) return { lost, invented };
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Newest first. */
export async function newestShares(hearth: HearthInGuest, mostPages: number): Promise<readonly ShareRow[]> {
  const rows: ShareRow[] = [];
  for (let page = 0; page < mostPages; page += 1) {
    const before = rows.at(-1)?.at;
    const more = await hearth.command('history.shares', { limit: PAGE, ...(before !== undefined && { before }) });
    rows.push(...more);
    if (more.length < PAGE) break;
  }
  return rows;
}
