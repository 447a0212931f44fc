/** A work as the hash kernels take it: midstate, the rest of the header, and the limit for a hash's top word. */
import { headerAt } from '../../bitcoin/header.ts';
import { midstate } from '../../bitcoin/midstate.ts';
import { readU32Le } from '../../bitcoin/u32.ts';
import type { HashTask } from '../../ports.ts';
import type { Work } from '../device.ts';

const MIDSTATE_WORDS = 8;
const TAIL_AT = 64;
const TAIL_WORDS = 3;
const LIMIT = MIDSTATE_WORDS + TAIL_WORDS;
const TARGET_TOP_AT = 28;
/** Tickets travel as signed 32-bit integers; works live seconds, so they never meet again. */
const MAX_TICKET = 0x7fffffff;

export function hashTask(work: Work): HashTask {
  return { ticket: ticketOf(work), words: taskWords(work.header, work.target) };
}

/** Names a work among those of its time. */
export function ticketOf(work: Work): number {
  return work.id % MAX_TICKET;
}

/** Twelve words for an 80-byte header and a target of 32 bytes, little-endian. */
export function taskWords(header: Uint8Array, target: Uint8Array): Uint32Array {
  const words = new Uint32Array(LIMIT + 1);
  words.set(midstate(header));
  const view = new DataView(header.buffer, header.byteOffset, headerAt.nonce);
  for (let index = 0; index < TAIL_WORDS; index += 1) words[MIDSTATE_WORDS + index] = view.getUint32(TAIL_AT + index * 4);
  words[LIMIT] = readU32Le(target, TARGET_TOP_AT);
  return words;
}
