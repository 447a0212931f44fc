/** A V2Pool on a network in memory, with scripted servers behind its addresses and the clock in the test's hand. */
import { showAuthorityKey } from '../../core/noise/authority-key.ts';
import { parsePoolUrl, type V2Url } from '../../core/pool/pool-url.ts';
import type { SourceEvent } from '../../core/pool/source.ts';
import { V2Pool } from '../../core/pool/v2-pool.ts';
import type { V2PoolOptions } from '../../core/pool/v2-pool-options.ts';
import type { MiningFromClient } from '../../core/sv2/codec.ts';
import type { Job, Share } from '../../core/work/job.ts';
import { FakeClock } from '../fake/fake-clock.ts';
import { FakeDialer } from '../fake/fake-dialer.ts';
import type { MemoryOptions, MemoryStream } from '../fake/memory-stream.ts';
import { QuietLog } from '../fake/quiet-log.ts';
import { type ScriptedOptions, type ScriptedServer, serveStream, testAuthority } from '../fake/scripted-server.ts';
import { seededRandom } from '../fake/seeded-random.ts';
import { extendedJob, extendedSuccess, prevHash, standardJob, standardSuccess } from '../sv2/client-pair.ts';

export type Script = (message: MiningFromClient, server: ScriptedServer) => void;
type Answers = Parameters<ScriptedServer['send']>;

/** The honest answers to setup and open, with one job; what a test adds comes before them. */
export function honest(more: Script = () => {}, setupFlags = 0): Script {
  return (message, server) => {
    more(message, server);
    server.send(...answerTo(message, setupFlags));
  };
}

function answerTo(message: MiningFromClient, setupFlags: number): Answers {
  if (message.name === 'SetupConnection') return [{ name: 'SetupConnectionSuccess', usedVersion: 2, flags: setupFlags }];
  const { requestId } = message as { requestId: number };
  if (message.name === 'OpenExtendedMiningChannel') return [extendedSuccess({ requestId }), extendedJob(), prevHash()];
  if (message.name === 'OpenStandardMiningChannel') return [standardSuccess({ requestId }), standardJob(), prevHash()];
  return [];
}

export interface BenchOptions {
  readonly url?: string;
  readonly pool?: Partial<V2PoolOptions>;
  readonly server?: Partial<ScriptedOptions>;
  readonly stream?: MemoryOptions;
}

export const KEY = showAuthorityKey(testAuthority.key);

export class Bench {
  readonly clock = new FakeClock();
  readonly log = new QuietLog();
  readonly dialer: FakeDialer;
  readonly pool: V2Pool;
  readonly events: SourceEvent[] = [];
  /** Every connection's server, newest last. */
  readonly servers: { readonly server: ScriptedServer; readonly flush: () => void; readonly stream: MemoryStream }[] = [];
  readonly #server: Partial<ScriptedOptions>;

  constructor({ url = `stratum2+tcp://127.0.0.1:3333/${KEY}`, pool = {}, server = {}, stream = {} }: BenchOptions = {}) {
    this.#server = server;
    this.dialer = new FakeDialer(this.clock, stream);
    this.pool = new V2Pool({
      id: 'pool-1',
      url: parsePoolUrl(url) as V2Url,
      user: 'home.w1',
      channel: 'extended',
      dialer: this.dialer,
      clock: this.clock,
      random: seededRandom('pool10'),
      log: this.log,
      version: '0.1.0',
      network: 'regtest',
      hashesPerSecond: 5e6,
      ...pool,
    });
  }

  serve(script: Script, address = '127.0.0.1', port = 3333, server: Partial<ScriptedOptions> = {}): this {
    this.dialer.serve(address, port, (stream) => {
      this.servers.push({ stream, ...serveStream(stream, this.clock, script, { ...this.#server, ...server }) });
    });
    return this;
  }

  /** Starts, and lets everything happen that needs no waiting. */
  async start(): Promise<this> {
    this.pool.start((event) => this.events.push(event));
    await this.clock.settle(50);
    return this;
  }

  /** The server of the newest connection sends. */
  async say(...messages: Answers): Promise<SourceEvent[]> {
    const from = this.events.length;
    const { server, flush } = this.newest;
    server.send(...messages);
    flush();
    await this.clock.settle(10);
    return this.events.slice(from);
  }

  get newest() {
    return this.servers.at(-1) as (typeof this.servers)[number];
  }

  of<T extends SourceEvent['type']>(type: T): Extract<SourceEvent, { type: T }>[] {
    return this.events.filter((event) => event.type === type) as Extract<SourceEvent, { type: T }>[];
  }

  get state() {
    return this.of('state').at(-1)?.state;
  }

  get states(): string[] {
    return this.of('state').map(({ state }) => ('step' in state ? `${state.at} ${state.step}` : state.at));
  }

  get job(): Job {
    return (this.of('job').at(-1) as { job: Job }).job;
  }

  get notices(): string[] {
    return this.of('notice').map(({ fault }) => fault.code);
  }
}

let shareId = 1000;
/** A good share of `job`; its hash is unlike any other's. */
export function goodShare(job: Job, more: Partial<Share> = {}): Share {
  shareId += 1;
  const hash = new Uint8Array(32);
  new DataView(hash.buffer).setUint32(0, shareId);
  const size = job.root.kind === 'extranonce' ? job.root.extranonceSize : 0;
  return {
    id: shareId,
    job,
    deviceId: 'cpu',
    extranonce: new Uint8Array(size).fill(1),
    version: job.version,
    ntime: job.ntime,
    nonce: shareId,
    hash,
    difficulty: 2,
    shareDifficulty: 1,
    isBlock: false,
    foundAt: 0,
    ...more,
  };
}
