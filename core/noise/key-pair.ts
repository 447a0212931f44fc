/**
 * ElligatorSwift key pairs and their shared secret (specification 4.3.1, 4.4.2; BIP 324; NOI-3, NOI-4, NOI-29). The only
 * file that calls the ElligatorSwift library, which is marked experimental: BIP 324's vectors stand guard in the tests.
 * Keys travel as 64 bytes `u ‖ t`, both big-endian; only the x coordinate matters, so parity is never ground.
 */
import { schnorr, secp256k1 } from '@noble/curves/secp256k1.js';
import { elligatorSwift } from '@scure/btc-signer/p2p.js';
import { concat } from '../bytes.ts';
import { AppError } from '../errors.ts';
import type { Random } from '../ports.ts';

export const ENCODED_KEY_BYTES = 64;
export const SECRET_KEY_BYTES = 32;
/** One draw of an encoding in four succeeds; failing this often (chance 10^-128) means that the random source is broken. */
const MAX_DRAWS = 1024;
const CASES = 7; // three random bits choose one of the eight inverses

const Fp = secp256k1.Point.Fp;

/** A secret and one of the many encodings of its public key. */
export interface KeyPair {
  /** 32 bytes, big-endian. */
  readonly secret: Uint8Array;
  /** 64 bytes: ElligatorSwift `u ‖ t`. */
  readonly encoding: Uint8Array;
}

/** A fresh pair. @throws AppError when the random source is broken */
export function generateKeyPair(random: Random): KeyPair {
  return keyPairOf(generateSecret(random), random);
}

/** The pair of a known secret, under a fresh random encoding. */
export function keyPairOf(secret: Uint8Array, random: Random): KeyPair {
  return { secret, encoding: encodeKey(xOnlyOf(secret), random) };
}

/** 32 bytes that are a legal secret: 1 up to the order of the curve. @throws AppError when the random source is broken */
export function generateSecret(random: Random): Uint8Array {
  for (let draw = 0; draw < MAX_DRAWS; draw += 1) {
    const secret = random.bytes(SECRET_KEY_BYTES);
    if (isSecretKey(secret)) return secret;
  }
  throw new AppError({ code: 'random-broken' }, 'machine');
}

/** 32 bytes that are a number from 1 up to the order of the curve. */
export function isSecretKey(bytes: Uint8Array): boolean {
  return secp256k1.utils.isValidSecretKey(bytes);
}

/** The 32-byte x coordinate, big-endian, of a secret's public key. */
export function xOnlyOf(secret: Uint8Array): Uint8Array {
  return schnorr.getPublicKey(secret);
}

/** A random encoding of a public key given by its x coordinate. @throws RangeError when x is not on the curve */
export function encodeKey(xOnly: Uint8Array, random: Random): Uint8Array {
  if (!isOnCurve(xOnly)) throw new RangeError('x is not on the curve');
  const x = Fp.fromBytes(xOnly);
  for (let draw = 0; draw < MAX_DRAWS; draw += 1) {
    const u = Fp.create(Fp.fromBytes(random.bytes(32), true));
    const t = Fp.is0(u) ? undefined : elligatorSwift._inv(x, u, (random.bytes(1)[0] as number) & CASES);
    if (t) return concat(Fp.toBytes(u), Fp.toBytes(t));
  }
  throw new AppError({ code: 'random-broken' }, 'machine');
}

/** The 32-byte x coordinate, big-endian, of an encoded key. Every 64 bytes are an encoding of some key. */
export function decodeKey(encoding: Uint8Array): Uint8Array {
  return elligatorSwift.decode(encoding);
}

/**
 * The BIP 324 shared secret, 32 bytes. The Noise initiator's encoding is hashed first, whoever computes it (NOI-4).
 * @param theirs 64 bytes as they came over the wire
 */
export function ecdh(ours: KeyPair, theirs: Uint8Array, side: 'initiator' | 'responder'): Uint8Array {
  return elligatorSwift.getSharedSecretBip324(ours.secret, theirs, ours.encoding, side === 'initiator');
}

/** Whether 32 bytes, big-endian, are the x coordinate of a point; about half of all numbers are none. */
export function isOnCurve(xOnly: Uint8Array): boolean {
  try {
    schnorr.utils.lift_x(Fp.fromBytes(xOnly));
    return true;
  } catch {
    return false;
  }
}
