import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concat, fromHex, toHex } from '../../core/bytes.ts';
import { PeerError } from '../../core/errors.ts';
import { CipherState } from '../../core/noise/cipher-state.ts';
import {
  FrameReader,
  type FrameStart,
  FrameWriter,
  MAX_CHUNK_BYTES,
  type PayloadLimit,
  SEALED_HEADER_BYTES,
  sealedPayloadBytes,
} from '../../core/noise/secure-frames.ts';
import { encodeHeader, type Frame, MAX_PAYLOAD_BYTES } from '../../core/wire/frame.ts';
import { sealFrame } from './oracle.ts';

const key = fromHex('22'.repeat(32));
const start: FrameStart = { extension: 0, bit: 'onChannel', messageType: 0x1a };
const newWriter = () => new FrameWriter(new CipherState(key));
const newReader = (limitFor: PayloadLimit = () => MAX_PAYLOAD_BYTES) => new FrameReader(new CipherState(key), limitFor);
const pattern = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 0xff);

function framesIn(reader: FrameReader, ...pieces: Uint8Array[]): Frame[] {
  return pieces.flatMap((piece) => {
    reader.push(piece);
    const frames: Frame[] = [];
    for (let frame = reader.next(); frame !== undefined; frame = reader.next()) frames.push(frame);
    return frames;
  });
}

const boundaries: readonly [payload: number, sealed: number][] = [
  [0, 0],
  [1, 17],
  [65_518, 65_534],
  [65_519, 65_535],
  [65_520, 65_552],
  [131_038, 131_070],
  [131_039, 131_087],
  [2 ** 24 - 1, 16_781_327],
];

describe('lengths', () => {
  test.each(boundaries)('FRM-4 a payload of %i bytes has %i bytes of ciphertext, by the formula', (payload, sealed) => {
    const rest = payload % 65_519;
    expect(sealed).toBe(Math.floor(payload / 65_519) * 65_535 + (rest > 0 ? rest + 16 : 0));
    expect(sealedPayloadBytes(payload)).toBe(sealed);
  });

  test.each(boundaries.slice(0, -1))('FRM-3 FRM-4 FRM-6 a frame of %i bytes is sealed to 22 + %i and opens again', (length, sealed) => {
    const payload = pattern(length);
    const bytes = newWriter().seal(start, payload);
    expect(bytes).toHaveLength(SEALED_HEADER_BYTES + sealed);
    const [frame] = framesIn(newReader(), bytes);
    expect(frame?.header).toEqual({ ...start, payloadBytes: length });
    expect(frame?.payload.every((byte, index) => byte === payload[index])).toBe(true);
    expect(frame?.payload).toHaveLength(length);
  });

  test('FRM-3 the largest frame of 2^24−1 bytes goes through, one byte more is refused to be sent', () => {
    const payload = new Uint8Array(MAX_PAYLOAD_BYTES).fill(5);
    const [frame] = framesIn(newReader(), newWriter().seal(start, payload));
    expect(frame?.payload).toHaveLength(MAX_PAYLOAD_BYTES);
    expect(() => newWriter().seal(start, new Uint8Array(MAX_PAYLOAD_BYTES + 1))).toThrow(RangeError);
  });

  test('FRM-5 a zero-length payload has no ciphertext, no lone tag: the next frame follows the header at once', () => {
    const writer = newWriter();
    const bytes = concat(writer.seal(start, new Uint8Array()), writer.seal(start, fromHex('aa')));
    expect(bytes).toHaveLength(22 + 22 + 17);
    expect(framesIn(newReader(), bytes).map(({ payload }) => payload.length)).toEqual([0, 1]);
  });
});

describe('what goes over the wire', () => {
  test('FRM-3 header and payload take one nonce each, with no associated data: node:crypto agrees on three frames', () => {
    const writer = newWriter();
    [fromHex('aa'), pattern(200), pattern(MAX_CHUNK_BYTES)].forEach((payload, index) => {
      const header = encodeHeader({ ...start, payloadBytes: payload.length });
      expect(toHex(writer.seal(start, payload))).toBe(toHex(sealFrame(key, BigInt(2 * index), header, payload)));
    });
  });

  test('FRM-3 a second chunk takes a third nonce', () => {
    const writer = newWriter();
    writer.seal(start, pattern(MAX_CHUNK_BYTES + 1));
    const header = encodeHeader({ ...start, payloadBytes: 1 });
    expect(toHex(writer.seal(start, fromHex('aa')))).toBe(toHex(sealFrame(key, 3n, header, fromHex('aa'))));
  });
});

