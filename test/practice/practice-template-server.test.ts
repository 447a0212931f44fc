import { expect, test } from 'vitest';
import { joinCoinbase, splitCoinbase, withWitness } from '../../core/bitcoin/coinbase.ts';
import { encodeHeader, hashHeader } from '../../core/bitcoin/header.ts';
import { foldMerklePath, merkleRoot } from '../../core/bitcoin/merkle.ts';
import { sha256d } from '../../core/bitcoin/sha256d.ts';
import { meetsTarget } from '../../core/bitcoin/target.ts';
import { parseOutputs, parseTransaction, txidOf } from '../../core/bitcoin/transaction.ts';
import { concat, EMPTY } from '../../core/bytes.ts';
import { PracticeChain } from '../../core/practice/practice-chain.ts';
import { practiceIdentity } from '../../core/practice/practice-identity.ts';
import { type PracticeTemplateEvent, PracticeTemplateServer } from '../../core/practice/template-server.ts';
import type { TemplateFromServer } from '../../core/sv2/codec.ts';
import { FakeClock } from '../fake/fake-clock.ts';
import { QuietLog } from '../fake/quiet-log.ts';
import { seededRandom } from '../fake/seeded-random.ts';
import { templateClient } from './stream-client.ts';

function served({ transactionEveryMs = 0, maxClients = 16 } = {}) {
  const clock = new FakeClock();
  const random = seededRandom('templates');
  const chain = new PracticeChain({ clock, random, nbits: 0x207fffff, elsewhereEveryMs: 0, transactionEveryMs });
  const identity = practiceIdentity({ clock, random });
  const events: PracticeTemplateEvent[] = [];
  const server = new PracticeTemplateServer({
    chain,
    identity,
    clock,
    random,
    log: new QuietLog(),
    maxClients,
    onEvent: (event) => events.push(event),
  });
  chain.start();
  const client = () => templateClient(clock, (stream) => server.accept(stream), identity.key);
  return { clock, chain, server, events, client };
}

const CONSTRAINTS = {
  name: 'CoinbaseOutputConstraints',
  coinbaseOutputMaxAdditionalSize: 43,
  coinbaseOutputMaxAdditionalSigops: 0,
} as const;
type Named<N extends TemplateFromServer['name']> = Extract<TemplateFromServer, { name: N }>;
const last = <N extends TemplateFromServer['name']>(messages: readonly TemplateFromServer[], name: N) =>
  messages.findLast((message) => message.name === name) as Named<N>;

/** Builds the coinbase and finds the nonce as a pool would, from the messages alone. */
function solve(template: Named<'NewTemplate'>, tip: Named<'SetNewPrevHash'>) {
  const own = parseOutputs(concat(Uint8Array.of(template.coinbaseTxOutputsCount), template.coinbaseTxOutputs));
  const outputs = [{ satoshi: template.coinbaseTxValueRemaining, script: Uint8Array.of(0x51) }, ...own];
  const { coinbaseTxVersion: version, coinbaseTxInputSequence: sequence, coinbaseTxLocktime: lockTime } = template;
  const split = splitCoinbase({ version, scriptPrefix: template.coinbasePrefix, extranonceBytes: 8, sequence, outputs, lockTime });
  const coinbase = joinCoinbase(split, new Uint8Array(8), EMPTY);
  const root = foldMerklePath(sha256d(coinbase), template.merklePath);
  for (let nonce = 0; ; nonce += 1) {
    const header = encodeHeader({
      version: template.version,
      prevHash: tip.prevHash,
      merkleRoot: root,
      ntime: tip.headerTimestamp,
      nbits: tip.nBits,
      nonce,
    });
    if (!meetsTarget(hashHeader(header), tip.target)) continue;
    return {
      name: 'SubmitSolution' as const,
      templateId: template.templateId,
      version: template.version,
      headerTimestamp: tip.headerTimestamp,
      headerNonce: nonce,
      coinbaseTx: withWitness(coinbase),
    };
  }
}

