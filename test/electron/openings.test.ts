/** Which places the page may have shown, and that it may name no other. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Door } from '../../core/contract.ts';
import { serveIpc } from '../../electron/ipc.ts';
import { openings } from '../../electron/openings.ts';
import { pretend, stopPretending } from './platform.ts';

const desktop = vi.hoisted(() => ({
  opened: [] as string[],
  /** What `openPath` says of a failure. */
  refusal: '',
  /** Programs that are there. */
  programs: [] as string[],
  handlers: new Map<string, (event: unknown, ...args: unknown[]) => unknown>(),
}));
vi.mock('electron', () => ({
  shell: {
    openPath: async (path: string) => {
      desktop.opened.push(path);
      return desktop.refusal;
    },
    openExternal: async (address: string) => {
      if (desktop.refusal !== '') throw new Error(desktop.refusal);
      desktop.opened.push(address);
    },
  },
  ipcMain: {
    handle: (name: string, handler: (event: unknown, ...args: unknown[]) => unknown) => desktop.handlers.set(name, handler),
    on: () => undefined,
  },
}));
vi.mock('node:child_process', () => ({
  spawn: (name: string, args: readonly string[], options: { detached: boolean; shell?: boolean }) => {
    const found = desktop.programs.includes(name);
    if (found) desktop.opened.push([name, ...args, options.detached && !options.shell ? 'apart' : 'bound'].join(' '));
    const child = {
      once: (event: string, answer: () => void) => {
        if (event === (found ? 'spawn' : 'error')) queueMicrotask(answer);
        return child;
      },
      unref: () => undefined,
    };
    return child;
  },
}));

beforeEach(() => {
  desktop.opened.length = 0;
  desktop.refusal = '';
  desktop.programs = ['gnome-control-center'];
});
afterEach(stopPretending);
const open = openings('/data/hearth');

test('the data folder is the one Hearth runs with', async () => {
  expect(await open('data-folder')).toBe(true);
  expect(desktop.opened).toEqual(['/data/hearth']);
});
test.each([
  ['win32', 'ms-settings:dateandtime'],
  ['darwin', 'x-apple.systempreferences:com.apple.preference.datetime'],
  ['linux', 'gnome-control-center datetime apart'],
] as const)('on %s the date settings are %s', async (platform, address) => {
  pretend(platform);
  expect(await open('clock')).toBe(true);
  expect(desktop.opened).toEqual([address]);
});
test.each(['win32', 'darwin', 'linux'] as const)('what %s would not open is told as not opened', async (platform) => {
  pretend(platform);
  desktop.refusal = 'no application knows this';
  desktop.programs = [];
  expect([await open('clock'), await open('data-folder')]).toEqual([false, false]);
});
test.each(['/etc', 'file:///etc', 'https://example.org', 'gnome-control-center', '', undefined, {}, ['clock']])(
  '%j is no place of ours and opens nothing',
  async (what) => {
    expect(await open(what)).toBe(false);
    expect(desktop.opened).toEqual([]);
  },
);

describe('over IPC', () => {
  const ask = (url: string, parent: unknown = null) =>
    desktop.handlers.get('hearth:open')?.({ senderFrame: { url, parent } }, 'data-folder');
  beforeEach(() => serveIpc({} as Door, () => 0, open));

  test('our own top frame is answered', async () => {
    expect(await ask('hearth://app/index.html#/mine')).toBe(true);
  });
  test('a strange page, and a frame within ours, are refused', () => {
    expect(() => ask('https://example.org/')).toThrow('refused');
    expect(() => ask('hearth://app/index.html', { url: 'https://example.org/' })).toThrow('refused');
    expect(desktop.opened).toEqual([]);
  });
});
