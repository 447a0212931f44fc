/** Frames to messages, for both sides of each subprotocol. */
import { expect, test } from 'vitest';
import {
  type FrameSink,
  MOST_TLV_BYTES,
  MOST_UNKNOWN_BYTES,
  miningClientCodec,
  miningServerCodec,
  templateClientCodec,
  templateServerCodec,
} from '../../core/sv2/codec.ts';
import type { Frame, FrameHeader } from '../../core/wire/frame.ts';

/** What a codec sends, as the frame that arrives. */
function caught(send: (sink: FrameSink) => void): Frame {
  const frames: Frame[] = [];
  send({ send: (header, payload) => frames.push({ header: { ...header, payloadBytes: payload.length }, payload }) });
  return frames[0] as Frame;
}

const closing = caught((sink) => miningServerCodec.send(sink, { name: 'CloseChannel', channelId: 0x04030201, reasonCode: 'x' }));
const header = (more: Partial<FrameHeader>): FrameHeader => ({ extension: 0, bit: 'offChannel', messageType: 0, payloadBytes: 0, ...more });

test('FRM-9 with the channel bit set the payload begins with channel_id, counted in its length', () => {
  expect(closing.header).toEqual({ extension: 0, bit: 'onChannel', messageType: 0x18, payloadBytes: 6 });
  expect([...closing.payload]).toEqual([1, 2, 3, 4, 1, 0x78]);
});

test('FRM-10 FRM-8 a message with the wrong channel bit is read all the same', () => {
  const wrong = { ...closing, header: { ...closing.header, bit: 'offChannel' } } as const;
  expect(miningClientCodec.decode(wrong)).toEqual(miningClientCodec.decode(closing));
  expect(miningClientCodec.decode(closing)).toMatchObject({ kind: 'message', message: { name: 'CloseChannel', reasonCode: 'x' } });
});

test('FRM-16 bytes after the last field are handed on and change nothing', () => {
  const longer = { ...closing, payload: Uint8Array.of(...closing.payload, 9, 9) };
  expect(miningClientCodec.decode(longer)).toMatchObject({
    kind: 'message',
    message: { channelId: 0x04030201 },
    tlvs: Uint8Array.of(9, 9),
  });
});

test('FRM-12 a frame of an extension nobody knows is told from an unknown type', () => {
  expect(miningClientCodec.decode({ header: header({ extension: 0x4000 }), payload: Uint8Array.of(1) })).toEqual({
    kind: 'unknown-extension',
  });
  expect(miningClientCodec.decode({ header: header({ messageType: 0x7f }), payload: Uint8Array.of(1) })).toEqual({ kind: 'unknown-type' });
});

test('SEC-7 messages of another subprotocol and messages only a client may send mean nothing to a mining client', () => {
  for (const messageType of [0x00, 0x10, 0x13, 0x1a, 0x1b, 0x22, 0x50, 0x57, 0x71, 0x72, 0x1e]) {
    expect(miningClientCodec.decode({ header: header({ messageType }), payload: new Uint8Array(64) })).toEqual({ kind: 'unknown-type' });
  }
});

test('SetNewPrevHash is two messages: one on a mining connection, another on a template connection', () => {
  const sent = caught((sink) =>
    templateServerCodec.send(sink, {
      name: 'SetNewPrevHash',
      templateId: 3n,
      prevHash: new Uint8Array(32),
      headerTimestamp: 1,
      nBits: 2,
      target: new Uint8Array(32),
    }),
  );
  expect(sent.header).toMatchObject({ messageType: 0x72, bit: 'offChannel' });
  expect(templateClientCodec.decode(sent)).toMatchObject({ message: { name: 'SetNewPrevHash', templateId: 3n } });
  expect(miningClientCodec.decode(sent)).toEqual({ kind: 'unknown-type' });
});

test('FRM-17 SEC-3 every type has its own limit, and TLVs a little room beyond it', () => {
  expect(miningServerCodec.limitFor(header({ messageType: 0x1b }))).toBe(57 + MOST_TLV_BYTES);
  expect(miningClientCodec.limitFor(header({ messageType: 0x20 }))).toBe(48 + MOST_TLV_BYTES);
  expect(miningClientCodec.limitFor(header({ messageType: 0x74 }))).toBe(MOST_UNKNOWN_BYTES);
  expect(templateClientCodec.limitFor(header({ messageType: 0x74 }))).toBe(2 ** 24 - 1);
  expect(miningClientCodec.limitFor(header({ extension: 0x1234 }))).toBe(MOST_UNKNOWN_BYTES);
});

test('EXT-7 messages of extension 0x0001 go out under its id with the channel bit clear', () => {
  const sent = caught((sink) => miningClientCodec.send(sink, { name: 'RequestExtensions', requestId: 1, requestedExtensions: [2] }));
  expect(sent.header).toMatchObject({ extension: 1, bit: 'offChannel', messageType: 0 });
});

test('FRM-5 a message without payload is malformed', () => {
  for (const messageType of [0x11, 0x18, 0x1c, 0x20]) {
    const empty = { header: header({ messageType }), payload: new Uint8Array(0) };
    expect(() => miningClientCodec.decode(empty)).toThrow('message-malformed');
  }
});
