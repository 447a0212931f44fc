import { expect, test } from 'vitest';
import { decodeHeader } from '../../core/bitcoin/header.ts';
import { merklePath } from '../../core/bitcoin/merkle.ts';
import { parseTransaction, serialiseWithoutWitness } from '../../core/bitcoin/transaction.ts';
import { fromHex, reversed, showHash, toHex } from '../../core/bytes.ts';
import { headerOf, merkleRootOf } from '../../core/work/header-of.ts';
import { genesis, regtestBlock } from '../bitcoin/vectors.ts';

type Recorded = (typeof regtestBlock.transactions)[number];

test('MIN-26 MIN-28 the genesis block, cut around four bytes of its script, comes together again', () => {
  const coinbase = fromHex(genesis.coinbase);
  const { version, prevHash, ntime, nbits, nonce } = decodeHeader(fromHex(genesis.header));
  const parts = { coinbasePrefix: coinbase.slice(0, 50), extranoncePrefix: coinbase.slice(50, 51), extranonce: coinbase.slice(51, 54) };
  const built = headerOf({ ...parts, coinbaseSuffix: coinbase.slice(54), merklePath: [], version, prevHash, ntime, nbits, nonce });
  expect(toHex(built.coinbase)).toBe(genesis.coinbase);
  expect(showHash(built.coinbaseTxid)).toBe(genesis.merkleRoot);
  expect(toHex(built.header)).toBe(genesis.header);
  expect(showHash(built.hash)).toBe(genesis.hash);
});

test('MIN-26 MIN-28 a recorded block of four transactions comes together from its parts', () => {
  const [first, ...others] = regtestBlock.transactions as [Recorded, ...Recorded[]];
  const coinbase = serialiseWithoutWitness(parseTransaction(fromHex(first.bytes)));
  const parts = {
    coinbasePrefix: coinbase.slice(0, 44),
    extranoncePrefix: coinbase.slice(44, 44),
    extranonce: coinbase.slice(44, 45),
    coinbaseSuffix: coinbase.slice(45),
    merklePath: merklePath(others.map(({ txid }) => reversed(fromHex(txid)))),
  };
  const built = headerOf({ ...decodeHeader(fromHex(regtestBlock.header)), ...parts });
  expect(toHex(built.header)).toBe(regtestBlock.header);
  expect(showHash(built.hash)).toBe(regtestBlock.hash);
  expect(merkleRootOf({ kind: 'extranonce', extranonceSize: 1, ...parts }, parts.extranonce)).toEqual(built.merkleRoot);
});

test('a fixed root is its own', () => {
  const merkleRoot = new Uint8Array(32).fill(5);
  expect(merkleRootOf({ kind: 'fixed', merkleRoot }, new Uint8Array(4))).toBe(merkleRoot);
});
