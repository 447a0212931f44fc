/** A network in memory: names, addresses and what answers at each, all set by the test. */
import { AppError } from '../../core/errors.ts';
import type { ByteStream, Dialer, DialFailure, Endpoint } from '../../core/ports.ts';
import type { FakeClock } from './fake-clock.ts';
import { type MemoryOptions, type MemoryStream, memoryStreams } from './memory-stream.ts';

export class FakeDialer implements Dialer {
  /** Host name → addresses. A name that is not here is its own address. */
  readonly names = new Map<string, readonly string[]>();
  /** Every endpoint that was dialled, in order. */
  readonly dialled: string[] = [];
  readonly resolved: string[] = [];
  readonly #clock: FakeClock;
  readonly #served = new Map<string, (stream: MemoryStream) => void>();
  readonly #options: MemoryOptions;
  /** Every stream handed out, newest last: the dialler's end. */
  readonly streams: MemoryStream[] = [];

  constructor(clock: FakeClock, options: MemoryOptions = {}) {
    this.#clock = clock;
    this.#options = options;
  }

  /** From now on a connection to `address:port` reaches `onStream`. */
  serve(address: string, port: number, onStream: (stream: MemoryStream) => void): void {
    this.#served.set(`${address}:${port}`, onStream);
  }

  /** From now on nothing answers there. */
  silence(address: string, port: number): void {
    this.#served.delete(`${address}:${port}`);
  }

  async resolve(host: string): Promise<readonly string[]> {
    this.resolved.push(host);
    const addresses = this.names.get(host) ?? [host];
    if (addresses.length === 0) throw new AppError<DialFailure>({ code: 'name-not-found', host }, 'machine');
    return addresses;
  }

  async dial({ host, port }: Endpoint): Promise<ByteStream> {
    this.dialled.push(`${host}:${port}`);
    const onStream = this.#served.get(`${host}:${port}`);
    if (onStream === undefined) throw new AppError<DialFailure>({ code: 'connection-refused', host, port }, 'machine');
    const [near, far] = memoryStreams(this.#clock, this.#options);
    this.streams.push(near);
    onStream(far);
    return near;
  }
}
