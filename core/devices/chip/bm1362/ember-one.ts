/**
 * BM1362 × 12 as on the EmberOne00. Experimental: the only public sequence is a prototype that its author could not get
 * to mine. REFERENCE.md is beside this file.
 */
import { bitaxeDiscovery, bitaxeRamp, rollAllVersions, USB_GAP_MS, versionMaskCommand } from '../bitaxe-plan.ts';
import type { ChipFamily, InitSettings, NonceReply } from '../chip-family.ts';
import { chainInactive, register, setAddress, writeAll } from '../commands.ts';
import { headerChipFacts, jobIdOf } from '../header-chip.ts';
import { encodeHeaderJob } from '../header-job.ts';
import { type Plan, perChip, withLastWait, write } from '../plan.ts';
import { mhzOf, pllBytes, requireRange, searchDividers } from '../pll.ts';
import { chipByAddress, decodeLongReply } from '../replies.ts';
import { ticketMask } from '../ticket.ts';
import { u32Be } from '../u32-be.ts';
import { startChip } from './gekko.ts';

/** Addresses are two apart, not spread over all 256. */
const ADDRESS_STEP = 2;
const HASH_COUNT = 0x1881;
/** After the last command to each chip. */
const CHIP_START_MS = 500;
const RANGE = { minMhz: 50, maxMhz: 625, stepMhz: 6.25 } as const;
const FEEDBACK = { min: 0xa0, max: 0xef } as const;

export const bm1362EmberOne: ChipFamily = {
  ...headerChipFacts,
  name: 'BM1362',
  idWords: [0x1362],
  cores: 514,
  jobIds: { first: 0x08, last: 0x78, step: 8 },
  frequency: RANGE,
  pll,
  discovery: () => bitaxeDiscovery(1),
  init,
  setFrequency,
  // The board holds nRST and takes the core voltage away.
  shutdown: () => [],
  setVersionMask: (mask) => versionMaskCommand(0x9000, mask),
  encodeJob: (job) => encodeHeaderJob(job, { lengthByte: 0x36, midstatesByte: 0x01 }),
  decode: (frame) => decodeLongReply(frame, jobIdOf.bm1362),
  chipOf: (reply: NonceReply, chips) => Math.min(chipByAddress(reply, 128), chips - 1),
};

function pll(mhz: number) {
  requireRange(mhz, RANGE.minMhz, RANGE.maxMhz);
  const dividers = searchDividers(mhz, FEEDBACK.min, FEEDBACK.max);
  return { bytes: pllBytes(dividers), mhz: mhzOf(dividers) };
}

function setFrequency(mhz: number): Plan {
  return [write(writeAll(register.pll0, u32Be(pll(mhz).bytes)), USB_GAP_MS)];
}

function init({ chips, mhz, ticketDifficulty }: InitSettings): Plan {
  return [
    write(chainInactive(), USB_GAP_MS),
    write(rollAllVersions, USB_GAP_MS),
    write(rollAllVersions, USB_GAP_MS),
    write(writeAll(register.softReset, 0x00000000), USB_GAP_MS),
    write(writeAll(register.miscControl, 0xb000c100), USB_GAP_MS),
    write(chainInactive(), USB_GAP_MS),
    ...perChip(chips, (index) => [write(setAddress(index * ADDRESS_STEP), USB_GAP_MS)]),
    write(writeAll(register.coreMailbox, 0x80008540), USB_GAP_MS),
    write(writeAll(register.coreMailbox, 0x80008008), USB_GAP_MS),
    write(writeAll(register.ticketMask, ticketMask(ticketDifficulty)), USB_GAP_MS),
    write(writeAll(register.analogMux, 0x00000003), USB_GAP_MS),
    write(writeAll(register.ioDrive, 0x00011111), USB_GAP_MS),
    ...bitaxeRamp(mhz, setFrequency),
    ...perChip(chips, (index) => withLastWait(startChip(index * ADDRESS_STEP, USB_GAP_MS), CHIP_START_MS)),
    write(writeAll(register.hashCountNumber, HASH_COUNT), USB_GAP_MS),
    write(rollAllVersions, USB_GAP_MS),
  ];
}
