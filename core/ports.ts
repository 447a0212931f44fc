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

/** Passwords and tokens, one a source, by source id. Never in settings, snapshots, logs or exports. */
export interface Secrets {
  /** @throws AppError<FileFailure> */
  get(sourceId: string): Promise<string | undefined>;
  /** @throws AppError<FileFailure> */
  set(sourceId: string, secret: string): Promise<void>;
  /** @throws AppError<FileFailure> */
  delete(sourceId: string): Promise<void>;
}

export type ShareOutcome = 'pending' | 'accepted' | 'refused' | 'unanswered';

/** A share as history keeps it; `hash` (32 bytes, wire order) tells it from every other. */
export interface ShareRecord {
  /** Unix milliseconds. */
  readonly at: number;
  readonly hash: Uint8Array;
  readonly sourceId: string;
  readonly deviceId: string;
  readonly difficulty: number;
  readonly shareDifficulty: number;
  readonly practice: boolean;
}

export interface ShareHistory extends ShareRecord {
  readonly outcome: ShareOutcome;
  readonly reason?: string;
}

export interface BlockRecord {
  readonly at: number;
  readonly hash: Uint8Array;
  readonly height?: number;
  readonly sourceId: string;
  readonly sourceName: string;
  readonly practice: boolean;
}

export interface BlockHistory extends BlockRecord {
  readonly outcome: 'pending' | 'accepted' | 'refused';
}

export interface OutageRecord {
  /** Unix milliseconds. */
  readonly from: number;
  readonly until?: number;
  /** A source id, a device id, or `app`. */
  readonly about: string;
  readonly code: string;
}

/** Hashes done and shares answered within a minute or an hour. */
export interface HashrateRecord {
  /** Unix seconds at the start of the bucket. */
  readonly at: number;
  readonly hashes: number;
  readonly accepted: number;
  readonly refused: number;
}

/** A device that was seen once, so that it stays in the list when it is unplugged. */
export interface DeviceRecord {
  readonly id: string;
  readonly kind: 'processor' | 'usb' | 'lan';
  readonly model: string;
  readonly serial?: string;
  readonly location: string;
  readonly chips: number;
  /** Unix milliseconds. */
  readonly seenAt: number;
}

/** What a device did in all runs. */
export interface DeviceTotals {
  readonly deviceId: string;
  readonly shares: number;
  /** Highest difficulty of a share. */
  readonly best: number;
  /** Unix milliseconds of the first and the last share. */
  readonly firstAt: number;
  readonly lastAt: number;
}

/** One change of history. */
export type HistoryWrite =
  /** Outcome `pending`; one whose hash is known already changes nothing. */
  | { readonly type: 'share'; readonly share: ShareRecord }
  | { readonly type: 'answer'; readonly hash: Uint8Array; readonly outcome: ShareOutcome; readonly reason?: string }
  | { readonly type: 'block'; readonly block: BlockRecord }
  | { readonly type: 'block-answer'; readonly hash: Uint8Array; readonly accepted: boolean }
  /** Added to what the minute has already; `at` is the minute. */
  | { readonly type: 'hashrate'; readonly delta: HashrateRecord }
  | { readonly type: 'outage'; readonly outage: OutageRecord }
  | { readonly type: 'outage-over'; readonly about: string; readonly until: number }
  | { readonly type: 'device'; readonly device: DeviceRecord }
  | { readonly type: 'device-forgotten'; readonly id: string }
  /** The app runs, and is meant to mine, at this moment (Unix milliseconds). */
  | { readonly type: 'alive'; readonly at: number; readonly mining: boolean }
  /** First write of a run: shares still pending become unanswered; outages still open end when the app was last alive. */
  | { readonly type: 'recover' };

export type HistoryFailure =
  | { readonly code: 'disk-full'; readonly path: string }
  /** The file is damaged, or of a newer version: open again, which sets it aside. */
  | { readonly code: 'history-broken'; readonly path: string; readonly text: string }
  /** Cannot be opened or written now. */
  | { readonly code: 'history-not-written'; readonly path: string; readonly text: string };

/** What is kept for months: shares, blocks, hashrate, outages. Calls are short and answer at once (no waiting for a disk). */
export interface HistoryStore {
  /** All or nothing; done when it returns, also if the process is killed then. @throws AppError<HistoryFailure> */
  apply(writes: readonly HistoryWrite[]): void;
  /** Resolves when everything applied so far would survive a power cut. @throws AppError<HistoryFailure> */
  sync(): Promise<void>;
  /** One bounded step of forgetting what is too old, and of folding the log into the file. @throws AppError<HistoryFailure> */
  tidy(now: number): Promise<void>;
  /** Newest first, older than `before` (Unix milliseconds); may pass `limit` by rows of the same millisecond. */
  shares(before: number, limit: number): readonly ShareHistory[];
  /** Accepted shares, highest difficulty first. */
  best(practice: boolean, limit: number): readonly ShareHistory[];
  /** Newest first. */
  blocks(limit: number): readonly BlockHistory[];
  countBlocks(practice: boolean): number;
  outages(before: number, limit: number): readonly OutageRecord[];
  /** Oldest first, `from` (Unix seconds) and later. */
  hashrate(bucket: 'minute' | 'hour', from: number): readonly HashrateRecord[];
  devices(): readonly DeviceRecord[];
  /** Of every device that ever found a share and was not forgotten. */
  deviceTotals(practice: boolean): readonly DeviceTotals[];
  /** The last `alive` written, by an earlier run or this one. */
  lastAlive(): { readonly at: number; readonly mining: boolean } | undefined;
  close(): void;
}

