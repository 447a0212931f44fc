/**
 * A job: what a source asks to be hashed, in one shape for every source (Stratum V2 standard and extended channels,
 * Stratum V1, solo on a node, declared templates). And a share: a proof that it was hashed.
 */

/** How the merkle root comes about: fixed by the pool, or from a coinbase with room for an extranonce. */
export type JobRoot =
  | { readonly kind: 'fixed'; readonly merkleRoot: Uint8Array }
  | {
      readonly kind: 'extranonce';
      /** Serialised coinbase before the extranonce, without witness data. */
      readonly coinbasePrefix: Uint8Array;
      /** Fixed by the source for this channel (0–32 bytes). */
      readonly extranoncePrefix: Uint8Array;
      /** Bytes that Hearth may choose, after the prefix. */
      readonly extranonceSize: number;
      readonly coinbaseSuffix: Uint8Array;
      /** Sibling hashes from the coinbase up, wire order. */
      readonly merklePath: readonly Uint8Array[];
    };

export interface Job {
  /** Unique while the app runs; names the source, channel and job. */
  readonly key: string;
  /** The source that gave it and takes its shares. */
  readonly sourceId: string;
  /** Header version as given; devices may change only the bits of `versionMask`. */
  readonly version: number;
  /** Bits that may be rolled (BIP 323: within 0x1fffffe0); 0 = none. */
  readonly versionMask: number;
  /** 32 bytes, wire order. */
  readonly prevHash: Uint8Array;
  readonly nbits: number;
  /** First ntime to use, Unix seconds; later ntime may grow by one a second since `receivedAtMs`. */
  readonly ntime: number;
  /** `Clock.monotonic` at which the ntime began to run. */
  readonly receivedAtMs: number;
  /** 32 bytes little-endian: a hash at or below it is a share. */
  readonly shareTarget: Uint8Array;
  readonly root: JobRoot;
  /** Block height where the source tells. */
  readonly height?: number;
}

/** A header that met its job's share target, checked here. All integers as they stand in the header. */
export interface Share {
  /** Unique while the app runs; its answer comes back with it. */
  readonly id: number;
  readonly job: Job;
  readonly deviceId: string;
  /** The rolled part only, `extranonceSize` bytes; empty when the root is fixed. */
  readonly extranonce: Uint8Array;
  readonly version: number;
  readonly ntime: number;
  readonly nonce: number;
  /** Double SHA-256 of the header, wire order. */
  readonly hash: Uint8Array;
  /** Difficulty the hash itself reached (difficulty-1 target ÷ hash). */
  readonly difficulty: number;
  /** Difficulty the pool asked for. */
  readonly shareDifficulty: number;
  /** Meets the block target of `nbits`. */
  readonly isBlock: boolean;
  /** Unix milliseconds. */
  readonly foundAt: number;
}
