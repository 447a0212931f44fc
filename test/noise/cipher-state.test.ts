import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EMPTY, fromHex, toHex } from '../../core/bytes.ts';
import { AppError } from '../../core/errors.ts';
import { CipherState, TAG_BYTES } from '../../core/noise/cipher-state.ts';
import { sealFrame } from './oracle.ts';

const key = fromHex('11'.repeat(32));
const LAST = 0xffffffff;

describe('CipherState', () => {
  test('NOI-11 the cipher under it is the AEAD of RFC 8439: section 2.8.2', () => {
    const rfcKey = Uint8Array.from({ length: 32 }, (_, index) => 0x80 + index);
    const aead = chacha20poly1305(rfcKey, fromHex('070000004041424344454647'), fromHex('50515253c0c1c2c3c4c5c6c7'));
    const sealed = aead.encrypt(
      utf8ToBytes("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it."),
    );
    expect(toHex(sealed.subarray(0, 16))).toBe('d31a8d34648e60db7b86afbc53ef7ec2');
    expect(toHex(sealed.subarray(-16))).toBe('1ae10b594f09e26a7e902ecbd0600691');
  });

  test('NOI-11 the nonce is four zero bytes and the counter little-endian: node:crypto agrees at every width', () => {
    for (const [low, high] of [
      [0, 0],
      [1, 0],
      [0x01020304, 0],
      [LAST, 0],
      [0, 1],
      [5, 0x00200000],
      [LAST - 2, LAST],
    ] as const) {
      const [header, payload] = [fromHex('000001020000'), fromHex('aabb')];
      const cipher = new CipherState(key, { low, high });
      const sealed = [cipher.encryptWithAd(EMPTY, header), cipher.encryptWithAd(EMPTY, payload)].map(toHex).join('');
      expect(sealed).toBe(toHex(sealFrame(key, (BigInt(high) << 32n) | BigInt(low), header, payload)));
    }
  });

  test('NOI-11 what one side seals the other opens, in order, with the same associated data', () => {
    const [tx, rx] = [new CipherState(key), new CipherState(key)];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 80 }), (ad, plaintext) => {
        expect(rx.decryptWithAd(ad, tx.encryptWithAd(ad, plaintext))).toEqual(plaintext);
      }),
    );
  });

  test('NOI-11 a failed decryption does not advance the counter', () => {
    const [tx, rx] = [new CipherState(key), new CipherState(key)];
    const sealed = tx.encryptWithAd(EMPTY, fromHex('c0ffee'));
    const damaged = sealed.slice();
    damaged[0] = (damaged[0] as number) ^ 1;
    expect(rx.decryptWithAd(EMPTY, damaged)).toBeUndefined();
    expect(rx.decryptWithAd(EMPTY, sealed)).toEqual(fromHex('c0ffee'));
  });

  test('NOI-12 one flipped bit anywhere, other associated data or fewer bytes than a tag do not open', () => {
    const sealed = new CipherState(key).encryptWithAd(fromHex('01'), fromHex('c0ffee'));
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const damaged = sealed.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(new CipherState(key).decryptWithAd(fromHex('01'), damaged)).toBeUndefined();
    }
    expect(new CipherState(key).decryptWithAd(fromHex('02'), sealed)).toBeUndefined();
    for (let length = 0; length < TAG_BYTES; length += 1) {
      expect(new CipherState(key).decryptWithAd(fromHex('01'), sealed.subarray(0, length))).toBeUndefined();
    }
  });

  test('NOI-13 SEC-37 counters past 2^53 stay exact, and the words carry', () => {
    const start = { low: LAST, high: 0x00200000 };
    const cipher = new CipherState(key, start);
    const [first, second] = [cipher.encryptWithAd(EMPTY, EMPTY), cipher.encryptWithAd(EMPTY, EMPTY)];
    expect(toHex(second)).toBe(toHex(new CipherState(key, { low: 0, high: 0x00200001 }).encryptWithAd(EMPTY, EMPTY)));
    expect(toHex(first)).not.toBe(toHex(second));
  });

  test('NOI-13 SEC-37 the reserved counter 2^64−1 is never used, in either direction, and stays refused', () => {
    const start = { low: LAST - 1, high: LAST };
    const [tx, rx] = [new CipherState(key, start), new CipherState(key, start)];
    const last = tx.encryptWithAd(EMPTY, EMPTY);
    expect(rx.decryptWithAd(EMPTY, last)).toEqual(EMPTY);
    for (let round = 0; round < 2; round += 1) {
      expect(() => tx.encryptWithAd(EMPTY, EMPTY)).toThrow('cipher-exhausted');
      expect(() => rx.decryptWithAd(EMPTY, last)).toThrow(AppError);
    }
  });

  test('NOI-14 there is no way to rekey', () => {
    expect(Object.getOwnPropertyNames(CipherState.prototype).sort()).toEqual(['constructor', 'decryptWithAd', 'encryptWithAd']);
  });
});
