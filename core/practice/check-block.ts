/**
 * Every rule that a block of the practice chain must obey, under the names that Bitcoin Core gives to their breaking:
 * proof of work, previous hash, difficulty, time, merkle root, coinbase height, value and commitment, weight, and that
 * each input spends something that is there and may be spent. Pure.
 */
import { MAX_BLOCK_WEIGHT } from '../bitcoin/block.ts';
import { MAX_COINBASE_SCRIPT_BYTES, MIN_COINBASE_SCRIPT_BYTES } from '../bitcoin/coinbase.ts';
import { decodeHeader, HEADER_BYTES, type Header, hashHeader } from '../bitcoin/header.ts';
import { heightPush } from '../bitcoin/height-push.ts';
import { merkleRoot } from '../bitcoin/merkle.ts';
import { targetOfNbits } from '../bitcoin/nbits.ts';
import { subsidyAt } from '../bitcoin/subsidy.ts';
import { meetsTarget } from '../bitcoin/target.ts';
import { parseTransaction, type Transaction, txidOf, weightOf, wtxidOf } from '../bitcoin/transaction.ts';
import { findCommitment, witnessCommitment } from '../bitcoin/witness-commitment.ts';
import { equal } from '../bytes.ts';
import { opens, outpointKey } from './practice-coin.ts';

/** Consensus: at most this far ahead of the clock. */
const MAX_FUTURE_S = 7200;
const HEADER_AND_COUNT_WEIGHT = (HEADER_BYTES + 3) * 4;

/** What a block is checked against. */
export interface BlockGround {
  readonly prevHash: Uint8Array;
  readonly height: number;
  readonly nbits: number;
  /** Of the last eleven blocks; a block's time must be later. */
  readonly medianTime: number;
  readonly unixSeconds: number;
  /** Value and script of an output that is confirmed and unspent. */
  coin(key: string): { readonly satoshi: bigint; readonly script: Uint8Array } | undefined;
  /** What is known of these very bytes, so that it need not be worked out again. */
  known(bytes: Uint8Array): ReadTransaction | undefined;
}

export interface ReadTransaction {
  readonly transaction: Transaction;
  readonly txid: Uint8Array;
  readonly wtxid: Uint8Array;
  readonly weight: number;
}

export interface CheckedBlock {
  readonly hash: Uint8Array;
  readonly header: Header;
  readonly txids: readonly Uint8Array[];
  readonly fees: bigint;
  /** Keys of all outpoints it spends. */
  readonly spent: ReadonlySet<string>;
}

export type BlockVerdict = { readonly ok: true; readonly block: CheckedBlock } | { readonly ok: false; readonly code: string };

/** @param bytes serialised transactions, the coinbase first and with its witness */
export function checkBlock(headerBytes: Uint8Array, bytes: readonly Uint8Array[], ground: BlockGround): BlockVerdict {
  const header = decodeHeader(headerBytes);
  const hash = hashHeader(headerBytes);
  const bad = headerError(header, hash, ground);
  if (bad !== undefined) return { ok: false, code: bad };
  const transactions = readAll(bytes, ground);
  if (transactions === undefined) return { ok: false, code: 'bad-txns-malformed' };
  const money = spend(transactions, ground);
  if (typeof money === 'string') return { ok: false, code: money };
  const code = bodyError(header, transactions) ?? coinbaseError(transactions, ground.height, money.fees);
  if (code !== undefined) return { ok: false, code };
  return { ok: true, block: { hash, header, txids: transactions.map(({ txid }) => txid), ...money } };
}

function headerError(header: Header, hash: Uint8Array, ground: BlockGround): string | undefined {
  if (!equal(header.prevHash, ground.prevHash)) return 'bad-prevblk';
  if (header.nbits !== ground.nbits) return 'bad-diffbits';
  if (!meetsTarget(hash, targetOfNbits(header.nbits))) return 'high-hash';
  if (header.ntime <= ground.medianTime) return 'time-too-old';
  if (header.ntime > ground.unixSeconds + MAX_FUTURE_S) return 'time-too-new';
  return undefined;
}

