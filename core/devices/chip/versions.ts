/** The header versions of one work: what a chip with midstates is given, and what a reply's index means. */
import { readU32Le } from '../../bitcoin/u32.ts';
import { nextSubset, subsetsOf } from '../../work/version-bits.ts';
import type { Work } from '../device.ts';

/**
 * Versions for a work, the first with all of its rolled bits clear, then subsets of the mask in ascending order: as
 * many as the largest of `counts` (ascending) that the mask has room for. Bits outside the mask are never touched.
 */
export function versionsOf(work: Work, counts: readonly number[]): readonly number[] {
  const base = baseVersion(work);
  const room = subsetsOf(work.versionMask);
  const count = counts.findLast((each) => each <= room) ?? 1;
  const versions: number[] = [];
  for (let subset = 0, index = 0; index < count; index += 1, subset = nextSubset(subset, work.versionMask)) {
    versions.push((base | subset) >>> 0);
  }
  return versions;
}

/** The header's version without the bits that the device rolls: chips OR theirs in. */
export function baseVersion(work: Work): number {
  return (readU32Le(work.header, 0) & ~work.versionMask) >>> 0;
}

/**
 * Bits that a chip with four midstates rolls: two, so that its four midstates are all of their settings and the rest
 * of the mask stays with the scheduler. The lowest of BIP 320, which every pool that grants rolling grants.
 */
export const FOUR_MIDSTATES_MASK = 0x00006000;
/** BIP 320: what a chip rolls that takes whole headers. */
export const FULL_HEADER_MASK = 0x1fffe000;
