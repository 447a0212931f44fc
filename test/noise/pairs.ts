/** Both ends of an encrypted connection for tests: known keys, a certificate to order, bytes carried by hand. */
import { type Authority, authorityOf } from '../../core/noise/authority-key.ts';
import { type CertificateOrder, issueCertificate } from '../../core/noise/certificate.ts';
import { type InitiatorOptions, NoiseConnection, type NoiseEvent, type ResponderOptions } from '../../core/noise/connection.ts';
import { type KeyPair, keyPairOf } from '../../core/noise/key-pair.ts';
import { MAX_PAYLOAD_BYTES } from '../../core/wire/frame.ts';
import { seededRandom } from '../fuzz/random.ts';

/** Where both clocks stand in these tests, Unix seconds. */
export const NOW_SECONDS = 1_800_000_000;

const keys = seededRandom(1);
export const authority: Authority = authorityOf(keys.bytes(32));
export const stranger: Authority = authorityOf(keys.bytes(32));
export const staticKeyPair: KeyPair = keyPairOf(keys.bytes(32), keys);
export const otherStaticKeyPair: KeyPair = keyPairOf(keys.bytes(32), keys);

/** 74 bytes by `authority` for `staticKeyPair`, valid for an hour each way; `changes` makes it bad. */
export function certificateWith(changes: Partial<CertificateOrder> = {}): Uint8Array {
  const order = {
    authoritySecret: authority.secret,
    staticKey: staticKeyPair.encoding,
    validFrom: NOW_SECONDS - 3600,
    notValidAfter: NOW_SECONDS + 3600,
  };
  return issueCertificate({ ...order, ...changes }, seededRandom(2));
}

export interface Pair {
  readonly initiator: NoiseConnection;
  readonly responder: NoiseConnection;
}

/** Both ends before any byte went over. Each end has its own stream of the seed. */
export function newPair(initiator: Partial<InitiatorOptions> = {}, responder: Partial<ResponderOptions> = {}, seed = 7): Pair {
  const common = { now: 0, limitFor: () => MAX_PAYLOAD_BYTES };
  return {
    initiator: NoiseConnection.initiator({ ...common, random: seededRandom(seed, 1), authorityKey: authority.key, ...initiator }),
    responder: NoiseConnection.responder({
      ...common,
      random: seededRandom(seed, 2),
      staticKeyPair,
      certificate: certificateWith(),
      ...responder,
    }),
  };
}

/** Both ends after the handshake. */
export function openPair(...options: Parameters<typeof newPair>): Pair {
  const pair = newPair(...options);
  pair.responder.receive(pair.initiator.outgoing(), 0, NOW_SECONDS);
  pair.initiator.receive(pair.responder.outgoing(), 0, NOW_SECONDS);
  return pair;
}

/** Delivers `bytes` in pieces that end at `cuts` (ascending) and gives all events. */
export function deliver(to: NoiseConnection, bytes: Uint8Array, cuts: readonly number[] = [], now = 0): NoiseEvent[] {
  return [0, ...cuts].flatMap((from, index) => to.receive(bytes.slice(from, cuts[index] ?? bytes.length), now, NOW_SECONDS));
}
