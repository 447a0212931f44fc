/** What is the same on every BM1397: four midstates a job, ids four apart, 9-byte replies. REFERENCE.md is beside this file. */
import type { ChipFamily, NonceReply } from '../chip-family.ts';
import { COMMAND_PREAMBLE, readAll, register, writeAll } from '../commands.ts';
import { encodeMidstateJob, midstateJobBytes } from '../midstate-job.ts';
import { decodeShortReply, shortReplies } from '../replies.ts';
import { ticketMask } from '../ticket.ts';
import { FOUR_MIDSTATES_MASK } from '../versions.ts';
import { mhzOfPll0 } from './pll.ts';

/** All but how a maker finds, starts and clocks it. */
export const bm1397Facts = {
  name: 'BM1397',
  idWords: [0x1397],
  cores: 672,
  takes: 'midstates',
  versionMask: FOUR_MIDSTATES_MASK,
  midstateCounts: [1, 4],
  replies: shortReplies,
  ticket: 'register',
  jobBytes: midstateJobBytes(4) + COMMAND_PREAMBLE.length,
  pllOf: (value, number) => (number === register.pll0 ? mhzOfPll0(value) : undefined),
  setTicket: (difficulty) => writeAll(register.ticketMask, ticketMask(difficulty)),
  readRegister: readAll,
  encodeJob: (job) => encodeMidstateJob(job, COMMAND_PREAMBLE),
  decode: decodeShortReply,
  chipOf,
} as const satisfies Partial<ChipFamily>;

/** Nonces of one chip of six: 42 of each 64 values of the second byte, shared out. As makers count them; only statistics. */
const SIX_CHIPS_SPAN = 42 / 4;

function chipOf({ nonce }: NonceReply, chips: number): number {
  const second = (nonce >>> 8) & 0xff;
  const third = (nonce >>> 16) & 0xff;
  const chip = chips === 6 ? Math.floor((second % 64) / SIX_CHIPS_SPAN) : Math.floor((third * chips) / 256);
  return Math.min(chip, chips - 1);
}
