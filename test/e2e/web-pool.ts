/** A practice pool in a process of its own, with its faults on command. */
import type { PracticeFaults } from '../../core/practice/practice-faults.ts';
import { Program } from './web-program.ts';

type FaultName = keyof PracticeFaults;

export interface PoolPlace {
  readonly port?: number;
  /** 32 bytes as hex: the same authority after a restart. */
  readonly secret?: string;
}

export class Pool {
  readonly url: string;
  readonly #program: Program;

  private constructor(program: Program, url: string) {
    this.#program = program;
    this.url = url;
  }

  /** A pool on which one processor thread finds a share every second or two. */
  static async start({ port = 0, secret }: PoolPlace = {}): Promise<Pool> {
    const speed = ['--shares-per-minute', '40', '--least-hashes', '65536', '--elsewhere-seconds', '0'];
    const identity = secret === undefined ? [] : ['--authority-secret', secret];
    const program = new Program('core/host/practice-server.ts', ['--port', String(port), ...speed, ...identity]);
    const [, url] = await program.line(/"url":"([^"]+)"/);
    return new Pool(program, url as string);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  async fault<N extends FaultName>(fault: N, ...given: Parameters<PracticeFaults[N]>): Promise<void> {
    const from = this.#program.output.length;
    this.#program.type(JSON.stringify({ fault, arguments: given }));
    await this.#program.line(new RegExp(`"type":"fault","fault":"${fault}"`), from);
  }

  /** As when its machine loses power. */
  async kill(): Promise<void> {
    await this.#program.stop('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#program.stop();
  }
}

/** Without a key, and with the key of somebody else. */
export function withoutKey(url: string): string {
  return url.slice(0, url.lastIndexOf('/'));
}
export function withKeyOf(url: string, other: string): string {
  return withoutKey(url) + other.slice(other.lastIndexOf('/'));
}
