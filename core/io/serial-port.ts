/**
 * One serial port that is open: writes and changes of its settings in order, one at a time; bytes as they come; a close that
 * leaves nothing under way. What was written is sent before the rate changes and before the port is closed, within limits.
 */
import { read } from 'node:fs';
import { AppError } from '../errors.ts';
import type { Clock, UsbFailure, UsbInListener } from '../ports.ts';
import { serialBaudFailure, serialFailure } from './serial-failure.ts';
import type { NativePort } from './serial-native.ts';

/** The system takes what fits its buffer at once, and the rest at the port's rate; nothing Hearth writes takes longer. */
const WRITE_TIMEOUT_MS = 2000;
/** Sending what the system's buffer holds; a device that takes no more is not waited for. */
const DRAIN_MS = 500;
/** Settings, which are control transfers of the system's driver. */
const SETTING_TIMEOUT_MS = 1000;
/** The end of patience with a port that does not close. */
const CLOSE_MS = 1000;
const READ_BYTES = 4096;
/** Chips and bridges are 4.17 % apart by design; anything further is another rate. */
const MAX_RATE_ERROR = 0.05;

export interface OpenSerialPortOptions {
  readonly native: NativePort;
  readonly clock: Clock;
  readonly location: string;
}

export class OpenSerialPort {
  readonly #options: OpenSerialPortOptions;
  #queue: Promise<unknown> = Promise.resolve();
  /** The step of reading that must not outlive the port's number. */
  #reading: Promise<unknown> = Promise.resolve();
  #listener: UsbInListener | undefined;
  #closing: Promise<void> | undefined;
  #isGivenBack = false;
  #broken = false;

  constructor(options: OpenSerialPortOptions) {
    this.#options = options;
  }

  /** Resolves when the system has taken all bytes. @throws AppError<UsbFailure> */
  write(bytes: Uint8Array): Promise<void> {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return this.#inTurn(() => this.#within(WRITE_TIMEOUT_MS, 'write', this.#options.native.write(buffer)));
  }

