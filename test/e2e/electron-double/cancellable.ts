/** An event that can be refused, as Electron hands them out. */
import type { EventEmitter } from 'node:events';

/** Emits with `facts` on the event; true when a listener refused. */
export function emitCancellable(emitter: EventEmitter, name: string, facts: object, ...args: readonly unknown[]): boolean {
  let refused = false;
  const event = {
    ...facts,
    get defaultPrevented() {
      return refused;
    },
    preventDefault() {
      refused = true;
    },
  };
  emitter.emit(name, event, ...args);
  return refused;
}
