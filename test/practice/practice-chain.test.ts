import { expect, test } from 'vitest';
import { joinCoinbase, splitCoinbase, withWitness } from '../../core/bitcoin/coinbase.ts';
import { encodeHeader, type Header, hashHeader } from '../../core/bitcoin/header.ts';
import { foldMerklePath, merkleRoot } from '../../core/bitcoin/merkle.ts';
import { sha256d } from '../../core/bitcoin/sha256d.ts';
import { meetsTarget } from '../../core/bitcoin/target.ts';
import { parseTransaction, type TransactionOutput, txidOf, weightOf } from '../../core/bitcoin/transaction.ts';
import { commitmentOutput, witnessCommitment } from '../../core/bitcoin/witness-commitment.ts';
import { EMPTY, equal, toHex } from '../../core/bytes.ts';
import { type PracticeBlock, PracticeChain } from '../../core/practice/practice-chain.ts';
import { opens, outpointKey, type PracticeCoin } from '../../core/practice/practice-coin.ts';
import { MAX_WAITING } from '../../core/practice/practice-mempool.ts';
import type { PracticeTemplate } from '../../core/practice/practice-template.ts';
import { type PracticeTransaction, practiceTransaction } from '../../core/practice/practice-transaction.ts';
import { FakeClock } from '../fake/fake-clock.ts';
import { seededRandom } from '../fake/seeded-random.ts';

const EASY = 0x207fffff;

function chainOf(
  { seed = 'chain', nbits = EASY, ...options } = {} as {
    seed?: string;
    nbits?: number;
    elsewhereEveryMs?: number;
    transactionEveryMs?: number;
  },
) {
  const clock = new FakeClock();
  const chain = new PracticeChain({ clock, random: seededRandom(seed), nbits, ...options });
  return { clock, chain };
}

interface Change {
  readonly header?: Partial<Header>;
  readonly outputs?: (outputs: TransactionOutput[]) => TransactionOutput[];
  readonly scriptPrefix?: Uint8Array;
  readonly transactions?: (bytes: Uint8Array[]) => Uint8Array[];
  readonly coinbase?: (bytes: Uint8Array) => Uint8Array;
  readonly hard?: boolean;
}

/** A block on the template, right but for the change; nonces are tried until the work is (or, if `hard`, is not) enough. */
function blockOn(template: PracticeTemplate, change: Change = {}): { header: Uint8Array; transactions: Uint8Array[] } {
  const { version, sequence, lockTime, value, commitment, scriptPrefix } = template.coinbase;
  const outputs = [{ satoshi: value, script: Uint8Array.of(0x51) }, commitment];
  const plan = { version, scriptPrefix: change.scriptPrefix ?? scriptPrefix, extranonceBytes: 8, sequence, lockTime };
  const bare = joinCoinbase(splitCoinbase({ ...plan, outputs: change.outputs?.(outputs) ?? outputs }), new Uint8Array(8), EMPTY);
  const coinbase = change.coinbase?.(withWitness(bare)) ?? withWitness(bare);
  const others = template.transactions.map(({ bytes }) => bytes);
  const transactions = change.transactions?.([coinbase, ...others]) ?? [coinbase, ...others];
  const root = merkleRoot(transactions.map((bytes) => txidOf(parseTransaction(bytes))));
  for (let nonce = 0; ; nonce += 1) {
    const header = encodeHeader({ ...template, merkleRoot: root, nonce, ...change.header });
    if (meetsTarget(hashHeader(header), template.target) !== (change.hard ?? false)) return { header, transactions };
  }
}

test('a block that keeps every rule becomes the tip, and its finder is told', () => {
  const { chain } = chainOf();
  const tips: PracticeBlock[] = [];
  chain.onTip((block) => tips.push(block));
  const template = chain.template();
  expect(template.transactions.length).toBeGreaterThan(20);
  const { header, transactions } = blockOn(template);
  const submission = chain.submit(header, transactions, 'me');
  expect(submission).toMatchObject({ ok: true, block: { height: 201, finder: 'me', fees: template.fees } });
  expect(chain.tip.hash).toEqual(hashHeader(header));
  expect(tips).toEqual([chain.tip]);
  expect(chain.template().transactions.filter((tx) => template.transactions.includes(tx))).toEqual([]);
});

const stolen = (outputs: TransactionOutput[]) =>
  outputs.map((output, index) => (index === 0 ? { ...output, satoshi: output.satoshi + 1n } : output));

