/**
 * What a chip is, as data and pure functions: how it is found and started, how a job is put on its wire, what its
 * replies mean. One `ChipFamily` for each chip and way of driving it (a Compac A2 starts a BM1370 otherwise than a
 * Bitaxe does). `ChipChain` drives any of them.
 */
import type { Plan } from './plan.ts';

export type ChipName = 'BM1384' | 'BM1387' | 'BM1397' | 'BM1362' | 'BM1366' | 'BM1368' | 'BM1370' | 'BE100' | 'BM1380' | 'BM1382';

/** How replies stand on the wire. All lengths include the preamble. */
export interface ReplyFormat {
  /** `AA 55`, or empty. */
  readonly preamble: Uint8Array;
  /** Usual length first; a shorter one is only what a chip says before it is set up. */
  readonly lengths: readonly number[];
  /** A complete frame of one of `lengths` that a chip could have sent: checksum, type bits, plain sense. */
  isFrame(frame: Uint8Array): boolean;
}

/** Job ids in the order of their use: `first`, then `step` more each time, modulo 128 or back to `first` after `last`. */
export interface JobIdRange {
  readonly first: number;
  readonly last: number;
  readonly step: number;
  /** Instead of starting over: ids run on modulo 128. */
  readonly modulo128?: boolean;
}

/** A job to be put on the wire. */
export interface ChipJob {
  readonly jobId: number;
  /** 80 bytes; its nonce is ignored, and so is its version. */
  readonly header: Uint8Array;
  /** One a midstate; a chip that takes whole headers gets the first, with the bits it rolls cleared. */
  readonly versions: readonly number[];
  readonly chips: number;
  /** Power of two; only the BM1384 has it in the job. */
  readonly ticketDifficulty: number;
}

/** Which job a nonce may belong to. */
export interface JobCandidate {
  readonly jobId: number;
  /** Index into the job's versions; 0 for chips that take whole headers. */
  readonly midstateIndex: number;
}

export interface NonceReply {
  readonly kind: 'nonce';
  /** As the integer of the header: u32 little-endian of the four bytes on the wire. */
  readonly nonce: number;
  /** Most likely first; empty where the reply does not name its job. */
  readonly candidates: readonly JobCandidate[];
  /** Version bits that the chip rolled by itself, in place; 0 for midstate chips. */
  readonly rolledBits: number;
}

export type ChipReply =
  | NonceReply
  | { readonly kind: 'chip-id'; readonly idWord: number; readonly address: number }
  /** `address` and `register` are absent where the reply does not carry them. `value` is u32 big-endian of the wire. */
  | { readonly kind: 'register'; readonly value: number; readonly address?: number; readonly register?: number }
  /** The constant answer of a healthy core to the dummy job: counted, never a nonce. */
  | { readonly kind: 'healthy-core' };

/** A PLL setting: what goes into the register, and the frequency that it really gives. */
export interface PllSetting {
  /** The register's bytes on the wire. */
  readonly bytes: Uint8Array;
  readonly mhz: number;
}

export interface InitSettings {
  readonly chips: number;
  /** The frequency to start with. */
  readonly mhz: number;
  /** Power of two; replies below it are held back by the chips. */
  readonly ticketDifficulty: number;
  /** Speeds the UART up at the end, where the family leaves it a choice. Not over transports that cannot follow. */
  readonly fastBaud?: boolean;
}

export interface ShutdownSettings {
  readonly chips: number;
  /** Running now. */
  readonly mhz: number;
}

export interface ChipFamily {
  readonly name: ChipName;
  /** Chip ids that discovery accepts: the high half of register 00. Empty where replies do not carry one. */
  readonly idWords: readonly number[];
  /** Hashes per clock of one chip, for expected rates. */
  readonly cores: number;
  readonly takes: 'midstates' | 'header';
  /** Version bits that it rolls, for `DeviceIdentity.versionMask`: all of them, none that it does not. */
  readonly versionMask: number;
  /** How many midstates a job may carry, ascending; `[1]` for whole headers. */
  readonly midstateCounts: readonly number[];
  readonly jobIds: JobIdRange;
  readonly replies: ReplyFormat;
  /** Where the ticket mask goes, if it has one. */
  readonly ticket: 'register' | 'job' | 'none';
  /** Bytes of the longest job, for the time that the UART needs. */
  readonly jobBytes: number;
  /** The host's rate while mining, without `fastBaud`. After reset every chip speaks at 115 200. */
  readonly baud: number;
  /** It stands still after a nonce, with the rest of its job undone, until the next job comes. */
  readonly nonceEndsJob?: true;
  /** MHz that the PLL search covers and the grid that makers use. */
  readonly frequency: { readonly minMhz: number; readonly maxMhz: number; readonly stepMhz: number };

  /** The setting for `mhz`, on the maker's grid. `pll`, `init` and `setFrequency` @throws RangeError outside `frequency`. */
  pll(mhz: number): PllSetting;
  /** The MHz that a PLL register reply tells; undefined when it is no sensible PLL reply. */
  pllOf(value: number, register: number | undefined): number | undefined;
  /** From reset to the ids of all chips. */
  discovery(): Plan;
  /** From there to ready for jobs, at the start frequency. */
  init(settings: InitSettings): Plan;
  /** To another frequency, in one go; ramps are steps of this. */
  setFrequency(mhz: number, chips: number): Plan;
  /** Leaves the chips drawing as little as commands can achieve. */
  shutdown(settings: ShutdownSettings): Plan;
  /** Absent when `ticket` is not `register`. */
  setTicket?(difficulty: number): Uint8Array;
  /** Absent unless the chip rolls versions by itself: only bits of `mask` from now on. */
  setVersionMask?(mask: number): Uint8Array;
  /** Absent where registers cannot be read. Asks all chips. */
  readRegister?(register: number): Uint8Array;
  encodeJob(job: ChipJob): Uint8Array;
  /** What a frame that `replies.isFrame` accepted means. */
  decode(frame: Uint8Array): ChipReply;
  /** Makers judge each chip by what `chipOf` says: one without any answer gives none. */
  readonly tellsChips?: true;
  /** Which chip of `chips` found a nonce. Not for certain without `tellsChips`. */
  chipOf(reply: NonceReply, chips: number): number;
}
