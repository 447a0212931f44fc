/** Templates become coinbases, merkle paths and blocks. */
import { expect, test } from 'vitest';
import { coinbaseTxid } from '../../core/bitcoin/coinbase.ts';
import { encodeHeader } from '../../core/bitcoin/header.ts';
import { heightOf } from '../../core/bitcoin/height-push.ts';
import { foldMerklePath, merkleRoot } from '../../core/bitcoin/merkle.ts';
import { parseTransaction, serialiseTransaction, type Transaction, txidOf, weightOf, wtxidOf } from '../../core/bitcoin/transaction.ts';
import { findCommitment, witnessCommitment } from '../../core/bitcoin/witness-commitment.ts';
import { fromHex, toHex } from '../../core/bytes.ts';
import { faultOf } from '../../core/errors.ts';
import { assemble, blockHex, coinbaseOf } from '../../core/templates/assembly.ts';
import type { BlockTemplate, TemplateTransaction } from '../../core/templates/template.ts';

const TAG = fromHex('2f782f');
const SCRIPT = fromHex(`0014${'11'.repeat(20)}`);
const EXTRANONCE = fromHex('aabbccdd0011223344556677');

function transaction(seed: number, witness: boolean): { parsed: Transaction; row: TemplateTransaction } {
  const parsed: Transaction = {
    version: 2,
    inputs: [{ txid: new Uint8Array(32).fill(seed), index: 0, script: new Uint8Array(0), sequence: 0xffffffff }],
    outputs: [{ satoshi: BigInt(seed), script: SCRIPT }],
    witnesses: witness ? [[Uint8Array.of(0x51)]] : [],
    lockTime: 0,
  };
  const row = { txid: txidOf(parsed), wtxid: wtxidOf(parsed), hex: toHex(serialiseTransaction(parsed)), weight: weightOf(parsed) };
  return { parsed, row: { ...row, feeSatoshi: 1n, sigops: 1, depends: [] } };
}

const all = [transaction(1, true), transaction(2, false), transaction(3, true)];

function templateWith(change: Partial<BlockTemplate> = {}): BlockTemplate {
  return {
    version: 0x20000000,
    signalBits: 0,
    prevHash: new Uint8Array(32).fill(9),
    nbits: 0x207fffff,
    height: 840_000,
    curtime: 1_800_000_000,
    mintime: 1_799_999_000,
    coinbaseSatoshi: 312_500_000n,
    transactions: all.map(({ row }) => row),
    witnessCommitment: undefined,
    coinbaseAux: new Uint8Array(0),
    ...change,
  };
}

const plan = (template: BlockTemplate) => ({
  template,
  payouts: [{ satoshi: template.coinbaseSatoshi, script: SCRIPT }],
  tag: TAG,
  extranonceBytes: EXTRANONCE.length,
});

test('the coinbase begins with the height, pays as planned and commits to the witnesses', () => {
  const assembled = assemble(plan(templateWith()));
  const coinbase = parseTransaction(coinbaseOf(assembled, EXTRANONCE));
  const script = coinbase.inputs[0]?.script ?? new Uint8Array();
  expect(heightOf(script)).toBe(840_000);
  expect(toHex(script)).toBe(`0340d10c${'0f'}2f782f${toHex(EXTRANONCE)}`);
  expect(coinbase.outputs[0]).toEqual({ satoshi: 312_500_000n, script: SCRIPT });
  expect(findCommitment(coinbase.outputs)).toEqual(witnessCommitment(all.map(({ parsed }) => wtxidOf(parsed))));
});

test('BIP 54: the coinbase is locked to the height before, and its sequence lets that count', () => {
  const coinbase = parseTransaction(coinbaseOf(assemble(plan(templateWith())), EXTRANONCE));
  expect(coinbase.lockTime).toBe(839_999);
  expect(coinbase.inputs[0]?.sequence).toBe(0xfffffffe);
});

test('tag and extranonce stand in a push, where no byte of them can read as a signature check', () => {
  const nasty = new Uint8Array(EXTRANONCE.length).fill(0xae); // OP_CHECKMULTISIG
  const script = parseTransaction(coinbaseOf(assemble(plan(templateWith())), nasty)).inputs[0]?.script ?? new Uint8Array();
  const [heightLength = 0] = script;
  expect(script[1 + heightLength]).toBe(script.length - heightLength - 2);
});

test('the commitment that the template brings is used as it is', () => {
  const witnessCommitment = new Uint8Array(32).fill(0x77);
  const assembled = assemble(plan(templateWith({ witnessCommitment })));
  expect(findCommitment(assembled.outputs)).toEqual(witnessCommitment);
});

test('what the template wants in the coinbase script stands at its end', () => {
  const script = parseTransaction(coinbaseOf(assemble(plan(templateWith({ coinbaseAux: fromHex('c0ffee') }))), EXTRANONCE)).inputs[0]
    ?.script;
  expect(toHex(script ?? new Uint8Array()).endsWith('c0ffee')).toBe(true);
});

test.each([0, 1, 2, 3])('the merkle path over %i transactions leads from the coinbase to the root of the block', (count) => {
  const transactions = all.slice(0, count).map(({ row }) => row);
  const assembled = assemble(plan(templateWith({ transactions })));
  const txid = coinbaseTxid(coinbaseOf(assembled, EXTRANONCE));
  expect(foldMerklePath(txid, assembled.merklePath)).toEqual(merkleRoot([txid, ...transactions.map((row) => row.txid)]));
});

test('the block is header, count, coinbase with its witness, and the transactions as they came', () => {
  const assembled = assemble(plan(templateWith()));
  const txid = coinbaseTxid(coinbaseOf(assembled, EXTRANONCE));
  const root = foldMerklePath(txid, assembled.merklePath);
  const { prevHash, version, nbits, curtime } = assembled.template;
  const header = encodeHeader({ version, prevHash, merkleRoot: root, ntime: curtime, nbits, nonce: 7 });
  const hex = blockHex(assembled, header, EXTRANONCE);
  const transactions = all.map(({ row }) => row.hex).join('');
  expect(hex.startsWith(`${toHex(header)}04`)).toBe(true);
  expect(hex.endsWith(transactions)).toBe(true);
  const coinbase = parseTransaction(fromHex(hex.slice(162, hex.length - transactions.length)));
  expect(coinbase.witnesses).toEqual([[new Uint8Array(32)]]);
  expect(txidOf(coinbase)).toEqual(txid);
});

test('paying more than the block earns is refused', () => {
  const template = templateWith();
  const payouts = [{ satoshi: template.coinbaseSatoshi + 1n, script: SCRIPT }];
  expect(() => assemble({ ...plan(template), payouts })).toThrow(RangeError);
});

test('a script that would break consensus is refused by code', () => {
  const code = (() => {
    try {
      assemble({ ...plan(templateWith()), tag: new Uint8Array(90) });
    } catch (error) {
      return faultOf(error).code;
    }
    return 'assembled';
  })();
  expect(code).toBe('coinbase-script-length');
});

test('a header of the wrong length makes no block', () => {
  expect(() => blockHex(assemble(plan(templateWith())), new Uint8Array(79), EXTRANONCE)).toThrow(RangeError);
});
