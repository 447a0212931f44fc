/**
 * The six-byte frame header (specification 3.2): `extension_type` U16 with the channel bit on top, `msg_type` U8,
 * `msg_length` U24 of the plaintext payload. Pure layout; `noise/secure-frames.ts` encrypts it.
 */
import { concat } from '../bytes.ts';
import type { ChannelBit } from './message.ts';

export const HEADER_BYTES = 6;
/** `msg_length` has three bytes. */
export const MAX_PAYLOAD_BYTES = (1 << 24) - 1;
const CHANNEL_BIT = 0x8000;

export interface FrameHeader {
  /** Without the channel bit: 0x8abc and 0x0abc are one extension (FRM-8). */
  readonly extension: number;
  readonly bit: ChannelBit;
  readonly messageType: number;
  readonly payloadBytes: number;
}

export interface Frame {
  readonly header: FrameHeader;
  readonly payload: Uint8Array;
}

/** Six bytes. @throws RangeError when a number does not fit its field: a bug of ours */
export function encodeHeader(header: FrameHeader): Uint8Array {
  if (header.payloadBytes > MAX_PAYLOAD_BYTES) throw new RangeError('payload longer than 2^24-1 bytes');
  if (header.extension < 0 || header.extension >= CHANNEL_BIT) throw new RangeError('extension id longer than 15 bits');
  if (header.messageType < 0 || header.messageType > 0xff) throw new RangeError('msg_type longer than one byte');
  const extensionType = header.extension | (header.bit === 'onChannel' ? CHANNEL_BIT : 0);
  const length = header.payloadBytes;
  return Uint8Array.of(extensionType & 0xff, extensionType >> 8, header.messageType, length & 0xff, (length >> 8) & 0xff, length >> 16);
}

/** @param bytes exactly six bytes; every value of them is a legal header */
export function decodeHeader(bytes: Uint8Array): FrameHeader {
  if (bytes.length !== HEADER_BYTES) throw new RangeError('a frame header has six bytes');
  const [low, high, messageType, l0, l1, l2] = bytes as unknown as [number, number, number, number, number, number];
  const extensionType = low | (high << 8);
  return {
    extension: extensionType & ~CHANNEL_BIT,
    bit: extensionType & CHANNEL_BIT ? 'onChannel' : 'offChannel',
    messageType,
    payloadBytes: l0 | (l1 << 8) | (l2 << 16),
  };
}

/** Header and payload, plain. */
export function encodeFrame(frame: Omit<FrameHeader, 'payloadBytes'>, payload: Uint8Array): Uint8Array {
  return concat(encodeHeader({ ...frame, payloadBytes: payload.length }), payload);
}
