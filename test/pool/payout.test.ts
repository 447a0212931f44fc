/** What a coinbase pays, read from bytes of a stranger. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeAddress } from '../../core/bitcoin/address.ts';
import { splitCoinbase } from '../../core/bitcoin/coinbase.ts';
import { heightPush } from '../../core/bitcoin/height-push.ts';
import { checkPayout, heightIn, payoutInIdentity, payoutOf, scriptOfIdentity } from '../../core/pool/payout.ts';
import type { JobRoot } from '../../core/work/job.ts';

const MINE = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
const script = (address: string) => {
  const decoded = decodeAddress(address);
  if (!decoded.ok) throw new Error('a test address is wrong');
  return decoded.address.script;
};
const theirs = Uint8Array.of(0x51);

function root(outputs: readonly { satoshi: bigint; script: Uint8Array }[]): Extract<JobRoot, { kind: 'extranonce' }> {
  const split = splitCoinbase({
    version: 2,
    scriptPrefix: heightPush(840_000),
    extranonceBytes: 12,
    sequence: 0xffffffff,
    outputs,
    lockTime: 0,
  });
  return {
    kind: 'extranonce',
    coinbasePrefix: split.prefix,
    extranoncePrefix: Uint8Array.of(1, 2, 3, 4),
    extranonceSize: 8,
    coinbaseSuffix: split.suffix,
    merklePath: [],
  };
}

test('MIN-47a the outputs of an extended job are shown with address, value and whose they are', () => {
  const job = root([
    { satoshi: 312_500_000n, script: script(MINE) },
    { satoshi: 0n, script: theirs },
  ]);
  expect(payoutOf(job, { network: 'regtest', mine: script(MINE) })).toEqual({
    kind: 'outputs',
    outputs: [
      { script: '0014751e76e8199196d454941c45d1b3a323f1433bd6', address: MINE, satoshi: 312_500_000n, mine: true },
      { script: '51', satoshi: 0n, mine: false },
    ],
  });
  expect(heightIn(job)).toBe(840_000);
});

test('MIN-47a a standard job shows only a root, so nothing is claimed', () => {
  const fixed = { kind: 'fixed', merkleRoot: new Uint8Array(32) } as const;
  expect(payoutOf(fixed, { network: 'main' })).toEqual({ kind: 'unknown' });
  expect(checkPayout(fixed, { script: theirs, leastPart: 1 })).toBe('unknown');
  expect(heightIn(fixed)).toBeUndefined();
});

test('MIN-47a identities that say how to pay are understood, all others are not', () => {
  const expected = { script: script(MINE), leastPart: 0.9 };
  expect(payoutInIdentity(`sri/solo/${MINE}`)).toEqual(expected);
  expect(payoutInIdentity(`sri/solo/${MINE}/stick`)).toEqual(expected);
  expect(payoutInIdentity(`sri/donate/10/${MINE}/stick`)?.leastPart).toBeCloseTo(0.8);
  for (const other of ['sri/donate', 'sri/solo/nonsense', MINE, `${MINE}.w1`, 'home.w1', ''])
    expect(payoutInIdentity(other)).toBeUndefined();
  expect(scriptOfIdentity(`${MINE}.w1`)).toEqual(script(MINE));
  expect(scriptOfIdentity('home.w1')).toBeUndefined();
});

test('MIN-47a a job that pays somebody else, or us a crumb, is a mismatch; a small fee is not', () => {
  const expected = { script: script(MINE), leastPart: 0.9 };
  const pays = (mine: bigint, other: bigint) =>
    checkPayout(
      root([
        { satoshi: mine, script: script(MINE) },
        { satoshi: other, script: theirs },
      ]),
      expected,
    );
  expect([pays(100n, 0n), pays(98n, 2n), pays(90n, 10n)]).toEqual(['pays', 'pays', 'pays']);
  expect([pays(89n, 11n), pays(1n, 1000n), pays(0n, 100n), pays(0n, 0n)]).toEqual(['mismatch', 'mismatch', 'mismatch', 'mismatch']);
});

test('SEC-14 a coinbase that is no transaction is unknown to the eye, and a mismatch where payment was promised', () => {
  for (const prefix of [new Uint8Array(0), new Uint8Array(65_535), Uint8Array.of(2, 0, 0, 0, 1)]) {
    const broken = { ...root([]), coinbasePrefix: prefix };
    expect(payoutOf(broken, { network: 'main' })).toEqual({ kind: 'unknown' });
    expect(checkPayout(broken, { script: theirs, leastPart: 0 })).toBe('mismatch');
  }
});

test('SEC-14 no bytes make reading a payout fail', () => {
  const bytes = fc.uint8Array({ maxLength: 120 });
  fc.assert(
    fc.property(bytes, bytes, (coinbasePrefix, coinbaseSuffix) => {
      const job = { ...root([]), coinbasePrefix, coinbaseSuffix };
      heightIn(job);
      return ['unknown', 'outputs'].includes(payoutOf(job, { network: 'main' }).kind);
    }),
  );
});
