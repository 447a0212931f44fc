/**
 * Whether a tray icon would be seen. Linux desktops without a place for it (plain GNOME) take the icon and show nothing, and a
 * window hidden there would be out of reach.
 */
import { execFile } from 'node:child_process';

const ANSWER_LIMIT_MS = 2_000; // a session bus answers within milliseconds
const WATCHER = 'org.kde.StatusNotifierWatcher';
const BUS = 'org.freedesktop.DBus';

/** Tools that can ask the session bus; at least one is there on every desktop that has a bus. */
const questions: readonly (readonly [string, ...string[]])[] = [
  ['dbus-send', '--session', '--print-reply', `--dest=${BUS}`, '/org/freedesktop/DBus', `${BUS}.NameHasOwner`, `string:${WATCHER}`],
  ['busctl', '--user', 'call', BUS, '/org/freedesktop/DBus', BUS, 'NameHasOwner', 's', WATCHER],
  ['gdbus', 'call', '--session', '--dest', BUS, '--object-path', '/org/freedesktop/DBus', '--method', `${BUS}.NameHasOwner`, WATCHER],
];

export async function hasTrayHost(platform: NodeJS.Platform = process.platform): Promise<boolean> {
  if (platform !== 'linux') return true;
  for (const [tool, ...args] of questions) {
    const answer = await ask(tool, args);
    if (answer !== undefined) return /\btrue\b/.test(answer);
  }
  return false;
}

/** Undefined when the tool is missing or got no answer. */
function ask(tool: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(tool, args, { timeout: ANSWER_LIMIT_MS }, (error, stdout) => resolve(error ? undefined : stdout));
  });
}
