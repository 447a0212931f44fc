/** A job of a mining channel, complete: everything a header needs (specification 5.1, 5.3; MIN-28, MIN-31, MIN-32). */

/** How the merkle root comes about: given (standard channels), or from a coinbase around the channel's extranonce. */
export type MiningJobRoot =
  | { readonly kind: 'fixed'; readonly merkleRoot: Uint8Array }
  | {
      readonly kind: 'extranonce';
      /** Without witness data. */
      readonly coinbasePrefix: Uint8Array;
      /** In force when the job arrived (MIN-16). */
      readonly extranoncePrefix: Uint8Array;
      readonly extranonceSize: number;
      readonly coinbaseSuffix: Uint8Array;
      /** Wire order, from the coinbase up. */
      readonly merklePath: readonly Uint8Array[];
    };

export interface MiningJob {
  /** Ours: grows by one with every definition, so that a reused `jobId` is another job (MIN-24). */
  readonly serial: number;
  readonly channelId: number;
  /** The server's. */
  readonly jobId: number;
  readonly version: number;
  /** Bits that may differ from `version`: BIP 323's, or none. */
  readonly versionMask: number;
  readonly prevHash: Uint8Array;
  readonly nbits: number;
  /** Where ntime starts, and its lower bound (MIN-34, MIN-35). */
  readonly ntime: number;
  /** Monotonic milliseconds since when ntime may grow by one a second. */
  readonly receivedAtMs: number;
  /** 32 bytes little-endian; the job keeps it when the channel's changes (MIN-37). */
  readonly target: Uint8Array;
  readonly root: MiningJobRoot;
}

/** BIP 323: bits 5 to 28 of the version (MIN-31). */
export const ROLLABLE_VERSION_BITS = 0x1fffffe0;

/** What a share changes of its job. Integers as they stand in the header. */
export interface Submission {
  /** Ours; comes back with the answer. */
  readonly shareId: number;
  readonly nonce: number;
  readonly ntime: number;
  /** The whole field (MIN-42). */
  readonly version: number;
  /** The rolled part; empty when the root is fixed. */
  readonly extranonce: Uint8Array;
  /** Double SHA-256 of the header, wire order. */
  readonly hash: Uint8Array;
  /** Meets the block target: worth sending even where the pool asks for more. */
  readonly isBlock: boolean;
}

/** Why a share was not sent. */
export type NotSent =
  | 'stale-share'
  | 'duplicate-share'
  | 'difficulty-too-low'
  | 'bad-extranonce-size'
  | 'version-not-rollable'
  | 'ntime-out-of-range';
