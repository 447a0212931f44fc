/**
 * A V2Pool on a wire in memory, with a server behind it that seals what the bench says. Bytes are delivered by hand, so that
 * the time between them and what follows can be measured, and nothing but Hearth's own code runs in between.
 */
import { showAuthorityKey } from '../../core/noise/authority-key.ts';
import { parsePoolUrl, type V2Url } from '../../core/pool/pool-url.ts';
import { V2Pool } from '../../core/pool/v2-pool.ts';
import type { ByteStream, Clock, Dialer, StreamListener } from '../../core/ports.ts';
import type { MiningFromClient, MiningFromServer } from '../../core/sv2/codec.ts';
import { QuietLog } from '../fake/quiet-log.ts';
import { ScriptedServer, testAuthority } from '../fake/scripted-server.ts';
import { seededRandom } from '../fake/seeded-random.ts';
import { type FirstWork, firstWork } from './bench-work.ts';

const URL = `stratum2+tcp://127.0.0.1:3333/${showAuthorityKey(testAuthority.key)}`;
/** So slow that every hash may be a share. */
const HASHES_PER_SECOND = 1;

export interface BenchPoolOptions {
  readonly clock: Clock;
  readonly channel: 'standard' | 'extended';
  /** Server's answers to the client beyond setup and open. */
  readonly onMessage?: (message: MiningFromClient) => readonly MiningFromServer[];
  /** Called with what the client hands to the stream, at that moment. */
  readonly onWrite?: (bytes: Uint8Array) => void;
}

export class BenchPool implements ByteStream {
  readonly name = 'bench';
  readonly queuedBytes = 0;
  readonly source: V2Pool;
  readonly #options: BenchPoolOptions;
  readonly #server: ScriptedServer;
  #listener: StreamListener | undefined;
  #heard = 0;

  constructor(options: BenchPoolOptions) {
    const { clock, channel } = options;
    this.#options = options;
    this.#server = new ScriptedServer({ now: clock.monotonic(), unixSeconds: Math.floor(clock.now() / 1000) });
    const dialer: Dialer = {
      resolve: async (host) => [host],
      dial: async () => this,
    };
    this.source = new V2Pool({
      id: 'bench',
      url: parsePoolUrl(URL) as V2Url,
      user: 'home.w1',
      channel,
      dialer,
      clock,
      random: seededRandom('pool10'),
      log: new QuietLog(),
      version: '0.1.0',
      network: 'main',
      hashesPerSecond: HASHES_PER_SECOND,
    });
  }

  listen(listener: StreamListener): void {
    this.#listener = listener;
  }

  /** The server answers in a turn of its own, as it would over a network. */
  write(bytes: Uint8Array): void {
    this.#options.onWrite?.(bytes);
    const copy = bytes.slice();
    setImmediate(() => this.#hear(copy));
  }

  close(): void {
    this.#listener?.onEnd({ code: 'closed-by-us' });
  }

  /** The frames of these messages as they travel, in one piece. */
  seal(...messages: readonly MiningFromServer[]): Uint8Array {
    this.#server.send(...messages);
    return this.#server.outgoing();
  }

  /** Bytes come off the stream: everything that follows from them at once has happened when it returns. */
  deliver(bytes: Uint8Array): void {
    this.#listener?.onBytes(bytes);
  }

  #hear(bytes: Uint8Array): void {
    const { clock, onMessage, channel } = this.#options;
    this.#server.receive(bytes, clock.monotonic());
    for (; this.#heard < this.#server.received.length; this.#heard += 1) {
      const message = this.#server.received[this.#heard] as MiningFromClient;
      this.#server.send(...answerTo(message, firstWork(channel)), ...(onMessage?.(message) ?? []));
    }
    const answer = this.#server.outgoing();
    if (answer.length > 0) this.deliver(answer);
  }
}

function answerTo(message: MiningFromClient, work: FirstWork): readonly MiningFromServer[] {
  if (message.name === 'SetupConnection') return [{ name: 'SetupConnectionSuccess', usedVersion: 2, flags: 0 }];
  return message.name === work.asked ? work.answer : [];
}
