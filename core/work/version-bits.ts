/**
 * Which version bits who rolls (BIP 320, BIP 323). The bits that hardware rolls are left to devices; the other bits
 * of the mask are rolled here, so the two never meet.
 */

/** BIP 323: the most that a job may let roll. MIN-31. */
export const ROLLABLE_BITS = 0x1fffffe0;
/** BIP 320: the sixteen bits that mining chips roll by themselves. */
export const HARDWARE_BITS = 0x1fffe000;
/** A fixed root has no extranonce to tell works apart: this many bits are kept back from the devices. */
const KEPT_BITS = 4;

/** The bits of a job's mask that are rolled here and never by a device. */
export function softwareBits(versionMask: number, root: 'fixed' | 'extranonce'): number {
  const beside = versionMask & ROLLABLE_BITS & ~HARDWARE_BITS;
  if (beside !== 0 || root === 'extranonce') return beside >>> 0;
  return highestBits(versionMask & ROLLABLE_BITS, KEPT_BITS);
}

/** The next of all subsets of `mask`, starting at 0; 0 again after the last. */
export function nextSubset(subset: number, mask: number): number {
  return (((subset | ~mask) + 1) & mask) >>> 0;
}

/** How many subsets a mask has. */
export function subsetsOf(mask: number): number {
  let count = 1;
  for (let rest = mask >>> 0; rest !== 0; rest = (rest & (rest - 1)) >>> 0) count *= 2;
  return count;
}

function highestBits(mask: number, count: number): number {
  let rest = mask >>> 0;
  let kept = 0;
  for (let taken = 0; taken < count && rest !== 0; taken += 1) {
    const top = (1 << (31 - Math.clz32(rest))) >>> 0;
    kept |= top;
    rest ^= top;
  }
  return kept >>> 0;
}
