/**
 * BM1387 as on the NewPac and R606: up to four midstates a job, no preamble, 7-byte replies with CRC5. Facts, sources and
 * where this driver leaves its reference on purpose: REFERENCE.md beside this file.
 */
import { readU32Le } from '../../../bitcoin/u32.ts';
import { EMPTY } from '../../../bytes.ts';
import { chipByFirstByte } from '../bm1384/bm1384.ts';
import type { ChipFamily, ChipReply, JobCandidate, ReplyFormat } from '../chip-family.ts';
import { addressOf } from '../commands.ts';
import { crc5 } from '../crc5.ts';
import { isHealthyCore } from '../healthy-core.ts';
import { encodeDummyJob, encodeMidstateJob, midstateJobBytes } from '../midstate-job.ts';
import { discover, hostBaud, type Plan, pause, perChip, write } from '../plan.ts';
import { u32Be } from '../u32-be.ts';
import { FOUR_MIDSTATES_MASK } from '../versions.ts';
import { chainInactive, gateBlock, readChipIds, setAddress, setBaud, setPllAll } from './commands.ts';
import { maxMhz, mhzOfReply, minMhz, searchPll, stepMhz } from './pll.ts';

const REPLY_BYTES = 7;
const CORES = 114;
const PLL_REGISTER = 0x0c;
const FTDI_CLOCK = 3_000_000;
const SETTLE_MS = 50;
const DISCOVERY_MS = 1000;
/** Longer than the 16 ms for which an FTDI bridge holds back bytes. */
const DISCOVERY_IDLE_MS = 50;
const OPEN_CORE_MS = 10;
/**
 * Four apart, so that the chip, which adds the midstate's index to the id, cannot run into the next id. The reference
 * driver uses every id and has to guess.
 */
const JOB_IDS = { first: 0x10, last: 0x7f, step: 4 } as const;
const MIDSTATES = [1, 2, 4] as const;
const DUMMY_IDS = 0x80;

/** 1: 1.5 Mbaud. 13: 214 kbaud, for hosts where USB latency loses replies. */
export type Bm1387BaudDivisor = 1 | 7 | 13;

const replies: ReplyFormat = {
  preamble: EMPTY,
  lengths: [REPLY_BYTES],
  /** Only sound checksums that also make sense: without a preamble, noise would pass one time in 128. */
  isFrame(frame) {
    const last = frame[REPLY_BYTES - 1] as number;
    if ((last & 0x60) !== 0 || crc5(frame) !== 0) return false;
    if (last >= 0x80) return (frame[5] as number) < 0x80;
    return (frame[0] === 0x13 || frame[0] === 0x80) && frame[4] === 0 && frame[5] === 0;
  },
};

/** The family at a baud divisor. */
export function bm1387At(divisor: Bm1387BaudDivisor): ChipFamily {
  const baud = FTDI_CLOCK / (divisor + 1);
  return {
    name: 'BM1387',
    idWords: [0x1387],
    cores: CORES,
    takes: 'midstates',
    versionMask: FOUR_MIDSTATES_MASK,
    midstateCounts: MIDSTATES,
    jobIds: JOB_IDS,
    replies,
    ticket: 'none',
    jobBytes: midstateJobBytes(4),
    baud,
    frequency: { minMhz, maxMhz, stepMhz },
    pll(mhz) {
      const { feedback, post, mhz: real } = searchPll(mhz);
      return { bytes: Uint8Array.of(0x00, feedback, 0x02, post), mhz: real };
    },
    pllOf: mhzOfReply,
    discovery: () => [pause(SETTLE_MS), discover(readChipIds(), DISCOVERY_MS, DISCOVERY_IDLE_MS)],
    init: ({ chips, mhz }) => [
      pause(SETTLE_MS),
      ...Array.from({ length: 3 }, () => write(chainInactive(), 5)),
      ...perChip(chips, (index) => [write(setAddress(addressOf(index, chips)), 5)]),
      pause(10),
      write(setBaud(divisor), 10),
      hostBaud(baud, 10),
      write(gateBlock(divisor), 10),
      // The reference never programs the PLL before its first ramp step, or never at all; its power-on value is unknown.
      ...setFrequency(mhz),
      ...openCores(),
    ],
    setFrequency,
    // No command powers these chips down: the board holds their reset line.
    shutdown: () => [],
    encodeJob: (job) => encodeMidstateJob(job, EMPTY),
    decode,
    tellsChips: true,
    chipOf: chipByFirstByte,
  };
}

export const bm1387: ChipFamily = bm1387At(1);

function setFrequency(mhz: number): Plan {
  const { feedback, post } = searchPll(mhz);
  return [write(setPllAll(feedback, post), 10)];
}

/** One dummy job for each core, and one more at either end, as makers do. */
function openCores(): Plan {
  return Array.from({ length: CORES + 2 }, (_, index) => write(encodeDummyJob(index % DUMMY_IDS, EMPTY), OPEN_CORE_MS));
}

function decode(frame: Uint8Array): ChipReply {
  const value = u32Be(frame);
  if ((frame[6] as number) < 0x80) {
    if (frame[0] === 0x13) return { kind: 'chip-id', idWord: value >>> 16, address: 0 };
    return { kind: 'register', value, register: PLL_REGISTER };
  }
  if (isHealthyCore(value)) return { kind: 'healthy-core' };
  return { kind: 'nonce', nonce: readU32Le(frame, 0), candidates: candidatesOf(frame[5] as number), rolledBits: 0 };
}

/** The byte is id + index: with ids four apart only the first fits; the others cover chips that count otherwise. */
function candidatesOf(sum: number): readonly JobCandidate[] {
  const exact = sum & 0x03;
  return [0, 1, 2, 3]
    .map((index) => ({ jobId: sum - index, midstateIndex: index }))
    .sort((a, b) => Number(b.midstateIndex === exact) - Number(a.midstateIndex === exact));
}
