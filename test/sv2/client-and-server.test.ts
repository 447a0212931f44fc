/** Hearth's own client against its own server, really hashing: a V2 pool as a source of work, over memory streams. */
import { expect, test } from 'vitest';
import { joinCoinbase } from '../../core/bitcoin/coinbase.ts';
import { encodeHeader, hashHeader } from '../../core/bitcoin/header.ts';
import { foldMerklePath } from '../../core/bitcoin/merkle.ts';
import { targetOfNbits } from '../../core/bitcoin/nbits.ts';
import { sha256d } from '../../core/bitcoin/sha256d.ts';
import { meetsTarget } from '../../core/bitcoin/target.ts';
import { toHex } from '../../core/bytes.ts';
import { showAuthorityKey } from '../../core/noise/authority-key.ts';
import { parsePoolUrl, type V2Url } from '../../core/pool/pool-url.ts';
import type { SourceEvent } from '../../core/pool/source.ts';
import { V2Pool } from '../../core/pool/v2-pool.ts';
import type { V2PoolOptions } from '../../core/pool/v2-pool-options.ts';
import type { MiningPolicy } from '../../core/sv2/mining-policy.ts';
import { MiningServer } from '../../core/sv2/mining-server.ts';
import type { MiningServerEvent } from '../../core/sv2/mining-server-events.ts';
import { miningServerCommons } from '../../core/sv2/server-channels.ts';
import { DEFAULT_VARDIFF } from '../../core/sv2/vardiff.ts';
import type { Job, Share } from '../../core/work/job.ts';
import { FakeClock } from '../fake/fake-clock.ts';
import { FakeDialer } from '../fake/fake-dialer.ts';
import { byteByByte, type MemoryOptions, type MemoryStream } from '../fake/memory-stream.ts';
import { QuietLog } from '../fake/quiet-log.ts';
import { seededRandom } from '../fake/seeded-random.ts';
import { EASY_NBITS, EASY_POLICY, HARD_NBITS, identity, testTemplate } from './server-pair.ts';

/** A share costs about a thousand hashes, and stays that cheap. */
const EASY = { ...DEFAULT_VARDIFF, sharesPerMinute: 60_000, firstIntervalMs: 1, leastHashesPerShare: 1 };

interface HouseOptions {
  readonly policy?: Partial<MiningPolicy>;
  readonly pool?: Partial<V2PoolOptions>;
  readonly stream?: MemoryOptions;
  readonly nbits?: number;
}

/** A pool server, a source that mines at it, and the clock of both. */
class House {
  readonly clock = new FakeClock();
  readonly pool: V2Pool;
  readonly events: SourceEvent[] = [];
  readonly seen: MiningServerEvent[] = [];
  readonly servers: { readonly server: MiningServer; readonly stream: MemoryStream }[] = [];
  readonly #options: HouseOptions;
  #shareId = 0;

  constructor(options: HouseOptions = {}) {
    this.#options = options;
    const dialer = new FakeDialer(this.clock, options.stream);
    dialer.serve('127.0.0.1', 3333, (stream) => this.#serve(stream));
    this.pool = new V2Pool({
      id: 'p',
      url: parsePoolUrl(`stratum2+tcp://127.0.0.1:3333/${showAuthorityKey(identity.key)}`) as V2Url,
      user: 'home.w1',
      channel: 'extended',
      dialer,
      clock: this.clock,
      random: seededRandom('pool'),
      log: new QuietLog(),
      version: '0.1.0',
      network: 'regtest',
      hashesPerSecond: 1000,
      ...options.pool,
    });
  }

  async start(): Promise<this> {
    this.pool.start((event) => this.events.push(event));
    await this.clock.settle(100);
    return this;
  }

  #serve(stream: MemoryStream): void {
    const random = seededRandom(`server-${this.servers.length}`);
    const { policy, nbits = HARD_NBITS } = this.#options;
    const server = new MiningServer({
      commons: miningServerCommons(random),
      policy: { ...EASY_POLICY, vardiff: EASY, ...policy },
      template: testTemplate({ nbits }),
      random,
      ...identity,
      admit: () => ({ ok: true, payoutScript: Uint8Array.of(0x51) }),
      now: this.clock.monotonic(),
    });
    this.servers.push({ server, stream });
    stream.listen({
      onBytes: (bytes) => {
        this.seen.push(...server.receive(bytes, this.clock.monotonic(), Math.floor(this.clock.now() / 1000)));
        this.flush();
        if (server.isOver) stream.close();
      },
      onEnd: () => server.release(),
    });
  }

  flush(): void {
    for (const { server, stream } of this.servers) stream.write(server.outgoing());
  }

  get job(): Job {
    return (this.events.findLast((event) => event.type === 'job') as { job: Job }).job;
  }

