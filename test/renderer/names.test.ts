/** Names that Hearth gave are said in the page's language; names that a person gave are left alone. */
import './runes.ts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Snapshot } from '../../core/contract.ts';
import { linesOf } from '../../renderer/text/events.ts';
import { deviceName, inWords, practiceName, practiceNames, sourceNameOf } from '../../renderer/text/names.ts';
import { poolRefusals } from '../../renderer/text/pools.ts';
import { proofText } from '../../renderer/text/proof.ts';
import { harmless, refusalWords } from '../../renderer/text/refusals.ts';
import { languages, t, words } from '../../renderer/text/words.svelte.ts';
import { scenes } from '../fake/demo-scenes.ts';

const NOW = 1_790_000_000_000;
beforeEach(() => vi.stubGlobal('document', { documentElement: {} }));
afterEach(async () => {
  await words.use('en');
  vi.unstubAllGlobals();
});
const practice = (): Snapshot => inWords(scenes.practice(NOW));

describe.each(languages)('%s', (language) => {
  test('names practice and this computer itself', async () => {
    await words.use(language);
    const { sources, devices } = practice();
    expect(sources[0]?.name).toBe(t('practice.pool'));
    expect(sources[0]?.endpoint).toBe(t('route.thisComputer'));
    expect(devices.map(deviceName)).toEqual([t('devices.thisComputer')]);
  });
  test('knows its own name of practice again after the language was changed', async () => {
    await words.use(language);
    const given = t('practice.pool');
    expect(practiceNames).toContain(given);
    await words.use('de');
    expect(practiceName(given)).toBe('Übungspool');
  });
});

test('a name that a person gave stays as it is', async () => {
  await words.use('de');
  const now = scenes.practice(NOW);
  const [source, device] = [now.sources[0], now.devices[0]];
  if (!source || !device) throw new Error('empty scene');
  const renamed = inWords({
    ...now,
    sources: [{ ...source, name: 'Spielwiese' }],
    devices: [{ ...device, settings: { ...device.settings, name: 'Keller' } }],
  });
  expect(sourceNameOf('practice', renamed)).toBe('Spielwiese');
  expect(renamed.devices.map(deviceName)).toEqual(['Keller']);
  expect(inWords({ ...now, devices: [{ ...device, model: 'Ryzen 5' }] }).devices.map(deviceName)).toEqual(['Ryzen 5']);
});

describe('why a share was refused', () => {
  test.each([
    ['stale-share', 'it came too late, the work was out of date'],
    ['duplicate-share', 'it had been sent before'],
    ['difficulty-too-low', 'it was below the difficulty asked for'],
    ['invalid-channel-id', 'the pool does not know this channel'],
    ['invalid-job-id', 'the pool does not know this job'],
    ['invalid-share', 'the pool says that it is not valid'],
    ['Above target (code 23)', 'in the pool’s words, “Above target (code 23)”'],
  ])('%s: %s', (code, said) => expect(refusalWords(code)).toBe(said));

  test('stands in the pools, and word for word beside the event', () => {
    const now = scenes.mining(NOW);
    const source = now.sources[0];
    if (!source) throw new Error('empty scene');
    expect(poolRefusals(source, NOW)).toContain('it came too late');
    const event = { type: 'share-refused', reason: 'stale-share', sourceId: 'lantern', at: NOW } as const;
    const [line] = linesOf({ ...now, events: [event] }, 1);
    expect(line?.text).toBe('Lantern Pool refused a share: it came too late, the work was out of date.');
    expect(line?.verbatim).toBe('stale-share');
  });
  test('what cannot be seen is written out, and a book is cut', () => {
    expect(harmless('a\u0000b\u202ec\u001b[31m\n')).toBe('a\\u{0}b\\u{202e}c\\u{1b}[31m\\u{a}');
    expect(refusalWords('x'.repeat(255)).length).toBeLessThan(120);
    expect(harmless('<b>no</b>')).toBe('<b>no</b>'); // the page writes text, never markup
  });
});

test('an event keeps its line while newer ones come, also one of the same moment', () => {
  const now = scenes.mining(NOW);
  const stopped = { type: 'mining-state', state: 'stopped', at: NOW } as const;
  const keys = (events: Snapshot['events']) => linesOf({ ...now, events }, 10).map(({ key }) => key);
  const before = keys([stopped, { ...stopped, at: NOW - 1 }]);
  const after = keys([stopped, stopped, { ...stopped, at: NOW - 1 }]);
  expect(after.slice(1)).toEqual(before);
  expect(new Set(after).size).toBe(3);
});

test('the dates of a certificate are Unix seconds', () => {
  const now = scenes.mining(NOW);
  const source = now.sources[0];
  if (!source) throw new Error('empty scene');
  const dated = { ...source, certificateFrom: 1_790_000_000, certificateUntil: 1_790_003_600 };
  expect(proofText(now, dated)).toContain('2026-09-21T14:13:20.000Z – 2026-09-21T15:13:20.000Z');
});