test.each<[string, Change]>([
  ['high-hash', { hard: true }],
  ['bad-prevblk', { header: { prevHash: new Uint8Array(32) } }],
  ['bad-diffbits', { header: { nbits: 0x2000ffff } }],
  ['time-too-old', { header: { ntime: 1_799_999_000 } }],
  ['time-too-new', { header: { ntime: 1_800_000_000 + 7_300 } }],
  ['bad-txnmrklroot', { header: { merkleRoot: new Uint8Array(32) } }],
  ['bad-cb-amount', { outputs: stolen }],
  ['bad-cb-height', { scriptPrefix: Uint8Array.of(2, 202, 0) }],
  ['bad-cb-length', { scriptPrefix: Uint8Array.of(2, 201, 0, ...new Uint8Array(89)), coinbase: (bytes) => lengthened(bytes) }],
  ['unexpected-witness', { outputs: (outputs) => outputs.slice(0, 1) }],
  [
    'bad-witness-merkle-match',
    { outputs: (outputs) => outputs.map((output, at) => (at === 1 ? { ...output, script: spoiled(output.script) } : output)) },
  ],
  ['bad-witness-nonce-size', { coinbase: (bytes) => withoutWitness(bytes) }],
  ['bad-cb-missing', { transactions: (bytes) => bytes.slice(1) }],
  ['bad-cb-multiple', { transactions: (bytes) => [bytes[0] as Uint8Array, ...bytes] }],
  ['bad-txns-inputs-missingorspent', { transactions: (bytes) => [...bytes, bytes[1] as Uint8Array] }],
])('a block is refused as %s when that rule is broken', (code, change) => {
  const { chain } = chainOf();
  const { header, transactions } = blockOn(chain.template(), change);
  expect(chain.submit(header, transactions, 'me')).toEqual({ ok: false, code });
  expect(chain.tip.height).toBe(200);
});

test('an input whose witness does not open its output is refused', () => {
  const { chain } = chainOf();
  const template = chain.template();
  const bad = (bytes: Uint8Array[]) => bytes.map((transaction, at) => (at === 1 ? wrongTag(transaction) : transaction));
  const { header, transactions } = blockOn(template, { transactions: bad });
  expect(chain.submit(header, transactions, 'me')).toEqual({ ok: false, code: 'mandatory-script-verify-flag-failed' });
});

test('bytes that are no transaction are refused', () => {
  const { chain } = chainOf();
  const { header, transactions } = blockOn(chain.template());
  expect(chain.submit(header, [...transactions, Uint8Array.of(1, 2)], 'me')).toEqual({ ok: false, code: 'bad-txns-malformed' });
});

test('the same block is not taken twice, and one on the old tip comes too late', () => {
  const { chain } = chainOf();
  const { header, transactions } = blockOn(chain.template());
  expect(chain.submit(header, transactions, 'me').ok).toBe(true);
  expect(chain.submit(header, transactions, 'me')).toEqual({ ok: false, code: 'bad-prevblk' });
});

test('what an earlier block spent cannot be spent again', () => {
  const { chain } = chainOf();
  const old = chain.template().transactions[0]?.bytes as Uint8Array;
  chain.mineElsewhere();
  const { header, transactions } = blockOn(chain.template(), { transactions: (bytes) => [...bytes, old] });
  expect(chain.submit(header, transactions, 'me')).toEqual({ ok: false, code: 'bad-txns-inputs-missingorspent' });
});

test('BIP 34 BIP 54 BIP 141: a template says its height, locks its coinbase and commits to its witnesses', () => {
  const { chain } = chainOf();
  const { coinbase, height, merklePath, transactions } = chain.template();
  expect(height).toBe(201);
  expect(toHex(coinbase.scriptPrefix)).toBe('02c900');
  expect(coinbase).toMatchObject({ lockTime: 200, sequence: 0xfffffffe });
  expect(toHex(coinbase.commitment.script)).toMatch(/^6a24aa21a9ed[0-9a-f]{64}$/);
  const id = sha256d(Uint8Array.of(1));
  expect(foldMerklePath(id, merklePath)).toEqual(merkleRoot([id, ...transactions.map(({ txid }) => txid)]));
});

test('every transaction is well formed: parses to itself, spends what is there, opens it, and pays a fee', () => {
  const { clock, chain } = chainOf({ transactionEveryMs: 100, elsewhereEveryMs: 0 });
  chain.start();
  clock.advance(60_000);
  const rates = new Set<number>();
  for (const { transaction, bytes, txid, weight, fee } of chain.mempool.transactions) {
    const parsed = parseTransaction(bytes);
    expect(parsed).toEqual(transaction);
    expect(txidOf(parsed)).toEqual(txid);
    expect(weightOf(parsed)).toBe(weight);
    const perVirtualByte = Number(fee) / (weight / 4);
    expect(perVirtualByte).toBeGreaterThan(0.9);
    expect(perVirtualByte).toBeLessThan(110);
    rates.add(Math.round(perVirtualByte));
  }
  expect(chain.mempool.size).toBe(MAX_WAITING);
  expect(rates.size).toBeGreaterThan(30);
});

