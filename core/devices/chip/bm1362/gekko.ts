/** BM1362 as on the Compac A1. REFERENCE.md is beside this file. */
import { versionMaskCommand } from '../bitaxe-plan.ts';
import type { ChipFamily, InitSettings } from '../chip-family.ts';
import { addressOf, chainInactive, register, setAddress, writeAll, writeOne } from '../commands.ts';
import { gekkoDiscovery, gekkoHeaderFacts, gekkoSetFrequency } from '../gekko-header-chip.ts';
import { headerChipFacts, jobIdOf } from '../header-chip.ts';
import { encodeHeaderJob } from '../header-job.ts';
import { type Plan, pause, perChip, write } from '../plan.ts';
import { decodeLongReply } from '../replies.ts';
import { ticketMask } from '../ticket.ts';
import { FULL_HEADER_MASK } from '../versions.ts';

const SETTLE_MS = 50;
const ROLLING_ON = 0x9000;
const HASH_COUNT = 0x12c9;

export const bm1362Gekko: ChipFamily = {
  ...headerChipFacts,
  ...gekkoHeaderFacts,
  name: 'BM1362',
  idWords: [0x1362],
  cores: 512,
  jobIds: { first: 0x10, last: 0x78, step: 8 },
  discovery: () => gekkoDiscovery(versionMaskCommand(ROLLING_ON, FULL_HEADER_MASK)),
  init,
  setVersionMask: (mask) => versionMaskCommand(ROLLING_ON, mask),
  encodeJob: (job) => encodeHeaderJob(job, { lengthByte: 0x36, midstatesByte: 0x01 }),
  decode: (frame) => decodeLongReply(frame, jobIdOf.bm1362),
};

function init({ chips, mhz, ticketDifficulty }: InitSettings): Plan {
  return [
    pause(SETTLE_MS),
    write(chainInactive(), 100),
    ...perChip(chips, (index) => [write(setAddress(addressOf(index, chips)), 10)]),
    write(writeAll(register.coreMailbox, 0x80008540), 10),
    write(writeAll(register.coreMailbox, 0x80008008), 100),
    write(writeAll(register.ticketMask, ticketMask(ticketDifficulty)), 20),
    write(writeAll(register.analogMux, 0x00000003), 50),
    write(writeAll(register.ioDrive, 0x00011111), 100),
    ...perChip(chips, (index) => startChip(addressOf(index, chips), 10)),
    ...gekkoSetFrequency(mhz),
    write(writeAll(register.hashCountNumber, HASH_COUNT), 10),
    write(versionMaskCommand(ROLLING_ON, FULL_HEADER_MASK), 10),
  ];
}

/** Wakes the cores of one chip. The same on the EmberOne. */
export function startChip(address: number, gapMs: number): Plan {
  return [
    write(writeOne(address, register.softReset, 0x00000002), gapMs),
    write(writeOne(address, register.miscControl, 0xb000c100), gapMs),
    write(writeOne(address, register.coreMailbox, 0x80008540), gapMs),
    write(writeOne(address, register.coreMailbox, 0x80008008), gapMs),
    write(writeOne(address, register.coreMailbox, 0x800082aa), gapMs),
  ];
}
