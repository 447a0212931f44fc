/** The practice pool as a process of its own, so that what it uses is not counted as Hearth's. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../core/host/practice-server.ts', import.meta.url));
const START_LIMIT_MS = 20_000;

export class PoolProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  /** `args` of the program. @throws Error when it says no address in time */
  static start(args: readonly string[] = []): Promise<PoolProcess> {
    const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['pipe', 'pipe', 'ignore'] });
    return new Promise((resolve, reject) => {
      let text = '';
      const limit = setTimeout(() => {
        child.kill();
        reject(new Error('the practice pool did not start'));
      }, START_LIMIT_MS);
      child.stdout?.on('data', (bytes: Uint8Array) => {
        text = `${text}${String(bytes)}`.slice(0, 1_000);
        const [, url] = /"url":"([^"]+)"/.exec(text) ?? [];
        if (url === undefined) return;
        clearTimeout(limit);
        resolve(new PoolProcess(child, url));
      });
    });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill();
    await ended;
  }
}
