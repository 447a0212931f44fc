/**
 * A block template of the practice chain: the transactions that pay most, parents before children, within the weight
 * that the coinbase leaves; BIP 34 height, BIP 54 lock time, BIP 141 commitment.
 */
import { MAX_BLOCK_WEIGHT } from '../bitcoin/block.ts';
import { heightPush } from '../bitcoin/height-push.ts';
import { merklePath } from '../bitcoin/merkle.ts';
import { subsidyAt } from '../bitcoin/subsidy.ts';
import type { TransactionOutput } from '../bitcoin/transaction.ts';
import { commitmentOutput, witnessCommitment } from '../bitcoin/witness-commitment.ts';
import type { PracticeMempool } from './practice-mempool.ts';
import type { PracticeTransaction } from './practice-transaction.ts';

export interface PracticeTemplate {
  readonly id: bigint;
  readonly height: number;
  readonly version: number;
  /** 32 bytes, wire order. */
  readonly prevHash: Uint8Array;
  readonly nbits: number;
  /** 32 bytes little-endian. */
  readonly target: Uint8Array;
  /** Unix seconds: where hashing may start. */
  readonly ntime: number;
  readonly coinbase: PracticeCoinbase;
  readonly merklePath: readonly Uint8Array[];
  /** In block order, without the coinbase. */
  readonly transactions: readonly PracticeTransaction[];
  /** Satoshi. */
  readonly fees: bigint;
}

/** What the chain asks of a coinbase. */
export interface PracticeCoinbase {
  readonly version: number;
  /** Begins the script: the height. */
  readonly scriptPrefix: Uint8Array;
  readonly sequence: number;
  readonly lockTime: number;
  /** Subsidy and fees, satoshi. */
  readonly value: bigint;
  /** To be kept as it is, after whatever outputs are added. */
  readonly commitment: TransactionOutput;
}

/** The tip a template builds on. */
export interface TemplateGround {
  readonly id: bigint;
  readonly height: number;
  readonly prevHash: Uint8Array;
  readonly nbits: number;
  readonly target: Uint8Array;
  readonly ntime: number;
}

/** BIP 9: no deployment is signalled. */
const VERSION = 0x20000000;
const COINBASE_VERSION = 2;
/** BIP 54 wants a lock time of height − 1 that counts. */
const COINBASE_SEQUENCE = 0xfffffffe;
/** Header, transaction count and a coinbase without outputs, as Bitcoin Core reserves for them: 1168 weight units (TDC-3) … */
const RESERVED_WEIGHT = 1168;
/** … but never less than this in all. */
const LEAST_RESERVED_WEIGHT = 2000;

/** @param outputBytes room for outputs that will be added to the coinbase */
export function assembleTemplate(ground: TemplateGround, mempool: PracticeMempool, outputBytes: number): PracticeTemplate {
  const reserved = Math.max(LEAST_RESERVED_WEIGHT, RESERVED_WEIGHT + 4 * outputBytes);
  const transactions = chooseTransactions(mempool, MAX_BLOCK_WEIGHT - reserved);
  const fees = transactions.reduce((sum, { fee }) => sum + fee, 0n);
  const { height } = ground;
  return {
    ...ground,
    version: VERSION,
    coinbase: {
      version: COINBASE_VERSION,
      scriptPrefix: heightPush(height),
      sequence: COINBASE_SEQUENCE,
      lockTime: height - 1,
      value: subsidyAt(height, 'main') + fees,
      commitment: commitmentOutput(witnessCommitment(transactions.map(({ wtxid }) => wtxid))),
    },
    merklePath: merklePath(transactions.map(({ txid }) => txid)),
    transactions,
    fees,
  };
}

function chooseTransactions(mempool: PracticeMempool, maxWeight: number): PracticeTransaction[] {
  const chosen = new Set<PracticeTransaction>();
  let weight = 0;
  const byRate = [...mempool.transactions].sort((a, b) => feeRate(b) - feeRate(a));
  for (const transaction of byRate) {
    const family = withAncestors(transaction, mempool, chosen);
    const more = family.reduce((sum, member) => sum + member.weight, 0);
    if (weight + more > maxWeight) continue;
    for (const member of family) chosen.add(member);
    weight += more;
  }
  return [...chosen];
}

function feeRate({ fee, weight }: PracticeTransaction): number {
  return Number(fee) / weight;
}

/** The transaction and its waiting ancestors that are not chosen yet, parents first. */
function withAncestors(
  transaction: PracticeTransaction,
  mempool: PracticeMempool,
  chosen: ReadonlySet<PracticeTransaction>,
  family: Set<PracticeTransaction> = new Set(),
): PracticeTransaction[] {
  if (chosen.has(transaction) || family.has(transaction)) return [...family];
  for (const { txid } of transaction.transaction.inputs) {
    const parent = mempool.get(txid);
    if (parent !== undefined) withAncestors(parent, mempool, chosen, family);
  }
  family.add(transaction);
  return [...family];
}
