/** getblocktemplate answers, as real nodes give them and as they never should. */
import { sha256 } from '@noble/hashes/sha2.js';
import { expect, test } from 'vitest';
import { showHash, toHex } from '../../core/bytes.ts';
import { faultOf } from '../../core/errors.ts';
import { templateFromGbt } from '../../core/templates/from-gbt.ts';

/** Recorded from Bitcoin Knots 29.4.3 on a fresh regtest chain. */
const recorded = {
  capabilities: ['proposal'],
  version: 536870912,
  rules: ['csv', '!segwit', 'taproot'],
  vbavailable: {},
  vbrequired: 0,
  previousblockhash: '0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206',
  transactions: [],
  coinbaseaux: {},
  coinbasevalue: 5000000000,
  longpollid: '0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e22061',
  target: '7fffff0000000000000000000000000000000000000000000000000000000000',
  mintime: 1296688603,
  mutable: ['time', 'transactions', 'prevblock'],
  noncerange: '00000000ffffffff',
  sigoplimit: 80000,
  sizelimit: 4000000,
  weightlimit: 4000000,
  curtime: 1795228677,
  bits: '207fffff',
  height: 1,
  default_witness_commitment: '6a24aa21a9ede2f61c3f71d1defd3fa999dfa36953755c690689799962b48bebd836974e8cf9',
};

/** 60 bytes: as small as a transaction gets. */
const rowOf = (seed: number, change: object = {}) => {
  const data = toHex(new Uint8Array(60).fill(seed));
  const id = showHash(sha256(Uint8Array.of(seed)));
  return { data, txid: id, hash: id, depends: [], fee: 1000, sigops: 4, weight: 240, ...change };
};
const codeOf = (answer: unknown) => {
  try {
    templateFromGbt(answer);
    return 'taken';
  } catch (error) {
    return faultOf(error);
  }
};

test('a recorded answer becomes a template, hashes in wire order', () => {
  const { template, longpollId } = templateFromGbt(recorded);
  expect(showHash(template.prevHash)).toBe(recorded.previousblockhash);
  expect(longpollId).toBe(recorded.longpollid);
  expect(template).toMatchObject({ version: 0x20000000, nbits: 0x207fffff, height: 1, curtime: 1795228677, mintime: 1296688603 });
  expect(template.coinbaseSatoshi).toBe(5_000_000_000n);
  expect(toHex(template.witnessCommitment ?? new Uint8Array())).toBe(recorded.default_witness_commitment.slice(12));
});

test('a version with its top bit set comes as a negative number', () => {
  expect(templateFromGbt({ ...recorded, version: -1 }).template.version).toBe(0xffffffff);
});

test('bits of soft forks under way are told, so that nobody rolls them', () => {
  const { template } = templateFromGbt({ ...recorded, vbavailable: { taproot: 2, testdummy: 28 }, vbrequired: 1 });
  expect(template.signalBits).toBe((1 << 28) | (1 << 2) | 1);
});

test('time never lies before what the chain demands', () => {
  expect(templateFromGbt({ ...recorded, curtime: 100, mintime: 200 }).template.curtime).toBe(200);
});

test('dependencies count from one in JSON and from zero here', () => {
  const { template } = templateFromGbt({ ...recorded, transactions: [rowOf(1), rowOf(2), rowOf(3, { depends: [1, 2] })] });
  expect(template.transactions[2]?.depends).toEqual([0, 1]);
  expect(template.transactions[0]).toMatchObject({ weight: 240, feeSatoshi: 1000n, sigops: 4 });
});

test('transactions that the template before held are shared, not decoded anew', () => {
  const first = templateFromGbt({ ...recorded, transactions: [rowOf(1), rowOf(2)] }).template;
  const second = templateFromGbt({ ...recorded, transactions: [rowOf(2), rowOf(3), rowOf(1)] }, first).template;
  expect(second.transactions[0]?.txid).toBe(first.transactions[1]?.txid);
  expect(second.transactions[2]?.txid).toBe(first.transactions[0]?.txid);
  expect(showHash(second.transactions[1]?.txid ?? new Uint8Array())).toBe(rowOf(3).txid);
});

test('a rule that must be known and is not ends it; one that may be ignored does not', () => {
  expect(codeOf({ ...recorded, rules: ['csv', '!segwit', '!blake2b'] })).toEqual({ code: 'node-rule-unknown', rule: 'blake2b' });
  expect(codeOf({ ...recorded, rules: ['csv', '!segwit', 'newfork'] })).toBe('taken');
});

