/** How the Bitaxe firmwares drive BM1366, BM1368 and BM1370: PLL by best fit, ramp from 50 MHz, 56h as job length. */
import { hashCountNumber, USB_GAP_MS, versionMaskCommand } from './bitaxe-plan.ts';
import type { ChipFamily, ChipReply, PllSetting } from './chip-family.ts';
import { register, writeAll, writeOne } from './commands.ts';
import { encodeHeaderJob } from './header-job.ts';
import { type Plan, write } from './plan.ts';
import { mhzOf, pllBytes, requireRange, searchDividers } from './pll.ts';
import { decodeLongReply } from './replies.ts';
import { u32Be } from './u32-be.ts';

/** What the firmwares' own tables span. */
const RANGE = { minMhz: 50, maxMhz: 625, stepMhz: 6.25 } as const;
const ROLLING_ON = 0x9000;

export interface Feedback {
  readonly min: number;
  readonly max: number;
}

/** What differs between the chips. */
export interface BitaxeChip {
  readonly feedback: Feedback;
  /** Cores without their small cores, and the ticks kept back: for the hash-count number. */
  readonly cores: number;
  readonly guard: number;
  /** Undoes what the chip does to the job id. */
  jobIdOf(jobByte: number): number;
}

/** @throws RangeError outside 50–625 MHz. */
export function bitaxePll(mhz: number, { min, max }: Feedback): PllSetting {
  requireRange(mhz, RANGE.minMhz, RANGE.maxMhz);
  const dividers = searchDividers(mhz, min, max);
  return { bytes: pllBytes(dividers), mhz: mhzOf(dividers) };
}

/** One step of the ramp. */
export function bitaxeSetPll(mhz: number, { feedback }: BitaxeChip): Plan {
  return [write(writeAll(register.pll0, u32Be(bitaxePll(mhz, feedback).bytes)), USB_GAP_MS)];
}

/** The hash-count number belongs to a frequency and to the size of the chain. */
export function bitaxeHashCount(mhz: number, chips: number, { cores, guard }: BitaxeChip): Plan {
  return [write(writeAll(register.hashCountNumber, hashCountNumber({ mhz, chips, cores, guard })), USB_GAP_MS)];
}

export function bitaxeHeaderFacts(chip: BitaxeChip) {
  return {
    frequency: RANGE,
    pll: (mhz) => bitaxePll(mhz, chip.feedback),
    setFrequency: (mhz, chips) => [...bitaxeSetPll(mhz, chip), ...bitaxeHashCount(mhz, chips, chip)],
    // The board holds nRST and takes the core voltage away.
    shutdown: () => [],
    setVersionMask: (mask) => versionMaskCommand(ROLLING_ON, mask),
    encodeJob: (job) => encodeHeaderJob(job, { lengthByte: 0x56, midstatesByte: 0x01 }),
    decode: (frame): ChipReply => decodeLongReply(frame, chip.jobIdOf),
  } as const satisfies Partial<ChipFamily>;
}

/** Wakes the cores of one chip; the two mailbox words differ by chip. */
export function startChip(address: number, mailbox: readonly [number, number]): Plan {
  return [
    write(writeOne(address, register.softReset, 0x000701f0), USB_GAP_MS),
    write(writeOne(address, register.miscControl, 0xf000c100), USB_GAP_MS),
    write(writeOne(address, register.coreMailbox, mailbox[0]), USB_GAP_MS),
    write(writeOne(address, register.coreMailbox, mailbox[1]), USB_GAP_MS),
    write(writeOne(address, register.coreMailbox, 0x800082aa), USB_GAP_MS),
  ];
}
