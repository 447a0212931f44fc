/**
 * Logs: to a file that rotates in size and count, or line by line to wherever the caller says (a terminal).
 * Implements `Log` of core/ports.ts. Writing never waits and never throws: mining goes on when the disk is full.
 */
import { appendFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock, Log, LogLevel } from '../ports.ts';
import { logLine } from './log-line.ts';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];
/** Lines waiting for a slow disk; beyond, they are counted and dropped. */
const MAX_WAITING_LINES = 2_000;

export interface FileLogOptions {
  readonly path: string;
  readonly clock: Clock;
  /** Lines below it are not written. */
  readonly level?: LogLevel;
  /** A file that reaches this is put aside as `path.1`. */
  readonly maxBytes?: number;
  /** Files kept beside the current one: `path.1` is the newest. */
  readonly keep?: number;
}

export interface FileLog extends Log {
  /** Resolves when all lines so far are on disk (or the disk refused them). */
  flush(): Promise<void>;
}

/** A log for people who watch: `print` gets each line without its newline. */
export function lineLog(clock: Clock, print: (line: string) => void, level: LogLevel = 'info'): Log {
  return {
    write(lineLevel, event, facts) {
      if (LEVELS.indexOf(lineLevel) >= LEVELS.indexOf(level)) print(logLine(clock.now(), lineLevel, event, facts));
    },
  };
}

export function fileLog(options: FileLogOptions): FileLog {
  const { path, clock, level = 'info', maxBytes = 2_000_000, keep = 4 } = options;
  let waiting: string[] = [];
  let dropped = 0;
  let writing: Promise<void> | undefined;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const lines = waiting;
      waiting = [];
      try {
        await rotate(path, maxBytes, keep);
        await appendFile(path, `${lines.join('\n')}\n`, { mode: 0o600 });
      } catch {
        dropped += lines.length; // told with the next line that can be written
      }
    }
  }

  const log = lineLog(
    clock,
    (line) => {
      if (waiting.length >= MAX_WAITING_LINES) dropped += 1;
      else waiting.push(...told(), line);
      writing ??= Promise.resolve()
        .then(drain)
        .finally(() => {
          writing = undefined;
        });
    },
    level,
  );

  function told(): string[] {
    if (dropped === 0) return [];
    const line = logLine(clock.now(), 'warn', 'log-lines-lost', { count: dropped });
    dropped = 0;
    return [line];
  }

  return { write: log.write, flush: () => writing ?? Promise.resolve() };
}

/** Makes room: `path` becomes `path.1`, that becomes `path.2`, and the last one goes. */
async function rotate(path: string, maxBytes: number, keep: number): Promise<void> {
  const size = await stat(path).then(
    (found) => found.size,
    () => -1,
  );
  if (size < 0) await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  if (size < maxBytes) return;
  await rm(`${path}.${keep}`, { force: true });
  for (let number = keep - 1; number >= 1; number -= 1) await rename(`${path}.${number}`, `${path}.${number + 1}`).catch(() => {});
  await (keep > 0 ? rename(path, `${path}.1`) : rm(path));
}
