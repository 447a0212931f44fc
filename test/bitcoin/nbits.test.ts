import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeNbits, nbitsOfTarget, targetOfNbits } from '../../core/bitcoin/nbits.ts';
import { compareLe, showHash } from '../../core/bytes.ts';

/** The rows of Bitcoin Core's arith_uint256 test `bignum_SetCompact`: compact, value, compact of that value. */
const zero = { value: '', compact: 0 };
const rows = [
  { nbits: 0x00000000, ...zero },
  { nbits: 0x00123456, ...zero },
  { nbits: 0x01003456, ...zero },
  { nbits: 0x02000056, ...zero },
  { nbits: 0x03000000, ...zero },
  { nbits: 0x04000000, ...zero },
  { nbits: 0x00923456, ...zero },
  { nbits: 0x01803456, ...zero },
  { nbits: 0x02800056, ...zero },
  { nbits: 0x03800000, ...zero },
  { nbits: 0x04800000, ...zero },
  { nbits: 0x01123456, value: '12', compact: 0x01120000 },
  { nbits: 0x02123456, value: '1234', compact: 0x02123400 },
  { nbits: 0x03123456, value: '123456', compact: 0x03123456 },
  { nbits: 0x04123456, value: '12345600', compact: 0x04123456 },
  { nbits: 0x05009234, value: '92340000', compact: 0x05009234 },
  { nbits: 0x20123456, value: `123456${'0'.repeat(58)}`, compact: 0x20123456 },
  { nbits: 0x1d00ffff, value: `ffff${'0'.repeat(52)}`, compact: 0x1d00ffff },
  { nbits: 0x207fffff, value: `7fffff${'0'.repeat(58)}`, compact: 0x207fffff },
];

test.each(rows)('nbits $nbits is the target 0x$value and back', ({ nbits, value, compact }) => {
  expect(showHash(targetOfNbits(nbits))).toBe(value.padStart(64, '0'));
  expect(decodeNbits(nbits)).toMatchObject({ negative: false, overflow: false });
  expect(nbitsOfTarget(targetOfNbits(nbits))).toBe(compact);
});

test.each([
  { nbits: 0x04923456, negative: true, overflow: false },
  { nbits: 0x01fedcba, negative: true, overflow: false },
  { nbits: 0xff123456, negative: false, overflow: true },
  { nbits: 0x23000001, negative: false, overflow: true },
  { nbits: 0x22000100, negative: false, overflow: true },
  { nbits: 0x21010000, negative: false, overflow: true },
  { nbits: 0xffffffff, negative: true, overflow: true },
])('MIN-39 nonsense nbits $nbits is a target that nothing meets', ({ nbits, negative, overflow }) => {
  expect(decodeNbits(nbits)).toMatchObject({ negative, overflow });
  expect(targetOfNbits(nbits)).toEqual(new Uint8Array(32));
});

test('large exponents whose mantissa still fits are no overflow', () => {
  expect(decodeNbits(0x220000ff)).toMatchObject({ overflow: false });
  expect(showHash(targetOfNbits(0x220000ff))).toBe(`ff${'0'.repeat(62)}`);
  expect(showHash(targetOfNbits(0x2100ffff))).toBe(`ffff${'0'.repeat(60)}`);
});

test('MIN-39 no nbits at all throws, and none gives a target of another length', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 0xffffffff }), (nbits) => targetOfNbits(nbits).length === 32));
});

test('the compact form of a target is the largest at or below it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (target) => {
      const rounded = targetOfNbits(nbitsOfTarget(target));
      expect(compareLe(rounded, target)).toBeLessThanOrEqual(0);
      expect(nbitsOfTarget(rounded)).toBe(nbitsOfTarget(target));
    }),
  );
});
