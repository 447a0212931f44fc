import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { defaultDataFolder } from '../../core/host/data-folder.ts';
import { ownCommand, settle, startsHidden } from '../../electron/identity.ts';
import { pretend, stopPretending } from './platform.ts';

const app = vi.hoisted(() => ({
  isPackaged: false,
  paths: new Map<string, string>(),
  models: [] as string[],
  atLogin: false,
  setName: () => undefined,
  setPath: (name: string, path: string) => app.paths.set(name, path),
  setAppUserModelId: (id: string) => app.models.push(id),
  getAppPath: () => '/src/hearth',
  getLoginItemSettings: () => ({ wasOpenedAtLogin: app.atLogin }),
}));
vi.mock('electron', () => ({ app }));

const folder = mkdtempSync(join(tmpdir(), 'hearth-identity-'));
afterEach(() => {
  stopPretending();
  vi.unstubAllEnvs();
  Object.assign(app, { isPackaged: false, atLogin: false, models: [] });
  rmSync(folder, { recursive: true, force: true });
});

test('the browser’s files lie in the data folder, which nobody else may read', () => {
  vi.stubEnv('HEARTH_DATA', join(folder, 'data'));
  expect(settle([])).toBe(join(folder, 'data'));
  expect(app.paths.get('userData')).toBe(join(folder, 'data', 'window'));
  expect(statSync(join(folder, 'data')).mode & 0o077).toBe(0);
});

test('the command line names another data folder before the environment does', () => {
  vi.stubEnv('HEARTH_DATA', join(folder, 'data'));
  expect(settle(['hearth', '--hidden', `--hearth-data=${join(folder, 'other')}`])).toBe(join(folder, 'other'));
});

test('Windows knows the packaged app by its id, and one from sources by its program', () => {
  vi.stubEnv('HEARTH_DATA', folder);
  settle([]);
  expect(app.models).toEqual([]);
  pretend('win32');
  settle([]);
  app.isPackaged = true;
  settle([]);
  expect(app.models).toEqual([process.execPath, 'org.hearth.miner']);
});

test.for([
  ['from sources', false, undefined, { program: process.execPath, args: ['/src/hearth'] }],
  ['packaged', true, undefined, { program: process.execPath, args: [] }],
  ['as an AppImage', true, '/home/me/Hearth.AppImage', { program: '/home/me/Hearth.AppImage', args: [] }],
] as const)('it is started again %s', ([, isPackaged, image, command]) => {
  app.isPackaged = isPackaged;
  vi.stubEnv('APPIMAGE', image);
  expect(ownCommand(defaultDataFolder())).toEqual(command);
  expect(ownCommand('/else where')).toEqual({ ...command, args: [...command.args, '--hearth-data=/else where'] });
});

test('it starts hidden when told so, or when a Mac started it at login', () => {
  pretend('linux');
  app.atLogin = true;
  expect([startsHidden([]), startsHidden(['hearth', '--hidden'])]).toEqual([false, true]);
  pretend('darwin');
  expect(startsHidden([])).toBe(true);
});
