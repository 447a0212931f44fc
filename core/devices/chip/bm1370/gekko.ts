/** BM1370 as on the Compac A2, which also comes with a BM1368. REFERENCE.md is beside this file. */
import { versionMaskCommand } from '../bitaxe-plan.ts';
import type { ChipFamily, InitSettings } from '../chip-family.ts';
import { addressOf, chainInactive, readAll, readOne, register, setAddress, writeAll, writeOne } from '../commands.ts';
import { gekkoDiscovery, gekkoHeaderFacts, gekkoSetFrequency } from '../gekko-header-chip.ts';
import { headerChipFacts, jobIdOf } from '../header-chip.ts';
import { encodeHeaderJob } from '../header-job.ts';
import { type Plan, pause, perChip, read, write } from '../plan.ts';
import { decodeLongReply } from '../replies.ts';
import { ticketMask } from '../ticket.ts';
import { FULL_HEADER_MASK } from '../versions.ts';

const SETTLE_MS = 50;
const ROLLING_ON = 0x8000;
const HASH_COUNT = 0x0f25;
const BM1368 = 0x1368;

export const bm1370Gekko: ChipFamily = {
  ...headerChipFacts,
  ...gekkoHeaderFacts,
  name: 'BM1370',
  idWords: [0x1370, BM1368],
  cores: 2048,
  jobIds: { first: 0x18, last: 0x78, step: 0x18 },
  discovery: () => gekkoDiscovery(versionMaskCommand(ROLLING_ON, FULL_HEADER_MASK)),
  init,
  setVersionMask: (mask) => versionMaskCommand(ROLLING_ON, mask),
  encodeJob: (job) => encodeHeaderJob(job, { lengthByte: 0xff, midstatesByte: 0x00 }),
  decode: (frame) => decodeLongReply(frame, jobIdOf.bm1370),
};

/** The same sticks with a BM1368: driven alike, fewer cores. */
export const bm1368Gekko: ChipFamily = { ...bm1370Gekko, name: 'BM1368', cores: 1280 };

/** Which of the two answered, by the id word of `discovered`. */
export function gekkoA2Family(idWord: number): ChipFamily {
  return idWord === BM1368 ? bm1368Gekko : bm1370Gekko;
}

function init({ chips, mhz, ticketDifficulty }: InitSettings): Plan {
  const descending = (make: (address: number) => Plan) => perChip(chips, (index) => make(addressOf(chips - 1 - index, chips)));
  return [
    pause(SETTLE_MS),
    // The reference follows this with a malformed frame (opcode 53, nine bytes); left out, its wait kept.
    write(writeAll(register.softReset, 0x00070000), 110),
    write(chainInactive(), 100),
    ...perChip(chips, (index) => [write(setAddress(addressOf(index, chips)), 10)]),
    write(writeAll(register.coreMailbox, 0x80008d04), 10),
    write(writeAll(register.coreMailbox, 0x8000800e), 100),
    write(writeAll(register.ticketMask, ticketMask(ticketDifficulty)), 20),
    write(writeAll(register.ioDrive, 0x00011111), 50),
    read(readAll(register.ioDrive), register.ioDrive, 100),
    ...descending((address) => [
      write(writeOne(address, register.ioDrive, 0x0001f111), 10),
      read(readOne(address, register.ioDrive), register.ioDrive, 10),
    ]),
    ...gekkoSetFrequency(mhz),
    write(writeAll(register.pll3, 0x5aa55aa5), 10),
    write(writeAll(register.hashCountNumber, HASH_COUNT), 10),
    // Once for each chip, but always to chip 00, as in the reference.
    ...perChip(chips, () => [
      write(writeOne(0x00, register.uartRelay, 0x00130007), 10),
      read(readOne(0x00, register.uartRelay), register.uartRelay, 10),
    ]),
    write(writeAll(register.softReset, 0x000701f0), 10),
    write(writeAll(register.miscControl, 0xf000c100), 10),
    write(writeAll(register.miscControl, 0xf000c100), 10),
    read(readAll(register.miscControl), register.miscControl, 50),
    write(writeAll(register.coreMailbox, 0x80008b00), 10),
    write(writeAll(register.coreMailbox, 0x8000800e), 10),
    write(writeAll(register.coreMailbox, 0x800082aa), 10),
    write(writeAll(register.analogMux, 0x00000003), 10),
    ...gekkoSetFrequency(mhz),
  ];
}
