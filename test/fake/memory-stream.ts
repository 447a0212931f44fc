/**
 * Two ends of one byte stream in memory, driven by a FakeClock: what one end writes reaches the other `latencyMs` later,
 * cut into pieces as the test wishes. Nothing is delivered inside `write`, so no machine is entered twice.
 */
import type { ByteStream, StreamEnd, StreamListener } from '../../core/ports.ts';
import type { FakeClock } from './fake-clock.ts';

export interface MemoryOptions {
  readonly latencyMs?: number;
  /** Cuts what one `write` gave into what is delivered at once; default: as written. */
  readonly cut?: (bytes: Uint8Array) => readonly Uint8Array[];
}

/** One byte at a time. */
export const byteByByte = (bytes: Uint8Array): Uint8Array[] => Array.from(bytes, (byte) => Uint8Array.of(byte));

/** Pieces of `length` bytes. */
export const piecesOf =
  (length: number) =>
  (bytes: Uint8Array): Uint8Array[] =>
    Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) => bytes.slice(index * length, (index + 1) * length));

/** Both ends: what the dialler holds, what the listener holds. */
export function memoryStreams(clock: FakeClock, options: MemoryOptions = {}): [MemoryStream, MemoryStream] {
  const near = new MemoryStream('memory-near', clock, options);
  const far = new MemoryStream('memory-far', clock, options);
  near.connect(far);
  far.connect(near);
  return [near, far];
}

export class MemoryStream implements ByteStream {
  readonly name: string;
  queuedBytes = 0;
  /** All that was written here, for tests that look at the wire. */
  readonly written: Uint8Array[] = [];
  #peer: MemoryStream | undefined;
  #listener: StreamListener | undefined;
  #ended = false;
  #early: Uint8Array[] = [];
  #earlyEnd: StreamEnd | undefined;
  readonly #clock: FakeClock;
  readonly #options: MemoryOptions;

  constructor(name: string, clock: FakeClock, options: MemoryOptions) {
    this.name = name;
    this.#clock = clock;
    this.#options = options;
  }

  connect(peer: MemoryStream): void {
    this.#peer = peer;
  }

  get ended(): boolean {
    return this.#ended;
  }

  listen(listener: StreamListener): void {
    this.#listener = listener;
    const early = this.#early;
    const end = this.#earlyEnd;
    this.#early = [];
    if (early.length + (end ? 1 : 0) > 0) {
      this.#clock.after(0, () => {
        for (const bytes of early) listener.onBytes(bytes);
        if (end) listener.onEnd(end);
      });
    }
  }

  write(bytes: Uint8Array): void {
    if (this.#ended || bytes.length === 0) return;
    const copy = bytes.slice();
    this.written.push(copy);
    this.#clock.after(this.#options.latencyMs ?? 0, () => {
      for (const piece of this.#options.cut?.(copy) ?? [copy]) this.#peer?.deliver(piece);
    });
  }

  close(): void {
    if (this.#ended) return;
    this.#end({ code: 'closed-by-us' });
    this.#clock.after(this.#options.latencyMs ?? 0, () => this.#peer?.endFromPeer({ code: 'closed-by-peer' }));
  }

  /** The cable is cut: both ends hear a reset. */
  reset(text = 'reset'): void {
    this.endFromPeer({ code: 'stream-reset', text });
    this.#peer?.endFromPeer({ code: 'stream-reset', text });
  }

  deliver(bytes: Uint8Array): void {
    if (this.#ended) return;
    if (this.#listener) this.#listener.onBytes(bytes);
    else this.#early.push(bytes);
  }

  endFromPeer(end: StreamEnd): void {
    if (!this.#ended) this.#end(end);
  }

  #end(end: StreamEnd): void {
    this.#ended = true;
    if (this.#listener) this.#clock.after(0, () => this.#listener?.onEnd(end));
    else this.#earlyEnd = end;
  }
}
