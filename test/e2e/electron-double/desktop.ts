/** The rest of the desktop: power, keychain, screens, the shell, message boxes. */
import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { record } from './trace.ts';

let blockers = 0;
export const powerSaveBlocker = {
  start(kind: string): number {
    blockers += 1;
    record('powerSaveBlocker.start', kind, blockers);
    return blockers;
  },
  stop: (id: number) => record('powerSaveBlocker.stop', id),
};

export const powerMonitor = new EventEmitter();

/** Seals by turning every bit: nothing of the secret can be read in the file, and nothing else opens it. */
const turn = (bytes: Buffer) => Buffer.from(bytes.map((byte) => byte ^ 0xff));
export const safeStorage = {
  getSelectedStorageBackend: () => 'gnome_libsecret',
  isAsyncEncryptionAvailable: async () => true,
  encryptStringAsync: async (text: string) => turn(Buffer.from(text)),
  decryptStringAsync: async (bytes: Buffer) => ({ result: turn(bytes).toString(), shouldReEncrypt: false }),
};

const display = { workArea: { x: 0, y: 0, width: 1920, height: 1080 } };
export const screen = { getDisplayMatching: () => display, getPrimaryDisplay: () => display, getAllDisplays: () => [display] };

export const shell = {
  openExternal: async (url: string) => record('shell.openExternal', url),
  /** The reason it failed; none. */
  openPath: async (path: string) => {
    record('shell.openPath', path);
    return '';
  },
};

export const dialog = { showErrorBox: (title: string, text: string) => record('dialog.showErrorBox', title, text) };

export const nativeImage = {
  createFromPath(path: string) {
    if (!existsSync(path)) throw new Error(`no image ${path}`);
    return { path };
  },
};
