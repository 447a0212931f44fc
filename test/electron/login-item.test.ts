import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { desktopEntry, followLoginPreference } from '../../electron/login-item.ts';
import { FakeDoor } from './fake-door.ts';
import { pretend, stopPretending } from './platform.ts';

const asked = vi.hoisted(() => [] as unknown[]);
vi.mock('electron', () => ({ app: { setLoginItemSettings: (settings: unknown) => asked.push(settings), isPackaged: true } }));

beforeEach(() => void asked.splice(0));
afterEach(stopPretending);

/** What a desktop makes of an Exec line: the string's escapes first, then the quoting, then field codes. */
function parsed(entry: string): string[] {
  const exec = (entry.match(/^Exec=(.*)$/m)?.[1] ?? '').replaceAll('\\\\', '\\');
  return [...exec.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text.replace(/\\(["`$\\])/g, '$1').replaceAll('%%', '%'));
}

test.for([
  [['/usr/bin/hearth', '--hidden']],
  [['/home/a b/Hearth.AppImage', '--hidden']],
  [['/odd/"quote"/$HOME/`id`/back\\slash/100%/%u', '--hearth-data=/x y']],
])('an autostart entry starts exactly %j', ([command]) => {
  expect(parsed(desktopEntry(command as string[]))).toEqual(command);
});

test('an entry is a desktop file whose path cannot run a shell or take a field code', () => {
  const line = desktopEntry(['/a/$(x)/`y`/%f']).split('\n')[3];
  expect(line).toBe('Exec="/a/\\\\$(x)/\\\\`y\\\\`/%%f"');
});

test.for(['win32', 'darwin'] as const)('on %s the system’s own list follows the preference, once for each change', (platform) => {
  pretend(platform);
  const door = new FakeDoor();
  followLoginPreference(door, { program: '/app/hearth', args: ['--hearth-data=/d e\\'] });
  door.mine('mining');
  door.prefer({ startAtLogin: true });
  door.mine('paused');
  door.prefer({ startAtLogin: false });
  // Windows joins them as they are.
  const args = platform === 'win32' ? ['"--hearth-data=/d e\\\\"', '"--hidden"'] : ['--hearth-data=/d e\\', '--hidden'];
  expect(asked).toEqual([false, true, false].map((openAtLogin) => ({ openAtLogin, path: '/app/hearth', args })));
});
