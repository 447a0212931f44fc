import { afterEach, beforeEach, expect, test } from 'vitest';
import { showHash } from '../../core/bytes.ts';
import type { SourceSettings } from '../../core/contract.ts';
import { systemClock } from '../../core/io/clock.ts';
import { diskFiles } from '../../core/io/files.ts';
import { nodeHttp } from '../../core/io/http.ts';
import { systemRandom } from '../../core/io/random.ts';
import { sqliteHistory } from '../../core/io/sqlite-history.ts';
import { tcpDialer, tcpListeners } from '../../core/io/tcp.ts';
import { type Miner, startMiner } from '../../core/miner/miner.ts';
import { workSources } from '../../core/miner/work-sources.ts';
import type { ShareHistory } from '../../core/ports.ts';
import { type Practice, startPractice } from '../../core/practice/practice.ts';
import { FaultyFiles, MemorySecrets } from '../fake/faulty-files.ts';
import { EagerDevice, finderOf } from './eager-device.ts';
import { HearthProcess, inHistory, temporaryFolder } from './hearth-process.ts';
import { LossyProxy, type Treatment } from './lossy-proxy.ts';

/** So few hashes that JavaScript finds a share in a moment. */
const LEAST_HASHES = 32;
const log = { write: () => {} };

let folder: ReturnType<typeof temporaryFolder>;
let practice: Practice;
let proxy: LossyProxy;

beforeEach(async () => {
  folder = temporaryFolder();
  const options = { leastHashesPerShare: LEAST_HASHES, sharesPerMinute: 20_000, difficulty: 1e-5, elsewhereEveryMs: 2_000 };
  practice = await startPractice({ listeners: tcpListeners, clock: systemClock, random: systemRandom, log, options });
  proxy = await LossyProxy.start(portOf(practice.url), seeded(1));
});
afterEach(async () => {
  await proxy.stop();
  await practice.stop();
  folder.remove();
});

test('no share the pool accepted is missing from history and none is counted twice, with the stream cut at every byte', async () => {
  const miner = await startedMiner();
  const base = await calibrated(miner);
  // Two shares up, and their answers down, are well within these.
  for (const [direction, bytes] of [
    ['up', 150],
    ['down', 90],
  ] as const)
    for (let offset = 0; offset < bytes; offset += 1) await cutOnce(miner, { kind: 'cut', direction, after: base[direction] + offset });
  await miner.close();
  expect(proxy.cuts).toBeGreaterThanOrEqual(240);
  compare(miner);
});

test('no share is missing or counted twice over a stream that comes byte by byte, merged or late', async () => {
  const miner = await startedMiner();
  const treatments: readonly Treatment[] = [{ kind: 'bytes' }, { kind: 'merged', ms: 40 }, { kind: 'late', mostMs: 30 }];
  for (const treatment of treatments) {
    proxy.treat = () => treatment;
    const before = miner.ledger.accepted;
    reopen(miner);
    await until(
      () => miner.ledger.accepted > before + 20,
      () => `${treatment.kind}: ${JSON.stringify(miner.sources.stateOf('pool'))}`,
    );
  }
  await miner.close();
  const rows = compare(miner);
  // Blocks come every second here, and what was under way then is late; nothing else is wrong with any share.
  expect(rows.filter(({ outcome, reason }) => outcome === 'refused' && reason !== 'stale-share')).toEqual([]);
});

