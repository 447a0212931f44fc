/** Whole blocks: a header, the number of transactions, the transactions (BIP 144 form). */
import { concat } from '../bytes.ts';
import { HEADER_BYTES } from './header.ts';
import { compactSize } from './transaction.ts';

/** Consensus limit of BIP 141. */
export const MAX_BLOCK_WEIGHT = 4_000_000;

/** The bytes a node takes by submitblock. `transactions` are serialised, the coinbase first and with its witness. @throws RangeError */
export function serialiseBlock(header: Uint8Array, transactions: readonly Uint8Array[]): Uint8Array {
  if (header.length !== HEADER_BYTES) throw new RangeError('a header has 80 bytes');
  if (transactions.length === 0) throw new RangeError('a block has a coinbase');
  return concat(header, compactSize(transactions.length), ...transactions);
}
