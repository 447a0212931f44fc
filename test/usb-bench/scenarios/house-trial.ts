/**
 * A house of boards: all of them plugged into one guest with one app that mines at one pool. Each is tried alone where it matters
 * that the others go on mining (unplugged, put back), and all at once where it does not.
 */
import type { ShareRow } from '../../../core/contract.ts';
import type { Bench } from '../bench.ts';
import type { HearthInGuest } from '../hearth-in-guest.ts';
import { BoardTrial, showFaults } from './board-trial.ts';
import type { BoardsTogether } from './houses.ts';
import { type House, openHouse } from './practice-house.ts';
import { tryFaults } from './try-faults.ts';

/** The newest shares of the history, by pages: enough to find every board among them. */
const PAGE = 500;
const MOST_PAGES = 8;

export async function tryHouse(bench: Bench, { trials, difficulty }: BoardsTogether): Promise<void> {
  const house = await openHouse(bench, difficulty);
  try {
    const boards = trials.map((trial) => new BoardTrial(house, trial));
    await Promise.all(boards.map((board) => board.plugIn()));
    await Promise.all(boards.map((board) => board.rate()));
    await checkLedger(house, boards);
    for (const board of boards) await board.set();
    for (const board of boards) await unplugged(board, boards, house);
    await Promise.all(boards.map((board) => board.keeps()));
    await Promise.all(boards.map((board) => tryFaults(board, house)));
    await Promise.all(boards.map((board) => board.earns()));
    await checkLedger(house, boards);
    checkApp(house);
    const code = await house.hearth.stop();
    bench.check('the app ends when it is asked to', code === 0, `exit code ${code}`);
    for (const board of boards) await board.leave();
  } finally {
    await house.close();
  }
}

/** The pool's own books against the app's history: by hash, board by board. */
async function checkLedger({ practice, hearth }: House, boards: readonly BoardTrial[]): Promise<void> {
  const rows = await newestShares(hearth);
  const inLedger = new Set(practice.stats.shares.map(({ hash }) => hash));
  for (const board of boards) {
    const own = rows.filter(({ deviceId, outcome }) => deviceId === board.device?.id && outcome === 'accepted');
    const known = own.filter(({ hash }) => inLedger.has(hash)).length;
    const detail = `${known} of its newest ${own.length}; ${board.shares} found in all`;
    board.check('its accepted shares are in the pool’s own ledger', known > 0 && known === own.length, detail);
  }
}

async function newestShares(hearth: HearthInGuest): Promise<readonly ShareRow[]> {
  const rows: ShareRow[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const before = rows.at(-1)?.at;
    const more = await hearth.command('history.shares', { limit: PAGE, ...(before !== undefined && { before }) });
    rows.push(...more);
    if (more.length < PAGE) break;
  }
  return rows;
}

async function unplugged(board: BoardTrial, all: readonly BoardTrial[], { hearth }: House): Promise<void> {
  const others = all.filter((other) => other !== board);
  const from = hearth.events.length;
  const startedAt = performance.now();
  await board.unplug();
  const before = others.map(({ nonces }) => nonces);
  const goOn = await board.until(() => others.every((other, index) => other.nonces > (before[index] as number)));
  const faults = others
    .map((other) => `${other.trial.board} ${showFaults(other.faults(from))}`)
    .filter((text) => /\{/.test(text))
    .join('; ');
  if (others.length > 0) {
    board.check('unplugged, it leaves the others mining', goOn, faults);
    board.checkSteady('unplugged, it troubles no other', faults === '', startedAt, faults);
  }
  await board.replug();
}

function checkApp({ bench, practice, hearth }: House): void {
  const { stats } = practice;
  const refusals = [...stats.refusals].map(([code, count]) => `${count} ${code}`).join(', ');
  bench.check('the pool refused no share', stats.refused === 0, `${stats.accepted} accepted ${refusals}`);
  bench.check('the app is alive', hearth.exit === undefined && hearth.crashes.length === 0, hearth.crashes.join('\n'));
}