test('TDC-8 TDC-9 TDC-14 a coinbase built from the messages solves a block that the chain takes; success shows as a new tip', () => {
  const { chain, client, events } = served();
  const one = client();
  const answers = one.say(CONSTRAINTS);
  const next = one.say(solve(last(answers, 'NewTemplate'), last(answers, 'SetNewPrevHash')));
  expect(chain.tip).toMatchObject({ height: 201, finder: 'template client' });
  expect(chain.tip.transactions).toBeGreaterThan(20);
  expect(next).toMatchObject([
    { name: 'NewTemplate', futureTemplate: true },
    { name: 'SetNewPrevHash', prevHash: chain.tip.hash },
  ]);
  expect(events).toMatchObject([{ type: 'block', block: { height: 201 } }]);
});

test('a solution that takes too much is refused by the chain, and the client stays', () => {
  const { client, events, chain } = served();
  const one = client();
  const answers = one.say(CONSTRAINTS);
  const template = last(answers, 'NewTemplate');
  one.say(solve({ ...template, coinbaseTxValueRemaining: template.coinbaseTxValueRemaining + 1n }, last(answers, 'SetNewPrevHash')));
  expect(events).toEqual([{ type: 'block-refused', errorCode: 'bad-cb-amount' }]);
  one.say({ ...solve(template, last(answers, 'SetNewPrevHash')), coinbaseTx: Uint8Array.of(1) });
  expect(chain.tip.height).toBe(200);
  expect(one.end).toBeUndefined();
});

test('TDC-15 TDC-16 the transactions asked for are those of the merkle path', () => {
  const { client } = served();
  const one = client();
  const template = last(one.say(CONSTRAINTS), 'NewTemplate');
  const data = last(one.say({ name: 'RequestTransactionData', templateId: template.templateId }), 'RequestTransactionDataSuccess');
  expect(data.excessData).toEqual(new Uint8Array(32));
  const txids = data.transactionList.map((bytes) => txidOf(parseTransaction(bytes)));
  const coinbase = new Uint8Array(32).fill(5);
  expect(foldMerklePath(coinbase, template.merklePath)).toEqual(merkleRoot([coinbase, ...txids]));
});

test('TDC-7 more fees are told after a few seconds, by a template with a larger id and value that is not future', () => {
  const { client } = served({ transactionEveryMs: 500 });
  const one = client();
  const first = last(one.say(CONSTRAINTS), 'NewTemplate');
  const news = one.wait(5_100);
  const better = last(news, 'NewTemplate');
  expect(news.map(({ name }) => name)).toEqual(['NewTemplate']);
  expect(better.futureTemplate).toBe(false);
  expect(better.templateId).toBeGreaterThan(first.templateId);
  expect(better.coinbaseTxValueRemaining).toBeGreaterThanOrEqual(first.coinbaseTxValueRemaining + 1_000n);
});

test('nothing new is told while nothing changes', () => {
  const { client } = served();
  const one = client();
  one.say(CONSTRAINTS);
  expect(one.wait(60_000)).toEqual([]);
});

test('TDC-19 every client gets the pair on a new tip, however many there are', () => {
  const { chain, client } = served();
  const clients = [client(), client(), client()];
  for (const one of clients) one.say(CONSTRAINTS);
  const before = clients.map(({ heard }) => heard.length);
  chain.mineElsewhere();
  clients[0]?.wait(0);
  for (const [index, { heard }] of clients.entries()) {
    expect(heard.slice(before[index])).toMatchObject([
      { name: 'NewTemplate', futureTemplate: true },
      { name: 'SetNewPrevHash', prevHash: chain.tip.hash },
    ]);
  }
});

test('TDC-3 a client that wants much room gets a lighter template', () => {
  const { client } = served();
  const one = client();
  const full = last(one.say(CONSTRAINTS), 'NewTemplate');
  const light = last(one.say({ ...CONSTRAINTS, coinbaseOutputMaxAdditionalSize: 999_000 }), 'NewTemplate');
  expect(light.merklePath.length).toBeLessThan(full.merklePath.length);
});

test('clients are limited, and stop ends them all and every timer', () => {
  const { clock, chain, server, client } = served({ maxClients: 3 });
  const clients = Array.from({ length: 3 }, client);
  expect(server.clients).toBe(3);
  expect(client).toThrow();
  server.stop();
  chain.stop();
  clock.advance(0);
  expect(clients.every(({ end }) => end?.code === 'closed-by-peer')).toBe(true);
  expect(clock.waiting).toBe(0);
});
