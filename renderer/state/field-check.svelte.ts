/** Asks the miner about a field while it is typed: after a short rest, and only the latest answer counts. */

const REST_MS = 250; // about the pause between two words

export class FieldCheck<T> {
  answer = $state.raw<{ readonly text: string; readonly result: T } | undefined>(undefined);
  checking = $state(false);
  readonly #ask: (text: string) => Promise<T | undefined>;
  #latest = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ask: (text: string) => Promise<T | undefined>) {
    this.#ask = ask;
  }

  /** Takes what the field holds now. */
  see(text: string): void {
    const wanted = text.trim();
    if (wanted === this.#latest) return;
    this.#latest = wanted;
    clearTimeout(this.#timer);
    this.checking = wanted !== '';
    if (wanted === '') this.answer = undefined;
    else this.#timer = setTimeout(() => void this.now(), REST_MS);
  }

  /** Asks at once: when the field is left or the form is sent. */
  async now(): Promise<T | undefined> {
    clearTimeout(this.#timer);
    const text = this.#latest;
    if (text === '') return undefined;
    if (this.answer?.text === text) return this.answer.result;
    this.checking = true;
    const result = await this.#ask(text);
    if (text !== this.#latest) return result;
    this.checking = false;
    this.answer = result === undefined ? undefined : { text, result };
    return result;
  }
}
