import { expect, test } from 'vitest';
import { defaultSettings, openSettings, SAVE_RETRY_MS, type SettingsOptions, understand } from '../../core/miner/settings.ts';
import type { AnyFailure } from '../../core/miner/standing-faults.ts';
import { FakeClock } from '../fake/fake-clock.ts';
import { FaultyFiles } from '../fake/faulty-files.ts';

const path = '/data/settings.json';

async function opened(text?: string, more: Partial<SettingsOptions> = {}, files = new FaultyFiles()) {
  if (text !== undefined) files.texts.set(path, text);
  const clock = new FakeClock();
  const faults: AnyFailure[] = [];
  const cleared: string[] = [];
  const settings = await openSettings({
    files,
    clock,
    path,
    onFault: (failure) => faults.push(failure),
    onCleared: (code) => cleared.push(code),
    ...more,
  });
  return { settings, files, clock, faults, cleared };
}

const welcomed = JSON.stringify({ ...defaultSettings(), welcomed: true });

test('without a file settings begin with their defaults, and nothing is written until something changes', async () => {
  const { settings, files, faults } = await opened();
  expect(settings.current).toEqual(defaultSettings());
  expect([files.writes, faults.length]).toEqual([0, 0]);
});

test('a change is in effect at once and on disk when the promise resolves', async () => {
  const { settings, files } = await opened(welcomed);
  const saving = settings.change((before) => ({ ...before, mining: true }));
  expect(settings.current.mining).toBe(true);
  await saving;
  expect(JSON.parse(files.texts.get(path) as string)).toEqual({ ...defaultSettings(), welcomed: true, mining: true });
});

test('changes in a row are written in order and the last one wins', async () => {
  const { settings, files } = await opened();
  const saves = [true, false, true].map((mining) => settings.change((before) => ({ ...before, mining })));
  await Promise.all(saves);
  expect(JSON.parse(files.texts.get(path) as string).mining).toBe(true);
  expect(files.writes).toBeLessThanOrEqual(3);
});

test('an older file is migrated step by step and keeps what it had', async () => {
  const { settings, faults } = await opened(JSON.stringify({ welcomed: true, preferences: { theme: 'dark' } }));
  expect(settings.current).toMatchObject({ version: 1, welcomed: true, sources: [], preferences: { theme: 'dark', closeToTray: true } });
  expect(faults).toEqual([]);
});

test.each([
  ['no JSON at all', '{"version":1', 'settings-broken'],
  ['another shape', '[1, 2]', 'settings-broken'],
  ['a value out of range', JSON.stringify({ ...defaultSettings(), mining: 'yes' }), 'settings-broken'],
  ['a key nobody knows', JSON.stringify({ ...defaultSettings(), password: 'x' }), 'settings-broken'],
  ['a version that is no number', '{"version":"one"}', 'settings-broken'],
  ['a newer version', '{"version":2}', 'settings-too-new'],
])('a file with %s is set aside, named, and settings begin anew', async (_, text, code) => {
  const { settings, files, faults } = await opened(text);
  expect(faults).toMatchObject([{ code, kept: `${path}.broken-1` }]);
  expect(files.texts.get(`${path}.broken-1`)).toBe(text);
  expect(settings.current).toEqual(defaultSettings());
  await settings.change((before) => ({ ...before, welcomed: true }));
  expect(files.texts.has(path)).toBe(true);
});

test('a file that cannot be read is left alone, and that nothing is saved is told at each change', async () => {
  const files = new FaultyFiles();
  files.readFault = 'file-not-readable';
  const { settings, faults } = await opened(welcomed, {}, files);
  await settings.change((before) => ({ ...before, mining: true }));
  expect(faults.map(({ code }) => code)).toEqual(['file-not-readable', 'settings-not-saved']);
  expect([files.writes, settings.current.mining, files.texts.get(path)]).toEqual([0, true, welcomed]);
});

test('a broken file that cannot be renamed is not overwritten', async () => {
  const files = new FaultyFiles();
  files.writeFault = 'file-not-writable';
  const { settings, faults } = await opened('broken', {}, files);
  files.writeFault = undefined;
  await settings.change((before) => ({ ...before, mining: true }));
  expect(faults[0]).toMatchObject({ code: 'settings-broken' });
  expect(files.texts.get(path)).toBe('broken');
});

test('on a full disk settings stay in memory, the fault says why, and saving is tried again until it works', async () => {
  const { settings, files, clock, faults, cleared } = await opened(welcomed);
  files.writeFault = 'disk-full';
  await settings.change((before) => ({ ...before, mining: true }));
  expect(settings.current.mining).toBe(true);
  expect(faults).toMatchObject([{ code: 'settings-not-saved', reason: 'disk-full' }]);
  await clock.settle(SAVE_RETRY_MS);
  expect(faults).toHaveLength(2);
  files.writeFault = undefined;
  await clock.settle(SAVE_RETRY_MS);
  expect(cleared).toEqual(['settings-not-saved']);
  expect(JSON.parse(files.texts.get(path) as string).mining).toBe(true);
  expect(clock.waiting).toBe(0);
});

test('closing tries a failed save once more and leaves no timer', async () => {
  const { settings, files, clock } = await opened(welcomed);
  files.writeFault = 'disk-full';
  await settings.change((before) => ({ ...before, mining: true }));
  files.writeFault = undefined;
  await settings.close();
  expect(JSON.parse(files.texts.get(path) as string).mining).toBe(true);
  expect(clock.waiting).toBe(0);
});

test('settings of the command line are never written, nor is a broken file moved', async () => {
  const { settings, files, faults } = await opened('broken', { keepInMemory: true });
  await settings.change((before) => ({ ...before, mining: true }));
  expect(settings.current.mining).toBe(true);
  expect([files.writes, files.texts.get(path), faults[0]?.code]).toEqual([0, 'broken', 'settings-broken']);
});

test('a change that is no valid settings is refused and changes nothing', async () => {
  const { settings, files } = await opened(welcomed);
  await expect(
    settings.change((before) => ({ ...before, sources: Array(21).fill({ kind: 'practice', id: 'p', name: 'P' }) })),
  ).rejects.toThrow(/bad-arguments/);
  expect([settings.current.sources.length, files.writes]).toEqual([0, 0]);
});

test('a backup of any version that was ever written is understood', () => {
  expect(understand('{}')).toMatchObject({ ok: true, settings: { version: 1 } });
  expect(understand(welcomed)).toMatchObject({ ok: true, settings: { welcomed: true } });
});
