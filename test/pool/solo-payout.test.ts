/** The check before hashing: does the coinbase pay the person, all of it, and nobody else? */
import { expect, test } from 'vitest';
import { decodeAddress } from '../../core/bitcoin/address.ts';
import { splitCoinbase } from '../../core/bitcoin/coinbase.ts';
import type { TransactionOutput } from '../../core/bitcoin/transaction.ts';
import { commitmentOutput } from '../../core/bitcoin/witness-commitment.ts';
import { soloPayout } from '../../core/pool/solo-payout.ts';
import type { JobRoot } from '../../core/work/job.ts';

const MINE = 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4';
const OTHER = '1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2';
const REWARD = 312_500_000n;

const pays = (address: string, satoshi: bigint): TransactionOutput => {
  const decoded = decodeAddress(address);
  if (!decoded.ok) throw new Error('not an address');
  return { satoshi, script: decoded.address.script };
};

function rootWith(outputs: readonly TransactionOutput[]): JobRoot {
  const plan = { version: 2, scriptPrefix: Uint8Array.of(1, 5), extranonceBytes: 8, sequence: 0, outputs, lockTime: 0 };
  const { prefix, suffix } = splitCoinbase(plan);
  const rolled = { extranoncePrefix: new Uint8Array(4), extranonceSize: 4, merklePath: [] };
  return { kind: 'extranonce', coinbasePrefix: prefix, coinbaseSuffix: suffix, ...rolled };
}

const ask = (outputs: readonly TransactionOutput[], address = MINE) =>
  soloPayout({ root: rootWith(outputs), address, network: 'main', satoshi: REWARD });
const commitment = commitmentOutput(new Uint8Array(32));

test('SEC-14 the whole reward to the address passes, and is shown', () => {
  const { fault, proof } = ask([pays(MINE, REWARD), commitment]);
  expect(fault).toBeUndefined();
  expect(proof.kind === 'outputs' && proof.outputs[0]).toMatchObject({ address: MINE, satoshi: REWARD, mine: true });
});

test('the reward in two outputs of the same address passes', () => {
  expect(ask([pays(MINE, 1n), pays(MINE, REWARD - 1n), commitment]).fault).toBeUndefined();
});

test.each([
  ['to somebody else', [pays(OTHER, REWARD)], 'somebody else is paid'],
  ['mostly to me', [pays(MINE, REWARD - 1n), pays(OTHER, 1n)], 'somebody else is paid'],
  ['also to somebody else', [pays(MINE, REWARD), pays(OTHER, 1n)], 'somebody else is paid'],
  ['less than all', [pays(MINE, REWARD - 1n)], 'the amount is wrong'],
  ['more than there is', [pays(MINE, REWARD + 1n)], 'the amount is wrong'],
  ['to nobody', [commitment], 'the amount is wrong'],
])('SEC-14 a coinbase that pays %s is a mismatch', (_, outputs, text) => {
  expect(ask(outputs).fault).toMatchObject({ code: 'payout-mismatch', text, expected: String(REWARD) });
});

test('an address of another network is never mine', () => {
  expect(ask([pays(MINE, REWARD)], 'tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx').fault?.code).toBe('payout-mismatch');
});

test('a coinbase that cannot be read pays nobody', () => {
  const root = rootWith([pays(MINE, REWARD)]);
  const broken = { ...root, coinbaseSuffix: Uint8Array.of(1, 2, 3) } as JobRoot;
  const { fault, proof } = soloPayout({ root: broken, address: MINE, network: 'main', satoshi: REWARD });
  expect(fault?.text).toBe('the coinbase cannot be read');
  expect(proof).toEqual({ kind: 'unknown' });
});
