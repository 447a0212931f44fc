/** BIP 141: the output by which the coinbase commits to all witnesses of its block. */
import { concat, fromHex } from '../bytes.ts';
import { WITNESS_RESERVED_VALUE } from './coinbase.ts';
import { merkleRoot } from './merkle.ts';
import { sha256d } from './sha256d.ts';
import type { TransactionOutput } from './transaction.ts';

/** OP_RETURN, a push of 36, and the four bytes that mark the commitment. */
const HEADER = fromHex('6a24aa21a9ed');
const COMMITMENT_BYTES = 32;

/** The commitment over the wtxids (wire order, block order) of all transactions but the coinbase, whose own counts as zero. */
export function witnessCommitment(otherWtxids: readonly Uint8Array[], reservedValue: Uint8Array = WITNESS_RESERVED_VALUE): Uint8Array {
  return sha256d(concat(merkleRoot([new Uint8Array(32), ...otherWtxids]), reservedValue));
}

/** The output that carries it, worth nothing. */
export function commitmentOutput(commitment: Uint8Array): TransactionOutput {
  return { satoshi: 0n, script: concat(HEADER, commitment) };
}

/** The commitment among the outputs of a coinbase; the last one counts. */
export function findCommitment(outputs: readonly TransactionOutput[]): Uint8Array | undefined {
  const script = outputs.findLast((output) => isCommitment(output.script))?.script;
  return script?.slice(HEADER.length, HEADER.length + COMMITMENT_BYTES);
}

function isCommitment(script: Uint8Array): boolean {
  return script.length >= HEADER.length + COMMITMENT_BYTES && HEADER.every((byte, index) => script[index] === byte);
}
