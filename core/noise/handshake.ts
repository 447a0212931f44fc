/**
 * The Noise NX handshake (specification 4.5; NOI-7 to NOI-10, NOI-12). Two acts of 64 and 234 bytes, no third:
 *
 *     -> e
 *     <- e, ee, s, es, certificate
 *
 * Functions of whole acts and injected keys; `connection.ts` collects the bytes, keeps the time and checks the certificate.
 */
import { concat, EMPTY } from '../bytes.ts';
import { PeerError } from '../errors.ts';
import { CERTIFICATE_BYTES } from './certificate.ts';
import { type CipherState, TAG_BYTES } from './cipher-state.ts';
import { ENCODED_KEY_BYTES, ecdh, type KeyPair } from './key-pair.ts';
import { SymmetricState } from './symmetric-state.ts';

export const ACT_1_BYTES = ENCODED_KEY_BYTES;
const SEALED_KEY_BYTES = ENCODED_KEY_BYTES + TAG_BYTES;
/** 64 + 80 + 90. One line of the specification still prints 170; every implementation sends 234 (NOI-8). */
export const ACT_2_BYTES = ENCODED_KEY_BYTES + SEALED_KEY_BYTES + CERTIFICATE_BYTES + TAG_BYTES;

export type HandshakeFailure = { readonly code: 'handshake-failed'; readonly part: 'static-key' | 'certificate' };

/** The session's two ciphers, named from our side. */
export interface Transport {
  readonly send: CipherState;
  readonly receive: CipherState;
  /** 32 bytes that name the session; the same on both sides. */
  readonly handshakeHash: Uint8Array;
}

/** An initiator that has sent act 1. */
export interface AwaitingAct2 {
  readonly ephemeral: KeyPair;
  readonly symmetric: SymmetricState;
}

/** What an act 2 carried. The certificate is not checked yet. */
export interface Act2 {
  readonly transport: Transport;
  /** 64-byte encoding of the responder's static key. */
  readonly staticKey: Uint8Array;
  /** 74 bytes. */
  readonly certificate: Uint8Array;
}

/** @param ephemeral a pair used for this connection only (NOI-3) */
export function writeAct1(ephemeral: KeyPair): { act1: Uint8Array; awaiting: AwaitingAct2 } {
  const symmetric = new SymmetricState();
  symmetric.mixHash(ephemeral.encoding);
  // The empty payload of act 1 is mixed too: forgetting it is the classic bug (NOI-7).
  symmetric.encryptAndHash(EMPTY);
  return { act1: ephemeral.encoding.slice(), awaiting: { ephemeral, symmetric } };
}

/**
 * Initiator: opens act 2. The state is spent afterwards.
 * @param act2 exactly 234 bytes
 * @throws PeerError<HandshakeFailure> when a tag is wrong
 */
export function readAct2({ ephemeral, symmetric }: AwaitingAct2, act2: Uint8Array): Act2 {
  if (act2.length !== ACT_2_BYTES) throw new RangeError('act 2 has 234 bytes');
  const theirs = act2.subarray(0, ENCODED_KEY_BYTES);
  const certificateAt = ENCODED_KEY_BYTES + SEALED_KEY_BYTES;
  symmetric.mixHash(theirs);
  symmetric.mixKey(ecdh(ephemeral, theirs, 'initiator'));
  const staticKey = opened(symmetric, act2.subarray(ENCODED_KEY_BYTES, certificateAt), 'static-key');
  symmetric.mixKey(ecdh(ephemeral, staticKey, 'initiator'));
  const certificate = opened(symmetric, act2.subarray(certificateAt), 'certificate');
  const [send, receive] = symmetric.split();
  return { staticKey, certificate, transport: { send, receive, handshakeHash: symmetric.handshakeHash } };
}

/** What a responder answers with. */
export interface ResponderKeys {
  /** A pair used for this connection only (NOI-3). */
  readonly ephemeral: KeyPair;
  readonly staticKeyPair: KeyPair;
  /** 74 bytes, sent as they are. */
  readonly certificate: Uint8Array;
}

/**
 * Responder: answers act 1. Every 64 bytes are a legal act 1.
 * @param act1 exactly 64 bytes
 */
export function answerAct1(act1: Uint8Array, keys: ResponderKeys): { act2: Uint8Array; transport: Transport } {
  if (act1.length !== ACT_1_BYTES) throw new RangeError('act 1 has 64 bytes');
  if (keys.certificate.length !== CERTIFICATE_BYTES) throw new RangeError('a certificate has 74 bytes');
  const symmetric = new SymmetricState();
  symmetric.mixHash(act1);
  symmetric.decryptAndHash(EMPTY);
  symmetric.mixHash(keys.ephemeral.encoding);
  symmetric.mixKey(ecdh(keys.ephemeral, act1, 'responder'));
  const sealedKey = symmetric.encryptAndHash(keys.staticKeyPair.encoding);
  symmetric.mixKey(ecdh(keys.staticKeyPair, act1, 'responder'));
  const sealedCertificate = symmetric.encryptAndHash(keys.certificate);
  const [receive, send] = symmetric.split();
  return {
    act2: concat(keys.ephemeral.encoding, sealedKey, sealedCertificate),
    transport: { send, receive, handshakeHash: symmetric.handshakeHash },
  };
}

function opened(symmetric: SymmetricState, sealed: Uint8Array, part: HandshakeFailure['part']): Uint8Array {
  const plain = symmetric.decryptAndHash(sealed);
  if (plain === undefined) throw new PeerError<HandshakeFailure>({ code: 'handshake-failed', part });
  return plain;
}
