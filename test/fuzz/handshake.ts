/**
 * Whole connections with damage on either road, a wandering clock and certificates of every kind: both ends open only on
 * undamaged acts and a good certificate, and a failed end stays failed.
 */
import { equal } from '../../core/bytes.ts';
import { AppError, PeerError } from '../../core/errors.ts';
import { authorityOf } from '../../core/noise/authority-key.ts';
import { issueCertificate } from '../../core/noise/certificate.ts';
import { NoiseConnection, type NoiseEvent } from '../../core/noise/connection.ts';
import { keyPairOf } from '../../core/noise/key-pair.ts';
import { mutated, pieces } from './mutate.ts';
import { type SeededRandom, seededRandom } from './random.ts';
import { type FuzzTarget, insist } from './target.ts';

const CLOCK = 1_800_000_000;
const keys = seededRandom(1);
const [authority, stranger] = [authorityOf(keys.bytes(32)), authorityOf(keys.bytes(32))];
const staticKeyPair = keyPairOf(keys.bytes(32), keys);
const otherStatic = keyPairOf(keys.bytes(32), keys);
const good = { authoritySecret: authority.secret, staticKey: staticKeyPair.encoding, validFrom: CLOCK - 100, notValidAfter: CLOCK + 100 };

const certificates = [
  { holds: true, order: good },
  { holds: true, order: { ...good, validFrom: 0, notValidAfter: 0xffffffff } },
  { holds: false, order: { ...good, authoritySecret: stranger.secret } },
  { holds: false, order: { ...good, staticKey: otherStatic.encoding } },
  { holds: false, order: { ...good, notValidAfter: CLOCK - 50 } },
  { holds: false, order: { ...good, validFrom: CLOCK + 50 } },
  { holds: false, order: { ...good, version: 1 } },
].map(({ holds, order }) => ({ holds, bytes: issueCertificate(order, keys) }));

export const handshake: FuzzTarget = {
  name: 'handshake',
  parts: 1,
  run(random) {
    const certificate = random.oneIn(2) ? certificates[0] : random.pick(certificates);
    insist(certificate !== undefined, 'there is a certificate');
    const common = { random, now: 0, limitFor: () => 1000 };
    const initiator = NoiseConnection.initiator({ ...common, authorityKey: authority.key });
    const responder = NoiseConnection.responder({ ...common, staticKeyPair, certificate: certificate.bytes });
    const up = carry(initiator, responder, random);
    const down = carry(responder, initiator, random);
    const mayOpen = up.undamaged && down.undamaged && certificate.holds;
    if (mayOpen) insist(initiator.isOpen && !down.failed, 'a good handshake opens');
    if (initiator.isOpen) insist(up.begunUndamaged && down.begunUndamaged && certificate.holds, 'only a good handshake opens');
    for (const { type } of down.events)
      insist(type === 'established' || initiator.isOpen || down.failed, 'no frame comes before the handshake');
    // Bytes behind an act wait for the first frame and spoil it: what is said then proves nothing.
    if (mayOpen) talk(initiator, responder, random);
    for (const end of [initiator, responder]) checkEnd(end);
  },
};

interface Carried {
  readonly undamaged: boolean;
  /** The act itself arrived as it was sent; bytes behind it may be damaged. */
  readonly begunUndamaged: boolean;
  readonly failed: boolean;
  readonly events: readonly NoiseEvent[];
}

function carry(from: NoiseConnection, to: NoiseConnection, random: SeededRandom): Carried {
  const sent = from.outgoing();
  const arrived = random.oneIn(3) ? mutated(sent, random) : sent;
  const { events, failed } = receiveAll(to, pieces(arrived, random), random);
  return { undamaged: equal(sent, arrived), begunUndamaged: equal(sent, arrived.subarray(0, sent.length)), failed, events };
}

function receiveAll(to: NoiseConnection, parts: readonly Uint8Array[], random: SeededRandom): { events: NoiseEvent[]; failed: boolean } {
  const events: NoiseEvent[] = [];
  let now = 0;
  try {
    for (const part of parts) {
      now += random.below(10);
      events.push(...to.receive(part, now, CLOCK));
      to.tick(now);
    }
    return { events, failed: false };
  } catch (error) {
    if (error instanceof PeerError) return { events, failed: true };
    throw error;
  }
}

/** A few frames each way after a good handshake, perhaps damaged. */
function talk(initiator: NoiseConnection, responder: NoiseConnection, random: SeededRandom): void {
  for (const [from, to] of [
    [initiator, responder],
    [responder, initiator],
  ] as const) {
    if (!from.isOpen || !to.isOpen) continue;
    const payloads = Array.from({ length: 1 + random.below(3) }, () => random.bytes(1 + random.below(1200)));
    for (const payload of payloads) from.send({ extension: 0, bit: 'onChannel', messageType: 0x1a }, payload);
    const { undamaged, failed, events } = carry(from, to, random);
    const long = payloads.some((payload) => payload.length > 1000);
    if (undamaged) insist(failed === long && (long || events.length === payloads.length), 'undamaged frames within the limit arrive');
    events.forEach((event, index) => {
      insist(event.type === 'frame' && equal(event.frame.payload, payloads[index] ?? new Uint8Array()), 'frames arrive as they were sent');
    });
  }
}

/** An end is open, waiting with a deadline, or failed for good. */
function checkEnd(end: NoiseConnection): void {
  if (end.isOpen || end.deadline !== undefined) return;
  const failure = thrownBy(() => end.tick(0));
  insist(failure instanceof PeerError && thrownBy(() => end.receive(new Uint8Array(1), 0, CLOCK)) === failure, 'a failed end stays failed');
  insist(
    thrownBy(() => end.send({ extension: 0, bit: 'offChannel', messageType: 0 }, new Uint8Array(1))) instanceof AppError,
    'and sends nothing',
  );
}

function thrownBy(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}
