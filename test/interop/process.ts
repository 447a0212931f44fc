/** A program under test: its lines as they come, waits with a limit, and an end that is certain. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const STOP_LIMIT_MS = 5_000; // after this a program that does not end is killed
const KEPT_LINES = 400; // shown when a wait fails

export class Program {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #waiting = new Set<(line: string | undefined) => void>();
  readonly ended: Promise<number | null>;

  constructor(name: string, command: string, args: readonly string[], environment: Record<string, string> = {}) {
    this.name = name;
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1', ...environment } });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#take(line));
    this.ended = new Promise((resolve) => {
      this.#child.on('error', () => resolve(null));
      this.#child.on('close', (code) => {
        resolve(code);
        for (const waiting of this.#waiting) waiting(undefined);
      });
    });
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** The first line, past or to come, for which `find` gives something. @throws Error with the last lines when none comes in time */
  wait<T>(what: string, find: (line: string) => T | undefined, limitMs: number): Promise<T> {
    for (const line of this.#lines) {
      const found = find(line);
      if (found !== undefined) return Promise.resolve(found);
    }
    return new Promise((resolve, reject) => {
      const end = (why: string) => {
        this.#waiting.delete(onLine);
        clearTimeout(timer);
        reject(new Error(`${this.name}: ${why} while waiting for ${what}. It said:\n${this.#lines.slice(-10).join('\n')}`));
      };
      const onLine = (line: string | undefined) => {
        if (line === undefined) return end('it ended');
        const found = find(line);
        if (found === undefined) return;
        this.#waiting.delete(onLine);
        clearTimeout(timer);
        resolve(found);
      };
      const timer = setTimeout(() => end(`${limitMs / 1000} s passed`), limitMs);
      this.#waiting.add(onLine);
    });
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    const force = setTimeout(() => this.#child.kill('SIGKILL'), STOP_LIMIT_MS);
    await this.ended;
    clearTimeout(force);
  }

  #take(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
    for (const waiting of this.#waiting) waiting(line);
  }
}

/** The object on a line of JSON, or undefined. */
export function jsonOf(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