/** Opens the history; a broken one is renamed beside it, named in `setAside`, and a new one begun. */
export interface HistoryOpener {
  /** @throws AppError<HistoryFailure> */
  open(): { readonly store: HistoryStore; readonly setAside?: string };
}

/**
 * One way to try nonces, as a WebAssembly module that needs no imports. It exports `memory` and
 * `scan(first, stride, blocks)`: lane l of block b hashes nonce `first + l·stride + b` (modulo 2^32). `scan` returns the index
 * of the first block where some lane's top word is at most the limit (`blocks` if none); that block's top words, one a
 * lane, then stand at byte 64. The twelve words of a `HashTask` stand at byte 0.
 */
export interface HashKernel {
  readonly name: string;
  readonly lanes: number;
  readonly wasm: Uint8Array;
}

/** All 2^32 nonces of one header. */
export interface HashTask {
  /** Comes back with everything found; unsigned, below 2^31. */
  readonly ticket: number;
  /** Twelve words: midstate (8), header bytes 64–76 read big-endian (3), limit: the target's most significant word. */
  readonly words: Uint32Array;
}

/** Known answers: every kernel must give them all before it is used. */
export interface HashTrial {
  readonly words: Uint32Array;
  /** Nonces, and the most significant word of the hash of each. */
  readonly answers: readonly { readonly nonce: number; readonly topWord: number }[];
}

/** What hears from a thread. Nothing comes after `onCrash` or after `stop` was called. */
export interface HashListener {
  /** A kernel was chosen by measurement: the thread is ready, or found a faster one. The speed is that without rests. */
  onKernel(kernel: string, hashesPerSecond: number): void;
  /** Nonces whose hash has a top word at most the limit: to be checked against the whole target. */
  onFound(ticket: number, nonces: readonly number[]): void;
  /** All 2^32 nonces were tried; the thread sleeps until it is given more. */
  onSearched(ticket: number): void;
  onCrash(text: string): void;
}

/** A thread that hashes. Nothing here waits or throws, except that `stop` takes its time. */
export interface HashThread {
  /** Replaces the task; undefined: nothing to do. The thread takes it up within about 2 ms, also from a rest. */
  assign(task: HashTask | undefined): void;
  /** Share of the time to hash, above 0, at most 1. */
  setDutyCycle(share: number): void;
  /** Hashes done since it was last asked. */
  takeHashes(): number;
  /** Idempotent; resolves within a second or so, when the thread is gone. */
  stop(): Promise<void>;
}

/** Threads for hashing on this computer. */
export interface HashWorkers {
  /** How many threads can run at once here. */
  readonly processors: number;
  /** Starts a thread, which tries all kernels that this engine can run and keeps the fastest that is right. */
  start(kernels: readonly HashKernel[], trial: HashTrial, listener: HashListener): HashThread;
}

/** A control transfer to a USB device, in WebUSB's words. */
export interface UsbControl {
  readonly requestType: 'vendor' | 'class';
  readonly recipient: 'device' | 'interface';
  readonly request: number;
  readonly value: number;
  readonly index: number;
  readonly data: Uint8Array;
  /** What it does to the UART of interface `index`. Only such requests can be made where a serial port stands for the bridge. */
  readonly uart?: UartChange;
}

/** How a UART frames its bytes. Serial ports of the operating system are opened with the same. */
export interface UartFormat {
  readonly baud: number;
  /** Eight data bits and one stop bit always; `mark` adds a constant 1 after the data, which reads as a second stop bit. */
  readonly parity: 'none' | 'mark';
}

/** Absent: stays as it is. Parity and the UART itself are settled when a serial port is opened. */
export interface UartChange {
  readonly baud?: number;
  /** Both lines, always together. */
  readonly lines?: { readonly dtr: boolean; readonly rts: boolean };
}

/** `usb`: by its own interfaces. `serial`: through the serial ports that the system's driver makes of it. */
export type UsbTransport = 'usb' | 'serial';

/** What a device says of itself. Absent: it has no such string. */
export interface UsbStrings {
  readonly manufacturer?: string;
  readonly product?: string;
  readonly serial?: string;
}

export interface UsbEndpoint {
  /** Without the direction bit: 1 for both 81 and 01. */
  readonly endpointNumber: number;
  readonly direction: 'in' | 'out';
  readonly type: 'bulk' | 'interrupt' | 'isochronous';
  readonly packetSize: number;
}

export interface UsbInterface {
  readonly interfaceNumber: number;
  readonly interfaceClass: number;
  readonly interfaceSubclass: number;
  readonly endpoints: readonly UsbEndpoint[];
}

