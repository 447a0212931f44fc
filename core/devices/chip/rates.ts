/**
 * How fast a chain should be and how often it must be fed. GekkoScience's formulas: hashes per second = chips · cores ·
 * frequency; a job is replaced when half of what it holds has been searched.
 */
import { subsetsOf } from '../../work/version-bits.ts';
import type { ChipFamily } from './chip-family.ts';

const NONCES = 2 ** 32;
/** Half of the search space of a job: late enough to be cheap, early enough never to run dry behind a slow bus. */
const WAIT_FACTOR = 0.5;
/** Of the 65,536 versions that a chip rolls by itself, so many are counted as one: chips leave gaps between versions. */
const VERSIONS_COUNTED_AS_ONE = 256;
/** Start, eight data bits, stop, and the mark parity bit of some bridges. */
const BITS_PER_BYTE = 11;
/** A UART that never falls silent cannot take commands in time. */
const UART_SHARE = 0.8;
/** Bounds for a job's life: ntime and fees go stale, and new work reaches chips only with the next job. */
const MAX_JOB_MS = 2000;
/** Boards whose jobs last less than this are fed twice as often: timers of a busy computer are late by milliseconds. */
const FAST_MS = 20;

export interface Chain {
  readonly family: ChipFamily;
  readonly chips: number;
  readonly mhz: number;
}

/** Expected hashes per second; `scale` corrects for boards whose chips have fewer working cores. */
export function expectedRate({ family, chips, mhz }: Chain, scale = 1): number {
  return chips * family.cores * mhz * 1e6 * scale;
}

/** How long all chips together take for all nonces of one version. */
export function fullscanMs({ family, chips, mhz }: Chain): number {
  return NONCES / (chips * family.cores * mhz * 1e3);
}

/** How long all that a job holds lasts. */
export function jobSpanMs(chain: Chain, workVersionMask: number): number {
  return fullscanMs(chain) * versionRoom(chain.family, workVersionMask);
}

/** After so long a job is to be replaced: half of its space, never faster than the UART takes jobs, never over two seconds. */
export function jobIntervalMs(chain: Chain, workVersionMask: number): number {
  const searchedMs = WAIT_FACTOR * jobSpanMs(chain, workVersionMask);
  return Math.min(MAX_JOB_MS, Math.max(uartMs(chain.family), searchedMs));
}

/** How often a chain is really fed: fast ones twice as often, but never faster than jobs pass its UART, or they would queue. */
export function feedIntervalMs(chain: Chain, workVersionMask: number): number {
  const intervalMs = jobIntervalMs(chain, workVersionMask);
  return intervalMs < FAST_MS ? Math.max(lineMs(chain.family), intervalMs / 2) : intervalMs;
}

/** Of a job, with room for commands. */
function uartMs(family: ChipFamily): number {
  return lineMs(family) / UART_SHARE;
}

/** What a job takes on the UART. */
function lineMs({ jobBytes, baud }: ChipFamily): number {
  return (jobBytes * BITS_PER_BYTE * 1000) / baud;
}

function versionRoom(family: ChipFamily, workVersionMask: number): number {
  const room = subsetsOf(workVersionMask & family.versionMask);
  if (family.takes === 'header') return Math.max(1, room / VERSIONS_COUNTED_AS_ONE);
  return family.midstateCounts.findLast((count) => count <= room) ?? 1;
}

/** Mean time between two replies of a chain that holds back what is below `ticketDifficulty`. */
export function nonceIntervalMs(chain: Chain, ticketDifficulty: number, scale = 1): number {
  return (NONCES * ticketDifficulty * 1000) / expectedRate(chain, scale);
}
