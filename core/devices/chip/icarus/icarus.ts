/**
 * Devices that speak the Icarus protocol: ASICMiner Block Erupter, Antminer U1, U2 and U3. A job of 64 bytes starts at
 * once and ends the one before; the only answers are nonces, and a nonce ends its job too: the next one is due at once. Chips
 * are not counted, registers cannot be read: discovery is the golden job. REFERENCE.md is beside this file.
 */
import { readU32Le } from '../../../bitcoin/u32.ts';
import { EMPTY, equal } from '../../../bytes.ts';
import { encodeIcarusJob, JOB_BYTES } from '../bm1384/job.ts';
import type { ChipFamily, ChipReply } from '../chip-family.ts';
import { discover, type Plan, pause, write } from '../plan.ts';
import { searchU1, searchU3, setFrequency, setU3Voltage, U1_RANGE, U3_MILLIVOLTS, U3_RANGE } from './antminer-commands.ts';
import { GOLDEN_JOB, GOLDEN_NONCE, PROBE_IDLE_MS, PROBE_MS } from './probe.ts';

/** Antminers settle so long after a change of frequency or voltage. */
const SETTLE_MS = 500;
const NONCE_BYTES = 4;
/** Byte 4 of an Antminer's reply, without the bits above. */
const WORK_ID = 0x1f;
/** Stands in for an id that these devices do not have. */
const ID_WORD = 0;

const shared = {
  idWords: [ID_WORD],
  takes: 'midstates',
  nonceEndsJob: true,
  versionMask: 0,
  midstateCounts: [1],
  jobIds: { first: 0x00, last: 0x1e, step: 1 },
  ticket: 'none',
  jobBytes: JOB_BYTES,
  baud: 115_200,
  pllOf: () => undefined,
  discovery: () => [discover(GOLDEN_JOB, PROBE_MS, PROBE_IDLE_MS)],
  shutdown: () => [],
  chipOf: () => 0,
} as const satisfies Partial<ChipFamily>;

/** BE100: one fixed speed, 12.8 s for all nonces. Its replies do not name their job, so byte 51 stays zero. */
export const blockErupter: ChipFamily = {
  ...shared,
  name: 'BE100',
  cores: 1,
  replies: { preamble: EMPTY, lengths: [NONCE_BYTES], isFrame: () => true },
  frequency: { minMhz: 336, maxMhz: 336, stepMhz: 1 },
  pll: () => ({ bytes: EMPTY, mhz: 336 }),
  init: () => [],
  setFrequency: () => [],
  encodeJob: (job) => encodeIcarusJob({ ...job, jobId: 0 }),
  decode,
};

const antminer = {
  ...shared,
  /** Work ids end at 1E; the three bits above are not specified. */
  replies: {
    preamble: EMPTY,
    lengths: [NONCE_BYTES + 1],
    isFrame: (frame: Uint8Array) => ((frame[NONCE_BYTES] as number) & WORK_ID) !== WORK_ID,
  },
  encodeJob: encodeIcarusJob,
  decode,
} as const satisfies Partial<ChipFamily>;

/** U1 and U2: about 8 MH/s for each MHz. */
export const antminerU1: ChipFamily = {
  ...antminer,
  name: 'BM1380',
  cores: 8,
  frequency: { ...U1_RANGE, stepMhz: 12.5 },
  pll: (mhz) => pllOfWord(searchU1(mhz)),
  init: ({ mhz }) => toWord(searchU1(mhz).word),
  setFrequency: (mhz) => toWord(searchU1(mhz).word),
};

/** One that does not say which it is: clock and voltage are left as they are, and a U1's rate is expected. */
export const antminerAny: ChipFamily = {
  ...antminer,
  name: 'BM1380',
  cores: 8,
  frequency: { minMhz: 200, maxMhz: 200, stepMhz: 12.5 },
  pll: () => ({ bytes: EMPTY, mhz: 200 }),
  init: () => [],
  setFrequency: () => [],
};

/**
 * U3: four BM1382 behind one port, 312.5 MH/s for each MHz. They have no clock before they are given one, so voltage and the
 * lowest clock come even before the golden job.
 */
export const antminerU3: ChipFamily = {
  ...antminer,
  name: 'BM1382',
  cores: 312.5,
  frequency: { ...U3_RANGE, stepMhz: 6.25 },
  pll: (mhz) => pllOfWord(searchU3(mhz)),
  discovery: () => [
    pause(SETTLE_MS),
    write(setU3Voltage(U3_MILLIVOLTS.usual), SETTLE_MS),
    ...toWord(searchU3(U3_RANGE.minMhz).word),
    ...shared.discovery(),
  ],
  init: ({ mhz }) => toWord(searchU3(mhz).word),
  setFrequency: (mhz) => toWord(searchU3(mhz).word),
};

/** Twice, as the miners of their time did: nobody confirms it. They meant to read it back, and never sent that; nor is it sent here. */
function toWord(word: number): Plan {
  return [write(setFrequency(word)), write(setFrequency(word), SETTLE_MS)];
}

function pllOfWord({ word, mhz }: { readonly word: number; readonly mhz: number }) {
  return { bytes: Uint8Array.of(word >>> 8, word & 0xff), mhz };
}

/** The golden nonce stands for an id: that a real job finds it too is as likely as one in four billion. */
function decode(frame: Uint8Array): ChipReply {
  if (equal(frame.subarray(0, NONCE_BYTES), GOLDEN_NONCE)) return { kind: 'chip-id', idWord: ID_WORD, address: 0 };
  const candidates = frame.length > NONCE_BYTES ? [{ jobId: (frame[NONCE_BYTES] as number) & WORK_ID, midstateIndex: 0 }] : [];
  return { kind: 'nonce', nonce: readU32Le(frame, 0), candidates, rolledBits: 0 };
}