  /** After everything written before was sent. @throws AppError<UsbFailure> */
  setBaud(baud: number): Promise<void> {
    const { native, location } = this.#options;
    return this.#inTurn(async () => {
      await this.#within(DRAIN_MS, 'drain', native.drain());
      await this.#within(SETTING_TIMEOUT_MS, 'rate', native.update({ baudRate: baud })).catch((error: unknown) => {
        throw new AppError<UsbFailure>(serialBaudFailure(error, location, baud), 'machine');
      });
      const real = await this.#patient(
        SETTING_TIMEOUT_MS,
        native.getBaudRate().catch(() => undefined),
      ); // not every system tells
      if (real === undefined || Math.abs(real.baudRate / baud - 1) <= MAX_RATE_ERROR) return;
      throw new AppError<UsbFailure>({ code: 'serial-baud-unsupported', location, baud }, 'machine');
    });
  }

  /** @throws AppError<UsbFailure> */
  setLines(lines: { readonly dtr: boolean; readonly rts: boolean }): Promise<void> {
    return this.#inTurn(() =>
      this.#within(SETTING_TIMEOUT_MS, 'lines', this.#options.native.set(lines)).catch((error: unknown) => {
        // The package ends a break first, which devices may refuse. Opening has raised DTR on every system, and RTS where there is a file for the port.
        if (this.#broken || !(lines.dtr && lines.rts) || serialFailure(error, '').code === 'device-gone') throw error;
      }),
    );
  }

  /** Starts delivery. Called once. */
  listen(listener: UsbInListener): void {
    this.#listener = listener;
    this.#deliver().catch((error: unknown) => this.#end(error));
  }

  /** False: something that was under way when it was closed still holds the port. */
  get isGivenBack(): boolean {
    return this.#isGivenBack;
  }

  /** Idempotent, never throws, takes a second at most; a port that takes longer is closed later than anybody waits. */
  close(): Promise<void> {
    this.#closing ??= this.#patient(CLOSE_MS, this.#close());
    return this.#closing;
  }

  async #deliver(): Promise<void> {
    const buffer = Buffer.alloc(READ_BYTES);
    while (this.#closing === undefined) {
      const count = await this.#readSome(buffer);
      if (this.#closing === undefined && count > 0) this.#listener?.onPacket(Uint8Array.from(buffer.subarray(0, count)));
    }
  }

  /**
   * The package reads a port whose device has left again and again, because it gets nothing and no error; so where the port
   * is a file it is read here.
   */
  async #readSome(buffer: Buffer): Promise<number> {
    const { native } = this.#options;
    const { fd, poller } = native;
    if (typeof fd !== 'number' || poller === undefined) return (await native.read(buffer, 0, buffer.length)).bytesRead;
    const outcome = readNow(fd, buffer);
    this.#reading = outcome;
    const count = await outcome;
    if (count === 'later') {
      if (this.#closing === undefined)
        await new Promise<void>((resolve, reject) => poller.once('readable', (e) => (e ? reject(e) : resolve())));
      return 0;
    }
    if (count === 0) throw new Error('no such device');
    return count;
  }

  #end(error: unknown): void {
    this.#broken = true;
    if (this.#closing === undefined) this.#listener?.onEnd(this.#failure(error).fault);
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    if (this.#closing !== undefined) return Promise.reject(this.#failure(new Error('not open')));
    const turn = this.#queue.then(() => {
      if (this.#broken) throw new Error('not open');
      return act();
    });
    const told = turn.catch((error: unknown) => {
      throw this.#failure(error);
    });
    this.#queue = told.catch(() => {});
    return told;
  }

  #failure(error: unknown): AppError<UsbFailure> {
    if (error instanceof AppError) return error as AppError<UsbFailure>;
    return new AppError<UsbFailure>(serialFailure(error, this.#options.location), 'machine');
  }

  async #close(): Promise<void> {
    const { native } = this.#options;
    const ignore = () => {}; // an unplugged device has nothing left to be sent, and a port may be closed but once
    await this.#patient(WRITE_TIMEOUT_MS, this.#queue);
    if (!this.#broken) await this.#patient(DRAIN_MS, native.drain().catch(ignore));
    // What could not be sent goes: the system would wait half a minute for it.
    await this.#patient(SETTING_TIMEOUT_MS, native.flush().catch(ignore));
    await this.#patient(CLOSE_MS, this.#reading.catch(ignore));
    await native.close().catch(ignore);
    this.#isGivenBack = true;
  }

  /** @throws Error when it takes longer; the port is broken then, because what was begun may still happen. */
  async #within<T>(limitMs: number, what: string, work: Promise<T>): Promise<T> {
    const done = work.then((value) => ({ value }));
    const first = await this.#patient(limitMs, done);
    if (first !== undefined) return first.value;
    this.#broken = true;
    throw new Error(`${what} took longer than ${limitMs} ms`);
  }

  async #patient<T>(limitMs: number, work: Promise<T>): Promise<T | undefined> {
    let cancel: () => void = () => {};
    const patience = new Promise<undefined>((resolve) => {
      cancel = this.#options.clock.after(limitMs, () => resolve(undefined));
    });
    work.catch(() => {});
    return Promise.race([work, patience]).finally(() => cancel());
  }
}

/** 0: the device has left. `later`: nothing is there now. @throws the system's error */
function readNow(fd: number, buffer: Buffer): Promise<number | 'later'> {
  return new Promise((resolve, reject) => {
    read(fd, buffer, 0, buffer.length, null, (error, count) => {
      if (error === null) resolve(count);
      else if (['EAGAIN', 'EWOULDBLOCK', 'EINTR'].includes(error.code ?? '')) resolve('later');
      else reject(error);
    });
  });
}