  /** Hashes the job until a share turns up, and submits it. */
  async mine(job = this.job, extranonceByte = 0): Promise<Share> {
    const extranonce = new Uint8Array(job.root.kind === 'extranonce' ? job.root.extranonceSize : 0).fill(extranonceByte);
    this.#shareId += 1;
    const share = solve(job, extranonce, this.#shareId);
    this.pool.submit(share);
    await this.clock.settle(10);
    return share;
  }

  of<T extends SourceEvent['type']>(type: T): Extract<SourceEvent, { type: T }>[] {
    return this.events.filter((event) => event.type === type) as Extract<SourceEvent, { type: T }>[];
  }
}

function solve(job: Job, extranonce: Uint8Array, id: number): Share {
  const merkleRoot = rootOf(job, extranonce);
  for (let nonce = 0; nonce < 1_000_000; nonce += 1) {
    const hash = hashHeader(encodeHeader({ ...job, merkleRoot, nonce }));
    if (!meetsTarget(hash, job.shareTarget)) continue;
    const isBlock = meetsTarget(hash, targetOfNbits(job.nbits));
    return {
      id,
      job,
      deviceId: 'cpu',
      extranonce,
      version: job.version,
      ntime: job.ntime,
      nonce,
      hash,
      difficulty: 1,
      shareDifficulty: 1,
      isBlock,
      foundAt: 0,
    };
  }
  throw new Error('a million hashes and no share');
}

function rootOf({ root }: Job, extranonce: Uint8Array): Uint8Array {
  if (root.kind === 'fixed') return root.merkleRoot;
  const coinbase = joinCoinbase({ prefix: root.coinbasePrefix, suffix: root.coinbaseSuffix }, root.extranoncePrefix, extranonce);
  return foldMerklePath(sha256d(coinbase), root.merklePath);
}

test.each(['extended', 'standard'] as const)(
  'MIN-26 MIN-28 MIN-41 shares hashed on a %s channel are accepted by a server that checks them',
  async (channel) => {
    const house = await new House({ pool: { channel } }).start();
    const shares = [await house.mine(), await house.mine(house.job, 1)].slice(0, channel === 'standard' ? 1 : 2);
    expect(house.of('accepted').flatMap(({ shareIds }) => shareIds)).toEqual(shares.map(({ id }) => id));
    expect(house.seen.filter(({ type }) => type === 'share-refused')).toEqual([]);
  },
);

test('the payout, height and traffic of real jobs are shown', async () => {
  const house = await new House().start();
  await house.mine();
  const proof = house.pool.proof();
  expect(proof.payout).toEqual({ kind: 'outputs', outputs: [{ script: '51', satoshi: 5_000_000_000n, mine: false }] });
  expect(house.job.height).toBe(201);
  expect(proof.v1BytesOut).toBeGreaterThan(proof.bytesOut - 64 - 200);
});

test('MIN-20 a new tip reaches the source as a clean job; late shares of the old one stay here', async () => {
  const house = await new House().start();
  const old = house.job;
  for (const { server } of house.servers) server.setTemplate(testTemplate({ id: 2n, tip: 2 }));
  house.flush();
  await house.clock.settle(10);
  expect(house.of('job').at(-1)).toMatchObject({ clean: true, job: { prevHash: new Uint8Array(32).fill(2) } });
  await house.mine(old);
  expect(house.of('refused')).toMatchObject([{ code: 'stale-share' }]);
  await house.mine();
  expect(house.of('accepted')).toHaveLength(1);
});

test('MIN-10 MIN-11 a server that addresses the group after the first job is followed', async () => {
  const house = await new House({ policy: { addressing: 'group' } }).start();
  for (const { server } of house.servers) server.setTemplate(testTemplate({ id: 2n, tip: 2 }));
  house.flush();
  await house.clock.settle(10);
  await house.mine();
  expect(house.of('accepted')).toHaveLength(1);
});

test('MIN-37 while the target changes from job to job, client and server judge every share by the same one', async () => {
  const house = await new House({ policy: { vardiff: { ...EASY, sharesPerMinute: 60, firstIntervalMs: 0.1 } } }).start();
  for (let id = 2n; id < 42n; id += 1n) {
    await house.mine();
    for (const { server } of house.servers) server.setTemplate(testTemplate({ id }));
    house.flush();
    await house.clock.settle(10);
  }
  expect(new Set(house.of('job').map(({ job }) => toHex(job.shareTarget))).size).toBeGreaterThan(1);
  expect(house.of('accepted')).toHaveLength(40);
  expect(house.of('refused')).toEqual([]);
});

test('a block is found, accepted and told as one', async () => {
  const house = await new House({ nbits: EASY_NBITS }).start();
  const share = await house.mine();
  expect(share.isBlock).toBe(true);
  expect(house.of('block')).toEqual([{ type: 'block', shareId: share.id, accepted: true }]);
  expect(house.seen.some(({ type }) => type === 'block')).toBe(true);
});

test('COM-9 a server with extended channels only, and one with a fixed version, are served', async () => {
  const extendedOnly = await new House({ policy: { extendedOnly: true }, pool: { channel: 'standard' } }).start();
  await extendedOnly.clock.settle(1100);
  expect(extendedOnly.pool.proof().channel).toBe('extended');
  await extendedOnly.mine();
  expect(extendedOnly.of('accepted')).toHaveLength(1);
  const fixed = await new House({ policy: { fixedVersion: true } }).start();
  expect(fixed.job.versionMask).toBe(0);
  await fixed.mine();
  expect(fixed.of('accepted')).toHaveLength(1);
});

test('EXT-10 the server hears the worker’s name', async () => {
  const house = await new House({ pool: { workerName: () => 'stick' } }).start();
  await house.mine();
  const accepted = house.seen.find((event) => event.type === 'share-accepted');
  expect(accepted).toMatchObject({ share: { worker: new TextEncoder().encode('stick') } });
});

test('FRM-6 NOI-26 both ways cut into single bytes, everything is the same', async () => {
  const house = await new House({ stream: { cut: byteByByte } }).start();
  await house.mine();
  expect(house.of('accepted')).toHaveLength(1);
});

test('COM-14 a server that moves its clients finds them again', async () => {
  const house = await new House().start();
  house.servers[0]?.server.reconnect('', 0);
  house.flush();
  await house.clock.settle(50);
  expect(house.servers).toHaveLength(2);
  await house.mine();
  expect(house.of('accepted')).toHaveLength(1);
});

test('MIN-13 stopping closes the channel at the server', async () => {
  const house = await new House().start();
  const stopped = house.pool.stop(1000);
  await house.clock.settle(100);
  await stopped;
  expect(house.seen.filter(({ type }) => type === 'channel-closed')).toHaveLength(1);
});
