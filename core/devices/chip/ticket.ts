/**
 * The ticket mask: chips keep back nonces below its difficulty, which is a power of two. In register 14 each byte is
 * bit-reversed. It must never be above what the work asks for, or wanted shares stay in the chip.
 */
import { chipDifficultyOf, DIFFICULTY_ONE } from '../../bitcoin/chip-difficulty.ts';

/** The register is 32 bits wide; above that no home device gains anything. */
export const MAX_TICKET_DIFFICULTY = 65536;

/** Value of register 14 for a difficulty: (difficulty − 1), the bits of each byte reversed. @throws RangeError */
export function ticketMask(difficulty: number): number {
  if (!isTicketDifficulty(difficulty))
    throw new RangeError(`ticket difficulty ${difficulty} is not a power of two up to ${MAX_TICKET_DIFFICULTY}`);
  const mask = difficulty - 1;
  let value = 0;
  for (let shift = 0; shift < 32; shift += 8) value |= reversedBits((mask >>> shift) & 0xff) << shift;
  return value >>> 0;
}

export function isTicketDifficulty(difficulty: number): boolean {
  return Number.isInteger(difficulty) && difficulty >= 1 && difficulty <= MAX_TICKET_DIFFICULTY && (difficulty & (difficulty - 1)) === 0;
}

/** The highest allowed ticket difficulty, at most `limit`, that keeps back nothing that meets `target` (32 bytes little-endian). */
export function ticketFor(target: Uint8Array, limit: number, difficultyOne = DIFFICULTY_ONE): number {
  const wanted = Math.min(chipDifficultyOf(target, difficultyOne), limit, MAX_TICKET_DIFFICULTY);
  return wanted < 2 ? 1 : 2 ** Math.floor(Math.log2(wanted));
}

/** GekkoScience's choice for BM1397 and later: a chain reports about as often whatever its size. */
export function gekkoTicket(cores: number): number {
  if (cores > 2600) return 64;
  return cores > 1300 ? 32 : 16;
}

function reversedBits(byte: number): number {
  let result = 0;
  for (let bit = 0; bit < 8; bit += 1) result |= ((byte >> bit) & 1) << (7 - bit);
  return result;
}
