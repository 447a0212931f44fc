/** A MiningClient and a ScriptedServer joined in memory: `exchange` moves bytes both ways until both are silent. */

import type { MiningFromServer } from '../../core/sv2/codec.ts';
import type { ChannelWishes } from '../../core/sv2/mining-channel.ts';
import { MiningClient, type MiningClientOptions } from '../../core/sv2/mining-client.ts';
import type { MiningEvent } from '../../core/sv2/mining-event.ts';
import type { MiningJob, Submission } from '../../core/sv2/mining-job.ts';
import { type ScriptedOptions, ScriptedServer, testAuthority } from '../fake/scripted-server.ts';
import { seededRandom } from '../fake/seeded-random.ts';

export const UNIX = 1_800_000_000;
export const EASY = new Uint8Array(32).fill(0xff);
export const wishes: ChannelWishes = { userIdentity: 'home.w1', nominalHashRate: 5e6, maxTarget: EASY, minExtranonceSize: 4 };

export interface PairOptions {
  readonly client?: Partial<MiningClientOptions>;
  readonly server?: Partial<ScriptedOptions>;
  readonly setupFlags?: number;
  /** Cuts what the client receives. */
  readonly cut?: (bytes: Uint8Array) => readonly Uint8Array[];
}

export class Pair {
  now = 1000;
  readonly client: MiningClient;
  readonly server: ScriptedServer;
  /** Every event so far. */
  readonly events: MiningEvent[] = [];
  readonly #cut: (bytes: Uint8Array) => readonly Uint8Array[];

  constructor({ client = {}, server = {}, cut = (bytes) => [bytes] }: PairOptions = {}) {
    this.#cut = cut;
    this.server = new ScriptedServer({ now: this.now, unixSeconds: UNIX, ...server });
    this.client = new MiningClient({
      random: seededRandom('client1'), // a seed whose first draws make a key: others cost ten times the curve arithmetic
      authorityKey: testAuthority.key,
      channels: 'extended',
      endpointHost: '127.0.0.1',
      endpointPort: 3333,
      vendor: 'Hearth',
      hardwareVersion: 'app',
      firmware: '0.1.0',
      extensions: { wanted: [], usable: [2], patienceMs: 500 },
      now: this.now,
      ...client,
    });
  }

  /** Moves bytes until nobody has any; gives the events of this call. */
  exchange(): MiningEvent[] {
    const from = this.events.length;
    for (let moved = true; moved; ) {
      const up = this.client.outgoing();
      if (up.length > 0) this.server.receive(up, this.now);
      const down = this.server.outgoing();
      for (const piece of down.length > 0 ? this.#cut(down) : []) this.events.push(...this.client.receive(piece, this.now, UNIX));
      moved = up.length + down.length > 0;
    }
    return this.events.slice(from);
  }

  /** The server sends, both exchange. */
  say(...messages: MiningFromServer[]): MiningEvent[] {
    this.server.send(...messages);
    return this.exchange();
  }

  /** Time passes, and the client hears of it. */
  pass(ms: number): MiningEvent[] {
    this.now += ms;
    const events = this.client.tick(this.now);
    this.events.push(...events);
    return events;
  }

  /** Up to the moment at which channels may be opened. */
  setUp(flags = 0): this {
    this.exchange();
    this.say({ name: 'SetupConnectionSuccess', usedVersion: 2, flags });
    return this;
  }

  of<T extends MiningEvent['type']>(type: T): Extract<MiningEvent, { type: T }>[] {
    return this.events.filter((event) => event.type === type) as Extract<MiningEvent, { type: T }>[];
  }

  jobs(): MiningJob[] {
    return this.of('job').map(({ job }) => job);
  }
}

type From<N extends MiningFromServer['name']> = Extract<MiningFromServer, { name: N }>;

export const extendedSuccess = (
  more: Partial<From<'OpenExtendedMiningChannelSuccess'>> = {},
): From<'OpenExtendedMiningChannelSuccess'> => ({
  name: 'OpenExtendedMiningChannelSuccess',
  requestId: 1,
  channelId: 7,
  target: EASY,
  extranonceSize: 8,
  extranoncePrefix: Uint8Array.of(1, 2, 3, 4),
  groupChannelId: 100,
  ...more,
});

export const standardSuccess = (
  more: Partial<From<'OpenStandardMiningChannelSuccess'>> = {},
): From<'OpenStandardMiningChannelSuccess'> => ({
  name: 'OpenStandardMiningChannelSuccess',
  requestId: 1,
  channelId: 7,
  target: EASY,
  extranoncePrefix: new Uint8Array(20).fill(9),
  groupChannelId: 100,
  ...more,
});

export const extendedJob = (more: Partial<From<'NewExtendedMiningJob'>> = {}): From<'NewExtendedMiningJob'> => ({
  name: 'NewExtendedMiningJob',
  channelId: 7,
  jobId: 1,
  minNtime: undefined,
  version: 0x20000000,
  versionRollingAllowed: true,
  merklePath: [],
  coinbaseTxPrefix: Uint8Array.of(2, 0, 0, 0, 1),
  coinbaseTxSuffix: Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0),
  ...more,
});

export const standardJob = (more: Partial<From<'NewMiningJob'>> = {}): From<'NewMiningJob'> => ({
  name: 'NewMiningJob',
  channelId: 7,
  jobId: 1,
  minNtime: undefined,
  version: 0x20000000,
  merkleRoot: new Uint8Array(32).fill(5),
  ...more,
});

export const prevHash = (more: Partial<From<'SetNewPrevHash'>> = {}): From<'SetNewPrevHash'> => ({
  name: 'SetNewPrevHash',
  channelId: 7,
  jobId: 1,
  prevHash: new Uint8Array(32).fill(0xaa),
  minNtime: UNIX,
  nbits: 0x1d00ffff,
  ...more,
});

/** Set up, with one extended channel that mines job 1. */
export function miningPair(options: PairOptions = {}): Pair {
  const pair = new Pair(options).setUp(options.setupFlags);
  pair.client.openChannel(wishes, pair.now);
  pair.exchange();
  pair.say(extendedSuccess(), extendedJob(), prevHash());
  return pair;
}

/** Set up, with one standard channel that mines job 1. */
export function standardPair(options: PairOptions = {}): Pair {
  const pair = new Pair({ ...options, client: { channels: 'standard', ...options.client } }).setUp();
  pair.client.openChannel(wishes, pair.now);
  pair.exchange();
  pair.say(standardSuccess(), standardJob(), prevHash());
  return pair;
}

let shareId = 0;
/** A share that meets every rule of `job`; its hash is unlike any other's. */
export function shareOf(job: MiningJob, more: Partial<Submission> = {}): Submission {
  shareId += 1;
  const hash = new Uint8Array(32);
  new DataView(hash.buffer).setUint32(0, shareId);
  const size = job.root.kind === 'extranonce' ? job.root.extranonceSize : 0;
  return {
    shareId,
    nonce: shareId,
    ntime: job.ntime,
    version: job.version,
    extranonce: new Uint8Array(size).fill(3),
    hash,
    isBlock: false,
    ...more,
  };
}
