import { sha256 } from '@noble/hashes/sha2.js';
import { base58, createBase58check } from '@scure/base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat, fromHex, toHex } from '../../core/bytes.ts';
import { AppError } from '../../core/errors.ts';
import {
  authorityOf,
  generateAuthority,
  isPublishedKey,
  parseAuthorityKey,
  parseSecretKey,
  showAuthorityKey,
  showSecretKey,
} from '../../core/noise/authority-key.ts';
import { seededRandom } from '../fuzz/random.ts';

const raw = '76637000979c1c11af0c300bcd8c7fe48610fce9b9c11e3daee35ae0b08a7455';
const text = '9bXiEd8boQVhq7WddEcERUL5tyyJVFYdU8th3HfbNXK3Yw6GRXh';
const oldForm = 'u95GEReVMjK6k5YqiSFNqqTnKU4ypU2Wm8awa6tmbmDmk1bWt';
const check = createBase58check(sha256);

function faultOf(act: () => unknown): { code: string } | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof AppError && error.whose === 'user') return error.fault;
    throw error;
  }
}

describe('the text form', () => {
  test('NOI-21 the published vector, both ways', () => {
    expect(toHex(parseAuthorityKey(text))).toBe(raw);
    expect(showAuthorityKey(fromHex(raw))).toBe(text);
  });

  test('NOI-21 every key comes back from its text', () => {
    const random = seededRandom(31);
    for (let round = 0; round < 20; round += 1) {
      const { key } = generateAuthority(random);
      expect(parseAuthorityKey(showAuthorityKey(key))).toEqual(key);
    }
  });

  test('NOI-22 the old form of 36 bytes is told apart, with the same key as it is written today', () => {
    expect(faultOf(() => parseAuthorityKey(oldForm))).toEqual({ code: 'key-old-form', newForm: text });
  });

  test.each([
    ['a wrong letter', `9bXiEd8boQVhq7WddEcERUL5tyyJVFYdU8th3HfbNXK3Yw6GRXg`, 'key-checksum'],
    ['two letters swapped', '9bXiEd8boQVhq7WddEcERUL5tyyJVFYdU8th3HfbNXK3Yw6GRhX', 'key-checksum'],
    ['a published bad checksum', '9bDuixKmZqAJnrmP746n8zU1wyAQRrus7th9dxnkPg6RzQvCnam', 'key-checksum'],
    ['nothing', '', 'key-malformed'],
    ['letters base58 does not have', `${text.slice(0, -1)}0`, 'key-malformed'],
    ['a space behind it', `${text} `, 'key-malformed'],
    ['four bytes', base58.encode(fromHex('01020304')), 'key-malformed'],
    ['31 bytes of key', check.encode(fromHex(`0100${raw.slice(2)}`)), 'key-malformed'],
    ['33 bytes of key', check.encode(fromHex(`0100${raw}00`)), 'key-malformed'],
    ['ten thousand letters', '9'.repeat(10_000), 'key-malformed'],
    ['version 0', check.encode(fromHex(`0000${raw}`)), 'key-version'],
    ['version 2', check.encode(fromHex(`0200${raw}`)), 'key-version'],
    ['version 1 big-endian', check.encode(fromHex(`0001${raw}`)), 'key-version'],
    ['version 257', check.encode(fromHex(`0101${raw}`)), 'key-version'],
    ['an x beyond the field', check.encode(fromHex(`0100${'ff'.repeat(32)}`)), 'key-not-on-curve'],
    ['an x with no y', check.encode(fromHex('0100eefdea4cdb677750a420fee807eacf21eb9898ae79b9768766e4faa04a2d4a34')), 'key-not-on-curve'],
    [
      'an old form with no y',
      check.encode(fromHex('eefdea4cdb677750a420fee807eacf21eb9898ae79b9768766e4faa04a2d4a34')),
      'key-not-on-curve',
    ],
  ])('NOI-22 %s is refused by name', (_, wrong, code) => {
    expect(faultOf(() => parseAuthorityKey(wrong))?.code).toBe(code);
  });

  test('NOI-22 the version is told as a number', () => {
    expect(faultOf(() => parseAuthorityKey(check.encode(fromHex(`0302${raw}`))))).toEqual({ code: 'key-version', version: 0x0203 });
  });

  test('NOI-22 whatever is pasted, the answer is a key or a key fault of the user', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 120 }), fc.uint8Array({ maxLength: 60 }).map(base58.encode)), (pasted) => {
        expect(faultOf(() => parseAuthorityKey(pasted))?.code).toMatch(/^key-/);
      }),
    );
  });

  test('NOI-24 a key is made of letters that stand in a URL path as they are', () => {
    expect(text).toMatch(/^[1-9A-HJ-NP-Za-km-z]+$/);
  });
});

describe('secret keys', () => {
  test('NOI-23 are base58check of the bare 32 bytes; the published pair belongs together', () => {
    const secret = parseSecretKey('zmBEmPhqo3A92FkiLVvyCz6htc3e53ph3ZbD4ASqGaLjwnFLi');
    expect(secret).toHaveLength(32);
    expect(showAuthorityKey(authorityOf(secret).key)).toBe('9bDuixKmZqAJnrmP746n8zU1wyAQRrus7th9dxnkPg6RzQvCnan');
    expect(showSecretKey(secret)).toBe('zmBEmPhqo3A92FkiLVvyCz6htc3e53ph3ZbD4ASqGaLjwnFLi');
  });

  test.each([
    ['a public key', text, 'key-malformed'],
    ['a typing error', 'zmBEmPhqo3A92FkiLVvyCz6htc3e53ph3ZbD4ASqGaLjwnFLj', 'key-checksum'],
    ['zero', check.encode(new Uint8Array(32)), 'key-not-on-curve'],
    ['the order of the curve and more', check.encode(new Uint8Array(32).fill(0xff)), 'key-not-on-curve'],
  ])('NOI-23 %s is refused by name, without repeating the text', (_, wrong, code) => {
    const fault = faultOf(() => parseSecretKey(wrong));
    expect(fault?.code).toBe(code);
    expect(JSON.stringify(fault)).not.toContain(wrong);
  });
});

describe('published keys', () => {
  test.each([
    ['mkDLTBBRxdBv998612qipDYoTK3YUrqLe8uWw7gu3iXbSrn2n', '9auqWEzQDVyd2oe1JVGFLMLHZtCo2FFqZwtKA5gd9xbuEu7PH72'],
    ['zmBEmPhqo3A92FkiLVvyCz6htc3e53ph3ZbD4ASqGaLjwnFLi', '9bDuixKmZqAJnrmP746n8zU1wyAQRrus7th9dxnkPg6RzQvCnan'],
  ])('the public secret %s really is the secret of %s', (secret, key) => {
    expect(showAuthorityKey(authorityOf(parseSecretKey(secret)).key)).toBe(key);
    expect(isPublishedKey(parseAuthorityKey(key))).toBe(true);
  });

  test('no other key is one of them', () => {
    expect(isPublishedKey(parseAuthorityKey(text))).toBe(false);
    expect(isPublishedKey(generateAuthority(seededRandom(32)).key)).toBe(false);
    expect(isPublishedKey(concat(fromHex(raw), fromHex('00')))).toBe(false);
  });
});

test.each([0, 31, 33])('%i bytes are refused to be shown as a key', (length) => {
  expect(() => showAuthorityKey(new Uint8Array(length))).toThrow(RangeError);
  expect(() => showSecretKey(new Uint8Array(length))).toThrow(RangeError);
});