/** What goes wrong with a device on the bus. `text` is the system's own words. */
export type UsbFailure =
  | { readonly code: 'usb-unavailable'; readonly text: string }
  | { readonly code: 'usb-no-permission'; readonly location: string }
  /** Windows: no WinUSB driver is bound to it. */
  | { readonly code: 'usb-no-driver'; readonly location: string; readonly text: string }
  /** macOS: its own serial driver has the device, and what the board needs cannot be done through that. */
  | { readonly code: 'usb-driver-holds'; readonly location: string; readonly port: string }
  /** The system's serial driver does not make this rate. */
  | { readonly code: 'serial-baud-unsupported'; readonly location: string; readonly baud: number }
  /** `program` where the system tells which. */
  | { readonly code: 'usb-busy'; readonly location: string; readonly program?: string }
  | { readonly code: 'device-gone'; readonly location: string }
  /** A transfer failed although the device is there. */
  | { readonly code: 'usb-transfer-failed'; readonly location: string; readonly text: string };

export interface UsbOpenOptions {
  /** Interfaces to claim; their kernel drivers are detached meanwhile. Absent: all. */
  readonly interfaces?: readonly number[];
  /**
   * Present: serial ports of the system serve as well; one format for each UART, in the order of interfaces. Opening them may
   * raise DTR. Absent: the board needs requests that only its interfaces take.
   */
  readonly serial?: readonly UartFormat[];
}

/** What hears from an IN endpoint. `onEnd` is called at most once, nothing comes after it, and nothing at all after `close`. */
export interface UsbInListener {
  /** Data of one packet; may be empty. */
  onPacket(bytes: Uint8Array): void;
  onEnd(fault: UsbFailure): void;
}

/**
 * A USB device that is open and claimed, or whose serial ports are. Control transfers go out in order, one at a time; so do
 * writes to each endpoint.
 */
export interface UsbLink {
  readonly transport: UsbTransport;
  readonly interfaces: readonly UsbInterface[];
  /** @throws AppError<UsbFailure> */
  control(transfer: UsbControl): Promise<void>;
  /** Resolves when the device, or the system's driver, has taken all bytes. @throws AppError<UsbFailure> */
  write(endpointNumber: number, bytes: Uint8Array): Promise<void>;
  /** Reads an IN endpoint, packet by packet, until the end. Called once an endpoint. */
  listen(endpointNumber: number, listener: UsbInListener): void;
  /**
   * Resets the device on the bus, where the system can (Windows cannot); it stays claimed, and listening goes on. Nothing may be
   * written meanwhile. @throws AppError<UsbFailure>
   */
  reset(): Promise<void>;
  /** Ends transfers, releases the interfaces, gives kernel drivers back. Idempotent, never throws, takes a second at most. */
  close(): Promise<void>;
}

/** A USB device that is plugged in. Nothing is read from it and nothing sent to it until it is asked for. */
export interface UsbDevice {
  /** Unique from plug to unplug; another after a replug. */
  readonly key: string;
  readonly vendorId: number;
  readonly productId: number;
  /** `bcdDevice`. */
  readonly version: number;
  /** The port it is plugged into: `usb 1-4.2`. The same after a replug into the same port. */
  readonly location: string;
  /** Read once. Some systems must open the device for it. @throws AppError<UsbFailure> */
  strings(): Promise<UsbStrings>;
  /** One link at a time. @throws AppError<UsbFailure> */
  open(options: UsbOpenOptions): Promise<UsbLink>;
  /** What the system knows of its power; reads nothing from the device. */
  power(): Promise<UsbPower>;
}

/** Absent: the system does not tell. */
export interface UsbPower {
  readonly speed?: 'low' | 'full' | 'high' | 'super';
  /** What it asks for in its configuration. */
  readonly maxMilliamps?: number;
  /** The hub between it and the computer, if there is one. */
  readonly hub?: { readonly location: string; readonly hasOwnSupply: boolean };
}

export interface UsbBusListener {
  onArrive(device: UsbDevice): void;
  onLeave(device: UsbDevice): void;
}

/** The USB devices of this computer. */
export interface UsbBus {
  /** @throws AppError<UsbFailure> `usb-unavailable` */
  list(): Promise<readonly UsbDevice[]>;
  /** Tells of all devices that are present, then of every change, until stopped. @throws AppError<UsbFailure> `usb-unavailable` */
  watch(listener: UsbBusListener): Promise<() => void>;
}

/**
 * The rule that lets a person use USB miners without being the administrator (Linux). `install` has the system ask for the
 * administrator's password and copies exactly the rule that ships with Hearth; it takes no argument, never throws, and
 * resolves when the person answered, or after its own limit.
 */
export interface UsbRule {
  readonly system: 'linux' | 'windows' | 'mac' | 'other';
  install(): Promise<UsbRuleOutcome>;
}

/** `refused`: the person closed the question, or may not answer it. `command`: what can be pasted into a terminal instead. */
export type UsbRuleOutcome =
  | { readonly done: 'installed' }
  | { readonly done: 'refused'; readonly command: string }
  | { readonly done: 'by-hand'; readonly command: string };
