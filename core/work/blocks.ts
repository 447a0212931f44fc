/**
 * A block of headers: one merkle root, one ntime, one setting of the version bits that are rolled here. Blocks are
 * disjoint by construction, and each is handed out once; a lane of devices splits its block further (`job-space.ts`).
 */

export interface HeaderBlock {
  /** 32 bytes, wire order. */
  readonly merkleRoot: Uint8Array;
  /** Empty when the root is fixed. */
  readonly extranonce: Uint8Array;
  readonly ntime: number;
  /** The job's version with the software bits of this block. */
  readonly version: number;
}

/** Where the blocks of a job come from. */
export interface BlockSource {
  /** The next block, never seen before; undefined when none is left until `latestNtime` grows. */
  take(latestNtime: number): HeaderBlock | undefined;
  /** At least this many blocks can be taken now. */
  left(latestNtime: number): number;
}
