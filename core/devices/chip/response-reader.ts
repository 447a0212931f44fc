/**
 * Cuts a chain's replies out of its bytes, however they arrive: cut anywhere, several at once, after noise, with bytes
 * lost or added. With a preamble it searches for it. Without one (BM1384, BM1387, Icarus) it stays in step while frames
 * are sound; out of step it slides byte by byte until two sound frames follow each other, or until silence shows where a
 * frame ended.
 */
import { concat, EMPTY } from '../../bytes.ts';
import type { ReplyFormat } from './chip-family.ts';

/** Silence after which what is left over is judged as it stands: longer than the 16 ms for which FTDI bridges hold bytes. */
export const SETTLE_MS = 40;
/** Half a frame that never went on. USB may stall for a second in the middle of one. */
export const ABANDON_MS = 2000;
/** More than a bridge ever hands over at once; what is beyond is not replies of a chip. */
export const MAX_UNREAD_BYTES = 16_384;

export class ResponseReader {
  readonly #format: ReplyFormat;
  #buffer: Uint8Array = EMPTY;
  #inStep = true;
  #lastByteMs = 0;
  #settled = true;
  #garbageBytes = 0;

  constructor(format: ReplyFormat) {
    this.#format = format;
  }

  /** Bytes that belonged to no frame, since the start. */
  get garbageBytes(): number {
    return this.#garbageBytes;
  }

  /** When to call `settle`; undefined while nothing is left over. */
  get deadline(): number | undefined {
    if (this.#buffer.length === 0) return undefined;
    return this.#lastByteMs + (this.#settled ? ABANDON_MS : SETTLE_MS);
  }

  /** Takes bytes, gives the complete frames among them, each a copy with its preamble. */
  receive(bytes: Uint8Array, nowMs: number): Uint8Array[] {
    if (bytes.length === 0) return [];
    const before = this.settle(nowMs);
    if (this.#settled && this.#standsAlone(bytes)) this.#drop(this.#buffer.length);
    this.#buffer = concat(this.#buffer, bytes);
    this.#lastByteMs = nowMs;
    this.#settled = false;
    if (this.#buffer.length > MAX_UNREAD_BYTES) this.#drop(this.#buffer.length - MAX_UNREAD_BYTES);
    return [...before, ...this.#cut(false)];
  }

  /** After silence: frames that could not be told before. Does nothing before `deadline`. */
  settle(nowMs: number): Uint8Array[] {
    const deadline = this.deadline;
    if (deadline === undefined || nowMs < deadline) return [];
    if (this.#settled) {
      this.#drop(this.#buffer.length);
      return [];
    }
    this.#settled = true;
    return this.#cut(true);
  }

  /** Forgets what is left over, as after a reset. */
  clear(): void {
    this.#buffer = EMPTY;
    this.#inStep = true;
  }

  #cut(silent: boolean): Uint8Array[] {
    const frames: Uint8Array[] = [];
    while (this.#buffer.length > 0) {
      const length = this.#format.preamble.length > 0 ? this.#lengthAtPreamble(silent) : this.#lengthInStep(silent);
      if (length === undefined) break;
      if (length === 0) this.#slide();
      else frames.push(this.#take(length));
    }
    return frames;
  }

  /** Length of the frame at the front; 0 when there is none; undefined when more bytes must come. */
  #lengthAtPreamble(silent: boolean): number | undefined {
    const { preamble, lengths } = this.#format;
    for (let at = 0; at < preamble.length; at += 1) {
      if (at >= this.#buffer.length) return undefined;
      if (this.#buffer[at] !== preamble[at]) return 0;
    }
    const longest = lengths[0] as number;
    if (this.#buffer.length < longest && !silent) return undefined;
    const fitting = lengths.find((length) => length <= this.#buffer.length && this.#isFrame(0, length));
    // After silence half a frame may still go on; it is kept until it is abandoned.
    return fitting ?? (this.#buffer.length < longest ? undefined : 0);
  }

  #lengthInStep(silent: boolean): number | undefined {
    const length = this.#format.lengths[0] as number;
    const { length: unread } = this.#buffer;
    // Chips send whole frames: where they fell silent, one had ended.
    if (silent && !this.#inStep && unread % length !== 0) return 0;
    if (unread < length) return undefined;
    if (!this.#isFrame(0, length)) return 0;
    if (this.#inStep || silent) return length;
    if (unread < 2 * length) return undefined;
    return this.#isFrame(length, length) ? length : 0;
  }

  /**
   * After silence whole frames begin anew: what was left over would have put them out of step. Where nearly any bytes pass for
   * a frame (Antminers) nothing else shows that they are, and every answer from then on would be wrong.
   */
  #standsAlone(bytes: Uint8Array): boolean {
    const { preamble, lengths, isFrame } = this.#format;
    const length = lengths[0] as number;
    if (preamble.length > 0 || this.#buffer.length === 0 || bytes.length % length !== 0) return false;
    for (let at = 0; at < bytes.length; at += length) if (!isFrame(bytes.subarray(at, at + length))) return false;
    return true;
  }

  #isFrame(at: number, length: number): boolean {
    return this.#format.isFrame(this.#buffer.subarray(at, at + length));
  }

  #take(length: number): Uint8Array {
    const frame = this.#buffer.slice(0, length);
    this.#buffer = this.#buffer.subarray(length);
    this.#inStep = true;
    return frame;
  }

  #slide(): void {
    this.#inStep = false;
    this.#drop(1);
  }

  #drop(count: number): void {
    this.#buffer = this.#buffer.subarray(count);
    this.#garbageBytes += count;
    if (this.#buffer.length === 0) this.#inStep = true;
  }
}
