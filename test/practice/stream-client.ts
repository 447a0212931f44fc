/** A bare client on a memory stream: says what a test tells it to, keeps what it hears, and hashes on request. */
import { parseAuthorityKey } from '../../core/noise/authority-key.ts';
import { NoiseConnection } from '../../core/noise/connection.ts';
import type { StreamEnd } from '../../core/ports.ts';
import {
  type Codec,
  type MiningFromClient,
  type MiningFromServer,
  miningClientCodec,
  type TemplateFromClient,
  type TemplateFromServer,
  templateClientCodec,
} from '../../core/sv2/codec.ts';
import type { FakeClock } from '../fake/fake-clock.ts';
import { type MemoryStream, memoryStreams } from '../fake/memory-stream.ts';
import { seededRandom } from '../fake/seeded-random.ts';
import { last, mine, openExtended, setupMessage, under } from '../sv2/server-pair.ts';

export class StreamClient<In, Out> {
  readonly heard: In[] = [];
  readonly stream: MemoryStream;
  readonly noise: NoiseConnection;
  end: StreamEnd | undefined;
  /** What the handshake or a frame broke; the stream is closed then. */
  fault: unknown;
  readonly #clock: FakeClock;
  readonly #codec: Codec<In, Out>;

  constructor(clock: FakeClock, codec: Codec<In, Out>, accept: (stream: MemoryStream) => void, key: string) {
    const [near, far] = memoryStreams(clock);
    this.stream = near;
    this.#clock = clock;
    this.#codec = codec;
    const authorityKey = parseAuthorityKey(key);
    this.noise = NoiseConnection.initiator({ random: seededRandom(`client ${clients++}`), now: 0, limitFor: codec.limitFor, authorityKey });
    near.listen({
      onBytes: (bytes) => this.#hear(bytes),
      onEnd: (end) => {
        this.end = end;
      },
    });
    accept(far);
    near.write(this.noise.outgoing());
    clock.advance(0);
  }

  /** What the server answers without any time passing. */
  say(message: Out): In[] {
    const before = this.heard.length;
    this.#codec.send(this.noise, message);
    this.stream.write(this.noise.outgoing());
    this.#clock.advance(0);
    return this.heard.slice(before);
  }

  /** What is heard while so much time passes. */
  wait(ms: number): In[] {
    const before = this.heard.length;
    this.#clock.advance(ms);
    return this.heard.slice(before);
  }

  #hear(bytes: Uint8Array): void {
    try {
      for (const event of this.noise.receive(bytes, this.#clock.monotonic(), Math.floor(this.#clock.now() / 1000))) {
        if (event.type !== 'frame') continue;
        const decoded = this.#codec.decode(event.frame);
        if (decoded.kind === 'message') this.heard.push(decoded.message);
      }
    } catch (error) {
      this.fault = (error as { fault?: unknown }).fault ?? error;
      this.stream.close();
    }
  }
}

let clients = 0;

type Accept = (stream: MemoryStream) => void;

/** A template client that has set up. */
export function templateClient(clock: FakeClock, accept: Accept, key: string): StreamClient<TemplateFromServer, TemplateFromClient> {
  const client = new StreamClient(clock, templateClientCodec, accept, key);
  client.say({ ...setupMessage(), protocol: 2 });
  return client;
}

/** A miner with one extended channel, who hashes only when told to. */
export class StreamMiner extends StreamClient<MiningFromServer, MiningFromClient> {
  sequenceNumber = 0;
  readonly #taken = new Set<string>();

  constructor(clock: FakeClock, accept: Accept, key: string) {
    super(clock, miningClientCodec, accept, key);
  }

  /** Sets up and opens a channel. */
  open(userIdentity = 'home.w1', change: Partial<Parameters<typeof openExtended>[0]> = {}): MiningFromServer[] {
    return [...this.say(setupMessage()), ...this.say(openExtended({ userIdentity, ...change }))];
  }

  /** Finds a share of the newest job that nobody sent before. @param target default: what the pool asks for */
  find(target = this.target): { message: Extract<MiningFromClient, { name: 'SubmitSharesExtended' }>; hash: Uint8Array } {
    const { channelId, extranonceSize } = last(this.heard, 'OpenExtendedMiningChannelSuccess');
    const job = last(this.heard, 'NewExtendedMiningJob');
    const tip = last(this.heard, 'SetNewPrevHash');
    const ntime = job.minNtime ?? tip.minNtime;
    const rolled = new Uint8Array(extranonceSize).fill(3);
    const extranonce = Uint8Array.of(...this.prefix, ...rolled);
    const { nonce, hash } = mine(
      { job, tip, extranonce, ntime },
      (candidate) => under(target)(candidate) && !this.#taken.has(candidate.join()),
    );
    this.#taken.add(hash.join());
    this.sequenceNumber += 1;
    const { sequenceNumber } = this;
    const { jobId, version } = job;
    return { message: { name: 'SubmitSharesExtended', channelId, sequenceNumber, jobId, nonce, ntime, version, extranonce: rolled }, hash };
  }

  get target(): Uint8Array {
    const set = this.heard.findLast(({ name }) => name === 'SetTarget') as { maximumTarget: Uint8Array } | undefined;
    return set?.maximumTarget ?? last(this.heard, 'OpenExtendedMiningChannelSuccess').target;
  }

  get prefix(): Uint8Array {
    const set = this.heard.findLast(({ name }) => name === 'SetExtranoncePrefix') as { extranoncePrefix: Uint8Array } | undefined;
    return set?.extranoncePrefix ?? last(this.heard, 'OpenExtendedMiningChannelSuccess').extranoncePrefix;
  }
}
