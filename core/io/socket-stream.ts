/**
 * A connected TCP socket as a `ByteStream` (core/ports.ts). Until somebody listens nothing is read beyond Node's own
 * read-ahead (64 KiB) and the kernel's window, so an early talker is held back and not buffered without end.
 */
import type { Socket } from 'node:net';
import type { ByteStream, StreamEnd, StreamListener } from '../ports.ts';
import { systemCode } from './dial-failure.ts';

/** First probe on a silent connection; a dead peer is then noticed by the system within minutes. */
const KEEP_ALIVE_MS = 30_000;
/** How long bytes still queued at `close` may take to leave, and the peer to close its side. */
const LINGER_MS = 2_000;

export class SocketStream implements ByteStream {
  readonly name: string;
  readonly #socket: Socket;
  #listener: StreamListener | undefined;
  #state: 'open' | 'closing' | 'ended' = 'open';
  #end: StreamEnd | undefined;
  #error: unknown;

  /** `socket` is connected, paused, and belongs to this stream from now on. */
  constructor(socket: Socket, name: string) {
    this.name = name;
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    socket.on('error', (error) => {
      this.#error = error;
    });
    // The peer's end is told at once; what we still had queued for it is given the linger time.
    socket.on('end', () => {
      this.#finish(this.#reason());
      this.#linger();
    });
    socket.on('close', () => this.#finish(this.#reason()));
  }

  get queuedBytes(): number {
    return this.#socket.writableLength;
  }

  listen(listener: StreamListener): void {
    if (this.#listener) throw new Error('listen is called once');
    this.#listener = listener;
    // A listener never hears anything before `listen` has returned.
    if (this.#end) queueMicrotask(() => this.#tell());
    else {
      this.#socket.on('data', (chunk: Buffer) => this.#receive(chunk));
      this.#socket.resume();
    }
  }

  write(bytes: Uint8Array): void {
    if (this.#state === 'open' && this.#socket.writable) this.#socket.write(bytes);
  }

  close(): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#linger();
    // Unread bytes would turn our close into a reset that eats what we sent last: they are read and dropped.
    this.#socket.resume();
    this.#socket.end(() => this.#finish({ code: 'closed-by-us' }));
  }

  /** Ends at once, without flushing. */
  destroy(): void {
    if (this.#state === 'open') this.#state = 'closing';
    this.#socket.destroy();
  }

  #linger(): void {
    const timer = setTimeout(() => this.#socket.destroy(), LINGER_MS);
    timer.unref();
    this.#socket.once('close', () => clearTimeout(timer));
  }

  #receive(chunk: Buffer): void {
    if (this.#state !== 'open') return;
    try {
      // A plain Uint8Array: `Buffer.slice` shares memory where `Uint8Array.slice` copies.
      this.#listener?.onBytes(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    } catch (error) {
      // An exception ends one connection, never the process.
      this.#socket.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #reason(): StreamEnd {
    if (this.#state === 'closing') return { code: 'closed-by-us' };
    if (this.#error === undefined) return { code: 'closed-by-peer' };
    const code = systemCode(this.#error);
    if (code === 'ETIMEDOUT') return { code: 'stream-timeout' };
    return { code: 'stream-reset', text: code || (this.#error as Error).message };
  }

  #finish(end: StreamEnd): void {
    if (this.#end) return;
    this.#end = end;
    this.#state = 'ended';
    if (this.#listener) this.#tell();
  }

  #tell(): void {
    this.#listener?.onEnd(this.#end as StreamEnd);
  }
}
