/**
 * A double of the `electron` module for a plain Node process, as far as Hearth uses it. Its windows are pages of a real
 * Chromium driven over its debugging protocol; every call that leaves a trace on a desktop is recorded for the test.
 */
import { app } from './app.ts';
import { answerAsks } from './asks.ts';

export { app } from './app.ts';
export { BrowserWindow } from './browser-window.ts';
export { dialog, nativeImage, powerMonitor, powerSaveBlocker, safeStorage, screen, shell } from './desktop.ts';
export { ipcMain } from './ipc-main.ts';
export { Menu, Notification, Tray } from './menus.ts';
export { protocol, session } from './session.ts';

app.begin();
answerAsks();
