/** Who this app is to the system, where its data lies, and how it is started again. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { app } from 'electron';
import { defaultDataFolder } from '../core/host/data-folder.ts';

/** As in the packages: Windows ties notifications and the taskbar to it. */
const APP_ID = 'org.hearth.miner';
const DATA_OPTION = '--hearth-data=';
/** Started at login: comes up in the tray only. */
export const HIDDEN_OPTION = '--hidden';

/**
 * Names the app and returns its data folder, which is the same for every way into Hearth. The browser's own files go below
 * it, so that the single-instance lock, which belongs to them, is one per data folder.
 * @throws when the folder cannot be made
 */
export function settle(args: readonly string[]): string {
  const named = args.find((arg) => arg.startsWith(DATA_OPTION))?.slice(DATA_OPTION.length);
  const dataPath = resolve(named || process.env['HEARTH_DATA'] || defaultDataFolder());
  app.setName('Hearth');
  if (process.platform === 'win32') app.setAppUserModelId(app.isPackaged ? APP_ID : process.execPath);
  const browserFiles = join(dataPath, 'window');
  mkdirSync(browserFiles, { recursive: true, mode: 0o700 });
  app.setPath('userData', browserFiles);
  return dataPath;
}

export interface OwnCommand {
  readonly program: string;
  readonly args: readonly string[];
}

/** The command that starts this Hearth again; out of a source tree Electron has to be told which app. */
export function ownCommand(dataPath: string): OwnCommand {
  // An AppImage runs from a mount that goes with it; this names the file itself.
  const program = process.env['APPIMAGE'] ?? process.execPath;
  const data = dataPath === resolve(defaultDataFolder()) ? [] : [`${DATA_OPTION}${dataPath}`];
  return { program, args: [...(app.isPackaged ? [] : [app.getAppPath()]), ...data] };
}

/** Windows takes a command line as one text and leaves the quoting to the app. */
export function quotedForSystem(args: readonly string[]): string[] {
  // A backslash before the closing quote would escape it.
  return process.platform === 'win32' ? args.map((arg) => `"${arg.replace(/\\+$/, '$&$&')}"`) : [...args];
}

/** macOS starts login items without arguments, and says so instead. */
export function startsHidden(args: readonly string[]): boolean {
  return args.includes(HIDDEN_OPTION) || (process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin);
}