function readAll(bytes: readonly Uint8Array[], ground: BlockGround): ReadTransaction[] | undefined {
  try {
    return bytes.map((one) => ground.known(one) ?? read(one));
  } catch {
    return undefined;
  }
}

function read(bytes: Uint8Array): ReadTransaction {
  const transaction = parseTransaction(bytes);
  return { transaction, txid: txidOf(transaction), wtxid: wtxidOf(transaction), weight: weightOf(transaction) };
}

function bodyError(header: Header, transactions: readonly ReadTransaction[]): string | undefined {
  if (!equal(header.merkleRoot, merkleRoot(transactions.map(({ txid }) => txid)))) return 'bad-txnmrklroot';
  const weight = transactions.reduce((sum, one) => sum + one.weight, HEADER_AND_COUNT_WEIGHT);
  return weight > MAX_BLOCK_WEIGHT ? 'bad-blk-weight' : undefined;
}

function coinbaseError([first, ...others]: readonly ReadTransaction[], height: number, fees: bigint): string | undefined {
  const coinbase = first?.transaction;
  const script = coinbase?.inputs[0]?.script;
  if (coinbase === undefined || script === undefined) return 'bad-cb-missing';
  if (script.length < MIN_COINBASE_SCRIPT_BYTES || script.length > MAX_COINBASE_SCRIPT_BYTES) return 'bad-cb-length';
  const push = heightPush(height);
  if (!equal(script.subarray(0, push.length), push)) return 'bad-cb-height';
  const value = coinbase.outputs.reduce((sum, { satoshi }) => sum + satoshi, 0n);
  if (value > subsidyAt(height, 'main') + fees) return 'bad-cb-amount';
  return commitmentError(coinbase, others);
}

function commitmentError(coinbase: Transaction, others: readonly ReadTransaction[]): string | undefined {
  const commitment = findCommitment(coinbase.outputs);
  if (commitment === undefined)
    return others.some(({ transaction }) => transaction.witnesses.length > 0) ? 'unexpected-witness' : undefined;
  const [stack] = coinbase.witnesses;
  const reserved = stack?.[0];
  if (stack?.length !== 1 || reserved?.length !== 32) return 'bad-witness-nonce-size';
  return equal(
    commitment,
    witnessCommitment(
      others.map(({ wtxid }) => wtxid),
      reserved,
    ),
  )
    ? undefined
    : 'bad-witness-merkle-match';
}

/** Follows the money through the block; the code of the first rule that is broken. */
function spend(transactions: readonly ReadTransaction[], ground: BlockGround): { fees: bigint; spent: ReadonlySet<string> } | string {
  const made = new Map<string, { satoshi: bigint; script: Uint8Array }>();
  const spent = new Set<string>();
  let fees = 0n;
  for (const [at, { transaction, txid }] of transactions.entries()) {
    if (isCoinbase(transaction) !== (at === 0)) return at === 0 ? 'bad-cb-missing' : 'bad-cb-multiple';
    if (at === 0) continue;
    let value = 0n;
    for (const [index, input] of transaction.inputs.entries()) {
      const key = outpointKey(input.txid, input.index);
      const coin = made.get(key) ?? ground.coin(key);
      if (coin === undefined || spent.has(key)) return 'bad-txns-inputs-missingorspent';
      if (!opens(coin.script, transaction.witnesses[index])) return 'mandatory-script-verify-flag-failed';
      spent.add(key);
      value += coin.satoshi;
    }
    for (const [index, output] of transaction.outputs.entries()) {
      made.set(outpointKey(txid, index), output);
      value -= output.satoshi;
    }
    if (value < 0n) return 'bad-txns-in-belowout';
    fees += value;
  }
  return { fees, spent };
}

function isCoinbase({ inputs }: Transaction): boolean {
  return inputs.length === 1 && inputs[0]?.index === 0xffffffff && inputs[0].txid.every((byte) => byte === 0);
}
