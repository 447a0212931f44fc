import { expect, test } from 'vitest';
import { serialiseBlock } from '../../core/bitcoin/block.ts';
import { subsidyAt } from '../../core/bitcoin/subsidy.ts';
import { parseTransaction, weightOf } from '../../core/bitcoin/transaction.ts';
import { fromHex, toHex } from '../../core/bytes.ts';
import { regtestBlock } from './vectors.ts';

const transactions = regtestBlock.transactions.map(({ bytes }) => fromHex(bytes));

test('a recorded block is put together byte for byte', () => {
  const block = serialiseBlock(fromHex(regtestBlock.header), transactions);
  expect(toHex(block)).toBe(`${regtestBlock.header}04${regtestBlock.transactions.map(({ bytes }) => bytes).join('')}`);
});

test('the weights of its transactions, header and count are the weight of the block', () => {
  const weights = transactions.map((bytes) => weightOf(parseTransaction(bytes)));
  expect(weights.reduce((total, weight) => total + weight, 4 * (80 + 1))).toBe(regtestBlock.weight);
});

test('a block needs a whole header and a coinbase', () => {
  expect(() => serialiseBlock(new Uint8Array(79), transactions)).toThrow(RangeError);
  expect(() => serialiseBlock(new Uint8Array(80), [])).toThrow(RangeError);
});

test.each([
  { height: 0, network: 'main', subsidy: 5_000_000_000n },
  { height: 209_999, network: 'main', subsidy: 5_000_000_000n },
  { height: 210_000, network: 'main', subsidy: 2_500_000_000n },
  { height: 840_000, network: 'testnet4', subsidy: 312_500_000n },
  { height: 6_929_999, network: 'main', subsidy: 1n },
  { height: 6_930_000, network: 'main', subsidy: 0n },
  { height: 64 * 210_000, network: 'main', subsidy: 0n },
  { height: 149, network: 'regtest', subsidy: 5_000_000_000n },
  { height: 150, network: 'regtest', subsidy: 2_500_000_000n },
] as const)('block $height of $network creates $subsidy satoshi', ({ height, network, subsidy }) => {
  expect(subsidyAt(height, network)).toBe(subsidy);
});

test('all subsidies together are just under 21 million bitcoin', () => {
  const total = Array.from({ length: 33 }, (_, era) => subsidyAt(era * 210_000, 'main') * 210_000n).reduce((sum, era) => sum + era, 0n);
  expect(total).toBe(2_099_999_997_690_000n);
});
