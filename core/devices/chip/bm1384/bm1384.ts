/**
 * BM1384 as on the Compac, 2Pac and Terminus: one midstate a job, no preamble, no CRC on nonces, no reset line.
 * Facts and sources: REFERENCE.md beside this file.
 */
import { readU32Le } from '../../../bitcoin/u32.ts';
import { EMPTY } from '../../../bytes.ts';
import type { ChipFamily, ChipReply, NonceReply, ReplyFormat } from '../chip-family.ts';
import { addressOf } from '../commands.ts';
import { crc5 } from '../crc5.ts';
import { isHealthyCore } from '../healthy-core.ts';
import { discover, type Plan, pause, perChip, read, write } from '../plan.ts';
import { ramp } from '../pll.ts';
import { u32Be } from '../u32-be.ts';
import { chainInactive, readChipIds, readPllAll, setAddress, setPll } from './commands.ts';
import { encodeDummyJob, encodeJob, JOB_BYTES } from './job.ts';
import { maxMhz, mhzOfReply, minMhz, searchPll, stepMhz } from './pll.ts';

const REPLY_BYTES = 5;
const CORES = 55;
const PLL_REGISTER = 0x04;
/** From reset, or from opening the port, to the first command. */
const SETTLE_MS = 50;
const DISCOVERY_MS = 1000;
/** Longer than an FTDI or CP210x bridge holds back bytes. */
const DISCOVERY_IDLE_MS = 50;
const OPEN_CORE_MS = 10;
const JOB_IDS = { first: 0x10, last: 0x1f, step: 1 } as const;
/** A large step down can hang the regulator or the chip: 25 MHz every 100 ms, to where all these sticks start. */
const SHUTDOWN_STEP_MHZ = 25;
const SHUTDOWN_STEP_MS = 100;
const SHUTDOWN_MHZ = 100;

const replies: ReplyFormat = {
  preamble: EMPTY,
  lengths: [REPLY_BYTES],
  /** Nonces end in 80 | job id; command replies start with 13 or 80 and end in their CRC5. */
  isFrame(frame) {
    const last = frame[REPLY_BYTES - 1] as number;
    if (last >= 0x80 && last <= 0x9f) return true;
    return last <= 0x1f && (frame[0] === 0x13 || frame[0] === 0x80) && crc5(frame) === 0;
  },
};

export const bm1384: ChipFamily = {
  name: 'BM1384',
  idWords: [0x1384],
  cores: CORES,
  takes: 'midstates',
  versionMask: 0,
  midstateCounts: [1],
  jobIds: JOB_IDS,
  replies,
  ticket: 'job',
  jobBytes: JOB_BYTES,
  baud: 115_200,
  frequency: { minMhz, maxMhz, stepMhz },
  pll(mhz) {
    const { word, mhz: real } = searchPll(mhz);
    return { bytes: Uint8Array.of(word >>> 8, word & 0xff), mhz: real };
  },
  pllOf: mhzOfReply,
  discovery: () => [pause(SETTLE_MS), discover(readChipIds(), DISCOVERY_MS, DISCOVERY_IDLE_MS)],
  init: ({ chips, mhz }) => [
    pause(SETTLE_MS),
    write(chainInactive()),
    ...perChip(chips, (index) => [write(setAddress(addressOf(index, chips)))]),
    // The sticks have no reset line and the PLL may stand anywhere, from power-on or an earlier run.
    ...setFrequency(mhz),
    ...openCores(),
  ],
  setFrequency,
  shutdown: ({ mhz }) => [
    ...(mhz > SHUTDOWN_MHZ ? ramp(mhz, SHUTDOWN_MHZ, SHUTDOWN_STEP_MHZ) : []).map((station) =>
      write(setPll(searchPll(station).word), SHUTDOWN_STEP_MS),
    ),
    write(chainInactive()),
  ],
  encodeJob,
  decode,
  tellsChips: true,
  chipOf: (reply, chips) => chipByFirstByte(reply, chips),
};

function setFrequency(mhz: number): Plan {
  return [write(setPll(searchPll(mhz).word)), read(readPllAll(), PLL_REGISTER, OPEN_CORE_MS)];
}

/** One dummy job for each core, and one more at either end, as makers do. */
function openCores(): Plan {
  return Array.from({ length: CORES + 2 }, (_, index) => write(encodeDummyJob(index % (JOB_IDS.last + 1)), OPEN_CORE_MS));
}

function decode(frame: Uint8Array): ChipReply {
  const value = u32Be(frame);
  const last = frame[REPLY_BYTES - 1] as number;
  if (last < 0x80) {
    return frame[0] === 0x13 ? { kind: 'chip-id', idWord: 0x1384, address: 0 } : { kind: 'register', value, register: PLL_REGISTER };
  }
  if (isHealthyCore(value)) return { kind: 'healthy-core' };
  return { kind: 'nonce', nonce: readU32Le(frame, 0), candidates: [{ jobId: last & 0x1f, midstateIndex: 0 }], rolledBits: 0 };
}

/** The chips share the nonces by their first byte on the wire. Also on the BM1387. */
export function chipByFirstByte(reply: NonceReply, chips: number): number {
  return Math.floor(((reply.nonce & 0xff) * chips) / 256);
}
