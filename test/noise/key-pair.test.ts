import { schnorr } from '@noble/curves/secp256k1.js';
import { describe, expect, test } from 'vitest';
import { concat, fromHex, toHex } from '../../core/bytes.ts';
import { AppError } from '../../core/errors.ts';
import { decodeKey, ecdh, encodeKey, generateKeyPair, isOnCurve, keyPairOf, xOnlyOf } from '../../core/noise/key-pair.ts';
import { seededRandom } from '../fuzz/random.ts';
import bip324 from '../vectors/bip324.json' with { type: 'json' };
import bip340 from '../vectors/bip340.json' with { type: 'json' };
import { hasOddY, verifies as oracleVerifies, xOfEncoding, xOfSecret } from './oracle.ts';

describe('BIP 324 vectors', () => {
  test.each(bip324.decode)('NOI-3 $enc decodes to its x', ({ enc, x }) => {
    expect(toHex(decodeKey(fromHex(enc)))).toBe(x);
  });

  test.each(bip324.bip324_ecdh)('NOI-4 the shared secret of $priv_ours is the published one, initiator $initiating', (vector) => {
    const ours = { secret: fromHex(vector.priv_ours), encoding: fromHex(vector.ellswift_ours) };
    const side = vector.initiating === 1 ? 'initiator' : 'responder';
    expect(toHex(ecdh(ours, fromHex(vector.ellswift_theirs), side))).toBe(vector.shared_secret);
  });

  test('an independent XSwiftEC agrees with them, so the oracle of the handshake tests does too', () => {
    for (const { enc, x } of bip324.decode) expect(toHex(xOfEncoding(fromHex(enc)))).toBe(x);
  });
});

describe('BIP 340 vectors', () => {
  test.each(bip340.vectors)('NOI-16 signature $index verifies: $verifies', ({ signature, message, publicKey, verifies }) => {
    expect(schnorr.verify(fromHex(signature), fromHex(message), fromHex(publicKey))).toBe(verifies);
  });

  test.each(bip340.vectors.slice(0, 5))('NOI-16 the independent verification of the handshake tests agrees on $index', (vector) => {
    const [signature, message, key] = [vector.signature, vector.message, vector.publicKey].map(fromHex) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    expect(oracleVerifies(signature, message, key)).toBe(true);
    expect(oracleVerifies(signature, new Uint8Array(32).fill(1), key)).toBe(false);
  });

  test.each(bip340.vectors.filter((vector) => vector.secretKey !== undefined))('NOI-16 secret $index signs as published', (vector) => {
    const { secretKey = '', auxRand = '', message, signature, publicKey } = vector;
    expect(toHex(schnorr.sign(fromHex(message), fromHex(secretKey), fromHex(auxRand)))).toBe(signature);
    expect(toHex(xOnlyOf(fromHex(secretKey)))).toBe(publicKey);
  });

  test.each(bip340.vectors.filter(({ comment }) => comment?.startsWith('public key')))('key $index is not on the curve', (vector) => {
    expect(isOnCurve(fromHex(vector.publicKey))).toBe(false);
    expect(() => encodeKey(fromHex(vector.publicKey), seededRandom(1))).toThrow(RangeError);
  });
});

describe('key pairs', () => {
  test('NOI-3 encode and decode meet at the same x, for random keys', () => {
    const random = seededRandom(3);
    for (let round = 0; round < 25; round += 1) {
      const pair = generateKeyPair(random);
      expect(pair.encoding).toHaveLength(64);
      expect(toHex(decodeKey(pair.encoding))).toBe(toHex(xOfSecret(pair.secret)));
    }
  });

  test('NOI-3 all-zero and all-one encodings are keys like any other', () => {
    const ours = keyPairOf(fromHex('01'.repeat(32)), seededRandom(1));
    for (const byte of [0x00, 0xff]) expect(ecdh(ours, new Uint8Array(64).fill(byte), 'responder')).toHaveLength(32);
  });

  test('NOI-3 two encodings of one key differ and mean the same', () => {
    const random = seededRandom(4);
    const [one, other] = [1, 2].map(() => keyPairOf(fromHex('07'.repeat(32)), random));
    expect(toHex(one?.encoding ?? new Uint8Array())).not.toBe(toHex(other?.encoding ?? new Uint8Array()));
    expect(decodeKey(one?.encoding as Uint8Array)).toEqual(decodeKey(other?.encoding as Uint8Array));
  });

  test('NOI-4 both sides agree, and swapping the order of the encodings gives another secret', () => {
    const random = seededRandom(5);
    const [a, b] = [generateKeyPair(random), generateKeyPair(random)];
    expect(ecdh(a, b.encoding, 'initiator')).toEqual(ecdh(b, a.encoding, 'responder'));
    expect(ecdh(a, b.encoding, 'initiator')).not.toEqual(ecdh(b, a.encoding, 'initiator'));
  });

  test('NOI-29 the parity of y does not matter: a secret and its negative share x, encoding and secrets', () => {
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const secret = fromHex('05'.repeat(32));
    const negative = fromHex((order - BigInt(`0x${toHex(secret)}`)).toString(16).padStart(64, '0'));
    expect([hasOddY(secret), hasOddY(negative)].sort()).toEqual([false, true]);
    const peer = generateKeyPair(seededRandom(6));
    const encoding = keyPairOf(secret, seededRandom(7)).encoding;
    expect(ecdh({ secret, encoding }, peer.encoding, 'initiator')).toEqual(
      ecdh({ secret: negative, encoding }, peer.encoding, 'initiator'),
    );
  });

  test('secrets outside the curve’s order are drawn again', () => {
    const draws = [new Uint8Array(32), new Uint8Array(32).fill(0xff), fromHex('09'.repeat(32))];
    const rest = seededRandom(8);
    const pair = generateKeyPair({ bytes: (length) => (length === 32 && draws.shift()) || rest.bytes(length) });
    expect(toHex(pair.secret)).toBe('09'.repeat(32));
  });

  test('a broken random source ends in random-broken instead of a loop', () => {
    const zeros = { bytes: (length: number) => new Uint8Array(length) };
    for (const act of [() => generateKeyPair(zeros), () => keyPairOf(fromHex('09'.repeat(32)), zeros)]) {
      expect(act).toThrow(AppError);
      expect(act).toThrow('random-broken');
    }
  });

  test('u is drawn from the whole field: bytes above the prime are reduced, not refused', () => {
    const above = concat(new Uint8Array(28).fill(0xff), fromHex('fffffc31')); // the prime plus two
    const rest = seededRandom(9);
    let first = true;
    const random = {
      bytes: (length: number) => {
        const bytes = first ? above : rest.bytes(length);
        first = false;
        return bytes;
      },
    };
    const encoding = encodeKey(xOnlyOf(fromHex('0a'.repeat(32))), random);
    expect(decodeKey(encoding)).toEqual(xOnlyOf(fromHex('0a'.repeat(32))));
  });
});
