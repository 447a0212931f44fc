/** Vectors of handshakes: keys, clock, both acts and the first frames, from whichever sides the vector knows the secrets of. */
import * as z from 'zod';
import { faultOf, PeerError } from '../../core/errors.ts';
import { parseAuthorityKey } from '../../core/noise/authority-key.ts';
import { checkCertificate, decodeCertificate } from '../../core/noise/certificate.ts';
import { answerAct1, readAct2, type Transport, writeAct1 } from '../../core/noise/handshake.ts';
import { FrameReader, FrameWriter } from '../../core/noise/secure-frames.ts';
import { MAX_PAYLOAD_BYTES } from '../../core/wire/frame.ts';
import { Comparison } from './outcome.ts';
import { bytes32, hex, name, u32 } from './schemas.ts';

const keyPair = z.strictObject({ secret: bytes32, encoding: hex.refine((bytes) => bytes.length === 64, 'must have 64 bytes') });

const frame = z.strictObject({
  from: z.enum(['initiator', 'responder']),
  extension: z.int().min(0).max(0x7fff),
  channelBit: z.boolean(),
  messageType: z.int().min(0).max(0xff),
  payload: hex,
  bytes: hex,
});

export const noiseVector = z
  .strictObject({
    kind: z.literal('noise'),
    name,
    initiatorEphemeral: keyPair.optional(),
    responderEphemeral: keyPair.optional(),
    responderStatic: keyPair.optional(),
    authorityKey: z.string().optional(),
    certificate: hex.refine((bytes) => bytes.length === 74, 'must have 74 bytes'),
    clock: u32,
    act1: hex,
    act2: hex,
    handshakeHash: bytes32.optional(),
    frames: z.array(frame).default([]),
    fault: z.string().optional(),
  })
  .refine(({ responderEphemeral: e, responderStatic: s }) => (e === undefined) === (s === undefined), 'a responder has two key pairs')
  .refine(({ initiatorEphemeral: i, responderEphemeral: r }) => i !== undefined || r !== undefined, 'no side has its secrets');
type NoiseVector = z.infer<typeof noiseVector>;
type FrameVector = z.infer<typeof frame>;

/** The initiator reads act 2 as the responder writes it, and each side reads the frames that the other writes. */
export function checkNoise(vector: NoiseVector): string[] {
  const compare = new Comparison();
  compare.step('the responder', () => checkResponder(vector, compare));
  compare.step('the initiator', () => checkInitiator(vector, compare));
  return compare.wrong;
}

function checkResponder(vector: NoiseVector, compare: Comparison): void {
  const { responderEphemeral: ephemeral, responderStatic: staticKeyPair, certificate } = vector;
  if (ephemeral === undefined || staticKeyPair === undefined) return;
  const { act2, transport } = answerAct1(vector.act1, { ephemeral, staticKeyPair, certificate });
  compare.bytes('act 2', act2, vector.act2);
  checkTransport(transport, 'responder', vector, compare);
}

function checkInitiator(vector: NoiseVector, compare: Comparison): void {
  if (vector.initiatorEphemeral === undefined) return;
  const { act1, awaiting } = writeAct1(vector.initiatorEphemeral);
  compare.bytes('act 1', act1, vector.act1);
  const transport = receiveAct2(awaiting, vector, compare);
  if (transport !== undefined) checkTransport(transport, 'initiator', vector, compare);
}

/** What a fault of act 2 or its certificate ends: then there is no transport. */
function receiveAct2(awaiting: Parameters<typeof readAct2>[0], vector: NoiseVector, compare: Comparison): Transport | undefined {
  try {
    const { certificate, staticKey, transport } = readAct2(awaiting, vector.act2);
    compare.bytes('the certificate', certificate, vector.certificate);
    throwIfRefused(certificate, staticKey, vector);
    compare.text('the fault', 'none', vector.fault ?? 'none');
    return transport;
  } catch (error) {
    if (!(error instanceof PeerError)) throw error;
    compare.text('the fault', faultOf(error).code, vector.fault ?? 'none');
    return undefined;
  }
}

function throwIfRefused(certificate: Uint8Array, staticKey: Uint8Array, { authorityKey: text, clock }: NoiseVector): void {
  if (text === undefined) return;
  const against = { authorityKey: parseAuthorityKey(text), staticKey, unixSeconds: clock };
  const failure = checkCertificate(decodeCertificate(certificate), against);
  if (failure !== undefined) throw new PeerError(failure);
}

function checkTransport(
  transport: Transport,
  side: FrameVector['from'],
  { handshakeHash, frames }: NoiseVector,
  compare: Comparison,
): void {
  if (handshakeHash !== undefined) compare.bytes('the handshake hash', transport.handshakeHash, handshakeHash);
  const [writer, reader] = [new FrameWriter(transport.send), new FrameReader(transport.receive, () => MAX_PAYLOAD_BYTES)];
  frames.forEach((expected, index) => {
    const what = `frame ${index} at the ${side}`;
    if (expected.from === side) compare.bytes(what, writer.seal(startOf(expected), expected.payload), expected.bytes);
    else checkOpened(reader, expected, what, compare);
  });
}

function checkOpened(reader: FrameReader, expected: FrameVector, what: string, compare: Comparison): void {
  reader.push(expected.bytes);
  const opened = reader.next();
  if (opened === undefined) throw new Error(`${what} is not whole`);
  const { payloadBytes: _, ...start } = opened.header;
  compare.text(`${what}: its header`, JSON.stringify(start), JSON.stringify(startOf(expected)));
  compare.bytes(`${what}: its payload`, opened.payload, expected.payload);
}

function startOf({ extension, channelBit, messageType }: FrameVector) {
  return { extension, bit: channelBit ? ('onChannel' as const) : ('offChannel' as const), messageType };
}
