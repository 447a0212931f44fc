/** What BM1362, BM1366, BM1368 and BM1370 have in common: whole headers, versions rolled by themselves, 11-byte replies. */
import type { ChipFamily } from './chip-family.ts';
import { readAll, register, writeAll } from './commands.ts';
import { HEADER_JOB_BYTES } from './header-job.ts';
import { mhzOfPll0 } from './pll.ts';
import { chipByAddress, longReplies } from './replies.ts';
import { ticketMask } from './ticket.ts';
import { FULL_HEADER_MASK } from './versions.ts';

export const headerChipFacts = {
  takes: 'header',
  versionMask: FULL_HEADER_MASK,
  midstateCounts: [1],
  replies: longReplies,
  ticket: 'register',
  jobBytes: HEADER_JOB_BYTES,
  baud: 115_200,
  pllOf: (value, number) => (number === register.pll0 ? mhzOfPll0(value) : undefined),
  setTicket: (difficulty) => writeAll(register.ticketMask, ticketMask(difficulty)),
  readRegister: readAll,
  chipOf: chipByAddress,
} as const satisfies Partial<ChipFamily>;

/** BM1362 and BM1366 give the job id back as it is, BM1368 and BM1370 shifted up by one with the small core below. */
export const jobIdOf = {
  bm1362: (jobByte: number) => jobByte & 0xf8,
  bm1370: (jobByte: number) => (jobByte & 0xf0) >> 1,
} as const;
