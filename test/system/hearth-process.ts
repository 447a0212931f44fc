/** Hearth as a process of its own, started the way people start it; its lines, its end, its data. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sqliteHistory } from '../../core/io/sqlite-history.ts';
import type { HistoryStore } from '../../core/ports.ts';

export const LAUNCHER = fileURLToPath(new URL('../../core/host/launch.cjs', import.meta.url));
/** A test that waits longer for a line has failed. */
const WAIT_MS = 60_000;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class HearthProcess {
  readonly child: ChildProcess;
  readonly exited: Promise<Exit>;
  stdout = '';
  stderr = '';
  #waiting = new Set<() => void>();

  constructor(args: readonly string[], environment: NodeJS.ProcessEnv = process.env, node = process.execPath) {
    // No test powers what is plugged into the machine it runs on.
    const safe = args.includes('--headless') ? ['--no-usb'] : [];
    this.child = spawn(node, [LAUNCHER, ...args, ...safe], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.on('data', (bytes: Buffer) => this.#take('stdout', bytes));
    this.child.stderr?.on('data', (bytes: Buffer) => this.#take('stderr', bytes));
    this.exited = new Promise((resolve) => {
      this.child.on('close', (code, signal) => {
        resolve({ code, signal });
        for (const check of this.#waiting) check();
      });
    });
  }

  /** Lines of JSON so far. */
  get events(): { type: string; [fact: string]: unknown }[] {
    const lines = this.stdout.split('\n').slice(0, -1);
    return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  }

  /** Resolves when `reached` is true of what was printed; fails after a limit or the process's end. */
  until(reached: (process: HearthProcess) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (act: () => void) => {
        clearTimeout(limit);
        this.#waiting.delete(check);
        act();
      };
      const check = () => {
        if (reached(this)) end(resolve);
        else if (this.child.exitCode !== null || this.child.signalCode !== null) end(() => reject(this.#report('ended')));
      };
      const limit = setTimeout(() => end(() => reject(this.#report('time is up'))), WAIT_MS);
      this.#waiting.add(check);
      check();
    });
  }

  #take(stream: 'stdout' | 'stderr', bytes: Buffer): void {
    this[stream] += bytes.toString();
    for (const check of this.#waiting) check();
  }

  #report(why: string): Error {
    return new Error(`${why}; stdout:\n${this.stdout.slice(-2_000)}\nstderr:\n${this.stderr.slice(-2_000)}`);
  }
}

/** A folder that is gone after the test. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'hearth-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Looks into the history of a process that has ended. */
export function inHistory<T>(folder: string, look: (store: HistoryStore) => T): T {
  const { store } = sqliteHistory(`${folder}/history.db`).open();
  try {
    return look(store);
  } finally {
    store.close();
  }
}
