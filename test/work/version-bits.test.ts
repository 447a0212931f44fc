import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HARDWARE_BITS, nextSubset, ROLLABLE_BITS, softwareBits, subsetsOf } from '../../core/work/version-bits.ts';

const masks = fc.integer({ min: 0, max: 0xffffffff });

test('every subset of a mask comes once, from zero back to zero', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 31 }), { maxLength: 10 }), (bits) => {
      const mask = bits.reduce((sum, bit) => sum + 2 ** bit, 0);
      const seen = new Set<number>();
      let subset = 0;
      do {
        seen.add(subset);
        expect((subset & ~mask) >>> 0).toBe(0);
        subset = nextSubset(subset, mask);
      } while (subset !== 0);
      expect(seen.size).toBe(2 ** bits.length);
      expect(subsetsOf(mask)).toBe(seen.size);
    }),
  );
});

test('MIN-31 software never rolls a bit that the job does not let roll, nor one outside BIP 323', () => {
  fc.assert(
    fc.property(masks, fc.constantFrom('fixed' as const, 'extranonce' as const), (mask, root) => {
      expect((softwareBits(mask, root) & ~(mask & ROLLABLE_BITS)) >>> 0).toBe(0);
    }),
  );
});

test('with an extranonce the hardware bits of BIP 320 are left to devices', () => {
  fc.assert(fc.property(masks, (mask) => (softwareBits(mask, 'extranonce') & HARDWARE_BITS) === 0));
});

test.each([
  { mask: 0x1fffffe0, root: 'extranonce', bits: 0x1fe0 },
  { mask: 0x1fffffe0, root: 'fixed', bits: 0x1fe0 },
  { mask: 0x1fffe000, root: 'extranonce', bits: 0 },
  { mask: 0x1fffe000, root: 'fixed', bits: 0x1e000000 },
  { mask: 0x00006000, root: 'fixed', bits: 0x00006000 },
  { mask: 0, root: 'fixed', bits: 0 },
  { mask: 0xffffffff, root: 'extranonce', bits: 0x1fe0 },
] as const)('of mask $mask with $root root, $bits are rolled here', ({ mask, root, bits }) => {
  expect(softwareBits(mask, root)).toBe(bits);
});
