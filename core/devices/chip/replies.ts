/**
 * Replies of BM1397 and later: `AA 55 … CRC`. The last byte's bit 7 says nonce, bits 6–5 are zero, bits 4–0 are the CRC5,
 * which run over everything after the preamble gives 0.
 */
import { readU32Le } from '../../bitcoin/u32.ts';
import type { ChipReply, JobCandidate, NonceReply, ReplyFormat } from './chip-family.ts';
import { REPLY_PREAMBLE, register } from './commands.ts';
import { crc5 } from './crc5.ts';
import { u32Be } from './u32-be.ts';

const NONCE_FLAG = 0x80;
const ZERO_BITS = 0x60;
/** Bits that chips roll by themselves begin here. */
export const ROLLED_SHIFT = 13;

/** BM1397 always says 9 bytes. */
export const shortReplies: ReplyFormat = { preamble: REPLY_PREAMBLE, lengths: [9], isFrame: isSealed };
/** The others say 11 once register A4 was written, 9 before. */
export const longReplies: ReplyFormat = { preamble: REPLY_PREAMBLE, lengths: [11, 9], isFrame: isSealed };

/** What a reply of 9 bytes means. The job byte holds a multiple of four and the midstate's index. */
export function decodeShortReply(frame: Uint8Array): ChipReply {
  if (!isNonce(frame)) return registerReply(frame);
  const jobByte = frame[7] as number;
  return nonceReply(frame, { jobId: jobByte & 0xfc, midstateIndex: jobByte & 0x03 }, 0);
}

/** What a reply of 11 (or 9) bytes means; `jobIdOf` undoes what the chip does to the job id. */
export function decodeLongReply(frame: Uint8Array, jobIdOf: (jobByte: number) => number): ChipReply {
  if (!isNonce(frame)) return registerReply(frame);
  // A nonce of 9 bytes comes from a chip that lost its setting of A4: it cannot have rolled anything.
  const rolled = frame.length === 11 ? ((frame[8] as number) << 8) | (frame[9] as number) : 0;
  return nonceReply(frame, { jobId: jobIdOf(frame[7] as number), midstateIndex: 0 }, rolled << ROLLED_SHIFT);
}

function nonceReply(frame: Uint8Array, candidate: JobCandidate, rolledBits: number): NonceReply {
  return { kind: 'nonce', nonce: readU32Le(frame, 2), candidates: [candidate], rolledBits: rolledBits >>> 0 };
}

function registerReply(frame: Uint8Array): ChipReply {
  const value = u32Be(frame.subarray(2, 6));
  const address = frame[6] as number;
  const number = frame[7] as number;
  if (number === register.chipId) return { kind: 'chip-id', idWord: value >>> 16, address };
  return { kind: 'register', value, address, register: number };
}

function isNonce(frame: Uint8Array): boolean {
  return ((frame[frame.length - 1] as number) & NONCE_FLAG) !== 0;
}

function isSealed(frame: Uint8Array): boolean {
  return ((frame[frame.length - 1] as number) & ZERO_BITS) === 0 && crc5(frame.subarray(REPLY_PREAMBLE.length)) === 0;
}

/** Which chip found a nonce, on chips whose address stands in bits 24–17 of the nonce (big-endian of the wire). */
export function chipByAddress(reply: NonceReply, chips: number): number {
  // u32 little-endian of the wire, so that bits 24–17 of its big-endian reading are: byte 0 bit 0, byte 1 bits 7–1.
  const address = ((reply.nonce & 0x01) << 7) | ((reply.nonce >>> 9) & 0x7f);
  return Math.min(Math.floor(address / Math.floor(256 / chips)), chips - 1);
}
