/**
 * A day of mining in memory: the real server machine and the real client machine, six shares a minute, a new job every half
 * minute, a new tip every ten. Every byte that would have gone over the wire is counted, both ways, handshake included; beside
 * it what Stratum V1 would have moved for the same jobs and shares (method: core/pool/v1-equivalent.ts).
 */
import { targetOfNbits } from '../../core/bitcoin/nbits.ts';
import { MAX_TARGET, meetsTarget } from '../../core/bitcoin/target.ts';
import { V1Equivalent } from '../../core/pool/v1-equivalent.ts';
import { jobOf } from '../../core/pool/v2-job.ts';
import { FULL_EXTRANONCE_BYTES } from '../../core/sv2/extranonce-prefixes.ts';
import { MiningClient } from '../../core/sv2/mining-client.ts';
import type { MiningEvent } from '../../core/sv2/mining-event.ts';
import type { MiningJob } from '../../core/sv2/mining-job.ts';
import { DEFAULT_MINING_POLICY } from '../../core/sv2/mining-policy.ts';
import { MiningServer } from '../../core/sv2/mining-server.ts';
import { miningServerCommons } from '../../core/sv2/server-channels.ts';
import type { MiningTemplate } from '../../core/sv2/server-job.ts';
import { DEFAULT_VARDIFF } from '../../core/sv2/vardiff.ts';
import type { Job, Share } from '../../core/work/job.ts';
import { seededRandom } from '../fake/seeded-random.ts';
import { identity } from '../sv2/server-pair.ts';
import { coinbaseAt, merklePath, NBITS, PAYOUT_SCRIPT } from './bench-work.ts';
import { mineJob, type Nonce } from './mine-job.ts';

export const USER = 'home.w1';
const DAY_S = 86_400;
const JOB_EVERY_S = 30;
const TIP_EVERY_S = 600;
const SHARE_EVERY_S = 10;
const START_S = 1_800_000_000;
const FIRST_HEIGHT = 900_000;
/** Few, because they are really hashed; how hard a share is changes no byte of it. */
const HASHES_PER_SHARE = 16;
/** V1 pools leave this many bytes to the miner, whatever this server leaves. */
const V1_EXTRANONCE_BYTES = 8;

export interface TrafficOptions {
  readonly channel: 'standard' | 'extended';
  /** Shares in an acknowledgement. */
  readonly ackBatch: number;
}

export interface Traffic {
  /** Both directions together. */
  readonly bytes: number;
  /** Of those, what the pool's jobs alone are: no client can do with less. */
  readonly jobBytes: number;
  readonly v1Bytes: number;
  readonly accepted: number;
}

/** @throws Error when a share is refused or lost: then the day was not what it says */
export function trafficOfDay(options: TrafficOptions): Traffic {
  const day = new Day(options);
  for (let second = 0; second < DAY_S; second += SHARE_EVERY_S) day.at(second);
  return day.end();
}

class Day {
  readonly #client: MiningClient;
  readonly #server: MiningServer;
  readonly #v1 = new V1Equivalent(USER);
  #second = 0;
  #tip = 0;
  #job: MiningJob | undefined;
  #v1Job: Job | undefined;
  #shares = 0;
  #accepted = 0;
  #moved = 0;
  #jobBytes = 0;

