import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { EMPTY, fromHex, toHex } from '../../core/bytes.ts';
import { PROTOCOL_NAME, SymmetricState } from '../../core/noise/symmetric-state.ts';
import { seal } from './oracle.ts';

const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const hmac = (key: Uint8Array, ...parts: Uint8Array[]) => createHmac('sha256', key).update(Buffer.concat(parts)).digest();

describe('SymmetricState', () => {
  test('NOI-1 the protocol name has 45 bytes', () => {
    expect(PROTOCOL_NAME).toHaveLength(45);
  });

  test('NOI-2 begins with the two known hashes and no key', () => {
    const state = new SymmetricState();
    expect(toHex(state.chainingKey)).toBe('2eb47881208e9eee1f669f67c66ee70ea9ea88090d503fe830dc4bc83e29bf10');
    expect(toHex(state.handshakeHash)).toBe('922fa32e4f487c0d59caa3bed7899ce3d98db7e13dbd3b7cf2d23dd433dc6104');
    expect(state.encryptAndHash(fromHex('abcd'))).toEqual(fromHex('abcd'));
  });

  test('NOI-5 MixHash is h = SHA256(h ‖ d), also of nothing', () => {
    const state = new SymmetricState();
    const before = state.handshakeHash;
    state.mixHash(fromHex('0102'));
    expect(toHex(state.handshakeHash)).toBe(sha256(before, fromHex('0102')).toString('hex'));
    const again = state.handshakeHash;
    state.mixHash(EMPTY);
    expect(toHex(state.handshakeHash)).toBe(sha256(again).toString('hex'));
  });

  test('NOI-5 MixKey takes both outputs of HKDF2 and leaves h alone', () => {
    const [state, input] = [new SymmetricState(), fromHex('33'.repeat(32))];
    const [hash, temporary] = [state.handshakeHash, hmac(state.chainingKey, input)];
    state.mixKey(input);
    expect(toHex(state.chainingKey)).toBe(hmac(temporary, Buffer.from([1])).toString('hex'));
    expect(state.handshakeHash).toEqual(hash);
  });

  test('NOI-5 MixKey starts the counter at 0 again', () => {
    const [fresh, used] = [new SymmetricState(), new SymmetricState()];
    for (const state of [fresh, used]) state.mixKey(fromHex('01'));
    for (const state of [fresh, used]) state.encryptAndHash(EMPTY);
    used.encryptAndHash(EMPTY);
    for (const state of [fresh, used]) state.mixKey(fromHex('02'));
    expect(used.split()[0].encryptWithAd(EMPTY, EMPTY)).toEqual(fresh.split()[0].encryptWithAd(EMPTY, EMPTY));
  });

  test('NOI-6 both sides mix the ciphertext, so that their hashes agree', () => {
    const [tx, rx] = [new SymmetricState(), new SymmetricState()];
    for (const state of [tx, rx]) state.mixKey(fromHex('44'.repeat(32)));
    const before = tx.handshakeHash;
    const sealed = tx.encryptAndHash(fromHex('c0ffee'));
    expect(toHex(tx.handshakeHash)).toBe(sha256(before, sealed).toString('hex'));
    expect(rx.decryptAndHash(sealed)).toEqual(fromHex('c0ffee'));
    expect(rx.handshakeHash).toEqual(tx.handshakeHash);
  });

  test('NOI-6 h is the associated data: another transcript does not open, and then nothing is mixed', () => {
    const [tx, rx] = [new SymmetricState(), new SymmetricState()];
    for (const state of [tx, rx]) state.mixKey(fromHex('44'.repeat(32)));
    rx.mixHash(fromHex('00'));
    const before = rx.handshakeHash;
    expect(rx.decryptAndHash(tx.encryptAndHash(fromHex('c0ffee')))).toBeUndefined();
    expect(rx.handshakeHash).toEqual(before);
  });

  test('NOI-10 Split gives the two outputs of HKDF2(ck, nothing), in that order', () => {
    const state = new SymmetricState();
    const temporary = hmac(state.chainingKey);
    const first = hmac(temporary, Buffer.from([1]));
    const keys = [first, hmac(temporary, first, Buffer.from([2]))];
    const sealed = state.split().map((cipher) => cipher.encryptWithAd(EMPTY, fromHex('c0ffee')));
    expect(sealed.map(toHex)).toEqual(keys.map((key) => toHex(seal(key, 0n, EMPTY, fromHex('c0ffee')))));
  });
});
