/**
 * A block template: everything a block needs but its coinbase and its nonce, in one shape whatever its origin (a node's
 * getblocktemplate, a template provider, the practice chain). Hashes are 32 bytes in wire order.
 */

export interface TemplateTransaction {
  readonly txid: Uint8Array;
  /** Hash with witness (BIP 141); equals `txid` where there is none. */
  readonly wtxid: Uint8Array;
  /** Serialised with its witness, as lower-case hex: nodes give and take it so, and only a block found needs it. */
  readonly hex: string;
  /** Weight units. */
  readonly weight: number;
  readonly feeSatoshi: bigint;
  /** As counted against the block's limit (BIP 141); undefined when the origin does not tell. */
  readonly sigops: number | undefined;
  /** Indices, in `transactions`, of those that must stand before this one; all smaller than its own. */
  readonly depends: readonly number[];
}

export interface BlockTemplate {
  readonly version: number;
  /** Header bits that stand for soft forks here; rolling them would be read as a vote. */
  readonly signalBits: number;
  readonly prevHash: Uint8Array;
  readonly nbits: number;
  readonly height: number;
  /** The origin's clock when it made this, Unix seconds. */
  readonly curtime: number;
  /** The smallest timestamp the block may bear. */
  readonly mintime: number;
  /** Subsidy and all fees: the most that the coinbase may pay out. */
  readonly coinbaseSatoshi: bigint;
  /** In block order, without the coinbase. */
  readonly transactions: readonly TemplateTransaction[];
  /** BIP 141 commitment over exactly `transactions`, where the origin gives it: 32 bytes. */
  readonly witnessCommitment: Uint8Array | undefined;
  /** What the origin wants at the end of the coinbase script; mostly empty. */
  readonly coinbaseAux: Uint8Array;
}

/** Lower limits than consensus are the origin's own affair; higher ones do not exist. */
export const MAX_TEMPLATE_WEIGHT = 4_000_000;
/** The smallest transaction there can be weighs 240: 60 bytes, no witness. */
export const MIN_TRANSACTION_WEIGHT = 240;
/** So many of them fit into a block. */
export const MAX_TEMPLATE_TRANSACTIONS = Math.floor(MAX_TEMPLATE_WEIGHT / MIN_TRANSACTION_WEIGHT);
