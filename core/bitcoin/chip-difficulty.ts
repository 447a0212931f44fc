/**
 * Difficulty as mining chips count it: 1 is a hash that ends in 32 zero bits, in the chips and nowhere else. Benches whose
 * emulated chips cannot hash in earnest make it easier, for chips, drivers and checks alike; the network's is the default.
 */
import { difficultyOf } from './target.ts';
import { readU32Le } from './u32.ts';

/** Hashes that a chip does on average for one of difficulty 1. Another value is a lower power of two. */
export const DIFFICULTY_ONE = 2 ** 32;
const MOST_SIGNIFICANT_WORD = 28;

/** True when a chip would report this hash (32 bytes, wire order); an easier one was miscalculated. */
export function isChipHash(hash: Uint8Array, difficultyOne: number): boolean {
  return readU32Le(hash, MOST_SIGNIFICANT_WORD) < DIFFICULTY_ONE / difficultyOne;
}

/** Difficulty of a target, or that a hash reached, in the units of chips. */
export function chipDifficultyOf(targetOrHash: Uint8Array, difficultyOne: number): number {
  return difficultyOf(targetOrHash) * (DIFFICULTY_ONE / difficultyOne);
}
