/**
 * Places outside the window that a person is led to: the data folder and the system's date settings. The page names one
 * of these two; no path, address or program comes from it.
 */
import { spawn } from 'node:child_process';
import { shell } from 'electron';

/** The date settings of the two systems that have an address for them. */
const DATE_SETTINGS: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  win32: 'ms-settings:dateandtime',
  darwin: 'x-apple.systempreferences:com.apple.preference.datetime',
};
/** Where there is no address: the settings program of the most common desktop. */
const DATE_PROGRAM = ['gnome-control-center', 'datetime'] as const;

/** Answers true when the system took it. Anything that is not one of the places is refused. */
export function openings(dataPath: string): (what: unknown) => Promise<boolean> {
  return (what) => {
    if (what === 'data-folder') return openFolder(dataPath);
    if (what === 'clock') return openClock();
    return Promise.resolve(false);
  };
}

async function openFolder(path: string): Promise<boolean> {
  return (await shell.openPath(path)) === ''; // the reason of a failure, in the system's words
}

async function openClock(): Promise<boolean> {
  const address = DATE_SETTINGS[process.platform];
  if (address === undefined) return startProgram(DATE_PROGRAM);
  return shell.openExternal(address).then(
    () => true,
    () => false,
  );
}

/** True once it runs; it goes on when Hearth ends. */
function startProgram([name, ...args]: readonly [string, ...string[]]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(name, args, { detached: true, stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
