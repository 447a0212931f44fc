/**
 * A mining server moved by hand: it shakes hands, decodes what comes and keeps it, and sends exactly what the test says,
 * right or wrong. No rule of the protocol is built in, so it can play any hostile or broken peer.
 */
import { toHex } from '../../core/bytes.ts';
import { authorityOf } from '../../core/noise/authority-key.ts';
import { issueCertificate } from '../../core/noise/certificate.ts';
import { NoiseConnection } from '../../core/noise/connection.ts';
import { generateKeyPair } from '../../core/noise/key-pair.ts';
import type { Random } from '../../core/ports.ts';
import { type MiningFromClient, type MiningFromServer, miningServerCodec } from '../../core/sv2/codec.ts';
import { type Frame, type FrameHeader, MAX_PAYLOAD_BYTES } from '../../core/wire/frame.ts';
import type { FakeClock } from './fake-clock.ts';
import type { MemoryStream } from './memory-stream.ts';
import { seededRandom } from './seeded-random.ts';

/** The authority of tests; its key is not on the list of published ones. */
export const testAuthority = authorityOf(new Uint8Array(32).fill(0x42));

export interface ScriptedOptions {
  readonly now: number;
  readonly unixSeconds: number;
  readonly random?: Random;
  readonly authoritySecret?: Uint8Array;
  /** Seconds from `unixSeconds`; default: an hour each way. */
  readonly validFrom?: number;
  readonly validFor?: number;
  readonly certificateVersion?: number;
  /** Signs another static key than the one it uses. */
  readonly foreignStaticKey?: boolean;
}

const HOUR = 3600;

export class ScriptedServer {
  readonly received: MiningFromClient[] = [];
  /** TLV space of each message in `received`. */
  readonly tlvs: Uint8Array[] = [];
  readonly frames: Frame[] = [];
  readonly noise: NoiseConnection;

  constructor(options: ScriptedOptions) {
    const random = options.random ?? seededRandom('server2');
    const staticKeyPair = serverKeys();
    const certificate = certificateOf(options);
    this.noise = NoiseConnection.responder({ random, staticKeyPair, certificate, now: options.now, limitFor: () => MAX_PAYLOAD_BYTES });
  }

  receive(bytes: Uint8Array, now: number): void {
    for (const event of this.noise.receive(bytes, now, 0)) {
      if (event.type !== 'frame') continue;
      this.frames.push(event.frame);
      const decoded = miningServerCodec.decode(event.frame);
      if (decoded.kind !== 'message') continue;
      this.received.push(decoded.message);
      this.tlvs.push(decoded.tlvs);
    }
  }

  send(...messages: MiningFromServer[]): void {
    for (const message of messages) miningServerCodec.send(this.noise, message);
  }

  /** Any bytes under any header. */
  sendRaw(header: Omit<FrameHeader, 'payloadBytes'>, payload: Uint8Array): void {
    this.noise.send(header, payload);
  }

  outgoing(): Uint8Array {
    return this.noise.outgoing();
  }

  /** The messages of one name so far. */
  of<N extends MiningFromClient['name']>(name: N): Extract<MiningFromClient, { name: N }>[] {
    return this.received.filter((message) => message.name === name) as Extract<MiningFromClient, { name: N }>[];
  }
}

/** A scripted server at one end of a memory stream: `onMessage` sees each message once and may send. */
export function serveStream(
  stream: MemoryStream,
  clock: FakeClock,
  onMessage: (message: MiningFromClient, server: ScriptedServer) => void,
  options: Partial<ScriptedOptions> = {},
): { server: ScriptedServer; flush: () => void } {
  const server = new ScriptedServer({ now: clock.monotonic(), unixSeconds: Math.floor(clock.now() / 1000), ...options });
  const flush = (): void => stream.write(server.outgoing());
  let seen = 0;
  stream.listen({
    onBytes: (bytes) => {
      server.receive(bytes, clock.monotonic());
      for (; seen < server.received.length; seen += 1) onMessage(server.received[seen] as MiningFromClient, server);
      flush();
    },
    onEnd: () => {},
  });
  return { server, flush };
}

const serverKeys = once(() => generateKeyPair(seededRandom('server-static')));
const foreignKeys = once(() => generateKeyPair(seededRandom('foreign-static')));

/** Curve arithmetic is slow and tests make thousands of servers: what comes out the same is made once. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

const certificates = new Map<string, Uint8Array>();

function certificateOf(options: ScriptedOptions): Uint8Array {
  const order = {
    authoritySecret: options.authoritySecret ?? testAuthority.secret,
    staticKey: (options.foreignStaticKey ? foreignKeys() : serverKeys()).encoding,
    validFrom: options.unixSeconds + (options.validFrom ?? -HOUR),
    notValidAfter: options.unixSeconds + (options.validFor ?? HOUR),
    version: options.certificateVersion ?? 0,
  };
  const key = [toHex(order.authoritySecret), options.foreignStaticKey, order.validFrom, order.notValidAfter, order.version].join();
  const certificate = certificates.get(key) ?? issueCertificate(order, seededRandom('certificate'));
  certificates.set(key, certificate);
  return certificate;
}
