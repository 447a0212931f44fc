/** A server machine and a bare client over memory: the client says exactly what a test tells it to, right or wrong. */
import { joinCoinbase, splitCoinbase } from '../../core/bitcoin/coinbase.ts';
import { encodeHeader, hashHeader } from '../../core/bitcoin/header.ts';
import { heightPush } from '../../core/bitcoin/height-push.ts';
import { foldMerklePath } from '../../core/bitcoin/merkle.ts';
import { targetOfNbits } from '../../core/bitcoin/nbits.ts';
import { sha256d } from '../../core/bitcoin/sha256d.ts';
import { meetsTarget } from '../../core/bitcoin/target.ts';
import { concat, EMPTY } from '../../core/bytes.ts';
import { generateAuthority } from '../../core/noise/authority-key.ts';
import { issueCertificate } from '../../core/noise/certificate.ts';
import { NoiseConnection } from '../../core/noise/connection.ts';
import { generateKeyPair } from '../../core/noise/key-pair.ts';
import { type Codec, type MiningFromClient, type MiningFromServer, miningClientCodec } from '../../core/sv2/codec.ts';
import { FULL_EXTRANONCE_BYTES } from '../../core/sv2/extranonce-prefixes.ts';
import { DEFAULT_MINING_POLICY, type MiningPolicy } from '../../core/sv2/mining-policy.ts';
import { MiningServer } from '../../core/sv2/mining-server.ts';
import type { Admission, ChannelRequest, MiningServerEvent } from '../../core/sv2/mining-server-events.ts';
import { type MiningServerCommons, miningServerCommons } from '../../core/sv2/server-channels.ts';
import type { MiningTemplate } from '../../core/sv2/server-job.ts';
import { DEFAULT_VARDIFF } from '../../core/sv2/vardiff.ts';
import { seededRandom } from '../fake/seeded-random.ts';

export const UNIX_S = 1_800_000_000;
/** Half of all hashes are blocks. */
export const EASY_NBITS = 0x207fffff;
/** No test will ever find a block. */
export const HARD_NBITS = 0x1d00ffff;
/** One hash in 2^8 is a share. */
export const EASY_POLICY: MiningPolicy = {
  ...DEFAULT_MINING_POLICY,
  vardiff: { ...DEFAULT_VARDIFF, leastHashesPerShare: 1, assumedHashesPerSecond: 640 },
};

export const identity = (() => {
  const random = seededRandom('server-identity');
  const authority = generateAuthority(random);
  const staticKeyPair = generateKeyPair(random);
  const order = { authoritySecret: authority.secret, staticKey: staticKeyPair.encoding, validFrom: 0, notValidAfter: 0xffffffff };
  return { key: authority.key, staticKeyPair, certificate: issueCertificate(order, random) };
})();

interface Machine<E> {
  readonly deadline: number | undefined;
  receive(bytes: Uint8Array, now: number, unixSeconds: number): E[];
  tick(now: number): E[];
  outgoing(): Uint8Array;
}

export class ServerPair<E extends { readonly type: string }, In extends { readonly name: string }, Out> {
  now = 0;
  readonly noise: NoiseConnection;
  readonly events: E[] = [];
  readonly heard: In[] = [];
  readonly server: Machine<E>;
  readonly #codec: Codec<In, Out>;
  readonly #cut: (bytes: Uint8Array) => readonly Uint8Array[];

  constructor(server: Machine<E>, codec: Codec<In, Out>, cut: (bytes: Uint8Array) => readonly Uint8Array[] = (bytes) => [bytes]) {
    this.server = server;
    this.#codec = codec;
    this.#cut = cut;
    this.noise = NoiseConnection.initiator({
      random: seededRandom('client'),
      now: 0,
      limitFor: codec.limitFor,
      authorityKey: identity.key,
    });
    this.pump();
  }

  /** Sends, moves bytes both ways until it is quiet, and gives what the server answered. */
  say(message: Out, tlvs?: Uint8Array): In[] {
    this.#codec.send(this.noise, message, tlvs);
    return this.pump();
  }

  /** A frame that no table knows. */
  sayRaw(messageType: number, payload: Uint8Array, extension = 0): In[] {
    this.noise.send({ extension, bit: 'offChannel', messageType }, payload);
    return this.pump();
  }

  pump(): In[] {
    const before = this.heard.length;
    for (let moved = true; moved; ) {
      const up = this.noise.outgoing();
      for (const piece of this.#cut(up)) this.events.push(...this.server.receive(piece, this.now, UNIX_S + Math.floor(this.now / 1000)));
      const down = this.server.outgoing();
      for (const piece of this.#cut(down)) this.#hear(piece);
      moved = up.length + down.length > 0;
    }
    return this.heard.slice(before);
  }

  /** Lets time pass up to a moment, with every tick that falls due. */
  wait(ms: number): In[] {
    const end = this.now + ms;
    const before = this.heard.length;
    for (let deadline = this.server.deadline; deadline !== undefined && deadline <= end; deadline = this.server.deadline) {
      this.now = Math.max(this.now, deadline);
      this.events.push(...this.server.tick(this.now));
      this.pump();
    }
    this.now = end;
    return this.heard.slice(before);
  }

  get end(): E | undefined {
    return this.events.find(({ type }) => type === 'ended');
  }

  #hear(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    for (const event of this.noise.receive(bytes, this.now, UNIX_S)) {
      if (event.type !== 'frame') continue;
      const decoded = this.#codec.decode(event.frame);
      if (decoded.kind === 'message') this.heard.push(decoded.message);
    }
  }
}

