/** `ipcMain`: handlers for calls, listeners for messages. */
import { EventEmitter } from 'node:events';
import { record } from './trace.ts';

type Handler = (event: unknown, ...args: unknown[]) => unknown;

class IpcMain extends EventEmitter {
  readonly #handlers = new Map<string, Handler>();

  handle(channel: string, handler: Handler): void {
    if (this.#handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    this.#handlers.set(channel, handler);
  }

  async call(channel: string, event: unknown, args: readonly unknown[]): Promise<unknown> {
    const handler = this.#handlers.get(channel);
    if (!handler) throw new Error(`No handler registered for '${channel}'`);
    return await handler(event, ...args);
  }

  message(channel: string, event: unknown, args: readonly unknown[]): void {
    if (!this.emit(channel, event, ...args)) record('ipcMain.unheard', channel);
  }
}

export const ipcMain = new IpcMain();