  constructor({ channel, ackBatch }: TrafficOptions) {
    const random = seededRandom('server');
    this.#server = new MiningServer({
      commons: miningServerCommons(random),
      policy: { ...DEFAULT_MINING_POLICY, vardiff: VARDIFF, acks: { batch: ackBatch, withinMs: DAY_S * 1000 } },
      template: this.#template(),
      random,
      ...identity,
      admit: () => ({ ok: true, payoutScript: PAYOUT_SCRIPT }),
      now: 0,
    });
    this.#client = new MiningClient({
      random: seededRandom('client1'),
      authorityKey: identity.key,
      channels: channel,
      endpointHost: 'pool.example',
      endpointPort: 3333,
      vendor: 'Hearth',
      hardwareVersion: 'app',
      firmware: '0.1.0',
      extensions: { wanted: [], usable: [], patienceMs: 0 },
      now: 0,
    });
    this.#v1.connected();
    this.#exchange();
  }

  at(second: number): void {
    this.#second = second;
    if (second > 0 && second % JOB_EVERY_S === 0) this.#newJob(second);
    this.#client.tick(this.#nowMs);
    this.#server.tick(this.#nowMs);
    this.#exchange();
    this.#share();
  }

  end(): Traffic {
    const v1Bytes = this.#v1.bytesIn + this.#v1.bytesOut;
    const counted = this.#client.bytesIn + this.#client.bytesOut;
    if (counted !== this.#moved) throw new Error(`the client counted ${counted} bytes, ${this.#moved} were moved`);
    return { bytes: this.#moved, jobBytes: this.#jobBytes, v1Bytes, accepted: this.#accepted };
  }

  get #nowMs(): number {
    return this.#second * 1000;
  }

  #newJob(second: number): void {
    if (second % TIP_EVERY_S === 0) this.#tip += 1;
    this.#server.setTemplate(this.#template());
    const before = this.#moved;
    this.#exchange();
    this.#jobBytes += this.#moved - before;
  }

  #template(): MiningTemplate {
    const height = FIRST_HEIGHT + this.#tip;
    const prevHash = new Uint8Array(32);
    new DataView(prevHash.buffer).setUint32(0, height);
    const id = BigInt(this.#second);
    const coinbaseFor = (script: Uint8Array) => coinbaseAt(height, script, FULL_EXTRANONCE_BYTES);
    const chain = { nbits: NBITS, networkTarget: targetOfNbits(NBITS), ntime: START_S + this.#second };
    return { id, height, version: 0x20000000, prevHash, ...chain, merklePath: merklePath(), coinbaseFor };
  }

  #share(): void {
    const { mined, v1Job } = { mined: this.#job, v1Job: this.#v1Job };
    if (mined === undefined || v1Job === undefined) throw new Error('there is no job');
    this.#shares += 1;
    const ntime = mined.ntime + Math.floor((this.#nowMs - mined.receivedAtMs) / 1000);
    const nonce = mineJob(mined, { ntime, count: this.#shares }, (hash) => meetsTarget(hash, mined.target));
    const sent = this.#client.submit(mined, { ...nonce, shareId: this.#shares, isBlock: false }, USER, this.#nowMs);
    if (typeof sent === 'string') throw new Error(`a share was not sent: ${sent}`);
    this.#v1.share(v1Share(v1Job, nonce));
    this.#v1.accepted(1);
    this.#exchange();
  }

  /** Moves bytes until nobody has any. */
  #exchange(): void {
    for (let moved = true; moved; ) {
      const up = this.#client.outgoing();
      if (up.length > 0) this.#onServer(up);
      const down = this.#server.outgoing();
      const unixSeconds = START_S + this.#second;
      if (down.length > 0) for (const event of this.#client.receive(down, this.#nowMs, unixSeconds)) this.#onEvent(event);
      moved = up.length + down.length > 0;
      this.#moved += up.length + down.length;
    }
  }

  #onServer(bytes: Uint8Array): void {
    for (const event of this.#server.receive(bytes, this.#nowMs, START_S + this.#second)) {
      if (event.type === 'share-accepted') this.#accepted += 1;
      if (event.type === 'share-refused' || event.type === 'ended') throw new Error(`the server said ${JSON.stringify(event)}`);
    }
  }

  #onEvent(event: MiningEvent): void {
    if (event.type === 'open') this.#client.openChannel(WISHES, this.#nowMs);
    if (event.type !== 'job') return;
    this.#job = event.job;
    this.#v1Job = jobOf(event.job, { sourceId: 'bench', number: 1, hashesPerSecond: 0 });
    this.#v1.job({ ...this.#v1Job, shareTarget: event.job.target }, event.clean);
  }
}

/** Difficulty stands where it settles from the beginning. */
const VARDIFF = { ...DEFAULT_VARDIFF, leastHashesPerShare: 1, firstIntervalMs: SHARE_EVERY_S * 1000 };
const WISHES = {
  userIdentity: USER,
  nominalHashRate: HASHES_PER_SHARE / SHARE_EVERY_S,
  maxTarget: MAX_TARGET,
  minExtranonceSize: V1_EXTRANONCE_BYTES,
};

/** What V1Equivalent looks at; the rest stands for a share of no device. */
function v1Share(job: Job, { extranonce, version, ntime, nonce, hash }: Nonce): Share {
  const rolled = extranonce.subarray(0, V1_EXTRANONCE_BYTES);
  const told = { id: 0, deviceId: '', difficulty: 1, shareDifficulty: 1, isBlock: false, foundAt: 0 };
  return { ...told, job, extranonce: rolled, version, ntime, nonce, hash };
}
