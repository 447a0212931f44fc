/**
 * The terminal: lines that stay, and one status line that is redrawn below them. Not a terminal (a file, a pipe): lines
 * only. A reader that goes away (EPIPE) is told to the owner once and nothing more is written.
 */
import { clip } from './text.ts';

/** A terminal that says nothing of its width. */
const DEFAULT_COLUMNS = 80;
/** Bytes a slow reader may leave waiting; lines beyond are dropped, mining does not wait for a pipe. */
const MAX_WAITING_BYTES = 1 << 20;

const CLEAR_LINE = '\r\u001b[2K';
const BOLD = '\u001b[1m';
const PLAIN = '\u001b[22m';

export interface ScreenOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly writableLength: number;
  write(text: string): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export class Screen {
  readonly #output: ScreenOutput;
  readonly #redraws: boolean;
  readonly #colour: boolean;
  #status = '';
  #broken = false;

  /** @param onBroken nobody reads any more */
  constructor(output: ScreenOutput, environment: Readonly<Record<string, string | undefined>>, onBroken: () => void) {
    this.#output = output;
    this.#redraws = output.isTTY === true && environment['TERM'] !== 'dumb';
    // https://no-color.org: present and not empty, whatever its value.
    this.#colour = this.#redraws && !environment['NO_COLOR'];
    output.on('error', () => {
      if (!this.#broken) onBroken();
      this.#broken = true;
    });
  }

  /** True when there is a status line. */
  get redraws(): boolean {
    return this.#redraws;
  }

  get columns(): number {
    return this.#output.columns || DEFAULT_COLUMNS; // 0: a terminal of unknown width
  }

  /** A line that stays. */
  line(text: string): void {
    this.#write(this.#redraws ? `${CLEAR_LINE}${text}\n${this.#shown()}` : `${text}\n`);
  }

  /** Replaces the status line; its first word is set off, as far as the terminal can. */
  status(text: string): void {
    if (!this.#redraws || text === this.#status) return;
    this.#status = text;
    this.#write(`${CLEAR_LINE}${this.#shown()}`);
  }

  /** The status line goes; what is written after it starts on a clean line. */
  end(): void {
    this.#status = '';
    if (this.#redraws) this.#write(CLEAR_LINE);
  }

  #shown(): string {
    // One column is left free: some terminals wrap when the last one is used.
    const text = clip(this.#status, this.columns - 1);
    if (!this.#colour) return text;
    const [first = '', ...rest] = text.split(' · ');
    return [`${BOLD}${first}${PLAIN}`, ...rest].join(' · ');
  }

  #write(text: string): void {
    if (this.#broken || this.#output.writableLength > MAX_WAITING_BYTES) return;
    this.#output.write(text);
  }
}
