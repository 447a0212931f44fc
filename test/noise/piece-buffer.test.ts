import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concat } from '../../core/bytes.ts';
import { PieceBuffer } from '../../core/noise/piece-buffer.ts';

test('pieces come out in order, whole, whatever pieces went in', () => {
  const sizes = fc.array(fc.nat(300), { maxLength: 20 });
  fc.assert(
    fc.property(sizes, sizes, (pushed, taken) => {
      const buffer = new PieceBuffer();
      const input = Uint8Array.from({ length: pushed.reduce((a, b) => a + b, 0) }, (_, index) => index % 251);
      let at = 0;
      const out: Uint8Array[] = [];
      const wanted = [...taken];
      for (const size of pushed) {
        buffer.push(input.subarray(at, at + size));
        at += size;
        for (let piece = buffer.take(wanted[0] ?? 0); wanted.length > 0 && piece !== undefined; piece = buffer.take(wanted[0] ?? 0)) {
          expect(piece).toHaveLength(wanted.shift() ?? -1);
          out.push(piece.slice());
        }
      }
      const rest = buffer.take(buffer.length);
      expect(concat(...out, rest ?? new Uint8Array())).toEqual(input);
    }),
  );
});

test('what is not all there is not given, and stays', () => {
  const buffer = new PieceBuffer();
  buffer.push(Uint8Array.of(1, 2, 3));
  expect(buffer.take(4)).toBeUndefined();
  expect(buffer.length).toBe(3);
  buffer.push(Uint8Array.of(4));
  expect(buffer.take(4)).toEqual(Uint8Array.of(1, 2, 3, 4));
  expect(buffer.length).toBe(0);
});

test('the caller may reuse its array after a push', () => {
  const [buffer, bytes] = [new PieceBuffer(), Uint8Array.of(1, 2)];
  buffer.push(bytes);
  bytes.fill(9);
  expect(buffer.take(2)).toEqual(Uint8Array.of(1, 2));
});
