/**
 * What a mining server works on, and a job as one channel got it. A job keeps everything a share of it is judged by:
 * the extranonce prefix and the target that were in force when it was sent (MIN-16, MIN-37, POOL-15).
 */
import { coinbaseTxid, joinCoinbase, type SplitCoinbase } from '../bitcoin/coinbase.ts';
import { foldMerklePath } from '../bitcoin/merkle.ts';
import { EMPTY } from '../bytes.ts';

/** The block to be found; the same for every channel but for whom its coinbase pays. */
export interface MiningTemplate {
  readonly id: bigint;
  readonly height: number;
  readonly version: number;
  /** 32 bytes, wire order. */
  readonly prevHash: Uint8Array;
  /** Where hashing may start, Unix seconds; never earlier than what the chain accepts, nor than an earlier template of the tip. */
  readonly ntime: number;
  readonly nbits: number;
  /** 32 bytes little-endian: a hash at or below it is a block. */
  readonly networkTarget: Uint8Array;
  readonly merklePath: readonly Uint8Array[];
  /** The coinbase without witness (POOL-12), cut where the full extranonce goes, paying `payoutScript`. */
  coinbaseFor(payoutScript: Uint8Array): SplitCoinbase;
}

export interface ServerJob {
  readonly id: number;
  readonly template: MiningTemplate;
  readonly coinbase: SplitCoinbase;
  /** What SetNewPrevHash said of this tip on this channel: shares may not be older. */
  readonly minNtime: number;
  /** The channel's when the job was sent. */
  readonly extranoncePrefix: Uint8Array;
  /** What the client adds after the prefix. */
  readonly extranonceSize: number;
  /** Present when the client cannot change it: standard channels. */
  readonly merkleRoot: Uint8Array | undefined;
  readonly versionRollingAllowed: boolean;
  /** 32 bytes little-endian. */
  readonly target: Uint8Array;
  /** Of the target. */
  readonly difficulty: number;
  /** Expected hashes behind a share of this job. */
  readonly hashesPerShare: number;
}

/** Coinbase txid folded up the path: 32 bytes, wire order. */
export function merkleRootOf(
  template: MiningTemplate,
  coinbase: SplitCoinbase,
  extranoncePrefix: Uint8Array,
  extranonce: Uint8Array = EMPTY,
): Uint8Array {
  return foldMerklePath(coinbaseTxid(joinCoinbase(coinbase, extranoncePrefix, extranonce)), template.merklePath);
}