test('TDC-3 what a client adds to the coinbase is left free, and the weight limit holds', () => {
  const { clock, chain } = chainOf({ transactionEveryMs: 100, elsewhereEveryMs: 0 });
  chain.start();
  clock.advance(60_000);
  const weightWith = (outputBytes: number) => chain.template(outputBytes).transactions.reduce((sum, { weight }) => sum + weight, 0);
  const all = weightWith(0);
  const room = 4_000_000 - 1168;
  const tight = Math.floor((room - all / 2) / 4);
  expect(weightWith(tight)).toBeLessThanOrEqual(room - 4 * tight);
  expect(weightWith(tight)).toBeGreaterThan(all / 4);
  expect(weightWith(1_000_000)).toBe(0);
});

test('parents stand before their children, and the best payers come first', () => {
  const { clock, chain } = chainOf({ transactionEveryMs: 50, elsewhereEveryMs: 0 });
  chain.start();
  clock.advance(30_000);
  const { transactions } = chain.template();
  const place = new Map(transactions.map(({ txid }, index) => [toHex(txid), index]));
  let children = 0;
  for (const [index, { transaction }] of transactions.entries()) {
    for (const { txid } of transaction.inputs) {
      const parent = place.get(toHex(txid));
      if (parent === undefined) continue;
      children += 1;
      expect(parent).toBeLessThan(index);
    }
  }
  expect(children).toBeGreaterThan(10);
  const rate = (index: number) => Number(transactions[index]?.fee) / (transactions[index]?.weight ?? 1);
  expect(rate(0)).toBeGreaterThan(rate(transactions.length - 1));
});

test('the same template comes again until something changes; ids grow', () => {
  const { chain } = chainOf();
  const first = chain.template();
  expect(chain.template()).toBe(first);
  expect(chain.template(500).id).toBeGreaterThan(first.id);
  const again = chain.template();
  chain.mineElsewhere();
  expect(chain.template().id).toBeGreaterThan(again.id);
});

test('blocks from elsewhere come every few minutes by chance and confirm what waits', () => {
  const { clock, chain } = chainOf({ nbits: 0x1d00ffff, elsewhereEveryMs: 60_000, transactionEveryMs: 30_000 });
  chain.start();
  clock.advance(100 * 60_000);
  const count = chain.tip.height - 200;
  expect(count).toBeGreaterThan(70);
  expect(count).toBeLessThan(130);
  const gaps = chain.blocks.slice(2).map(({ ntime }, index) => ntime - (chain.blocks[index + 1] as PracticeBlock).ntime);
  expect(Math.min(...gaps)).toBeLessThan(20);
  expect(Math.max(...gaps)).toBeGreaterThan(120);
  expect(chain.blocks.every(({ finder }) => finder === undefined)).toBe(true);
});

test('everything follows the clock and the seed', () => {
  const story = (seed: string) => {
    const { clock, chain } = chainOf({ seed, elsewhereEveryMs: 30_000, transactionEveryMs: 5_000 });
    chain.start();
    clock.advance(600_000);
    return chain.blocks.map(({ id }) => id).join();
  };
  expect(story('a')).toBe(story('a'));
  expect(story('a')).not.toBe(story('b'));
});

test('a chain that lives for months stays small, and never runs out of coins', () => {
  const { clock, chain } = chainOf({ transactionEveryMs: 2_000, elsewhereEveryMs: 8_000 });
  chain.start();
  clock.advance(3_600_000);
  expect(chain.tip.height).toBeGreaterThan(550);
  expect(chain.blocks.length).toBe(200);
  expect(chain.mempool.spendable.length).toBeLessThan(900);
  expect(chain.mempool.spendable.length).toBeGreaterThan(100);
  const before = chain.mempool.changes;
  clock.advance(60_000);
  expect(chain.mempool.changes).toBeGreaterThan(before);
});

test('coinbases of blocks from elsewhere become spendable a hundred blocks later', () => {
  const { chain } = chainOf();
  // The first block confirms all that waits; the second pays the bare subsidy.
  const rich = () => chain.mempool.spendable.some(({ satoshi }) => satoshi === 5_000_000_000n);
  for (let block = 0; block < 101; block += 1) chain.mineElsewhere();
  expect(rich()).toBe(false);
  chain.mineElsewhere();
  expect(rich()).toBe(true);
});

