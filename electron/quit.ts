/** Nothing mined is lost: the process stays until pending answers came, the miner wrote what it knows, or its limits passed. */
import { app, BrowserWindow, powerMonitor } from 'electron';
import { END_LIMIT_MS } from '../core/host/crash.ts';

export interface Ending {
  /** True from the moment somebody wanted the end. */
  begun(): boolean;
  quit(exitCode: number): void;
}

/** Every way to the end goes through `stop`, once: menu, tray, last window, signal, system shutdown. */
export function quitCleanly(stop: () => Promise<void>): Ending {
  let begun = false;
  let exitCode = 0;
  app.on('before-quit', (event) => {
    // Always: a second wish to quit must not cut the first one short.
    event.preventDefault();
    if (begun) return;
    begun = true;
    const giveUp = setTimeout(() => app.exit(1), END_LIMIT_MS);
    for (const window of BrowserWindow.getAllWindows()) window.hide();
    void stop()
      .catch(() => {
        exitCode ||= 1;
      })
      .finally(() => {
        clearTimeout(giveUp);
        app.exit(exitCode);
      });
  });
  // Without this a Mac takes the refusal above as the person's wish not to log out.
  powerMonitor.on('shutdown', (event?: { preventDefault(): void }) => {
    event?.preventDefault();
    app.quit();
  });
  return {
    begun: () => begun,
    quit(code) {
      exitCode = code;
      app.quit();
    },
  };
}
