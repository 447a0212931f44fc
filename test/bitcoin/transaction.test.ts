import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  compactSize,
  MAX_TRANSACTION_BYTES,
  parseOutputs,
  parseTransaction,
  serialiseOutputs,
  serialiseTransaction,
  serialiseWithoutWitness,
  txidOf,
  weightOf,
  wtxidOf,
} from '../../core/bitcoin/transaction.ts';
import { fromHex, showHash, toHex } from '../../core/bytes.ts';
import { PeerError } from '../../core/errors.ts';
import { genesis, regtestBlock } from './vectors.ts';

/** BIP 143, native P2WPKH: the signed transaction. */
const bip143 =
  '01000000000102fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f00000000494830450221008b9d1dc26ba6a9cb62127b02742fa9d754cd3bebf337f7a55d114c8e5cdd30be022040529b194ba3f9281a99f2b1c0a19c0489bc22ede944ccf4ecbab4cc618ef3ed01eeffffffef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb206000000001976a9148280b37df378db99f66f85c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa815988ac000247304402203609e17b84f6a7d30c80bfa610b5b4542f32a8a0d5447a12fb1366d7f01cc44a0220573a954c4518331561406f90300e8f3358f51928d43c212a8caed02de67eebee0121025476c2e83188368da1ff3e292e7acafcdb3566bb0ad253f62fc70f07aeee635711000000';

test.each(regtestBlock.transactions)('BIP 144 transaction $txid survives parsing; its ids and weight are the node’s', (recorded) => {
  const transaction = parseTransaction(fromHex(recorded.bytes));
  expect(toHex(serialiseTransaction(transaction))).toBe(recorded.bytes);
  expect(showHash(txidOf(transaction))).toBe(recorded.txid);
  expect(showHash(wtxidOf(transaction))).toBe(recorded.wtxid);
  expect(weightOf(transaction)).toBe(recorded.weight);
});

test('BIP 143 example: two inputs, one with witness', () => {
  const transaction = parseTransaction(fromHex(bip143));
  expect(transaction.witnesses.map((stack) => stack.length)).toEqual([0, 2]);
  expect(showHash(txidOf(transaction))).toBe('e8151a2af31c368a35053ddd4bdb285a8595c769a3ad83e0fa02314a602d4609');
  expect(transaction.outputs.map(({ satoshi }) => satoshi)).toEqual([112340000n, 223450000n]);
  expect(transaction.lockTime).toBe(17);
});

test('the genesis coinbase has no witness and weighs four times its size', () => {
  const transaction = parseTransaction(fromHex(genesis.coinbase));
  expect(showHash(txidOf(transaction))).toBe(genesis.merkleRoot);
  expect(weightOf(transaction)).toBe(genesis.coinbase.length * 2);
  expect(serialiseTransaction(transaction)).toEqual(serialiseWithoutWitness(transaction));
});

test('a version with the top bit set stays as it is', () => {
  const bytes = fromHex(genesis.coinbase);
  bytes[3] = 0xff;
  expect(serialiseTransaction(parseTransaction(bytes))).toEqual(bytes);
});

test.each([
  ['nothing', ''],
  ['a byte after the end', `${genesis.coinbase}00`],
  ['a missing byte', genesis.coinbase.slice(0, -2)],
  ['no inputs', '01000000000000000000'],
  ['a witness flag and no witness', `01000000000101${'00'.repeat(36)}00ffffffff010000000000000000000000000000`],
  ['another flag', bip143.replace('010000000001', '010000000002')],
  ['a length longer than the bytes', `0100000001${'00'.repeat(36)}feffffff7f`],
  ['a count longer than the bytes', '01000000feffffffff'],
  ['a count that is not minimal', `01000000fd0100${genesis.coinbase.slice(10)}`],
])('%s is no transaction: coded failure of the peer', (_, hex) => {
  const parse = () => parseTransaction(fromHex(hex));
  expect(parse).toThrow(PeerError);
  expect(parse).toThrow(/^transaction-malformed/);
});

test('BIP 144 the reasons are told: a flag without witness, and no inputs', () => {
  const flagged = `01000000000101${'00'.repeat(36)}00ffffffff010000000000000000000000000000`;
  expect(() => parseTransaction(fromHex(flagged))).toThrow(/flag without witness/);
  expect(() => parseTransaction(fromHex(`01000000000100010000000000000000${'00'.repeat(5)}`))).toThrow(/no inputs/);
});

test('what is longer than a block is refused unread', () => {
  expect(() => parseTransaction(new Uint8Array(MAX_TRANSACTION_BYTES + 1))).toThrow(/longer than a block/);
  expect(() => parseOutputs(new Uint8Array(MAX_TRANSACTION_BYTES + 1))).toThrow(/longer than a block/);
});

test('any bytes either parse and serialise to themselves, or fail with a code', () => {
  const changed = fc.tuple(fc.constantFrom(...regtestBlock.transactions), fc.nat(), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(changed, ([{ bytes }, at, byte]) => {
      const hostile = fromHex(bytes);
      hostile[at % hostile.length] = byte;
      try {
        expect(serialiseTransaction(parseTransaction(hostile))).toEqual(hostile);
      } catch (error) {
        expect(error).toBeInstanceOf(PeerError);
      }
    }),
    { numRuns: 300 },
  );
});

test('outputs with their count survive the way there and back', () => {
  const { outputs } = parseTransaction(fromHex(bip143));
  expect(parseOutputs(serialiseOutputs(outputs))).toEqual(outputs);
  expect(() => parseOutputs(Uint8Array.of(1))).toThrow(PeerError);
});

test.each([
  [0, '00'],
  [252, 'fc'],
  [253, 'fdfd00'],
  [65535, 'fdffff'],
  [65536, 'fe00000100'],
])('compact size of %i is %s', (value, hex) => {
  expect(toHex(compactSize(value))).toBe(hex);
});
