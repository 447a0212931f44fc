import fc from 'fast-check';
import type * as P from 'micro-packed';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../core/bytes.ts';
import * as T from '../../core/wire/types.ts';

const bytesUpTo = (maxLength: number) => fc.uint8Array({ maxLength });

describe('numbers', () => {
  const cases: readonly [name: string, coder: P.CoderType<never>, value: unknown, hex: string][] = [
    ['U8', T.U8, 0xfe, 'fe'],
    ['U16', T.U16, 0x0102, '0201'],
    ['U24', T.U24, 0x010203, '030201'],
    ['U24 at its end', T.U24, 0xffffff, 'ffffff'],
    ['U32', T.U32, 0xfffefdfc, 'fcfdfeff'],
    ['U64', T.U64, 0x0102030405060708n, '0807060504030201'],
    ['U64 at its end', T.U64, 2n ** 64n - 1n, 'ffffffffffffffff'],
    ['F32', T.F32, 1.5, '0000c03f'],
  ] as never;

  test.each(cases)('TYP-1 %s is little-endian, both ways', (_, coder, value, hex) => {
    expect(toHex(coder.encode(value as never))).toBe(hex);
    expect(coder.decode(fromHex(hex))).toBe(value);
  });

  test('TYP-12 U64 keeps what a double would round', () => {
    const value = 2n ** 53n + 1n;
    expect(T.U64.decode(T.U64.encode(value))).toBe(value);
  });

  test('TYP-11 NaN, infinities and negatives decode, so that their receiver can refuse the one message', () => {
    const read = (hex: string) => T.F32.decode(fromHex(hex));
    expect([read('0000c07f'), read('0000807f'), read('000080bf')]).toEqual([Number.NaN, Number.POSITIVE_INFINITY, -1]);
  });

  test('TYP-11 single precision keeps 24 bits of a hash rate in hashes per second', () => {
    for (const rate of [0, 1e3, 333e6, 1.2345678e12, 100e12, 9.87654321e20]) {
      expect(T.F32.decode(T.F32.encode(rate))).toBe(Math.fround(rate));
    }
  });

  test('TYP-11 a rate beyond single precision is sent as the largest number there is, not as infinity', () => {
    expect([toHex(T.F32.encode(1e39)), toHex(T.F32.encode(-1e39))]).toEqual(['ffff7f7f', 'ffff7fff']);
    expect(T.F32.decode(fromHex('ffff7f7f'))).toBe(3.4028234663852886e38);
  });
});

describe('BOOL', () => {
  test.each([
    [0x00, false],
    [0x01, true],
    [0x02, false],
    [0x03, true],
    [0xfe, false],
    [0xff, true],
  ])('TYP-2 reads 0x%s by its lowest bit only', (byte, value) => {
    expect(T.Bool.decode(Uint8Array.of(byte))).toBe(value);
  });

  test('TYP-2 writes 0 or 1', () => {
    expect([T.Bool.encode(false), T.Bool.encode(true)]).toEqual([Uint8Array.of(0), Uint8Array.of(1)]);
  });
});

describe('byte strings', () => {
  test('TYP-3 U256 keeps its 32 bytes as they came', () => {
    const hash = Uint8Array.from({ length: 32 }, (_, index) => index);
    expect(T.U256.decode(hash)).toEqual(hash);
    expect(T.U256.encode(hash)).toEqual(hash);
    expect(() => T.U256.decode(hash.subarray(1))).toThrow();
  });

  test('TYP-4 B0_255, B0_64K and B0_16M begin with one, two and three bytes of length', () => {
    const value = fromHex('aabb');
    expect([T.B0_255, T.B0_64K, T.B0_16M].map((coder) => toHex(coder.encode(value)))).toEqual(['02aabb', '0200aabb', '020000aabb']);
  });

  test('TYP-4 come back from their bytes, at every length they allow', () => {
    fc.assert(
      fc.property(bytesUpTo(255), (value) => {
        expect(T.B0_255.decode(T.B0_255.encode(value))).toEqual(value);
      }),
    );
    fc.assert(
      fc.property(bytesUpTo(32), (value) => {
        expect(T.B0_32.decode(T.B0_32.encode(value))).toEqual(value);
      }),
    );
    for (const length of [0, 1, 255, 256, 65_535]) {
      const value = new Uint8Array(length).fill(7);
      expect(T.B0_64K.decode(T.B0_64K.encode(value))).toEqual(value);
    }
    const long = new Uint8Array(65_536).fill(7);
    expect(T.B0_16M.decode(T.B0_16M.encode(long))).toEqual(long);
  });

  test('TYP-4 refuse to be longer than their length can say', () => {
    expect(() => T.B0_255.encode(new Uint8Array(256))).toThrow();
    expect(() => T.B0_64K.encode(new Uint8Array(65_536))).toThrow();
    expect(() => T.B0_32.encode(new Uint8Array(33))).toThrow();
  });

  test('TYP-4 SEC-6 B0_32 of 33 to 255 bytes is an error, 32 is not', () => {
    const withLength = (length: number) => Uint8Array.from([length, ...new Uint8Array(length)]);
    expect(T.B0_32.decode(withLength(32))).toHaveLength(32);
    for (let length = 33; length <= 255; length += 1) expect(() => T.B0_32.decode(withLength(length))).toThrow();
  });

  test.each([
    ['B0_255', T.B0_255, '05aabb'],
    ['B0_64K', T.B0_64K, 'ffff00'],
    ['B0_16M', T.B0_16M, 'ffffff00'],
    ['STR0_255', T.Str0_255, 'ff'],
    ['U256', T.U256, '00'],
  ] as [string, P.CoderType<unknown>, string][])('TYP-8 SEC-5 %s past the end is an error', (_, coder, hex) => {
    expect(() => coder.decode(fromHex(hex))).toThrow();
  });
});