export interface MiningPairOptions {
  readonly policy?: Partial<MiningPolicy>;
  readonly template?: MiningTemplate;
  readonly admit?: (request: ChannelRequest) => Admission;
  readonly veto?: () => string | undefined;
  readonly commons?: MiningServerCommons;
  readonly cut?: (bytes: Uint8Array) => readonly Uint8Array[];
}

/** Connected, nothing said yet. */
export function miningPair(
  options: MiningPairOptions = {},
): ServerPair<MiningServerEvent, MiningFromServer, MiningFromClient> & { server: MiningServer } {
  const random = seededRandom('server');
  const server = new MiningServer({
    commons: options.commons ?? miningServerCommons(random),
    policy: { ...EASY_POLICY, ...options.policy },
    template: options.template ?? testTemplate(),
    random,
    ...identity,
    admit: options.admit ?? (() => ({ ok: true, payoutScript: Uint8Array.of(0x51) })),
    ...(options.veto ? { veto: options.veto } : {}),
    now: 0,
  });
  return new ServerPair(server, miningClientCodec, options.cut) as ReturnType<typeof miningPair>;
}

export const setupMessage = (flags = 0): Extract<MiningFromClient, { name: 'SetupConnection' }> => ({
  name: 'SetupConnection',
  protocol: 0,
  minVersion: 2,
  maxVersion: 2,
  flags,
  endpointHost: '127.0.0.1',
  endpointPort: 3333,
  vendor: 'test',
  hardwareVersion: '',
  firmware: '',
  deviceId: '',
});

export const ANY_TARGET: Uint8Array = new Uint8Array(32).fill(0xff);

type Open = Extract<MiningFromClient, { name: 'OpenExtendedMiningChannel' }>;
export const openExtended = (change: Partial<Open> = {}): Open => ({
  name: 'OpenExtendedMiningChannel',
  requestId: 7,
  userIdentity: 'home.w1',
  nominalHashRate: 0,
  maxTarget: ANY_TARGET,
  minExtranonceSize: 4,
  ...change,
});

type OpenStandard = Extract<MiningFromClient, { name: 'OpenStandardMiningChannel' }>;
export const openStandard = (change: Partial<OpenStandard> = {}): OpenStandard => ({
  name: 'OpenStandardMiningChannel',
  requestId: 8,
  userIdentity: 'home.w1',
  nominalHashRate: 0,
  maxTarget: ANY_TARGET,
  ...change,
});

/** A template on tip `tip`. */
export function testTemplate({ id = 1n, tip = 1, ntime = UNIX_S, nbits = HARD_NBITS, path = 2 } = {}): MiningTemplate {
  return {
    id,
    height: 201,
    version: 0x20000000,
    prevHash: new Uint8Array(32).fill(tip),
    ntime,
    nbits,
    networkTarget: targetOfNbits(nbits),
    merklePath: Array.from({ length: path }, (_, index) => new Uint8Array(32).fill(0xa0 + index)),
    coinbaseFor: (payoutScript) =>
      splitCoinbase({
        version: 2,
        scriptPrefix: concat(heightPush(201), Uint8Array.of(Number(id))),
        extranonceBytes: FULL_EXTRANONCE_BYTES,
        sequence: 0xfffffffe,
        outputs: [{ satoshi: 5_000_000_000n, script: payoutScript }],
        lockTime: 200,
      }),
  };
}

export type FromServer<N extends MiningFromServer['name']> = Extract<MiningFromServer, { name: N }>;

/** The newest message of a kind. */
export function last<N extends MiningFromServer['name']>(messages: readonly MiningFromServer[], name: N): FromServer<N> {
  const found = messages.findLast((message) => message.name === name);
  if (found === undefined) throw new Error(`no ${name} among ${messages.map((message) => message.name).join(', ')}`);
  return found as FromServer<N>;
}

export interface ToMine {
  readonly job: FromServer<'NewMiningJob' | 'NewExtendedMiningJob'>;
  readonly tip: FromServer<'SetNewPrevHash'>;
  /** The whole extranonce; ignored by a standard job. */
  readonly extranonce?: Uint8Array;
  readonly version?: number;
  readonly ntime?: number;
}

export interface Mined {
  readonly nonce: number;
  readonly hash: Uint8Array;
  readonly header: Uint8Array;
}

/** Hashes until `wanted` likes a hash: a client's own arithmetic, from the messages alone. */
export function mine(
  { job, tip, extranonce = EMPTY, version = job.version, ntime = tip.minNtime }: ToMine,
  wanted: (hash: Uint8Array) => boolean,
): Mined {
  const merkleRoot =
    job.name === 'NewMiningJob'
      ? job.merkleRoot
      : foldMerklePath(
          sha256d(joinCoinbase({ prefix: job.coinbaseTxPrefix, suffix: job.coinbaseTxSuffix }, extranonce, EMPTY)),
          job.merklePath,
        );
  for (let nonce = 0; nonce < 1_000_000; nonce += 1) {
    const header = encodeHeader({ version, prevHash: tip.prevHash, merkleRoot, ntime, nbits: tip.nbits, nonce });
    const hash = hashHeader(header);
    if (wanted(hash)) return { nonce, hash, header };
  }
  throw new Error('a million hashes and none was wanted');
}

export const under =
  (target: Uint8Array) =>
  (hash: Uint8Array): boolean =>
    meetsTarget(hash, target);
