/**
 * The coinbase transaction around its extranonce. Miners hash it without witness (MIN-26, MIN-27); a block carries it
 * with the witness that BIP 141 wants: one item of 32 bytes.
 */
import { concat, EMPTY } from '../bytes.ts';
import { AppError } from '../errors.ts';
import { sha256d } from './sha256d.ts';
import { compactSize, serialiseOutputs, type TransactionOutput } from './transaction.ts';

/** Consensus: a coinbase script has 2 to 100 bytes. */
export const MIN_COINBASE_SCRIPT_BYTES = 2;
export const MAX_COINBASE_SCRIPT_BYTES = 100;
/** Template distribution gives at most this much for the beginning of the script (`coinbase_prefix`, B0_255 ≤ 8 bytes). */
export const MAX_TEMPLATE_PREFIX_BYTES = 8;
/** Stratum V2: extranonce prefix and extranonce together. */
export const MAX_EXTRANONCE_BYTES = 32;
/** The reserved value that every miner uses today. */
export const WITNESS_RESERVED_VALUE: Uint8Array = new Uint8Array(32);

export type CoinbaseFailure =
  | { readonly code: 'coinbase-script-length'; readonly length: number }
  | { readonly code: 'extranonce-too-long'; readonly length: number };

export interface CoinbasePlan {
  readonly version: number;
  /** Script before the extranonce: the BIP 34 height, then whatever the template or the miner adds. */
  readonly scriptPrefix: Uint8Array;
  /** Room for extranonce prefix and extranonce together. */
  readonly extranonceBytes: number;
  /** Script after the extranonce. */
  readonly scriptSuffix?: Uint8Array;
  readonly sequence: number;
  readonly outputs: readonly TransactionOutput[];
  readonly lockTime: number;
}

/** A serialised coinbase without witness, cut at its extranonce. */
export interface SplitCoinbase {
  readonly prefix: Uint8Array;
  readonly suffix: Uint8Array;
}

const NULL_OUTPOINT = concat(new Uint8Array(32), new Uint8Array(4).fill(0xff));
const MARKER_AND_FLAG = Uint8Array.of(0, 1);
const VERSION_BYTES = 4;
const LOCK_TIME_BYTES = 4;
const WITNESS_BYTES = 34; // one item of 32 bytes: 01 20 …

/** The two halves around the extranonce. @throws AppError<CoinbaseFailure> when the script would break consensus. */
export function splitCoinbase(plan: CoinbasePlan): SplitCoinbase {
  const scriptSuffix = plan.scriptSuffix ?? EMPTY;
  if (plan.extranonceBytes > MAX_EXTRANONCE_BYTES) throw failed({ code: 'extranonce-too-long', length: plan.extranonceBytes });
  const length = plan.scriptPrefix.length + plan.extranonceBytes + scriptSuffix.length;
  if (length < MIN_COINBASE_SCRIPT_BYTES || length > MAX_COINBASE_SCRIPT_BYTES) throw failed({ code: 'coinbase-script-length', length });
  return {
    prefix: concat(u32(plan.version), Uint8Array.of(1), NULL_OUTPOINT, compactSize(length), plan.scriptPrefix),
    suffix: concat(scriptSuffix, u32(plan.sequence), serialiseOutputs(plan.outputs), u32(plan.lockTime)),
  };
}

/** The whole coinbase without witness. */
export function joinCoinbase(split: SplitCoinbase, extranoncePrefix: Uint8Array, extranonce: Uint8Array): Uint8Array {
  return concat(split.prefix, extranoncePrefix, extranonce, split.suffix);
}

/** The form a block carries: marker and flag after the version, the reserved value before the lock time. */
export function withWitness(coinbase: Uint8Array, reservedValue: Uint8Array = WITNESS_RESERVED_VALUE): Uint8Array {
  const end = coinbase.length - LOCK_TIME_BYTES;
  return concat(
    coinbase.subarray(0, VERSION_BYTES),
    MARKER_AND_FLAG,
    coinbase.subarray(VERSION_BYTES, end),
    Uint8Array.of(1, reservedValue.length),
    reservedValue,
    coinbase.subarray(end),
  );
}

/** MIN-27: undoes the witness of a server that forgot to; a proper pair comes back as it is. */
export function stripWitness(split: SplitCoinbase): SplitCoinbase {
  const { prefix, suffix } = split;
  const marked = prefix[VERSION_BYTES] === 0 && prefix[VERSION_BYTES + 1] === 1;
  if (!marked || suffix.length < WITNESS_BYTES + LOCK_TIME_BYTES) return split;
  return {
    prefix: concat(prefix.subarray(0, VERSION_BYTES), prefix.subarray(VERSION_BYTES + MARKER_AND_FLAG.length)),
    suffix: concat(suffix.subarray(0, suffix.length - WITNESS_BYTES - LOCK_TIME_BYTES), suffix.subarray(suffix.length - LOCK_TIME_BYTES)),
  };
}

/** Txid of a serialised coinbase without witness: 32 bytes, wire order. */
export function coinbaseTxid(coinbase: Uint8Array): Uint8Array {
  return sha256d(coinbase);
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}

function failed(fault: CoinbaseFailure): AppError<CoinbaseFailure> {
  return new AppError(fault);
}
