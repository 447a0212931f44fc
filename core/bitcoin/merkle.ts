/** Merkle trees of transaction hashes, and the path that proves the coinbase. Hashes are 32 bytes in wire order. */
import { sha256d } from './sha256d.ts';

/** The root over all txids (or wtxids) of a block, the coinbase first. One hash is its own root. @throws RangeError for none. */
export function merkleRoot(hashes: readonly Uint8Array[]): Uint8Array {
  const [first, ...others] = hashes;
  if (first === undefined) throw new RangeError('a block has a coinbase');
  return foldMerklePath(first, merklePath(others));
}

/** Sibling hashes of the coinbase, from the leaves up, given the txids of all other transactions in block order. */
export function merklePath(otherTxids: readonly Uint8Array[]): Uint8Array[] {
  const path: Uint8Array[] = [];
  let level = otherTxids;
  while (level.length > 0) {
    path.push(level[0] as Uint8Array);
    level = parents(level.slice(1));
  }
  return path;
}

/** MIN-26: folds the path over the coinbase txid; an empty path gives the txid itself. */
export function foldMerklePath(coinbaseTxid: Uint8Array, path: readonly Uint8Array[]): Uint8Array {
  const pair = new Uint8Array(64);
  let root = coinbaseTxid;
  for (const node of path) {
    pair.set(root, 0);
    pair.set(node, 32);
    root = sha256d(pair);
  }
  return root;
}

function parents(level: readonly Uint8Array[]): Uint8Array[] {
  const pair = new Uint8Array(64);
  const above: Uint8Array[] = [];
  for (let index = 0; index < level.length; index += 2) {
    const left = level[index] as Uint8Array;
    pair.set(left, 0);
    // The last of an odd level pairs with itself.
    pair.set(level[index + 1] ?? left, 32);
    above.push(sha256d(pair));
  }
  return above;
}
