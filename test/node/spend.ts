/** Fills a node's mempool without a wallet: its coinbases pay OP_TRUE, which anybody may spend. */
import { sha256 } from '@noble/hashes/sha2.js';
import { scriptOf } from '../../core/bitcoin/script.ts';
import { serialiseTransaction, type Transaction, txidOf } from '../../core/bitcoin/transaction.ts';
import { fromHex, reversed, toHex } from '../../core/bytes.ts';
import type { Bitcoind } from './bitcoind.ts';

const OP_TRUE = Uint8Array.of(0x51);
/** Pays whoever shows OP_TRUE in the witness (BIP 141). */
const WITNESS_OP_TRUE = scriptOf({ kind: 'p2wsh', version: 0, program: sha256(OP_TRUE) });
const FEE_SATOSHI = 20_000n;

interface Coin {
  /** Wire order. */
  readonly txid: Uint8Array;
  readonly index: number;
  readonly satoshi: bigint;
}

/** The first coinbase at `height`, deep enough to be spent. */
export async function coinAt(node: Bitcoind, height: number): Promise<Coin> {
  const hash = await node.rpc<string>('getblockhash', height);
  const block = await node.rpc<{ tx: { txid: string; vout: { value: number }[] }[] }>('getblock', hash, 2);
  const [coinbase] = block.tx;
  if (!coinbase) throw new Error('no coinbase');
  return { txid: reversed(fromHex(coinbase.txid)), index: 0, satoshi: BigInt(Math.round((coinbase.vout[0]?.value ?? 0) * 1e8)) };
}

/** Spends an OP_TRUE coin into `count` coins that need a witness. Sent to the node; gives them. */
export async function split(node: Bitcoind, coin: Coin, count: number): Promise<Coin[]> {
  const each = (coin.satoshi - FEE_SATOSHI) / BigInt(count);
  const outputs = Array.from({ length: count }, () => ({ satoshi: each, script: WITNESS_OP_TRUE }));
  const transaction: Transaction = { version: 2, inputs: [inputOf(coin)], outputs, witnesses: [], lockTime: 0 };
  await send(node, transaction);
  return outputs.map(({ satoshi }, index) => ({ txid: txidOf(transaction), index, satoshi }));
}

/** Spends a coin of `split` with its witness. Sent to the node; gives the txid as explorers show it. */
export async function spendWithWitness(node: Bitcoind, coin: Coin): Promise<string> {
  const transaction: Transaction = {
    version: 2,
    inputs: [inputOf(coin)],
    outputs: [{ satoshi: coin.satoshi - FEE_SATOSHI, script: WITNESS_OP_TRUE }],
    witnesses: [[OP_TRUE]],
    lockTime: 0,
  };
  return send(node, transaction);
}

function inputOf({ txid, index }: Coin) {
  return { txid, index, script: new Uint8Array(0), sequence: 0xffffffff };
}

function send(node: Bitcoind, transaction: Transaction): Promise<string> {
  return node.rpc<string>('sendrawtransaction', toHex(serialiseTransaction(transaction)));
}
