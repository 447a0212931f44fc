import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../core/bytes.ts';
import { decodeHeader, encodeFrame, encodeHeader, type FrameHeader, MAX_PAYLOAD_BYTES } from '../../core/wire/frame.ts';

const published: readonly [hex: string, header: FrameHeader][] = [
  ['00 00 00 4d 00 00', { extension: 0, bit: 'offChannel', messageType: 0, payloadBytes: 77 }],
  ['00 80 1a 18 00 00', { extension: 0, bit: 'onChannel', messageType: 0x1a, payloadBytes: 24 }],
  ['bc 8a 01 ff ff ff', { extension: 0x0abc, bit: 'onChannel', messageType: 1, payloadBytes: MAX_PAYLOAD_BYTES }],
  ['ff 7f ff 03 02 01', { extension: 0x7fff, bit: 'offChannel', messageType: 0xff, payloadBytes: 0x010203 }],
];

const headers: fc.Arbitrary<FrameHeader> = fc.record({
  extension: fc.integer({ min: 0, max: 0x7fff }),
  bit: fc.constantFrom('onChannel', 'offChannel'),
  messageType: fc.integer({ min: 0, max: 0xff }),
  payloadBytes: fc.integer({ min: 0, max: MAX_PAYLOAD_BYTES }),
});

describe('the frame header', () => {
  test.each(published)('FRM-1 FRM-2 is six little-endian bytes, both ways: %s', (hex, header) => {
    const bytes = fromHex(hex.replaceAll(' ', ''));
    expect(decodeHeader(bytes)).toEqual(header);
    expect(toHex(encodeHeader(header))).toBe(toHex(bytes));
  });

  test('FRM-1 comes back from its bytes, whatever it says', () => {
    fc.assert(
      fc.property(headers, (header) => {
        expect(decodeHeader(encodeHeader(header))).toEqual(header);
      }),
    );
  });

  test('FRM-1 any six bytes are a header that encodes to the same six bytes', () => {
    const sixBytes = fc.uint8Array({ minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(sixBytes, (bytes) => {
        expect(encodeHeader(decodeHeader(bytes))).toEqual(bytes);
      }),
    );
  });

  test('FRM-2 the channel bit is the high bit of the second byte, not of the first', () => {
    const [low, high] = encodeHeader({ extension: 0, bit: 'onChannel', messageType: 0x1a, payloadBytes: 24 });
    expect([low, high]).toEqual([0x00, 0x80]);
  });

  test('FRM-8 0x8ABC and 0x0ABC are one extension', () => {
    const [withBit, without] = ['bc8a01000000', 'bc0a01000000'].map((hex) => decodeHeader(fromHex(hex)));
    expect(withBit?.extension).toBe(without?.extension);
    expect([withBit?.bit, without?.bit]).toEqual(['onChannel', 'offChannel']);
  });

  test.each([
    { payloadBytes: MAX_PAYLOAD_BYTES + 1 },
    { extension: 0x8000 },
    { extension: -1 },
    { messageType: 0x100 },
    { messageType: -1 },
  ])('refuses to write what does not fit: %o', (wrong) => {
    const fits: FrameHeader = { extension: 0, bit: 'offChannel', messageType: 0, payloadBytes: 1 };
    expect(() => encodeHeader({ ...fits, ...wrong })).toThrow(RangeError);
  });

  test.each([0, 5, 7])('refuses to read %i bytes as six', (length) => {
    expect(() => decodeHeader(new Uint8Array(length))).toThrow(RangeError);
  });
});

test('FRM-1 FRM-9 a whole frame is header and payload, the length counts the payload alone and the channel id with it', () => {
  const payload = fromHex('07000000aabb');
  const frame = encodeFrame({ extension: 0, bit: 'onChannel', messageType: 0x21 }, payload);
  expect(toHex(frame)).toBe('00802106000007000000aabb');
  expect(new DataView(frame.buffer).getUint32(6, true)).toBe(7);
});
