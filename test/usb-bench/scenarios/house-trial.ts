/**
 * A house of boards: all of them plugged into one guest with one app that mines at one pool. Each is tried alone where it matters
 * that the others go on mining (unplugged, put back), and all at once where it does not.
 */
import type { Bench } from '../bench.ts';
import type { BoardName } from '../emulators/boards.ts';
import { type BoardResult, BoardTrial, showFaults } from './board-trial.ts';
import type { BoardsTogether } from './houses.ts';
import { newestShares } from './ledger.ts';
import { type House, openHouse } from './practice-house.ts';
import { tryFaults } from './try-faults.ts';

/** Of the history's newest shares: enough to find every board among them. */
const MOST_PAGES = 8;

export async function tryHouse(bench: Bench, { trials, difficulty }: BoardsTogether): Promise<ReadonlyMap<BoardName, BoardResult>> {
  const house = await openHouse(bench, { difficulty });
  try {
    const boards = trials.map((trial) => new BoardTrial(house, trial));
    const each = (act: (board: BoardTrial) => Promise<void>) => Promise.all(boards.map((board) => board.spend(() => act(board))));
    await each((board) => board.plugIn());
    await each((board) => board.rate());
    await checkLedger(house, boards, { isEarly: true });
    await unplugEach(boards, house);
    await each((board) => board.keeps());
    await each((board) => tryFaults(board, house));
    await each((board) => board.earns());
    await checkLedger(house, boards);
    checkApp(house);
    const results = new Map(boards.map((board) => [board.trial.board, board.result]));
    const code = await house.hearth.stop();
    bench.check('the app ends when it is asked to', code === 0, `exit code ${code}`);
    for (const board of boards) await board.leave();
    return results;
  } finally {
    await house.close();
  }
}

/** One after the other; each is put back, and starts again, while the next is pulled out. */
async function unplugEach(boards: readonly BoardTrial[], house: House): Promise<void> {
  const away = new Set<BoardTrial>();
  const back: Promise<unknown>[] = [];
  for (const board of boards) {
    away.add(board);
    const others = boards.filter((other) => !away.has(other));
    await board.spend(() => unplugged(board, others, house));
    back.push(board.spend(() => board.replug()).then(() => away.delete(board)));
  }
  await Promise.all(back);
}

/** The pool's own books against the app's history: by hash, board by board. Early, a slow board may have found none yet. */
async function checkLedger({ practice, hearth }: House, boards: readonly BoardTrial[], { isEarly = false } = {}): Promise<void> {
  const rows = await newestShares(hearth, MOST_PAGES);
  const inLedger = new Set(practice.stats.shares.map(({ hash }) => hash));
  for (const board of boards) {
    const own = rows.filter(({ deviceId, outcome }) => deviceId === board.device?.id && outcome === 'accepted');
    const known = own.filter(({ hash }) => inLedger.has(hash)).length;
    const detail = `${known} of its newest ${own.length}; ${board.shares} found in all`;
    board.check('its accepted shares are in the pool’s own ledger', known === own.length && (isEarly || known > 0), detail);
  }
}

async function unplugged(board: BoardTrial, others: readonly BoardTrial[], { hearth }: House): Promise<void> {
  const from = hearth.events.length;
  const startedAt = performance.now();
  await board.unplug();
  const before = others.map(({ progress }) => progress);
  const goOn = await board.until(() => others.every((other, index) => other.progress > (before[index] as number)));
  const faults = others
    .map((other) => `${other.trial.board} ${showFaults(other.faults(from))}`)
    .filter((text) => /\{/.test(text))
    .join('; ');
  if (others.length > 0) {
    board.check('unplugged, it leaves the others mining', goOn, faults);
    board.checkSteady('unplugged, it troubles no other', faults === '', startedAt, faults);
  }
}

function checkApp({ bench, practice, hearth }: House): void {
  const { stats } = practice;
  const refusals = [...stats.refusals].map(([code, count]) => `${count} ${code}`).join(', ');
  bench.check('the pool refused no share', stats.refused === 0, `${stats.accepted} accepted ${refusals}`);
  const bugs = hearth.events.flatMap((event) => (event.type === 'fault' && event.fault.code === 'internal' ? [event.fault] : []));
  bench.check('no fault that it told is a bug of its own', bugs.length === 0, showFaults(bugs));
  bench.check('the app is alive', hearth.exit === undefined && hearth.crashes.length === 0, hearth.crashes.join('\n'));
}
