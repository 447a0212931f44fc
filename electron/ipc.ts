/**
 * The door over IPC: commands in, snapshots and events out. Only the app's own top frame is answered; every name is checked
 * against the contract here and every argument by its schema behind the door.
 */
import { type IpcMainEvent, type IpcMainInvokeEvent, ipcMain, type WebContents } from 'electron';
import type { Door } from '../core/contract.ts';
import { Budget, isCommand, MAX_COMMANDS_PER_SECOND, MAX_EVENTS_PER_SECOND } from '../core/host/door-client.ts';
import { isOurs } from './origin.ts';

/** @param now milliseconds, monotonic. `open` shows a place of this computer, of those it allows. */
export function serveIpc(door: Door, now: () => number, open: (what: unknown) => Promise<boolean>): void {
  const commands = new Budget(MAX_COMMANDS_PER_SECOND, now);
  const watches = new WeakMap<WebContents, () => void>();
  ipcMain.handle('hearth:command', (event, name: unknown, args: unknown) => {
    if (!isTrusted(event) || !isCommand(name) || !commands.take()) throw new Error('refused');
    return door.command(name, args as never);
  });
  ipcMain.handle('hearth:open', (event, what: unknown) => {
    if (!isTrusted(event) || !commands.take()) throw new Error('refused');
    return open(what);
  });
  ipcMain.on('hearth:watch', (event) => {
    if (!isTrusted(event) || !commands.take()) return;
    // One watch a window: a page that was loaded again takes the place of its former life.
    watches.get(event.sender)?.();
    watches.set(event.sender, push(door, event.sender, new Budget(MAX_EVENTS_PER_SECOND, now)));
  });
}

/** Sends until the returned function is called, another page is in the window, the page's process ends, or the window is gone. */
function push(door: Door, contents: WebContents, events: Budget): () => void {
  const send = (message: unknown) => contents.isDestroyed() || contents.send('hearth:push', message);
  const unwatch = door.watch(
    (snapshot) => send({ snapshot }),
    (event) => events.take() && send({ event }),
  );
  const stop = () => {
    unwatch();
    contents.off('did-navigate', stop).off('destroyed', stop).off('render-process-gone', stop);
  };
  // Not `did-start-navigation`: that also comes for moves within the page and for what is then refused.
  contents.once('did-navigate', stop).once('destroyed', stop).once('render-process-gone', stop);
  return stop;
}

function isTrusted({ senderFrame }: IpcMainEvent | IpcMainInvokeEvent): boolean {
  try {
    return senderFrame !== null && senderFrame.parent === null && isOurs(senderFrame.url);
  } catch {
    return false; // the frame went while its message was on the way
  }
}
