/** The lists of History: page by page, and nobody loses their place when the first page is read anew. */
import './runes.ts';
import { expect, test } from 'vitest';
import type { ShareRow } from '../../core/contract.ts';
import { HistoryState } from '../../renderer/state/history.svelte.ts';
import type { Live } from '../../renderer/state/live.svelte.ts';

const share = (at: number, outcome: ShareRow['outcome'] = 'accepted'): ShareRow => ({
  at,
  sourceId: 'pool',
  deviceId: 'stick',
  difficulty: 1,
  shareDifficulty: 1,
  hash: String(at),
  outcome,
});

/** History with shares at these milliseconds, newest first, answered a page at a time. */
function historyOf(all: { rows: readonly ShareRow[] }): HistoryState {
  const answer = async (_name: string, { before = Number.POSITIVE_INFINITY, limit = 100 }: { before?: number; limit?: number }) => ({
    reply: all.rows.filter(({ at }) => at < before).slice(0, limit),
  });
  return new HistoryState({ do: answer } as unknown as Live);
}
const times = (from: number, count: number) => Array.from({ length: count }, (_, index) => share(from - index));
const places = ({ rows }: HistoryState) => rows.shares?.map(({ at }) => at);

test('a list grows by its older pages and says when there are none left', async () => {
  const history = historyOf({ rows: times(1_000, 250) });
  await history.read('shares');
  expect([history.rows.shares?.length, history.more.shares]).toEqual([100, true]);
  await history.older('shares');
  await history.older('shares');
  expect(places(history)).toEqual(times(1_000, 250).map(({ at }) => at));
  expect(history.more.shares).toBe(false);
});

test('read anew, it has the new shares and answers on top and still all that was read before', async () => {
  const all = { rows: times(1_000, 250) };
  const history = historyOf(all);
  await history.read('shares');
  await history.older('shares');
  all.rows = [...times(1_003, 3), share(1_000, 'refused'), ...times(999, 249)];
  await history.read('shares');
  expect(places(history)).toEqual(times(1_003, 203).map(({ at }) => at));
  expect(history.rows.shares?.[3]?.outcome).toBe('refused');
  expect(history.more.shares).toBe(true);
});

test('after an absence longer than a page it begins anew, rather than hide a gap', async () => {
  const all = { rows: times(1_000, 250) };
  const history = historyOf(all);
  await history.read('shares');
  await history.older('shares');
  all.rows = times(2_000, 1_250);
  await history.read('shares');
  expect(places(history)).toEqual(times(2_000, 100).map(({ at }) => at));
  expect(history.more.shares).toBe(true);
});
