/** A transaction of the practice chain, with all that templates and blocks ask of it worked out once. */
import { sha256d } from '../bitcoin/sha256d.ts';
import { serialiseTransaction, serialiseWithoutWitness, type Transaction } from '../bitcoin/transaction.ts';
import { outpointKey, type PracticeCoin, type PracticeLock } from './practice-coin.ts';

export interface PracticeTransaction {
  readonly transaction: Transaction;
  /** With witness. */
  readonly bytes: Uint8Array;
  /** 32 bytes, wire order. */
  readonly txid: Uint8Array;
  readonly wtxid: Uint8Array;
  readonly weight: number;
  /** Satoshi. */
  readonly fee: bigint;
  /** Keys of the outpoints it spends. */
  readonly spends: readonly string[];
  /** Outputs that can be spent again. */
  readonly coins: readonly PracticeCoin[];
}

export interface PracticeOutput {
  readonly satoshi: bigint;
  readonly script: Uint8Array;
  /** Present when the output can be spent again. */
  readonly lock?: PracticeLock;
}

const VERSION = 2;
const SEQUENCE = 0xfffffffd; // BIP 125: may be replaced

export function practiceTransaction(inputs: readonly PracticeCoin[], outputs: readonly PracticeOutput[]): PracticeTransaction {
  const transaction: Transaction = {
    version: VERSION,
    inputs: inputs.map(({ txid, index }) => ({ txid, index, script: new Uint8Array(0), sequence: SEQUENCE })),
    outputs: outputs.map(({ satoshi, script }) => ({ satoshi, script })),
    witnesses: inputs.map(({ lock }) => [lock.witnessScript]),
    lockTime: 0,
  };
  const bare = serialiseWithoutWitness(transaction);
  const bytes = serialiseTransaction(transaction);
  const txid = sha256d(bare);
  return {
    transaction,
    bytes,
    txid,
    wtxid: sha256d(bytes),
    weight: 3 * bare.length + bytes.length, // BIP 141
    fee: total(inputs) - total(outputs),
    spends: inputs.map((coin) => outpointKey(coin.txid, coin.index)),
    coins: outputs.flatMap(({ satoshi, lock }, index) => (lock === undefined ? [] : [{ txid, index, satoshi, lock }])),
  };
}

function total(amounts: readonly { readonly satoshi: bigint }[]): bigint {
  return amounts.reduce((sum, { satoshi }) => sum + satoshi, 0n);
}