test('a signet that wants signatures is refused; an open one is not', () => {
  expect(codeOf({ ...recorded, signet_challenge: '512103ad5e0edad18cb1f0fc0d28a3d4f1f3e445640337489abb10404f2d1e086be43051ae' })).toEqual({
    code: 'node-signet-signed',
  });
  expect(codeOf({ ...recorded, signet_challenge: '51' })).toBe('taken');
});

test.each<[string, object, string]>([
  ['nothing', null as unknown as object, 'getblocktemplate'],
  ['a previous hash that is too short', { ...recorded, previousblockhash: 'ab' }, 'previousblockhash'],
  ['a height of zero', { ...recorded, height: 0 }, 'height'],
  ['a fraction of a satoshi', { ...recorded, coinbasevalue: 1.5 }, 'coinbasevalue'],
  ['more bitcoin than there are', { ...recorded, coinbasevalue: 21e14 + 1 }, 'coinbasevalue'],
  ['negative bitcoin', { ...recorded, coinbasevalue: -1 }, 'coinbasevalue'],
  ['a target in capitals', { ...recorded, bits: '207FFFFF' }, 'bits'],
  ['a commitment of another kind', { ...recorded, default_witness_commitment: '6a00' }, 'default_witness_commitment'],
  ['too much for the coinbase script', { ...recorded, coinbaseaux: { flags: '00'.repeat(33) } }, 'coinbaseaux'],
  ['auxiliary data that is not hex', { ...recorded, coinbaseaux: { flags: 'zz' } }, 'coinbaseaux.flags'],
  ['transactions that are no list', { ...recorded, transactions: {} }, 'transactions'],
  ['more transactions than fit', { ...recorded, transactions: Array.from({ length: 16_667 }, () => 0) }, 'transactions'],
  ['a transaction that is a number', { ...recorded, transactions: [7] }, 'transactions.0.data'],
  ['data of odd length', { ...recorded, transactions: [rowOf(1, { data: 'abc' })] }, 'transactions.0.data'],
  ['data that is not hex', { ...recorded, transactions: [rowOf(1, { data: 'xy'.repeat(60) })] }, 'transactions.0.data'],
  ['no data', { ...recorded, transactions: [rowOf(1, { data: '' })] }, 'transactions.0.data'],
  ['a bad txid', { ...recorded, transactions: [rowOf(1), rowOf(2, { txid: 'ab' })] }, 'transactions.1.txid'],
  ['a bad hash', { ...recorded, transactions: [rowOf(1, { hash: 5 })] }, 'transactions.0.hash'],
  ['a negative fee', { ...recorded, transactions: [rowOf(1, { fee: -1 })] }, 'transactions.0.fee'],
  ['no fee', { ...recorded, transactions: [rowOf(1, { fee: undefined })] }, 'transactions.0.fee'],
  ['a weight below its bytes', { ...recorded, transactions: [rowOf(1, { weight: 59 })] }, 'transactions.0.weight'],
  ['a weight above four times its bytes', { ...recorded, transactions: [rowOf(1, { weight: 241 })] }, 'transactions.0.weight'],
  ['sigops as text', { ...recorded, transactions: [rowOf(1, { sigops: '4' })] }, 'transactions.0.sigops'],
  ['a dependency on itself', { ...recorded, transactions: [rowOf(1, { depends: [1] })] }, 'transactions.0.depends'],
  ['a dependency on a later one', { ...recorded, transactions: [rowOf(1), rowOf(2, { depends: [2] })] }, 'transactions.1.depends'],
  ['a dependency on nothing', { ...recorded, transactions: [rowOf(1), rowOf(2, { depends: [0] })] }, 'transactions.1.depends'],
])('%s is a bad answer, and says where', (_, answer, where) => {
  const fault = codeOf(answer) as { code: string; text: string };
  expect(fault.code).toBe('node-answer-bad');
  expect(fault.text.startsWith(where)).toBe(true);
});

test('transactions that together outweigh a block are a bad answer', () => {
  const data = '00'.repeat(100_000);
  const heavy = rowOf(1, { data, weight: 400_000 });
  expect(codeOf({ ...recorded, transactions: Array.from({ length: 10 }, () => heavy) })).toBe('taken');
  expect(codeOf({ ...recorded, transactions: Array.from({ length: 11 }, () => heavy) })).toMatchObject({ code: 'node-answer-bad' });
});
