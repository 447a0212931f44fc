import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldMerklePath, merklePath, merkleRoot } from '../../core/bitcoin/merkle.ts';
import { sha256d } from '../../core/bitcoin/sha256d.ts';
import { concat, fromHex, reversed, showHash } from '../../core/bytes.ts';
import { block100000, genesis, regtestBlock } from './vectors.ts';

const wire = (shown: string): Uint8Array => reversed(fromHex(shown));

test('block 100,000 has the merkle root of its four transactions', () => {
  expect(showHash(merkleRoot(block100000.txids.map(wire)))).toBe(block100000.merkleRoot);
});

test('the merkle root of a single transaction is its txid', () => {
  expect(showHash(merkleRoot([wire(genesis.merkleRoot)]))).toBe(genesis.merkleRoot);
});

test('MIN-26 the path of a block folds the coinbase txid into its root', () => {
  const [coinbase, ...others] = regtestBlock.transactions.map(({ txid }) => wire(txid)) as [Uint8Array, ...Uint8Array[]];
  const root = foldMerklePath(coinbase, merklePath(others));
  expect(showHash(root)).toBe(showHash(fromHex(regtestBlock.header).slice(36, 68)));
});

test('MIN-26 an empty path leaves the coinbase txid as the root', () => {
  expect(foldMerklePath(wire(genesis.merkleRoot), [])).toEqual(wire(genesis.merkleRoot));
});

test('a block without transactions has no root', () => {
  expect(() => merkleRoot([])).toThrow(RangeError);
});

test('path and fold agree with the tree drawn level by level, for every count', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 70 }), (count) => {
      const txids = Array.from({ length: count }, (_, index) => sha256d(Uint8Array.of(index)));
      expect(merkleRoot(txids)).toEqual(drawn(txids));
    }),
  );
});

test('the path has one node a level of the tree', () => {
  const lengths = [1, 2, 3, 4, 5, 8, 9, 4000].map(
    (count) => merklePath(Array.from({ length: count - 1 }, () => new Uint8Array(32))).length,
  );
  expect(lengths).toEqual([0, 1, 2, 2, 3, 3, 4, 12]);
});

/** As Bitcoin's first version did it: the last of an odd level is paired with itself. */
function drawn(level: readonly Uint8Array[]): Uint8Array {
  if (level.length === 1) return level[0] as Uint8Array;
  const even = level.length % 2 === 0 ? level : [...level, level.at(-1) as Uint8Array];
  return drawn(
    Array.from({ length: even.length / 2 }, (_, i) => sha256d(concat(even[2 * i] as Uint8Array, even[2 * i + 1] as Uint8Array))),
  );
}
