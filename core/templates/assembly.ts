/**
 * Template + where the reward goes → a coinbase around its extranonce, the merkle path, and at last the whole block.
 * BIP 34 (height), BIP 141 (witness commitment), BIP 54 (a coinbase that can never be an earlier one's double).
 */

import { joinCoinbase, splitCoinbase, withWitness } from '../bitcoin/coinbase.ts';
import { HEADER_BYTES } from '../bitcoin/header.ts';
import { heightPush } from '../bitcoin/height-push.ts';
import { merklePath } from '../bitcoin/merkle.ts';
import { compactSize, type TransactionOutput } from '../bitcoin/transaction.ts';
import { commitmentOutput, witnessCommitment } from '../bitcoin/witness-commitment.ts';
import { concat, EMPTY, toHex } from '../bytes.ts';
import type { BlockTemplate } from './template.ts';

/** BIP 68: version 2; nothing reads it in a coinbase. */
const COINBASE_VERSION = 2;
/** Not the last number, so that the lock time counts (BIP 54). */
const COINBASE_SEQUENCE = 0xfffffffe;

export interface AssemblyPlan {
  readonly template: BlockTemplate;
  /** Who is paid, before the commitment is added; together at most `coinbaseSatoshi`. */
  readonly payouts: readonly TransactionOutput[];
  /** Shown in the block for ever; at most 20 bytes or so. */
  readonly tag: Uint8Array;
  /** Extranonce prefix and extranonce together. */
  readonly extranonceBytes: number;
}

/** What can be hashed and, once solved, sent. */
export interface AssembledTemplate {
  readonly template: BlockTemplate;
  /** Serialised coinbase before and after the extranonce, without witness. */
  readonly coinbasePrefix: Uint8Array;
  readonly coinbaseSuffix: Uint8Array;
  /** Sibling hashes from the coinbase up. */
  readonly merklePath: readonly Uint8Array[];
  readonly outputs: readonly TransactionOutput[];
}

/** @throws AppError<CoinbaseFailure> when tag and extranonce do not fit into the script; RangeError when more is paid than there is. */
export function assemble(plan: AssemblyPlan): AssembledTemplate {
  const { template, payouts, tag, extranonceBytes } = plan;
  const paid = payouts.reduce((sum, { satoshi }) => sum + satoshi, 0n);
  if (paid > template.coinbaseSatoshi) throw new RangeError('the coinbase pays more than it earns');
  const commitment = template.witnessCommitment ?? witnessCommitment(template.transactions.map(({ wtxid }) => wtxid));
  const outputs = [...payouts, commitmentOutput(commitment)];
  const { prefix, suffix } = splitCoinbase({
    version: COINBASE_VERSION,
    // Tag and extranonce are one push: as bare bytes they could read as signature checks, which a block has a limit of.
    scriptPrefix: concat(heightPush(template.height), Uint8Array.of(tag.length + extranonceBytes), tag),
    extranonceBytes,
    scriptSuffix: template.coinbaseAux,
    sequence: COINBASE_SEQUENCE,
    outputs,
    lockTime: template.height - 1,
  });
  return {
    template,
    coinbasePrefix: prefix,
    coinbaseSuffix: suffix,
    merklePath: merklePath(template.transactions.map(({ txid }) => txid)),
    outputs,
  };
}

/** The coinbase with an extranonce in place, without witness. `extranonce`: prefix and rolled part together. */
export function coinbaseOf(assembled: AssembledTemplate, extranonce: Uint8Array): Uint8Array {
  return joinCoinbase({ prefix: assembled.coinbasePrefix, suffix: assembled.coinbaseSuffix }, EMPTY, extranonce);
}

/** The whole block as hex, as submitblock takes it. @throws RangeError when the header is not 80 bytes long. */
export function blockHex(assembled: AssembledTemplate, header: Uint8Array, extranonce: Uint8Array): string {
  if (header.length !== HEADER_BYTES) throw new RangeError('a header has 80 bytes');
  const { transactions } = assembled.template;
  const front = concat(header, compactSize(transactions.length + 1), withWitness(coinbaseOf(assembled, extranonce)));
  return toHex(front) + transactions.map(({ hex }) => hex).join('');
}
