import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat, fromHex, toHex } from '../../core/bytes.ts';
import { PeerError } from '../../core/errors.ts';
import { decodePayload, encodePayload, message } from '../../core/wire/message.ts';
import { B0_32, option, Str0_255, seq0_255, U8, U32 } from '../../core/wire/types.ts';

const Sample = message(
  'Sample',
  0x77,
  'onChannel',
  { channelId: U32, minNtime: option(U32), label: Str0_255, prefix: B0_32, list: seq0_255(U8) },
  { least: 8, most: 600 },
);
const value = { name: 'Sample', channelId: 7, minNtime: 9, label: 'ok', prefix: fromHex('aabb'), list: [1, 2] } as const;
const hex = '07000000' + '0109000000' + '026f6b' + '02aabb' + '020102';

describe('a message declared once', () => {
  test('encodes its fields in the order of the declaration, and decodes to the same', () => {
    expect(toHex(encodePayload(Sample, { ...value, list: [...value.list] }))).toBe(hex);
    expect(decodePayload(Sample, fromHex(hex))).toEqual({ message: value, rest: new Uint8Array() });
  });

  test('carries its id, bit, extension and sizes', () => {
    expect(Sample).toMatchObject({ name: 'Sample', id: 0x77, bit: 'onChannel', extension: 0, least: 8, most: 600 });
    expect(message('Other', 1, 'offChannel', {}, { least: 0, most: 0, extension: 3 }).extension).toBe(3);
  });

  test('FRM-16 bytes after the last field come back as rest', () => {
    const { message: decoded, rest } = decodePayload(Sample, concat(fromHex(hex), fromHex('c0ffee')));
    expect([decoded, toHex(rest)]).toEqual([value, 'c0ffee']);
  });

  test('FRM-16 TYP-8 SEC-5 a payload cut anywhere is message-malformed, and names the message', () => {
    const whole = fromHex(hex);
    for (let cut = 0; cut < whole.length; cut += 1) {
      const fault = faultOf(() => decodePayload(Sample, whole.subarray(0, cut)));
      expect(fault).toMatchObject({ code: 'message-malformed', message: 'Sample' });
    }
  });

  test('SEC-5 SEC-6 whatever bytes come, the only exception is a PeerError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const fault = faultOf(() => decodePayload(Sample, bytes));
        expect([undefined, 'message-malformed']).toContain(fault?.code);
      }),
    );
  });

  test('a value that does not fit its field is a bug of ours, not the peer’s', () => {
    expect(() => encodePayload(Sample, { ...value, list: [], channelId: 2 ** 32 })).toThrow();
    const tooLong = () => faultOf(() => encodePayload(Sample, { ...value, list: [], prefix: new Uint8Array(33) }));
    expect(tooLong).toThrow('B0_32');
  });
});

function faultOf(act: () => unknown): { code: string } | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof PeerError) return error.fault;
    throw error;
  }
}
