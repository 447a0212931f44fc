/** TLV additions at the end of a payload. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../../core/bytes.ts';
import { cutUtf8, decodeTlvs, encodeTlvs, encodeUserIdentity, MOST_USER_IDENTITY_BYTES, readUserIdentity } from '../../core/sv2/tlv.ts';
import { anyText } from '../fake/any-text.ts';

const worker = new Set([2]);

test('EXT-8 EXT-9 a user identity goes out as id, field and length in little-endian order', () => {
  expect(toHex(encodeUserIdentity('Worker_001'))).toBe('0200010a00576f726b65725f303031');
});

test('EXT-9 EXT-10 both byte orders are read', () => {
  const present = { kind: 'present', bytes: fromHex('576f726b65725f303031') };
  expect(readUserIdentity(fromHex('0200010a00576f726b65725f303031'))).toEqual(present);
  expect(readUserIdentity(fromHex('000201000a576f726b65725f303031'))).toEqual(present);
});

test('EXT-11 a length of zero means no value, in both byte orders', () => {
  for (const empty of ['0200010000', '0002010000'])
    expect(readUserIdentity(fromHex(empty))).toEqual({ kind: 'present', bytes: new Uint8Array(0) });
});

test('EXT-8 TLVs are written in the order of their extension ids', () => {
  const tlv = (extension: number) => ({ extension, field: 1, value: Uint8Array.of(extension) });
  expect(toHex(encodeTlvs([tlv(9), tlv(2)]))).toBe('0200010100020900010100' + '09');
});

test('EXT-8 SEC-36 what is not negotiated, runs past the end or is nonsense is passed over', () => {
  for (const bytes of ['', '02', '0200012000', '0200010a0057', '0300010100ff', 'ffffffffffffffff']) {
    expect(decodeTlvs(fromHex(bytes), worker)).toEqual([]);
  }
  expect(decodeTlvs(fromHex('0300010100ff0200010100aa'), worker)).toEqual([{ extension: 2, field: 1, value: Uint8Array.of(0xaa) }]);
});

test('EXT-8 an identity of 33 bytes is told from one of 32', () => {
  const identity = (length: number) => encodeTlvs([{ extension: 2, field: 1, value: new Uint8Array(length) }]);
  expect(readUserIdentity(identity(32)).kind).toBe('present');
  expect(readUserIdentity(identity(33))).toEqual({ kind: 'too-long' });
});

test('EXT-10 a name is cut to 32 bytes between characters, never inside one', () => {
  expect(cutUtf8('ab€', 4)).toEqual(Uint8Array.of(0x61, 0x62));
  expect(cutUtf8('ab€', 5)).toHaveLength(5);
  fc.assert(
    fc.property(anyText(), (text) => {
      const cut = cutUtf8(text, MOST_USER_IDENTITY_BYTES);
      expect(cut.length).toBeLessThanOrEqual(MOST_USER_IDENTITY_BYTES);
      expect(text.toWellFormed().startsWith(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(cut))).toBe(true);
    }),
  );
});

test('SEC-36 no bytes at all make reading TLVs fail', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => ['absent', 'present', 'too-long'].includes(readUserIdentity(bytes).kind)),
  );
});
