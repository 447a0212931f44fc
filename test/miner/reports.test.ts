import { expect, test } from 'vitest';
import { csvOf, MAX_CSV_ROWS } from '../../core/miner/csv.ts';
import { History } from '../../core/miner/history.ts';
import { evenPoints } from '../../core/miner/history-queries.ts';
import { RateMeter } from '../../core/miner/rate-meter.ts';
import { FakeClock } from '../fake/fake-clock.ts';
import { fakeMiner, poolSettings } from '../fake/fake-miner.ts';
import { MemoryHistory } from '../fake/memory-history.ts';

function historyOver(store: MemoryHistory, clock: FakeClock): History {
  const history = new History({ opener: store, clock, onFault: () => {}, onCleared: () => {} });
  history.open();
  return history;
}

async function settled<T>(clock: FakeClock, promise: Promise<T>): Promise<T> {
  await clock.settle(1_000);
  return promise;
}

test('a chart has one point a step, and a step without mining is zero, not missing', () => {
  const records = [
    { at: 660, hashes: 600, accepted: 1, refused: 0 },
    { at: 840, hashes: 30, accepted: 0, refused: 2 },
  ];
  expect(evenPoints(records, 60, 850)).toEqual([
    { at: 660, hashesPerSecond: 10, accepted: 1, refused: 0 },
    { at: 720, hashesPerSecond: 0, accepted: 0, refused: 0 },
    { at: 780, hashesPerSecond: 0, accepted: 0, refused: 0 },
    { at: 840, hashesPerSecond: 3, accepted: 0, refused: 2 },
  ]);
});

test('a chart joins buckets, and leaves out what a clock that was ahead wrote', () => {
  const records = [0, 60, 120, 180, 240, 90_000].map((at) => ({ at, hashes: 300, accepted: 1, refused: 0 }));
  expect(evenPoints(records, 300, 400)).toEqual([
    { at: 0, hashesPerSecond: 5, accepted: 5, refused: 0 },
    { at: 300, hashesPerSecond: 0, accepted: 0, refused: 0 },
  ]);
  expect(evenPoints([], 60, 400)).toEqual([]);
});

test('CSV quotes what needs it and lets no cell run as a formula', async () => {
  const clock = new FakeClock();
  const store = new MemoryHistory();
  const history = historyOver(store, clock);
  const share = {
    at: 1_000,
    hash: new Uint8Array(32),
    sourceId: '=HYPERLINK("http://x")',
    deviceId: 'a,b',
    difficulty: 1.5,
    shareDifficulty: 1,
    practice: false,
  };
  history.write({ type: 'share', share }, { type: 'answer', hash: share.hash, outcome: 'refused', reason: 'line\nbreak' });
  const csv = await settled(clock, csvOf(history, clock, 'shares'));
  expect(csv).toBe(
    `time,source,device,difficulty,share_difficulty,hash,outcome,reason\r\n1970-01-01T00:00:01.000Z,"'=HYPERLINK(""http://x"")","a,b",1.5,1,${'00'.repeat(32)},refused,"line\nbreak"\r\n`,
  );
});

test('CSV reads page by page, misses no row, repeats none, and pauses in between', async () => {
  const clock = new FakeClock();
  const store = new MemoryHistory();
  const history = historyOver(store, clock);
  for (let n = 0; n < 1_234; n += 1) {
    const outage = { from: 10 * n, until: 10 * n + 5, about: 'a', code: 'stalled' };
    store.outageRows.unshift(outage);
  }
  let pauses = 0;
  const after = clock.after.bind(clock);
  clock.after = (ms, callback) => {
    if (ms === 0) pauses += 1;
    return after(ms, callback);
  };
  const csv = await settled(clock, csvOf(history, clock, 'outages'));
  const rows = csv.trim().split('\r\n').slice(1);
  expect([rows.length, new Set(rows).size, pauses]).toEqual([1_234, 1_234, 3]);
  expect(MAX_CSV_ROWS).toBeGreaterThan(1_234);
});

test.each(['blocks', 'hashrate'] as const)('CSV of %s has its heading when there is nothing yet', async (what) => {
  const clock = new FakeClock();
  const csv = await settled(clock, csvOf(historyOver(new MemoryHistory(), clock), clock, what));
  expect(csv).toMatch(/^time,[a-z_,]+\r\n$/);
});

test('diagnostics say what runs and what failed, without user, address, pool name or home folder', async () => {
  const fake = await fakeMiner({
    settings: { sources: [poolSettings('a', { user: 'bc1qsomebody.rig', name: 'Grandma’s pool' })], mining: true },
  });
  fake.source('a').state({
    at: 'waiting',
    fault: { code: 'channel-refused', ...{ text: 'unknown user bc1qsomebody.rig' } },
    step: 'channel',
    retryAtMs: 1,
  });
  const result = await fake.door.command('diagnostics', {});
  const text = result.ok ? result.reply.text : '';
  expect(text).toContain('channel-refused');
  expect(text).toContain('127.0.0.1:3333');
  expect(text).not.toContain('somebody');
  expect(text).not.toContain('Grandma');
});

test('a rate is over the window, or over the shorter time since the start', () => {
  const meter = new RateMeter(30_000);
  meter.start(1_000);
  for (let now = 2_000; now <= 11_000; now += 1_000) meter.add(500, now);
  expect(meter.perSecond(11_000)).toBeCloseTo(500, -1);
  for (let now = 12_000; now <= 61_000; now += 1_000) meter.add(100, now);
  expect(meter.perSecond(61_000)).toBeCloseTo(100, -1);
  expect(meter.perSecond(200_000)).toBe(0);
  expect(meter.total).toBe(10 * 500 + 50 * 100);
});
