/** A program of the project in a process of its own: its lines, its input, its end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Building the pages comes first on a fresh clone, and the machine may be busy. */
const LINE_LIMIT_MS = 120_000;
/** A program asked to end has to wait for answers of a pool at most. */
const END_LIMIT_MS = 60_000;

export const root = fileURLToPath(new URL('../..', import.meta.url));

export class Program {
  readonly exited: Promise<number | null>;
  output = '';
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();

  /** `script` below the project's root. */
  constructor(script: string, args: readonly string[]) {
    const { DISPLAY: _, WAYLAND_DISPLAY: __, ...environment } = process.env; // no test opens a browser of the person's
    this.#child = spawn(process.execPath, [`${root}${script}`, ...args], { stdio: ['pipe', 'pipe', 'pipe'], env: environment });
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.on('data', (bytes: Buffer) => this.#take(String(bytes)));
    this.#child.stdin?.on('error', () => {}); // it may have ended
    const orphaned = () => this.#child.kill('SIGKILL');
    process.once('exit', orphaned); // a test run that breaks off leaves nothing behind
    this.exited = new Promise((resolve) => this.#child.on('close', (code) => resolve(code)));
    void this.exited.then(() => {
      process.off('exit', orphaned);
      this.#take('');
    });
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The match of what it printed since character `from`; fails after a limit or at its end. */
  line(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const end = (act: () => void) => {
        clearTimeout(limit);
        this.#waiting.delete(check);
        act();
      };
      const check = () => {
        const found = pattern.exec(this.output.slice(from));
        if (found) end(() => resolve(found));
        else if (!this.running) end(() => reject(new Error(`it ended without ${pattern}:\n${this.output.slice(-2000)}`)));
      };
      const limit = setTimeout(() => end(() => reject(new Error(`no ${pattern} in time:\n${this.output.slice(-2000)}`))), LINE_LIMIT_MS);
      this.#waiting.add(check);
      check();
    });
  }

  /** A line to its standard input. */
  type(text: string): void {
    this.#child.stdin?.write(`${text}\n`);
  }

  /** Ends it as a person would (SIGTERM) or as a crash does (SIGKILL). Resolves with its exit code. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    if (this.running) this.#child.kill(signal);
    const force = setTimeout(() => this.#child.kill('SIGKILL'), END_LIMIT_MS);
    const code = await this.exited;
    clearTimeout(force);
    return code;
  }

  #take(text: string): void {
    this.output += text;
    for (const check of this.#waiting) check();
  }
}
