/**
 * BM1384 jobs: 64 bytes, no frame, no CRC: midstate, ticket mask at 39, hash-count limit at 40–43 (u32 big-endian), job
 * id at 51, tail at 52–63. Without ticket and limit it is the Icarus job.
 */
import type { ChipJob } from '../chip-family.ts';
import { putWordsReversed, TAIL_AT, TAIL_BYTES } from '../header-words.ts';
import { midstateOf } from '../midstate-job.ts';

export const JOB_BYTES = 64;
/** The mask goes into one byte. */
export const MAX_JOB_TICKET = 256;

/** Midstate, tail and job id: all that an Icarus device or an Antminer takes. */
export function encodeIcarusJob(job: ChipJob): Uint8Array {
  const frame = new Uint8Array(JOB_BYTES);
  frame.set(midstateOf(job.header, job.versions[0] as number));
  frame[51] = job.jobId;
  putWordsReversed(frame, 52, job.header, TAIL_AT, TAIL_BYTES);
  return frame;
}

/** The nonces are shared out evenly: each chip counts up to 2^32 ÷ chips. */
export function encodeJob(job: ChipJob): Uint8Array {
  const frame = encodeIcarusJob(job);
  const limit = Math.floor(0xffffffff / job.chips);
  frame[39] = Math.min(job.ticketDifficulty, MAX_JOB_TICKET) - 1;
  frame.set([limit >>> 24, limit >>> 16, limit >>> 8, limit], 40);
  return frame;
}

/** Opens one core after the other: everything zero but the job id. */
export function encodeDummyJob(jobId: number): Uint8Array {
  const frame = new Uint8Array(JOB_BYTES);
  frame[51] = jobId;
  return frame;
}

/** GekkoScience's ticket difficulty: about half a reply a second, so that slow USB is never busy with replies. */
export function bm1384Ticket(hashesPerSecond: number): number {
  const wanted = 2 ** Math.ceil(Math.log2(hashesPerSecond / (2 * 2 ** 32)));
  return Math.min(MAX_JOB_TICKET, Math.max(1, wanted));
}
