/** Every button of a fault does what it says, in the window and on the web page. */
import './runes.ts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CommandName, FaultSnapshot, Snapshot } from '../../core/contract.ts';
import { type FaultAction, type FaultCode, faults } from '../../core/faults.ts';
import type { Opening } from '../../renderer/door-protocol.ts';
import { actsFor, actsForCommand } from '../../renderer/state/fault-acts.ts';
import type { Live } from '../../renderer/state/live.svelte.ts';
import { systemOf } from '../../renderer/state/system.ts';
import { en } from '../../renderer/text/en.ts';
import { scenes } from '../fake/demo-scenes.ts';

const NOW = 1_790_000_000_000;
let copied: string[];
let place: { hash: string };
beforeEach(() => {
  copied = [];
  place = { hash: '' };
  vi.stubGlobal('navigator', { clipboard: { writeText: async (text: string) => void copied.push(text) } });
  vi.stubGlobal('location', place);
});
afterEach(() => vi.unstubAllGlobals());

/** A page that writes down what it was asked to do. `opens`: what the system takes; undefined on the web. */
function page(opens?: readonly Opening[]) {
  const asked: [CommandName, unknown][] = [];
  const opened: Opening[] = [];
  const live = {
    inWindow: opens !== undefined,
    do: async (name: CommandName, args: unknown) => void asked.push([name, args]),
    open: async (what: Opening) => {
      opened.push(what);
      return opens?.includes(what) ?? false;
    },
    retry: () => undefined,
  } as unknown as Live;
  return { live, asked, opened };
}

const fault = (code: FaultCode, about = 'app'): FaultSnapshot => ({ code, about, facts: {}, since: NOW });
const labels = (one: FaultSnapshot, snapshot: Snapshot, live: Live) => actsFor(one, snapshot, live).map(({ label }) => label);

describe('the data folder', () => {
  const full = fault('disk-full');
  test('is opened from the window, and only named when the system would not', async () => {
    const good = page(['data-folder']);
    const [act] = actsFor(full, scenes.mining(NOW), good.live);
    expect(act?.label).toBe('open-data-folder');
    expect(await act?.run()).toBeUndefined();
    expect(good.opened).toEqual(['data-folder']);
    const bad = page([]);
    expect(await actsFor(full, scenes.mining(NOW), bad.live)[0]?.run()).toEqual({
      said: 'do.folderFailed',
      path: '/home/me/.local/share/hearth',
    });
  });
  test('is copied as a path on the web page, under a label that says so', async () => {
    const { live, opened } = page();
    const [act] = actsFor(full, scenes.mining(NOW), live);
    expect(act?.label).toBe('copy-data-folder');
    expect(await act?.run()).toEqual({ said: 'do.copiedPath', path: '/home/me/.local/share/hearth' });
    expect(copied).toEqual(['/home/me/.local/share/hearth']);
    expect(opened).toEqual([]);
  });
  test('is named in words where the clipboard is forbidden', async () => {
    vi.stubGlobal('navigator', { clipboard: { writeText: () => Promise.reject(new Error('denied')) } });
    expect(await actsFor(full, scenes.mining(NOW), page().live)[0]?.run()).toMatchObject({ said: 'do.folderFailed' });
  });
});

describe('the clock', () => {
  const behind = scenes.clock(NOW);
  const about = behind.sources.find(({ fault: one }) => one)?.id ?? '';
  test('in the window: its settings open, then the way is tested again', async () => {
    const { live, asked, opened } = page(['clock']);
    const [settings, again] = actsFor(fault('certificate-not-yet-valid', about), behind, live);
    expect([settings?.label, again?.label]).toEqual(['set-clock', 'clock-set']);
    expect(await settings?.run()).toBeUndefined();
    expect([opened, asked]).toEqual([['clock'], []]);
    again?.run();
    expect(asked).toEqual([['source.use', { id: about }]]);
  });
  test('settings that do not open are told', async () => {
    expect(await actsFor(fault('clock-off', about), behind, page([]).live)[0]?.run()).toEqual({ said: 'do.clockFailed' });
  });
  test('on the web page: no button that could not keep its word, only the test', () => {
    expect(labels(fault('certificate-expired', about), behind, page().live)).toEqual(['clock-set']);
  });
  test('while the pool works it is tested without moving anything', () => {
    const { live, asked } = page();
    actsFor(fault('clock-off', 'lantern'), scenes.mining(NOW), live)[0]?.run();
    expect([asked, place.hash]).toEqual([[], '#/pools/test%3Alantern']);
  });
  test.each([
    ['Win32', 'windows'],
    ['MacIntel', 'mac'],
    ['Linux x86_64', 'linux'],
    ['', 'linux'],
  ] as const)('the way to the settings is that of the system: %s', (platform, system) => expect(systemOf({ platform })).toBe(system));
});

test.each([
  'edit-source',
  'test-source',
  'use-next-source',
  'set-clock',
  'retry',
  'open-settings',
  'open-data-folder',
  'open-devices',
] as const)('%s: every button of the table has a label and does something, with and without a source', (action: FaultAction) => {
  const codes = (Object.keys(faults) as FaultCode[]).filter((code) => faults[code].action === action);
  for (const opens of [undefined, ['clock', 'data-folder'] as const])
    for (const about of ['app', 'lantern', 'a2'])
      for (const code of codes) {
        const acts = actsFor(fault(code, about), scenes.mining(NOW), page(opens).live);
        expect(acts.length, code).toBeGreaterThan(0);
        for (const { label, run } of acts) {
          expect(en, code).toHaveProperty([`do.${label}`]);
          expect(run).not.toThrow();
        }
      }
});

describe('a command that failed', () => {
  test('is tried again itself, not the door or the source', async () => {
    const again = vi.fn(async () => {});
    const live = { ...page().live, again } as unknown as Live;
    const retried = (Object.keys(faults) as FaultCode[]).filter((code) => faults[code].action === 'retry');
    for (const code of retried) for (const act of actsForCommand(fault(code), scenes.mining(NOW), live)) await act.run();
    expect(retried.length).toBeGreaterThan(0);
    expect(again).toHaveBeenCalledTimes(retried.length);
  });
  test('leads where its fault leads', () => {
    const { live } = page([]);
    expect(actsForCommand(fault('disk-full'), scenes.mining(NOW), live).map(({ label }) => label)).toEqual(['open-data-folder']);
  });
});
