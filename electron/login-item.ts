/** Starts at login when the person asked for it: the system's own list, or an autostart entry on Linux desktops. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { app } from 'electron';
import type { Door } from '../core/contract.ts';
import { diskFiles } from '../core/io/files.ts';
import { HIDDEN_OPTION, type OwnCommand, quotedForSystem } from './identity.ts';

/** Follows the preference; a failure is no reason to stop mining. */
export function followLoginPreference(door: Door, { program, args }: OwnCommand): void {
  const command = [program, ...args, HIDDEN_OPTION];
  let applied: boolean | undefined;
  let turn = Promise.resolve();
  door.watch(
    ({ settings }) => {
      const wanted = settings.preferences.startAtLogin;
      if (wanted === applied) return;
      applied = wanted;
      if (process.platform === 'linux') turn = turn.then(() => setAutostartEntry(wanted, command));
      else app.setLoginItemSettings({ openAtLogin: wanted, path: program, args: quotedForSystem(command.slice(1)) });
    },
    () => undefined,
  );
}

async function setAutostartEntry(wanted: boolean, command: readonly string[]): Promise<void> {
  const path = join(app.getPath('appData'), 'autostart', 'hearth.desktop');
  await (wanted ? diskFiles().write(path, desktopEntry(command)) : rm(path, { force: true })).catch(() => undefined);
}

/** Desktop Entry Specification 1.5; the quoting of its section "The Exec key". */
export function desktopEntry(command: readonly string[]): string {
  const exec = command.map(quote).join(' ');
  return ['[Desktop Entry]', 'Type=Application', 'Name=Hearth', `Exec=${exec}`, 'X-GNOME-Autostart-enabled=true', ''].join('\n');
}

/** Quoted for Exec, then escaped as every string of the file is; `%` begins a field code. */
function quote(arg: string): string {
  const quoted = arg.replace(/["`$\\]/g, '\\$&').replaceAll('%', '%%');
  return `"${quoted.replaceAll('\\', '\\\\')}"`;
}
