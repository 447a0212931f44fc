import { homedir } from 'node:os';
import { expect, test } from 'vitest';
import { defaultDataFolder } from '../../core/host/data-folder.ts';

test('each system has its own place for data', () => {
  expect(defaultDataFolder('linux', {})).toBe(`${homedir()}/.local/share/hearth`);
  expect(defaultDataFolder('linux', { XDG_DATA_HOME: '/data' })).toBe('/data/hearth');
  expect(defaultDataFolder('linux', { XDG_DATA_HOME: 'relative' })).toBe(`${homedir()}/.local/share/hearth`);
  expect(defaultDataFolder('darwin', {})).toBe(`${homedir()}/Library/Application Support/Hearth`);
  expect(defaultDataFolder('win32', { APPDATA: '/roaming' })).toBe('/roaming/Hearth');
});
