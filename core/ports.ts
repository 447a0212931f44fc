/**
 * What the miner needs from the world. `io/` implements these; tests implement them in memory. Nothing in `core/`
 * outside `io/` and `host/` reads a clock, draws randomness or touches a socket, disk or device by itself.
 */

/** Time. `now` may jump when somebody sets the clock; waits and intervals use `monotonic`. */
export interface Clock {
  /** Unix time in milliseconds. */
  now(): number;
  /** Milliseconds since some fixed moment; never goes back. May be fractional. */
  monotonic(): number;
  /** Calls `callback` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}

/** Cryptographically secure random bytes. */
export interface Random {
  bytes(length: number): Uint8Array;
}

/** Why a stream ended. */
export type StreamEnd =
  | { readonly code: 'closed-by-us' }
  | { readonly code: 'closed-by-peer' }
  | { readonly code: 'stream-reset'; readonly text: string }
  | { readonly code: 'stream-timeout' };

/** What hears from a stream. `onEnd` is called exactly once, and nothing after it. */
export interface StreamListener {
  onBytes(bytes: Uint8Array): void;
  onEnd(end: StreamEnd): void;
}

/** An ordered byte stream, already open: TCP, a serial port, a USB bridge or memory. */
export interface ByteStream {
  /** For people and logs: `127.0.0.1:3333`, `usb 1-4`. */
  readonly name: string;
  /** Bytes accepted by `write` and not yet handed to the system. A caller stops above its own named limit. */
  readonly queuedBytes: number;
  /** Starts delivery. Bytes that came before are delivered first. Called once. */
  listen(listener: StreamListener): void;
  /** Queues bytes in order; ignored after the end. */
  write(bytes: Uint8Array): void;
  /** Flushes and closes; `onEnd` follows. */
  close(): void;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export type DialFailure =
  | { readonly code: 'name-not-found'; readonly host: string }
  | { readonly code: 'connection-refused'; readonly host: string; readonly port: number }
  | { readonly code: 'host-unreachable'; readonly host: string; readonly port: number; readonly text: string }
  | { readonly code: 'dial-timeout'; readonly host: string; readonly port: number; readonly timeoutMs: number };

/** Opens TCP connections. */
export interface Dialer {
  /** Numeric addresses of a host name. @throws AppError<DialFailure> */
  resolve(host: string, timeoutMs: number): Promise<readonly string[]>;
  /** @throws AppError<DialFailure> */
  dial(endpoint: Endpoint, timeoutMs: number): Promise<ByteStream>;
}

export type ListenFailure =
  | { readonly code: 'port-in-use'; readonly port: number }
  | { readonly code: 'listen-failed'; readonly port: number; readonly text: string };

/** Accepts TCP connections. */
export interface Listeners {
  /** Port 0 asks for a free one. @throws AppError<ListenFailure> */
  listen(endpoint: Endpoint, onStream: (stream: ByteStream) => void): Promise<Listener>;
}

export interface Listener {
  readonly endpoint: Endpoint;
  close(): Promise<void>;
}

export interface HttpRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  /** The answer is cut off with `answer-too-long` above this. */
  readonly maxBytes: number;
}

/** A request under way. `cancel` makes `answer` throw `request-cancelled`. */
export interface HttpCall {
  readonly answer: Promise<HttpAnswer>;
  cancel(): void;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

export type HttpFailure =
  | DialFailure
  | { readonly code: 'answer-too-long'; readonly maxBytes: number }
  | { readonly code: 'answer-timeout'; readonly timeoutMs: number }
  | { readonly code: 'request-cancelled' }
  | { readonly code: 'connection-broken'; readonly text: string };

export interface Http {
  /** Any HTTP status is an answer; only a missing answer throws. `answer` @throws AppError<HttpFailure> */
  request(request: HttpRequest): HttpCall;
}

export type FileFailure =
  | { readonly code: 'file-not-found'; readonly path: string }
  | { readonly code: 'file-not-readable'; readonly path: string; readonly text: string }
  | { readonly code: 'disk-full'; readonly path: string }
  | { readonly code: 'file-not-writable'; readonly path: string; readonly text: string };

/** Small text files: settings, keys, cookie files. */
export interface Files {
  /** @throws AppError<FileFailure> */
  read(path: string): Promise<string>;
  /** Whole or not at all: temporary file, flush, rename. Mode 0600. @throws AppError<FileFailure> */
  write(path: string, text: string): Promise<void>;
  /** Renames a broken file to a free name beside it and returns that name. @throws AppError<FileFailure> */
  setAside(path: string): Promise<string>;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** One line a call: a stable event name and facts. Facts are never secrets. */
export interface Log {
  write(level: LogLevel, event: string, facts?: Readonly<Record<string, unknown>>): void;
}
