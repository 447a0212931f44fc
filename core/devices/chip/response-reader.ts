/**
 * Cuts a chain's replies out of its bytes, however they arrive: cut anywhere, several at once, after noise, with bytes
 * lost or added. With a preamble it searches for it. Without one (BM1384, BM1387, Icarus) it stays in step while frames
 * are sound; out of step it slides byte by byte until two sound frames follow each other, or until silence shows where a
 * frame ended. Nearly any five bytes are a sound answer of an Antminer: there the hash of a nonce is what shows a frame.
 */
import { concat, EMPTY } from '../../bytes.ts';
import type { ReplyFormat } from './chip-family.ts';

/** Silence after which what is left over is judged as it stands: longer than the 16 ms for which FTDI bridges hold bytes. */
export const SETTLE_MS = 40;
/** Half a frame that never went on. USB may stall for a second in the middle of one. */
export const ABANDON_MS = 2000;
/** More than a bridge ever hands over at once; what is beyond is not replies of a chip. */
export const MAX_UNREAD_BYTES = 16_384;

/** Whether the content of a sound frame shows that it is one: the hash of its nonce is real. Undefined: that cannot be told. */
export type FrameProof = (frame: Uint8Array) => boolean | undefined;

export class ResponseReader {
  readonly #format: ReplyFormat;
  readonly #proof: FrameProof;
  #buffer: Uint8Array = EMPTY;
  #inStep = true;
  #lastByteMs = 0;
  #settled = true;
  #garbageBytes = 0;

  /** @param proof asked only where there is no preamble */
  constructor(format: ReplyFormat, proof: FrameProof = () => undefined) {
    this.#format = format;
    this.#proof = proof;
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
    const proof = this.#proofAt(0, length);
    if (proof === true) return length;
    // Chips send whole frames: where they fell silent, one had ended.
    if (silent && !this.#inStep && unread % length !== 0) return 0;
    if (unread < length) return undefined;
    if (!this.#isFrame(0, length)) return 0;
    if (proof === false) {
      // A wrong answer, or the end of one and the beginning of the next: then the next one is proven, once all of it has come.
      if (this.#isProvenWithin(length)) return 0;
      if (!silent && unread > length && unread < 2 * length - 1) return undefined;
    }
    if (this.#inStep || silent) return length;
    if (unread < 2 * length) return undefined;
    return this.#isFrame(length, length) ? length : 0;
  }

  #isProvenWithin(length: number): boolean {
    for (let at = 1; at < length; at += 1) if (this.#proofAt(at, length) === true) return true;
    return false;
  }

  /** Undefined too where there is no whole frame. */
  #proofAt(at: number, length: number): boolean | undefined {
    const frame = this.#buffer.subarray(at, at + length);
    return frame.length === length && this.#format.isFrame(frame) ? this.#proof(frame) : undefined;
  }

  /**
   * After silence whole frames begin anew: what was left over would have put them out of step. Where nearly any bytes pass for
   * a frame (Antminers) nothing else shows that they are, and every answer from then on would be wrong. The middle of a stream
   * that only stood still passes too: it has no frame that is proven.
   */
  #standsAlone(bytes: Uint8Array): boolean {
    const { preamble, lengths, isFrame } = this.#format;
    const length = lengths[0] as number;
    if (preamble.length > 0 || this.#buffer.length === 0 || bytes.length % length !== 0) return false;
    const frames = Array.from({ length: bytes.length / length }, (_, index) => bytes.subarray(index * length, (index + 1) * length));
    return frames.every(isFrame) && frames.some((frame) => this.#proof(frame) !== false);
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
