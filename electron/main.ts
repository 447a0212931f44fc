/** The desktop shell: one miner, one window, one tray. What could run in Node is in core; this only joins Electron to it. */
import { join } from 'node:path';
import { app, type BrowserWindow, dialog } from 'electron';
import type { Door, Snapshot } from '../core/contract.ts';
import { compose } from '../core/host/compose.ts';
import { onCrash, tellCrash } from '../core/host/crash.ts';
import { systemClock } from '../core/io/clock.ts';
import { diskFiles } from '../core/io/files.ts';
import { fileLog } from '../core/io/log.ts';
import { fileSecrets } from '../core/io/secrets-file.ts';
import { setAppMenu } from './app-menu.ts';
import { stayAwakeWhileMining } from './awake.ts';
import { hearCalls } from './calls.ts';
import { explain } from './explain.ts';
import { ownCommand, settle, startsHidden } from './identity.ts';
import { serveIpc } from './ipc.ts';
import { keychainSecrets } from './keychain-secrets.ts';
import { followLoginPreference } from './login-item.ts';
import { notify } from './notifications.ts';
import { openings } from './openings.ts';
import { registerScheme, servePages } from './origin.ts';
import { type Ending, quitCleanly } from './quit.ts';
import { restWhileAsleep } from './sleep.ts';
import { showTray } from './tray.ts';
import { openWindow, raise, saveBounds } from './window.ts';

const root = app.getAppPath();
let window: BrowserWindow | undefined;
let ending: Ending | undefined;
/** Why it ends, where nobody wanted that. */
let lastWords: string | undefined;
const open = () => window && raise(window);

try {
  run(settle(process.argv));
} catch (error) {
  fail(error);
}

/** Before the app is ready: what has to be said by then, and who is first. */
function run(dataPath: string): void {
  registerScheme();
  app.enableSandbox();
  if (!app.requestSingleInstanceLock()) return app.quit();
  const calls = hearCalls(process.argv); // now: a Mac hands its link over before the app is ready
  void app
    .whenReady()
    .then(() => start(dataPath))
    .then(calls.answerIn)
    .catch(fail);
}

async function start(dataPath: string): Promise<BrowserWindow> {
  const log = fileLog({ path: join(dataPath, 'hearth.log'), clock: systemClock });
  const files = diskFiles();
  const secrets = keychainSecrets(fileSecrets(files, join(dataPath, 'keychain.json')), fileSecrets(files, join(dataPath, 'secrets.json')));
  const hashWorkers = { entry: new URL('./hash-worker.js', import.meta.url) };
  const composition = await compose({
    dataPath,
    version: app.getVersion(),
    log,
    hashWorkers,
    secrets,
    usb: process.env['HEARTH_USB'] !== '0',
  });
  restWhileAsleep(composition.miner);
  const boundsFile = join(dataPath, 'window.json');
  ending = quitCleanly(async () => {
    if (window) await saveBounds(window, boundsFile);
    await composition.stop();
    await log.flush();
    if (lastWords !== undefined) dialog.showErrorBox('Hearth had to end', lastWords); // now: it stays until it was read
  });
  onCrash((error) => {
    tellCrash(error, log, (line) => process.stderr.write(`${line}\n`));
    lastWords = explain(error);
    ending?.quit(1);
  });
  return openShell(composition.door, dataPath, boundsFile);
}

async function openShell(door: Door, dataPath: string, boundsFile: string): Promise<BrowserWindow> {
  serveIpc(door, () => systemClock.monotonic(), openings(dataPath));
  await servePages(join(root, 'dist/renderer'));
  setAppMenu();
  stayAwakeWhileMining(door);
  followLoginPreference(door, ownCommand(dataPath));
  notify(door, open);
  const tray = await showTray(door, join(root, 'resources/tray.png'), { open, quit: () => app.quit() });
  const latest = follow(door);
  window = openWindow({
    preload: join(root, 'dist/electron/preload.cjs'),
    icon: join(root, 'resources/icon.png'),
    boundsFile,
    hidden: tray !== undefined && startsHidden(process.argv),
    hidesOnClose: () => tray !== undefined && ending?.begun() === false && wantsTray(latest()),
  });
  window.on('closed', () => app.quit());
  return window;
}

/** The newest snapshot, whenever asked. */
function follow(door: Door): () => Snapshot | undefined {
  let latest: Snapshot | undefined;
  door.watch(
    (snapshot) => {
      latest = snapshot;
    },
    () => undefined,
  );
  return () => latest;
}

/** Before first run is over there is nothing that would go on in the tray. */
function wantsTray(snapshot: Snapshot | undefined): boolean {
  return snapshot?.welcomed === true && snapshot.settings.preferences.closeToTray;
}

/** Says why, in a box: most people start this without a terminal. */
function fail(error: unknown): void {
  const text = explain(error);
  process.stderr.write(`Hearth could not start: ${text}\n`);
  dialog.showErrorBox('Hearth could not start', text);
  if (ending) ending.quit(1);
  else app.exit(1);
}
