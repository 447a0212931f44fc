/**
 * The loop of a hash thread: short chunks of nonces, a look at the mailbox between them, rests in proportion to the duty
 * cycle. The only thing that it waits for is the mailbox, so a new task is taken up within a chunk.
 */
import type { HashTask } from '../ports.ts';
import type { Chunk, RunningKernel } from './hash-kernel.ts';
import type { HashMailbox } from './hash-mailbox.ts';

/** A new task waits for at most one chunk; a look at the mailbox costs a ten-thousandth of this. */
const CHUNK_MS = 1;
/** Work and rest alternate in periods of this length: too short for fans and clocks to follow. */
const PERIOD_MS = 50;
/** A report is sent when it holds this many nonces, at the latest at the end of a chunk that found some. */
const REPORT_NONCES = 32;
/** A thread whose reports are not read (an absurdly easy target) stops hashing instead of flooding the app. */
const MAX_UNREAD_REPORTS = 8;
/** The mailbox wakes it when there is something to do; the caller may have more to do in between. */
const SLEEP_MS = 1_000;
const FIRST_BLOCKS = 256;
const MAX_BLOCKS = 1 << 20;
const ALL_NONCES = 2 ** 32;

export interface SearchReports {
  found(ticket: number, nonces: readonly number[]): void;
  searched(ticket: number): void;
}

/** `now` in milliseconds. */
export class HashSearch {
  #kernel: RunningKernel;
  readonly #mailbox: HashMailbox;
  readonly #reports: SearchReports;
  readonly #now: () => number;
  #sequence = -1;
  #task: HashTask | undefined;
  #next = 0;
  #blocks = FIRST_BLOCKS;
  #restOwedMs = 0;
  #unread = 0;
  #lastRead: number;

  constructor(kernel: RunningKernel, mailbox: HashMailbox, reports: SearchReports, now: () => number) {
    this.#kernel = kernel;
    this.#mailbox = mailbox;
    this.#reports = reports;
    this.#now = now;
    this.#lastRead = mailbox.readReports;
  }

  /** Goes on with another kernel, or with the same one after somebody else has used it. */
  useKernel(kernel: RunningKernel): void {
    this.#kernel = kernel;
    this.#blocks = FIRST_BLOCKS;
    if (this.#task !== undefined) kernel.load(this.#task.words);
  }

  /** One chunk, one rest, or one sleep of a second at most. */
  step(): void {
    const wakes = this.#mailbox.wakes;
    if (this.#mailbox.stopped) return;
    const isNew = this.#mailbox.sequence !== this.#sequence;
    if (isNew) this.#take();
    if (this.#task === undefined || this.#next === ALL_NONCES || this.#unreadReports() >= MAX_UNREAD_REPORTS) {
      this.#mailbox.sleep(wakes, SLEEP_MS);
      return;
    }
    const dutyCycle = this.#mailbox.dutyCycle;
    if (!isNew && this.#restOwedMs >= PERIOD_MS * (1 - dutyCycle) && dutyCycle < 1) return this.#rest(wakes);
    this.#hash(this.#task, dutyCycle);
  }

  #take(): void {
    const { sequence, task } = this.#mailbox.take();
    this.#sequence = sequence;
    this.#task = task;
    this.#next = 0;
    if (task !== undefined) this.#kernel.load(task.words);
  }

  /** A wake in the middle of a rest leaves the remainder owed. */
  #rest(wakes: number): void {
    const start = this.#now();
    this.#mailbox.sleep(wakes, this.#restOwedMs);
    this.#restOwedMs = Math.max(0, this.#restOwedMs - (this.#now() - start));
  }

  #hash(task: HashTask, dutyCycle: number): void {
    const start = this.#now();
    const chunk = this.#nextChunk();
    while (chunk.done < chunk.blocks) this.#continue(task, chunk);
    this.#next = Math.min(ALL_NONCES, chunk.first + chunk.blocks * this.#kernel.lanes);
    this.#mailbox.addHashes(chunk.blocks * this.#kernel.lanes);
    const elapsedMs = this.#now() - start;
    this.#restOwedMs = dutyCycle < 1 ? this.#restOwedMs + elapsedMs * (1 / dutyCycle - 1) : 0;
    this.#adapt(chunk.blocks, elapsedMs);
    if (this.#next === ALL_NONCES) this.#reports.searched(task.ticket);
  }

  #continue(task: HashTask, chunk: Chunk): void {
    const found: number[] = [];
    this.#kernel.search(chunk, found, REPORT_NONCES);
    // The last chunk of all may overlap the one before it.
    const fresh = found.filter((nonce) => nonce >= this.#next);
    if (fresh.length === 0) return;
    this.#unread += 1;
    this.#reports.found(task.ticket, fresh);
  }

  #nextChunk(): Chunk {
    const lanes = this.#kernel.lanes;
    const blocks = Math.min(this.#blocks, Math.floor((ALL_NONCES - this.#next) / lanes));
    return blocks > 0 ? { first: this.#next, blocks, done: 0 } : { first: ALL_NONCES - lanes, blocks: 1, done: 0 };
  }

  #adapt(blocks: number, elapsedMs: number): void {
    const wanted = elapsedMs > 0 ? (blocks * CHUNK_MS) / elapsedMs : blocks * 2;
    this.#blocks = Math.max(1, Math.min(MAX_BLOCKS, Math.round((this.#blocks + Math.min(wanted, this.#blocks * 2)) / 2)));
  }

  #unreadReports(): number {
    const read = this.#mailbox.readReports;
    this.#unread -= (read - this.#lastRead) | 0;
    this.#lastRead = read;
    return this.#unread;
  }
}
