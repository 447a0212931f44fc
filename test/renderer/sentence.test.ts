/** The sentence of state and the Route say what is so, in every state of the miner. */
import { beforeAll, describe, expect, test } from 'vitest';
import './runes.ts';
import type { Link } from '../../renderer/backend.ts';
import { routeOf } from '../../renderer/state/route.ts';
import { nextAfter, saying, standing, stateWord } from '../../renderer/state/sentence.ts';
import { placeOf } from '../../renderer/state/steps.ts';
import { sayLede, sayLines } from '../../renderer/text/say.ts';
import { words } from '../../renderer/text/words.svelte.ts';
import { type SceneName, scenes } from '../fake/demo-scenes.ts';

const NOW = 1_790_000_000_000;
const open: Link = { at: 'open' };
const lost: Link = { at: 'lost', why: 'gone', since: NOW - 5000, retryAt: NOW + 1000 };
const scene = (name: SceneName) => scenes[name](NOW);

beforeAll(() => words.use('en'));

describe('the sentence', () => {
  test.each<[SceneName, string]>([
    ['mining', 'Mining to Lantern Pool over encrypted Stratum V2.'],
    ['unauthenticated', 'Mining to Learning Pool: encrypted, not authenticated.'],
    ['practice', 'Practising on a simulated chain. You found a practice block 2 minutes ago.'],
    ['failover', 'Mining to Harbour, solo over encrypted Stratum V2. Harbour, solo stands in for Lantern Pool.'],
    ['solo', 'Mining solo on your own node.'],
    ['starting', 'Connecting to Lantern Pool.'],
    ['paused', 'Paused by you.'],
    ['no-device', 'Connected to Lantern Pool, but no device is mining.'],
    ['no-source', 'There is no pool yet.'],
  ])('%s: %s', (name, text) => expect(sayLines(scene(name), open, NOW).join(' ')).toBe(text));

  test('a broken way says since when and what happened', () => {
    const [since, what] = sayLines(scene('wrong-key'), open, NOW);
    expect(since).toMatch(/^Not mining since/);
    expect(what).toBe('This is not the pool you chose.');
  });
  test('without the miner nothing is claimed, whatever the last snapshot said', () => {
    expect(sayLines(scene('mining'), lost, NOW)).toEqual(['The miner does not answer.']);
    expect(stateWord(scene('mining'), lost)).toBe('lost');
  });
  test('what is expected next does not shrink with waiting: shares come by chance', () => {
    const late = { ...scene('mining'), lastAcceptedAt: NOW - 600_000 };
    expect(sayLede(late, open, NOW)).toBe('Last accepted share 10 minutes ago. Next expected in about 40 seconds.');
  });
});

describe('the Route', () => {
  test('lines are as thick as their share of the hashrate', () => {
    const [a2, gamma] = routeOf(scene('mining'), open).strands;
    expect(gamma?.width).toBeCloseTo(((a2?.width ?? 0) * 1.041) / 0.603, 3);
  });
  test('all lines together are never thicker than 12 px', () => {
    const { strands, leg } = routeOf(scene('many'), open);
    expect(strands.length).toBe(2); // twenty devices: one line per kind
    expect(strands.reduce((sum, one) => sum + one.width, 0)).toBeLessThanOrEqual(12.001);
    expect(leg.width).toBeLessThanOrEqual(12);
  });
  test.each<[SceneName, string, boolean]>([
    ['mining', 'flowing', true],
    ['practice', 'flowing', true],
    ['clock', 'broken', false],
    ['starting', 'connecting', false],
    ['paused', 'idle', false],
    ['no-device', 'idle', false],
    ['no-source', 'idle', false],
  ])('%s: the leg is %s', (name, state, burning) => {
    const route = routeOf(scene(name), open);
    expect(route.leg.state).toBe(state);
    expect(route.burning).toBe(burning);
  });
  test('nothing flows on the drawing when the miner does not answer', () => {
    const route = routeOf(scene('mining'), lost);
    expect(route.leg.state).toBe('unknown');
    expect(route.strands.every((one) => one.state === 'unknown')).toBe(true);
    expect(route.burning).toBe(false);
  });
  test('the dashed branch is the next pool, or the first one while it is away', () => {
    expect(routeOf(scene('mining'), open).spare).toMatchObject({ role: 'next', source: { id: 'harbour' } });
    expect(routeOf(scene('failover'), open).spare).toMatchObject({ role: 'preferred', source: { id: 'lantern' } });
    expect(routeOf(scene('practice'), open).spare).toBeUndefined();
  });
  test('a key that proves nothing never shows a closed lock', () => {
    expect(routeOf(scene('unauthenticated'), open).leg.lock).toBe('encrypted');
  });
});

test('a pool that Hearth refused is never the one that takes over', () => {
  const snapshot = scene('mining');
  const [first, second] = snapshot.sources;
  if (!first || !second) throw new Error('two sources');
  expect(nextAfter({ ...snapshot, sources: [first, { ...second, state: 'refused' }] }, first)).toBeUndefined();
});
test('the fault that stops the work comes first, and once', () => {
  expect(standing(scene('clock')).map(({ code }) => code)).toEqual(['certificate-not-yet-valid']);
});
test('a connection without a working device is not called mining', () => {
  expect(stateWord(scene('no-device'), open)).toBe('waiting');
  expect(stateWord(scene('practice'), open)).toBe('practising');
});
test('each saying has its key', () => {
  expect(saying(scene('clock'), open)).toMatchObject({ key: 'waiting', fault: { about: 'lantern' } });
});
test('steps know their place', () => {
  expect(placeOf('certificate', 'pool')).toEqual({ n: 5, total: 9 });
  expect(placeOf('nonsense', 'pool')).toBeUndefined();
});
