/** The app's finder running in the guest (guest/finder-watch.ts), from the host's side. */
import type { Bench } from '../bench.ts';
import type { Program } from '../guest/guest.ts';

const WATCH = new URL('../guest/finder-watch.ts', import.meta.url).pathname;

export interface Look {
  readonly counts: Readonly<Record<string, { readonly good: number; readonly bad: number }>>;
  readonly states: Readonly<Record<string, string>>;
  readonly sights: readonly {
    readonly kind: string;
    readonly fault?: { readonly code: string };
    readonly notices: readonly { readonly code: string }[];
  }[];
  readonly ttys: readonly string[];
  readonly nodes: number;
  readonly files: number;
  readonly heap: number;
  readonly crashes: number;
}

type Line = { readonly say: string } & Readonly<Record<string, unknown>>;

/** A guest on a busy machine takes a minute to start a program. */
const LOOK_LIMIT_MS = 180_000;

export class WatchedFinder {
  readonly #bench: Bench;
  readonly #program: Program;
  readonly lines: Line[] = [];
  #rest = '';

  constructor(bench: Bench, prefer: 'usb' | 'serial', shift: number) {
    this.#bench = bench;
    this.#program = bench.start(WATCH, [prefer, String(shift)], {}, (text) => this.#hear(text));
  }

  get ended(): Promise<number | undefined> {
    return this.#program.ended;
  }

  /** The figures of now. @throws Error when the program does not answer */
  async look(): Promise<Look> {
    const before = this.lines.length;
    this.#program.write('look\n');
    const line = await this.#bench.until(() => this.lines.slice(before).find(({ say }) => say === 'look'), LOOK_LIMIT_MS);
    if (line === undefined) throw new Error(`the program does not answer: ${JSON.stringify(this.lines.slice(-5))}`);
    return line as unknown as Look;
  }

  /** The figures as soon as they are as wanted, or the last ones. */
  async lookUntil(isSo: (look: Look) => boolean, limitMs: number): Promise<Look> {
    for (const end = performance.now() + limitMs; ; ) {
      const look = await this.look();
      if (isSo(look) || performance.now() > end) return look;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  /** The last words: how many ports and devices are still open. */
  async end(): Promise<{ readonly code: number | undefined; readonly open: unknown }> {
    this.#program.write('end\n');
    const code = await this.#program.ended;
    return { code, open: this.lines.find(({ say }) => say === 'ended')?.['open'] };
  }

  #take(line: Line, text: string): void {
    this.lines.push(line);
    if (['fault', 'crash', 'log'].includes(line.say)) console.log(`guest: ${text}`);
  }

  #hear(text: string): void {
    this.#rest += text;
    const parts = this.#rest.split('\n');
    this.#rest = parts.pop() ?? '';
    for (const part of parts) {
      if (part.startsWith('{')) this.#take(JSON.parse(part) as Line, part);
      else if (part !== '') console.log(`guest: ${part}`);
    }
  }
}