describe('cuts', () => {
  const writer = newWriter();
  const payloads = [fromHex('aabbcc'), new Uint8Array(), pattern(70)];
  const stream = concat(...payloads.map((payload) => writer.seal(start, payload)));

  test('FRM-6 frames cut at every byte open the same', () => {
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const frames = framesIn(newReader(), stream.subarray(0, cut), stream.subarray(cut));
      expect(frames.map(({ payload }) => toHex(payload))).toEqual(payloads.map(toHex));
    }
  });

  test('FRM-6 frames byte by byte open the same', () => {
    const bytes = Array.from(stream, (_, index) => stream.subarray(index, index + 1));
    expect(framesIn(newReader(), ...bytes).map(({ payload }) => toHex(payload))).toEqual(payloads.map(toHex));
  });

  test('FRM-6 any frames cut anywhere open the same', () => {
    const cuts = fc.array(fc.nat(2000), { maxLength: 12 });
    const lengths = fc.array(fc.nat(400), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(lengths, cuts, (sizes, at) => {
        const sealer = newWriter();
        const sent = sizes.map(pattern);
        const bytes = concat(...sent.map((payload) => sealer.seal(start, payload)));
        const edges = [0, ...at.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
        const pieces = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
        expect(framesIn(newReader(), ...pieces).map(({ payload }) => toHex(payload))).toEqual(sent.map(toHex));
      }),
    );
  });

  test('FRM-4 FRM-6 a payload of three chunks cut around every chunk border opens the same', () => {
    const payload = pattern(2 * MAX_CHUNK_BYTES + 10);
    const bytes = newWriter().seal(start, payload);
    for (const border of [22, 22 + 65_535, 22 + 131_070, bytes.length]) {
      for (const cut of [border - 1, border, border + 1].filter((at) => at <= bytes.length)) {
        const [frame] = framesIn(newReader(), bytes.subarray(0, cut), bytes.subarray(cut));
        expect(frame?.payload.every((byte, index) => byte === payload[index])).toBe(true);
      }
    }
  });

  test('a half frame says how long it will be, and between frames there is none', () => {
    const reader = newReader();
    const bytes = newWriter().seal(start, pattern(70));
    const seen = Array.from(bytes, (_, index) => {
      framesIn(reader, bytes.subarray(index, index + 1));
      return reader.halfFrame?.payloadBytes;
    });
    expect([seen[0], seen[20], seen[21], seen[bytes.length - 2], seen.at(-1)]).toEqual([0, 0, 70, 70, undefined]);
  });
});

describe('a hostile peer', () => {
  test('NOI-12 a flipped bit in any byte of a frame is transport-tampered, and says where', () => {
    const bytes = newWriter().seal(start, fromHex('aabbcc'));
    for (let at = 0; at < bytes.length; at += 1) {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] as number) ^ 0x80;
      const part = at < 22 ? 'header' : 'payload';
      expect(() => framesIn(newReader(), damaged)).toThrow(`transport-tampered (part ${part})`);
    }
  });

  test('NOI-12 frames repeated, left out or swapped do not open', () => {
    const writer = newWriter();
    const [first, second] = [writer.seal(start, fromHex('aa')), writer.seal(start, fromHex('bb'))];
    for (const wrong of [[first, first], [second], [second, first]]) {
      expect(() => framesIn(newReader(), ...wrong)).toThrow(PeerError);
    }
  });

  test('FRM-17 SEC-3 a header beyond the limit of its type is refused before any of its payload is read', () => {
    const limitFor: PayloadLimit = ({ messageType }) => (messageType === 0x1a ? 24 : 1000);
    expect(framesIn(newReader(limitFor), newWriter().seal(start, pattern(24)))).toHaveLength(1);
    const header = newWriter().seal(start, pattern(25)).subarray(0, SEALED_HEADER_BYTES);
    expect(() => framesIn(newReader(limitFor), header)).toThrow('frame-too-long (extension 0, messageType 26, length 25, limit 24)');
  });

  test('SEC-3 a header that announces 16 MiB and then nothing holds no more than was received', () => {
    const header = newWriter().seal(start, new Uint8Array(MAX_PAYLOAD_BYTES)).subarray(0, SEALED_HEADER_BYTES);
    const before = process.memoryUsage().arrayBuffers;
    const readers = Array.from({ length: 64 }, () => {
      const reader = newReader();
      framesIn(reader, header);
      return reader;
    });
    const grown = process.memoryUsage().arrayBuffers - before;
    expect(readers.every((reader) => reader.halfFrame?.payloadBytes === MAX_PAYLOAD_BYTES)).toBe(true);
    expect(grown).toBeLessThan(1 << 20);
  });
});
