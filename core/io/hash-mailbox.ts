/**
 * What the main thread and a hash thread share: a few words of memory. The hash thread looks at it between two chunks of
 * hashing, or sleeps on it, so that a new task needs no message loop and no copy in between.
 * The task is written under a sequence number (odd while it is being written), so the reader never sees half of it.
 */
import type { HashTask } from '../ports.ts';

const WAKE = 0;
const SEQUENCE = 1;
const STOP = 2;
const DUTY_PERMILLE = 3;
const READ_REPORTS = 4;
const HASHES = 5;
const TICKET = 6;
const WORDS = 7;
const TASK_WORDS = 12;
const NO_TICKET = -1;

export class HashMailbox {
  readonly shared: SharedArrayBuffer;
  readonly #at: Int32Array<SharedArrayBuffer>;

  constructor(shared = new SharedArrayBuffer((WORDS + TASK_WORDS) * 4)) {
    this.shared = shared;
    this.#at = new Int32Array(shared);
  }

  /** An empty mailbox: no task, no rests. */
  static create(): HashMailbox {
    const mailbox = new HashMailbox();
    mailbox.assign(undefined);
    mailbox.setDutyCycle(1);
    return mailbox;
  }

  // ── The main thread's side ───────────────────────────────────────────────────────────────────────────────────────

  assign(task: HashTask | undefined): void {
    Atomics.add(this.#at, SEQUENCE, 1);
    Atomics.store(this.#at, TICKET, task?.ticket ?? NO_TICKET);
    for (let index = 0; index < TASK_WORDS; index += 1) Atomics.store(this.#at, WORDS + index, (task?.words[index] ?? 0) | 0);
    Atomics.add(this.#at, SEQUENCE, 1);
    this.#wake();
  }

  setDutyCycle(share: number): void {
    Atomics.store(this.#at, DUTY_PERMILLE, Math.max(1, Math.min(1000, Math.round(share * 1000))));
    this.#wake();
  }

  /** One report was taken from the message queue. */
  reportRead(): void {
    Atomics.add(this.#at, READ_REPORTS, 1);
    this.#wake();
  }

  stop(): void {
    Atomics.store(this.#at, STOP, 1);
    this.#wake();
  }

  /** Hashes done since the thread began, modulo 2^32. */
  get hashes(): number {
    return Atomics.load(this.#at, HASHES) >>> 0;
  }

  // ── The hash thread's side ───────────────────────────────────────────────────────────────────────────────────────

  /** Changes whenever a task is written. */
  get sequence(): number {
    return Atomics.load(this.#at, SEQUENCE);
  }

  get stopped(): boolean {
    return Atomics.load(this.#at, STOP) !== 0;
  }

  get dutyCycle(): number {
    return Atomics.load(this.#at, DUTY_PERMILLE) / 1000;
  }

  /** Reports read so far, modulo 2^32. */
  get readReports(): number {
    return Atomics.load(this.#at, READ_REPORTS);
  }

  addHashes(count: number): void {
    Atomics.add(this.#at, HASHES, count | 0);
  }

  /** The task as it stands, with the sequence number it was written under. Waits only while the writer writes. */
  take(): { readonly sequence: number; readonly task: HashTask | undefined } {
    for (;;) {
      const sequence = this.sequence;
      const ticket = Atomics.load(this.#at, TICKET);
      const words = Uint32Array.from({ length: TASK_WORDS }, (_, index) => Atomics.load(this.#at, WORDS + index));
      if (sequence % 2 === 0 && sequence === this.sequence) return { sequence, task: ticket === NO_TICKET ? undefined : { ticket, words } };
    }
  }

  /** To be read before looking at anything else, and given to `sleep` after. */
  get wakes(): number {
    return Atomics.load(this.#at, WAKE);
  }

  /** Sleeps until the main thread wrote something since `wakes` was read, at most `timeoutMs`. */
  sleep(wakes: number, timeoutMs: number): void {
    Atomics.wait(this.#at, WAKE, wakes, timeoutMs);
  }

  #wake(): void {
    Atomics.add(this.#at, WAKE, 1);
    Atomics.notify(this.#at, WAKE);
  }
}
