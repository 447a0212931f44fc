/**
 * Jobs of BM1362, BM1366, BM1368 and BM1370: the whole header, after 55 AA, words reversed. The chip rolls the version
 * by itself (register A4), so the version sent has the bits it rolls cleared.
 */
import { headerAt } from '../../bitcoin/header.ts';
import { writeU32Le } from '../../bitcoin/u32.ts';
import type { ChipJob } from './chip-family.ts';
import { COMMAND_PREAMBLE } from './commands.ts';
import { crc16 } from './crc16.ts';
import { putWordsReversed } from './header-words.ts';

/** With preamble and CRC16. */
export const HEADER_JOB_BYTES = 88;

/** The two bytes that chips evidently ignore, and that makers set differently. */
export interface JobStyle {
  /** 36 (Compac A1), 56 (the true length, Bitaxe) or FF (Compac A2). */
  readonly lengthByte: number;
  readonly midstatesByte: number;
}

/** 88 bytes. The starting nonce is 0. */
export function encodeHeaderJob(job: ChipJob, style: JobStyle): Uint8Array {
  const frame = new Uint8Array(HEADER_JOB_BYTES);
  const body = frame.subarray(COMMAND_PREAMBLE.length);
  frame.set(COMMAND_PREAMBLE);
  body.set([0x21, style.lengthByte, job.jobId, style.midstatesByte]);
  body.set(job.header.subarray(headerAt.nbits, headerAt.nbits + 4), 8);
  body.set(job.header.subarray(headerAt.ntime, headerAt.ntime + 4), 12);
  putWordsReversed(body, 16, job.header, headerAt.merkleRoot, 32);
  putWordsReversed(body, 48, job.header, headerAt.prevHash, 32);
  writeU32Le(body, 80, job.versions[0] as number);
  const crc = crc16(body, 0, 84);
  body[84] = crc >>> 8;
  body[85] = crc;
  return frame;
}
