import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { setAppMenu } from '../../electron/app-menu.ts';
import { linkIn } from '../../electron/calls.ts';
import { explain } from '../../electron/explain.ts';
import { isOurs } from '../../electron/origin.ts';
import { formatRate } from '../../electron/tray.ts';
import { hasTrayHost } from '../../electron/tray-host.ts';
import { readBounds, writeBounds } from '../../electron/window-bounds.ts';
import { wordsFor } from '../../electron/words.ts';
import { pretend, stopPretending } from './platform.ts';

const menu = vi.hoisted(() => ({ items: [] as { role?: string; submenu?: { role?: string }[] }[], isPackaged: true, locale: 'en-US' }));
vi.mock('electron', () => ({
  app: {
    get isPackaged() {
      return menu.isPackaged;
    },
    getLocale: () => menu.locale,
  },
  Menu: {
    buildFromTemplate: (items: typeof menu.items) => items,
    setApplicationMenu: (items: typeof menu.items) => {
      menu.items = items;
    },
  },
}));

const folder = mkdtempSync(join(tmpdir(), 'hearth-shell-'));
afterAll(() => rmSync(folder, { recursive: true }));

test.for([
  [['electron', '.', 'stratum2+tcp://pool.example:3333/KEY'], 'stratum2+tcp://pool.example:3333/KEY'],
  [['hearth', '--flag', 'stratum+tcp://pool.example:3333', 'stratum2+tcp://second'], 'stratum+tcp://pool.example:3333'],
  [['hearth', 'https://pool.example/'], undefined],
  [['hearth', 'javascript:stratum2+tcp://x'], undefined],
  [['hearth', ' stratum2+tcp://x'], undefined],
  [['hearth', `stratum2+tcp://${'x'.repeat(512)}`], undefined],
  [[], undefined],
] as const)('among %j the link is %j', ([args, link]) => {
  expect(linkIn(args)).toBe(link);
});

test.for([
  ['hearth://app/index.html#/mine', true],
  ['hearth://app.evil.invalid/index.html', false],
  ['hearth://app@evil.invalid/', false],
  ['hearth://appendix/', false],
  ['https://hearth://app/', false],
  ['', false],
] as const)('%s is a page of ours: %j', ([url, ours]) => {
  expect(isOurs(url)).toBe(ours);
});

test.for([
  [0, '0.0 H/s'],
  [999, '999 H/s'],
  [5_240_000, '5.2 MH/s'],
  [42_400_000, '42 MH/s'],
  [1.1e12, '1.1 TH/s'],
  [3e18, '3000 PH/s'],
] as const)('%d hashes a second are %s in the tray', ([rate, text]) => {
  expect(formatRate(rate)).toBe(text);
});

test('Windows and macOS always have a place for the tray', async () => {
  expect([await hasTrayHost('win32'), await hasTrayHost('darwin')]).toEqual([true, true]);
});

test('bounds come back as they were; what cannot be bounds is as if there were none', async () => {
  const path = join(folder, 'window.json');
  const bounds = { x: -1920, y: 30, width: 900, height: 700, maximised: true };
  await writeBounds(path, bounds);
  expect(readBounds(path)).toEqual(bounds);
  for (const text of ['', '{', '{"width":9e9,"height":700,"maximised":false}', '{"width":"900","height":700,"maximised":false}', '[]']) {
    writeFileSync(path, text);
    expect(readBounds(path)).toBeUndefined();
  }
  expect(readBounds(join(folder, 'none.json'))).toBeUndefined();
  await expect(writeBounds(join(folder, 'window.json', 'below-a-file'), bounds)).resolves.toBeUndefined();
});

test.for(['linux', 'win32', 'darwin'] as const)(
  'the menu on %s has edit, zoom and quit, and tools only out of a source tree',
  (platform) => {
    pretend(platform);
    const roles = () => menu.items.flatMap(({ role, submenu = [] }) => [role, ...submenu.map((item) => item.role)]);
    setAppMenu();
    expect(roles()).toEqual(expect.arrayContaining(['editMenu', 'zoomIn', 'zoomOut', 'resetZoom', 'togglefullscreen']));
    expect(roles()).toContain(platform === 'darwin' ? 'appMenu' : 'quit');
    expect(roles()).not.toContain('toggleDevTools');
    menu.isPackaged = false;
    setAppMenu();
    expect(roles()).toContain('toggleDevTools');
    menu.isPackaged = true;
    stopPretending();
  },
);

test.for([
  ['system', 'de-CH', 'Beenden'],
  ['system', 'fr', 'Quit'],
  ['de', 'en-US', 'Beenden'],
  ['en', 'de-DE', 'Quit'],
] as const)('with %s on a %s system the tray says %s', ([language, locale, quit]) => {
  menu.locale = locale;
  expect(wordsFor({ language }).quit).toBe(quit);
});

test('why it cannot start is told from the table, with the evidence; what is not in it by its own words', () => {
  expect(explain(new AppError({ code: 'already-running', path: '/d' }))).toMatch(/^Hearth .* folder.*\n\nalready-running \(path \/d\)$/s);
  expect(explain(new AppError({ code: 'no-such-code' }))).toBe('no-such-code');
  expect(explain(new Error('EACCES'))).toBe('EACCES');
  expect(explain('odd')).toBe('odd');
});