test('what a block makes impossible waits no longer, and neither do its children', () => {
  const { clock, chain } = chainOf({ transactionEveryMs: 50, elsewhereEveryMs: 0 });
  chain.mineElsewhere();
  const first = chain.mempool.spendable;
  chain.start();
  clock.advance(20_000);
  const waiting = [...chain.mempool.transactions];
  const hasChild = ({ txid }: PracticeTransaction) =>
    waiting.some(({ transaction }) => transaction.inputs.some((input) => equal(input.txid, txid)));
  const doomed = waiting.find(
    (tx) => hasChild(tx) && tx.spends.every((key) => first.some(({ txid, index }) => outpointKey(txid, index) === key)),
  );
  if (doomed === undefined) throw new Error('no parent of confirmed coins waits');
  const coins = first.filter(({ txid, index }) => doomed.spends.includes(outpointKey(txid, index)));
  const rival = practiceTransaction(coins, [{ satoshi: 1_000n, script: Uint8Array.of(0x51) }]);
  const only: PracticeTemplate = { ...chain.template(), transactions: [rival] };
  const commitment = commitmentOutput(witnessCommitment([rival.wtxid]));
  const { header, transactions } = blockOn({ ...only, coinbase: { ...only.coinbase, commitment, value: 5_000_000_000n } });
  expect(chain.submit(header, transactions, 'me').ok).toBe(true);
  const left = new Set([...chain.mempool.transactions].map(({ txid }) => toHex(txid)));
  expect(left.has(toHex(doomed.txid))).toBe(false);
  expect(left.size).toBeLessThan(waiting.length - 1);
  chain.mineElsewhere();
  const next = blockOn(chain.template());
  expect(chain.submit(next.header, next.transactions, 'me').ok).toBe(true);
});

test('a stopped chain does nothing', () => {
  const { clock, chain } = chainOf();
  chain.start();
  chain.stop();
  expect(clock.waiting).toBe(0);
});

test('a clock set back by a day neither stops the chain nor breaks its rules', () => {
  const { clock, chain } = chainOf();
  chain.mineElsewhere();
  const before = chain.template().ntime;
  clock.setUnix(clock.now() - 86_400_000);
  for (let block = 0; block < 20; block += 1) chain.mineElsewhere();
  const template = chain.template();
  expect(template.ntime).toBeGreaterThanOrEqual(before);
  const { header, transactions } = blockOn(template);
  expect(chain.submit(header, transactions, 'me').ok).toBe(true);
});

test('a new difficulty holds from the block after the next tip', () => {
  const { chain } = chainOf();
  chain.setNextNbits(0x2000ffff);
  const { header, transactions } = blockOn(chain.template());
  expect(chain.submit(header, transactions, 'me').ok).toBe(true);
  expect(chain.template().nbits).toBe(0x2000ffff);
});

test('a witness script is opened only by what it commits to', () => {
  const { chain } = chainOf();
  const [coin, other] = chain.mempool.spendable as unknown as [PracticeCoin, PracticeCoin];
  expect(opens(coin.lock.script, [coin.lock.witnessScript])).toBe(true);
  expect(opens(coin.lock.script, [other.lock.witnessScript])).toBe(false);
  expect(opens(coin.lock.script, [Uint8Array.of(1), coin.lock.witnessScript])).toBe(false);
  expect(opens(coin.lock.script, [])).toBe(false);
  expect(opens(coin.lock.script, undefined)).toBe(false);
});

function spoiled(script: Uint8Array): Uint8Array {
  const copy = script.slice();
  copy[10] = (copy[10] as number) ^ 1;
  return copy;
}

/** The coinbase in the form without witness. */
function withoutWitness(bytes: Uint8Array): Uint8Array {
  return Uint8Array.of(...bytes.subarray(0, 4), ...bytes.subarray(6, bytes.length - 38), ...bytes.subarray(bytes.length - 4));
}

/** One more byte in the coinbase script than consensus allows. */
function lengthened(bytes: Uint8Array): Uint8Array {
  const lengthAt = 4 + 2 + 1 + 36;
  expect(bytes[lengthAt]).toBe(100);
  return Uint8Array.of(...bytes.subarray(0, lengthAt), 101, 0, ...bytes.subarray(lengthAt + 1)).map((byte, at) =>
    at === lengthAt + 1 ? (bytes[lengthAt + 1] as number) : byte,
  );
}

/** The same transaction with another tag in its first witness script. */
function wrongTag(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  const at = copy.length - 4 - 3; // before lock time, OP_TRUE, OP_DROP: the last byte of the tag
  copy[at] = (copy[at] as number) ^ 1;
  return copy;
}
