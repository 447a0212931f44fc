/**
 * Jobs of BM1387 and BM1397: `21 length id midstates 00000000 | tail | midstates | CRC16`, the same merkle tail for all
 * midstates, each of another version.
 */
import { midstate, midstateWire } from '../../bitcoin/midstate.ts';
import { writeU32Le } from '../../bitcoin/u32.ts';
import type { ChipJob } from './chip-family.ts';
import { crc16 } from './crc16.ts';
import { putWordsReversed, TAIL_AT, TAIL_BYTES } from './header-words.ts';

const MIDSTATE_BYTES = 32;
const FIRST_MIDSTATE_AT = 20;
/** Bytes of a job with that many midstates, without preamble. */
export function midstateJobBytes(midstates: number): number {
  return FIRST_MIDSTATE_AT + midstates * MIDSTATE_BYTES + 2;
}

/** The job after `preamble`: 54, 86 or 150 bytes for 1, 2 or 4 versions. */
export function encodeMidstateJob(job: ChipJob, preamble: Uint8Array): Uint8Array {
  const frame = openJob(job.jobId, job.versions.length, preamble);
  const at = preamble.length;
  putWordsReversed(frame, at + 8, job.header, TAIL_AT, TAIL_BYTES);
  job.versions.forEach((version, index) => {
    frame.set(midstateOf(job.header, version), at + FIRST_MIDSTATE_AT + index * MIDSTATE_BYTES);
  });
  return sealJob(frame, at);
}

/** A job that no chip can take for work: tail FF, midstates zero. Opens the cores one after the other. */
export function encodeDummyJob(jobId: number, preamble: Uint8Array): Uint8Array {
  const frame = openJob(jobId, 1, preamble);
  frame.fill(0xff, preamble.length + 8, preamble.length + 8 + TAIL_BYTES);
  return sealJob(frame, preamble.length);
}

/** The midstate of `header` with another version, as it goes on the wire. */
export function midstateOf(header: Uint8Array, version: number): Uint8Array {
  const rolled = header.slice(0, 64);
  writeU32Le(rolled, 0, version);
  return midstateWire(midstate(rolled));
}

function openJob(jobId: number, midstates: number, preamble: Uint8Array): Uint8Array {
  const length = midstateJobBytes(midstates);
  const frame = new Uint8Array(preamble.length + length);
  frame.set(preamble);
  frame.set([0x21, length, jobId, midstates], preamble.length);
  return frame;
}

function sealJob(frame: Uint8Array, from: number): Uint8Array {
  const crc = crc16(frame, from, frame.length - 2);
  frame[frame.length - 2] = crc >>> 8;
  frame[frame.length - 1] = crc;
  return frame;
}
