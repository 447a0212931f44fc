/**
 * Received bytes that wait until a whole piece is there: an act, a sealed header, a sealed chunk (NOI-26, FRM-6). It grows
 * only with data that has come, never by what a header announces (SEC-3). The owner takes pieces until none is whole, so
 * that less than one piece, at most 65,535 bytes, stays behind.
 */
import { EMPTY } from '../bytes.ts';

/** A store above this is given back as soon as it is empty: the largest sealed chunk, rounded up. */
const MAX_IDLE_BYTES = 1 << 16;

export class PieceBuffer {
  #store: Uint8Array = EMPTY;
  #start = 0;
  #end = 0;

  /** Bytes held. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Copies `bytes` behind those that are held: the caller may reuse its array. */
  push(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#store.length) this.#makeRoom(bytes.length);
    this.#store.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** The next `size` bytes, or undefined while they are not all there. A view, valid until the next call of `push`. */
  take(size: number): Uint8Array | undefined {
    if (this.length < size) return undefined;
    const piece = this.#store.subarray(this.#start, this.#start + size);
    this.#start += size;
    if (this.#start === this.#end) this.#empty();
    return piece;
  }

  #makeRoom(extra: number): void {
    const needed = this.length + extra;
    const held = this.#store.subarray(this.#start, this.#end);
    // Doubling keeps byte-by-byte delivery linear.
    const store = needed <= this.#store.length ? this.#store : new Uint8Array(Math.max(needed, 2 * held.length));
    store.set(held);
    this.#end = held.length;
    this.#start = 0;
    this.#store = store;
  }

  #empty(): void {
    this.#start = 0;
    this.#end = 0;
    if (this.#store.length > MAX_IDLE_BYTES) this.#store = EMPTY;
  }
}