test('killed again and again, the process has every share the pool accepted in its history', async () => {
  const url = practice.url.replace(/:\d+\//, `:${proxy.port}/`);
  const random = seeded(2);
  for (let round = 0; round < 6; round += 1) {
    proxy.treat = () => (round % 2 === 0 ? { kind: 'fair' } : { kind: 'late', mostMs: 20 });
    const before = practice.stats.accepted;
    const wanted = random() * 50;
    const hearth = new HearthProcess(['--headless', '--pool', url, '--user', 'x', '--threads', '1', '--json', '--data', folder.path]);
    await until(
      () => practice.stats.accepted > before + 5 + wanted,
      () => `round ${round}: ${hearth.stdout.slice(-500)}${hearth.stderr}`,
    );
    hearth.child.kill('SIGKILL');
    await hearth.exited;
  }
  await new Promise((resolve) => setTimeout(resolve, 200)); // the pool reads what was still on its way
  const rows = inHistory(folder.path, (store) => store.shares(Number.MAX_SAFE_INTEGER, 100_000));
  expect(practice.stats.accepted).toBeGreaterThan(30);
  expectAllOnRecord(rows);
});

async function startedMiner(): Promise<Miner> {
  const url = practice.url.replace(/:\d+\//, `:${proxy.port}/`);
  const source: SourceSettings = { kind: 'pool', id: 'pool', name: 'Pool', url, user: 'x', channel: 'extended' };
  const world = { clock: systemClock, random: systemRandom, log, files: diskFiles(), version: '0', dataPath: folder.path };
  return startMiner({
    ...world,
    files: new FaultyFiles(),
    secrets: new MemorySecrets(),
    history: sqliteHistory(`${folder.path}/history.db`),
    finders: [finderOf(new EagerDevice(5))],
    openSource: workSources({ ...world, dialer: tcpDialer, http: nodeHttp, listeners: tcpListeners }),
    commandLine: { sources: [source], secrets: new Map(), processor: {} },
  });
}

/** Bytes that pass each way before the first share and its answer. */
async function calibrated(miner: Miner): Promise<{ up: number; down: number }> {
  const before = { up: 0, down: 0 };
  const unlisten = miner.events.listen(({ type }) => {
    if (type === 'share-found' && before.up === 0) Object.assign(before, proxy.passed);
  });
  await until(
    () => miner.ledger.accepted > 0,
    () => 'the first share',
  );
  unlisten();
  return before;
}

/** Connects anew, lets the proxy cut where it is told, and waits for the miner to notice. */
async function cutOnce(miner: Miner, treatment: Treatment): Promise<void> {
  proxy.treat = () => treatment;
  const cuts = proxy.cuts;
  reopen(miner);
  await until(
    () => proxy.cuts > cuts,
    () => `${JSON.stringify(treatment)} after ${JSON.stringify(proxy.passed)}`,
  );
}

/** A person's retry: without the pause that a failed connection earns. */
function reopen(miner: Miner): void {
  miner.sources.reopen('pool');
}

function compare(miner: Miner): readonly ShareHistory[] {
  const rows = inHistory(folder.path, (store) => store.shares(Number.MAX_SAFE_INTEGER, 100_000));
  expectAllOnRecord(rows);
  const accepted = rows.filter(({ outcome }) => outcome === 'accepted');
  expect(accepted.length).toBe(miner.ledger.accepted);
  expect(rows.filter(({ outcome }) => outcome === 'pending')).toEqual([]);
  const { refused, unanswered } = miner.ledger;
  expect(rows.length).toBe(accepted.length + refused + unanswered);
  return rows;
}

/** The pool's books against ours, by hash. */
function expectAllOnRecord(rows: readonly ShareHistory[]): void {
  const ledger = practice.stats.shares.map(({ hash }) => hash);
  const ours = new Map(rows.map((row) => [showHash(row.hash), row.outcome]));
  expect(ours.size).toBe(rows.length);
  expect(new Set(ledger).size).toBe(ledger.length);
  expect(practice.stats.accepted).toBe(ledger.length);
  expect(ledger.filter((hash) => !ours.has(hash))).toEqual([]);
  expect(ledger.filter((hash) => ours.get(hash) === 'refused')).toEqual([]);
  const known = new Set(ledger);
  expect([...ours].filter(([hash, outcome]) => outcome === 'accepted' && !known.has(hash))).toEqual([]);
}

/** Generous: this machine may be doing other things. */
const WAIT_MS = 60_000;

async function until(reached: () => boolean, what: () => string): Promise<void> {
  const end = performance.now() + WAIT_MS;
  while (!reached()) {
    if (performance.now() > end) throw new Error(`waited too long for ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function portOf(url: string): number {
  return Number(/:(\d+)\//.exec(url)?.[1]);
}

/** The same dice in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
