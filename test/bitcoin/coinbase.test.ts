import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type CoinbasePlan,
  coinbaseTxid,
  joinCoinbase,
  MAX_COINBASE_SCRIPT_BYTES,
  splitCoinbase,
  stripWitness,
  withWitness,
} from '../../core/bitcoin/coinbase.ts';
import { heightOf, heightPush } from '../../core/bitcoin/height-push.ts';
import { parseTransaction, serialiseWithoutWitness, txidOf } from '../../core/bitcoin/transaction.ts';
import { commitmentOutput, findCommitment, witnessCommitment } from '../../core/bitcoin/witness-commitment.ts';
import { concat, EMPTY, fromHex, reversed, showHash, toHex } from '../../core/bytes.ts';
import { AppError } from '../../core/errors.ts';
import { regtestBlock } from './vectors.ts';

const [recorded, ...others] = regtestBlock.transactions as [
  (typeof regtestBlock.transactions)[number],
  ...(typeof regtestBlock.transactions)[number][],
];
const mined = parseTransaction(fromHex(recorded.bytes));

const plan = (changes: Partial<CoinbasePlan> = {}): CoinbasePlan => ({
  version: 2,
  scriptPrefix: heightPush(850_000),
  extranonceBytes: 12,
  sequence: 0xffffffff,
  outputs: mined.outputs,
  lockTime: 0,
  ...changes,
});

/** Heights, and the coinbase scripts that Bitcoin Core puts first for them (`CScript() << height`). */
test.each([
  [0, '00'],
  [1, '51'],
  [16, '60'],
  [17, '0111'],
  [102, '0166'],
  [127, '017f'],
  [128, '028000'],
  [255, '02ff00'],
  [256, '020001'],
  [32767, '02ff7f'],
  [32768, '03008000'],
  [227_836, '03fc7903'],
  [227_931, '035b7a03'],
  [850_000, '0350f80c'],
  [8_388_608, '0400008000'],
])('BIP 34 height %i is pushed as %s', (height, hex) => {
  expect(toHex(heightPush(height))).toBe(hex);
  expect(heightOf(fromHex(`${hex}deadbeef`))).toBe(height);
});

test('BIP 34 every height comes back from its push', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 0x7fffffff }), (height) => heightOf(heightPush(height)) === height));
});

test('a script that begins with no height gives none, whatever it is', () => {
  for (const hex of ['', '05', '03ffff', '61', '0380', '0281ff', '09ffffffffffffffff7f']) expect(heightOf(fromHex(hex))).toBeUndefined();
  expect(() => heightPush(-1)).toThrow(RangeError);
  expect(() => heightPush(1.5)).toThrow(RangeError);
});

test('BIP 141 the witness commitment of a block is the one its node computed', () => {
  const commitment = witnessCommitment(others.map(({ wtxid }) => reversed(fromHex(wtxid))));
  expect(toHex(commitment)).toBe('fde43441a36894b29ba6622bd19ca12e8d15144595846d66a350a6e5b15f850b');
  expect(findCommitment(mined.outputs)).toEqual(commitment);
  expect(commitmentOutput(commitment)).toEqual(mined.outputs[1]);
});

test('BIP 141 of several commitments the last counts, and bytes after it are allowed', () => {
  const [first, second] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const long = { satoshi: 0n, script: concat(commitmentOutput(second).script, Uint8Array.of(9)) };
  expect(findCommitment([commitmentOutput(first), long, { satoshi: 1n, script: EMPTY }])).toEqual(second);
  expect(findCommitment([{ satoshi: 0n, script: commitmentOutput(first).script.slice(0, 37) }])).toBeUndefined();
});

test('a recorded coinbase is rebuilt from its plan, in both forms', () => {
  const { version, lockTime, outputs } = mined;
  const sequence = mined.inputs[0]?.sequence as number;
  const split = splitCoinbase({ version, lockTime, outputs, sequence, scriptPrefix: heightPush(102), extranonceBytes: 1 });
  const joined = joinCoinbase(split, EMPTY, Uint8Array.of(0));
  expect(toHex(joined)).toBe(toHex(serialiseWithoutWitness(mined)));
  expect(toHex(withWitness(joined))).toBe(recorded.bytes);
  expect(showHash(coinbaseTxid(joined))).toBe(recorded.txid);
});

test('MIN-26 prefix, extranonce prefix, extranonce and suffix in this order are the coinbase, whatever the extranonce', () => {
  const split = splitCoinbase(plan({ scriptSuffix: Uint8Array.of(0x2f, 0x48, 0x2f) }));
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 8, maxLength: 8 }), (prefix, extranonce) => {
      const coinbase = joinCoinbase(split, prefix, extranonce);
      const parsed = parseTransaction(coinbase);
      expect(parsed.inputs[0]?.script).toEqual(concat(heightPush(850_000), prefix, extranonce, Uint8Array.of(0x2f, 0x48, 0x2f)));
      expect(txidOf(parsed)).toEqual(coinbaseTxid(coinbase));
    }),
    { numRuns: 20 },
  );
});

test('the witness form has the same txid', () => {
  const coinbase = joinCoinbase(splitCoinbase(plan()), new Uint8Array(4), new Uint8Array(8));
  const parsed = parseTransaction(withWitness(coinbase));
  expect(parsed.witnesses).toEqual([[new Uint8Array(32)]]);
  expect(txidOf(parsed)).toEqual(coinbaseTxid(coinbase));
});

test('MIN-27 a server that left marker, flag and witness in is understood', () => {
  const split = splitCoinbase(plan());
  const whole = withWitness(joinCoinbase(split, new Uint8Array(4), new Uint8Array(8)));
  const cut = split.prefix.length + 2;
  expect(stripWitness({ prefix: whole.slice(0, cut), suffix: whole.slice(cut + 12) })).toEqual(split);
});

test('MIN-27 a proper coinbase is left alone, and a hostile one does not break', () => {
  const split = splitCoinbase(plan());
  expect(stripWitness(split)).toBe(split);
  const hostile = { prefix: fromHex('020000000001'), suffix: new Uint8Array(20) };
  expect(stripWitness(hostile)).toBe(hostile);
});

test('a script outside 2 to 100 bytes, or too much extranonce, is refused with a code', () => {
  const fault = (changes: Partial<CoinbasePlan>) => {
    try {
      return splitCoinbase(plan(changes));
    } catch (error) {
      return error instanceof AppError ? error.fault : error;
    }
  };
  expect(fault({ scriptPrefix: EMPTY, extranonceBytes: 1 })).toEqual({ code: 'coinbase-script-length', length: 1 });
  const room = MAX_COINBASE_SCRIPT_BYTES - 12;
  expect(fault({ scriptPrefix: new Uint8Array(room + 1) })).toEqual({ code: 'coinbase-script-length', length: 101 });
  expect(fault({ extranonceBytes: 33 })).toEqual({ code: 'extranonce-too-long', length: 33 });
  expect(fault({ scriptPrefix: new Uint8Array(room) })).toHaveProperty('prefix');
});
