/**
 * Targets: 32 bytes little-endian; a hash at or below its target counts. Difficulty is the difficulty-1 target
 * (0xffff · 2^208) divided by the target. Nothing here throws on what a peer sent.
 */
import { compareLe, fromNumberLe } from '../bytes.ts';

const DIFFICULTY_1 = 0xffffn << 208n;
const DIFFICULTY_1_NUMBER = 0xffff * 2 ** 208;
const LARGEST = (1n << 256n) - 1n;

/** The easiest target there is: every hash meets it. */
export const MAX_TARGET: Uint8Array = new Uint8Array(32).fill(0xff);

/** MIN-38: a hash equal to the target meets it. Both 32 bytes little-endian. */
export function meetsTarget(hash: Uint8Array, target: Uint8Array): boolean {
  return compareLe(hash, target) <= 0;
}

/** Difficulty of a target, or that a hash reached; zero counts as one, so that it is always finite. */
export function difficultyOf(targetOrHash: Uint8Array): number {
  return DIFFICULTY_1_NUMBER / Math.max(1, asNumber(targetOrHash));
}

/**
 * The target of a difficulty, which may be a fraction; exact for every double. What is not above zero counts as 1;
 * what is too easy for 32 bytes gives `MAX_TARGET`.
 */
export function targetOfDifficulty(difficulty: number): Uint8Array {
  if (difficulty === Number.POSITIVE_INFINITY) return new Uint8Array(32);
  const { numerator, denominator } = fraction(difficulty > 0 ? difficulty : 1);
  return clamped((DIFFICULTY_1 * denominator) / numerator);
}

/**
 * The target that a device of this speed meets so many times a minute: 2^256 ÷ hashes a share, less one.
 * A speed or rate that makes no sense gives `MAX_TARGET`.
 */
export function targetOfHashrate(hashesPerSecond: number, sharesPerMinute: number): Uint8Array {
  const hashes = (hashesPerSecond * 60) / sharesPerMinute;
  if (!(hashes >= 1)) return MAX_TARGET.slice();
  if (hashes === Number.POSITIVE_INFINITY) return new Uint8Array(32);
  const { numerator, denominator } = fraction(hashes);
  return clamped(((LARGEST + 1n) * denominator) / numerator - 1n);
}

/** How many hashes it takes on average to meet a target: 2^256 ÷ (target + 1). */
export function hashesPerShare(target: Uint8Array): number {
  return 2 ** 256 / (asNumber(target) + 1);
}

function asNumber(littleEndian: Uint8Array): number {
  let value = 0;
  for (let index = littleEndian.length - 1; index >= 0; index -= 1) value = value * 256 + (littleEndian[index] as number);
  return value;
}

function clamped(target: bigint): Uint8Array {
  return fromNumberLe(target < 0n ? 0n : target > LARGEST ? LARGEST : target, 32);
}

/** Every positive finite double is a whole number over a power of two. */
function fraction(value: number): { numerator: bigint; denominator: bigint } {
  let scaled = value;
  let denominator = 1n;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    denominator *= 2n;
  }
  return { numerator: BigInt(scaled), denominator };
}