describe('STR0_255', () => {
  test.each([
    ['', '00'],
    ['abc', '03616263'],
    ['é', '02c3a9'],
    ['a\u0000b', '03610062'],
    ['\ufeffx', '04efbbbf78'],
    ['⛏', '03e29b8f'],
  ])('TYP-4 %j is length and UTF-8, no terminator, both ways', (text, hex) => {
    expect(toHex(T.Str0_255.encode(text))).toBe(hex);
    expect(T.Str0_255.decode(fromHex(hex))).toBe(text);
  });

  test('TYP-4 any bytes decode without failing, ASCII stays readable', () => {
    expect(T.Str0_255.decode(fromHex('05ff6f6b80c3'))).toBe('?ok??');
    fc.assert(fc.property(bytesUpTo(255), (bytes) => typeof T.Str0_255.decode(Uint8Array.from([bytes.length, ...bytes])) === 'string'));
  });

  test('TYP-4 text that was received can be passed on: it never outgrows its field', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 255, maxLength: 255 }), (bytes) => {
        const text = T.Str0_255.decode(Uint8Array.from([255, ...bytes]));
        expect(T.Str0_255.decode(T.Str0_255.encode(text))).toBe(text);
      }),
    );
  });

  test('TYP-4 half a surrogate pair is sent as U+FFFD instead of failing', () => {
    expect(toHex(T.Str0_255.encode('\ud800'))).toBe('03efbfbd');
  });

  test('TYP-4 text of 255 bytes fits, one letter of two bytes more does not', () => {
    expect(T.Str0_255.encode('x'.repeat(255))).toHaveLength(256);
    expect(() => T.Str0_255.encode('é'.repeat(128))).toThrow();
  });
});

describe('lists', () => {
  test('TYP-5 SEQ0_255 counts elements in one byte, SEQ0_64K in two, elements back to back', () => {
    expect(toHex(T.seq0_255(T.U16).encode([1, 2]))).toBe('0201000200');
    expect(toHex(T.seq0_64K(T.U16).encode([1, 2]))).toBe('020001000200');
    expect(toHex(T.seq0_64K(T.B0_16M).encode([fromHex('aa'), fromHex('bbcc')]))).toBe('0200010000aa020000bbcc');
  });

  test('TYP-5 lists come back from their bytes', () => {
    const list = fc.array(fc.integer({ min: 0, max: 0xffffffff }), { maxLength: 255 });
    fc.assert(
      fc.property(list, (values) => {
        expect(T.seq0_255(T.U32).decode(T.seq0_255(T.U32).encode(values))).toEqual(values);
      }),
    );
    const texts = fc.array(bytesUpTo(40), { maxLength: 300 });
    fc.assert(
      fc.property(texts, (values) => {
        expect(T.seq0_64K(T.B0_16M).decode(T.seq0_64K(T.B0_16M).encode(values))).toEqual(values);
      }),
    );
  });

  test('TYP-5 a list longer than its count can say is refused', () => {
    expect(() => T.seq0_255(T.U8).encode(Array.from({ length: 256 }, () => 0))).toThrow();
  });

  test('TYP-8 SEC-5 a count of 65535 with no data is an error that reads no element', () => {
    let reads = 0;
    const decodeStream: typeof T.U32.decodeStream = (reader) => {
      reads += 1;
      return T.U32.decodeStream(reader);
    };
    const counted = { ...T.U32, decodeStream };
    expect(() => T.seq0_64K(counted).decode(fromHex('ffff00000000'))).toThrow(/past the end/);
    expect(reads).toBe(0);
  });

  test('TYP-8 SEC-5 a list of variable elements stops at the first that is not there', () => {
    expect(() => T.seq0_64K(T.B0_16M).decode(fromHex('0400010000aa010000'))).toThrow();
  });
});

describe('OPTION', () => {
  test('TYP-6 nothing is one zero byte, something is 1 and the element', () => {
    const coder = T.option(T.U32);
    expect([toHex(coder.encode(undefined)), toHex(coder.encode(5))]).toEqual(['00', '0105000000']);
    expect([coder.decode(fromHex('00')), coder.decode(fromHex('0105000000'))]).toEqual([undefined, 5]);
  });

  test('TYP-6 SEC-6 a count of 2 to 255 is an error', () => {
    for (let count = 2; count <= 255; count += 1) {
      const bytes = Uint8Array.from([count, ...new Uint8Array(4 * count)]);
      for (const tried of [bytes, bytes.subarray(0, 1), bytes.subarray(0, 5)]) {
        expect(() => T.option(T.U32).decode(tried)).toThrow(`option with ${count} elements`);
      }
    }
  });

  test('TYP-6 TYP-8 an element that is not there is an error', () => {
    expect(() => T.option(T.U32).decode(fromHex('01050000'))).toThrow();
  });
});
