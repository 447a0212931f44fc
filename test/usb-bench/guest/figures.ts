/** What this process holds, after everything that nobody needs has been collected: by it a leak is told. */
import { readdirSync, readlinkSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export interface Figures {
  /** Bytes of the heap in use. */
  readonly heap: number;
  /** Open files, sockets and pipes. */
  readonly files: number;
  /** Serial ports that are open, with their paths. */
  readonly ttys: readonly string[];
  /** USB devices that are open. */
  readonly nodes: number;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

export function figures(): Figures {
  collect();
  const files = openFiles();
  return {
    heap: process.memoryUsage().heapUsed,
    files: files.length,
    ttys: files.filter((file) => /^\/dev\/tty(USB|ACM)/.test(file)).sort(),
    nodes: files.filter((file) => file.startsWith('/dev/bus/usb')).length,
  };
}

function openFiles(): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return []; // the folder's own
    }
  });
}
