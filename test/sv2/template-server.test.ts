import { expect, test } from 'vitest';
import { targetOfNbits } from '../../core/bitcoin/nbits.ts';
import { type TemplateFromClient, type TemplateFromServer, templateClientCodec } from '../../core/sv2/codec.ts';
import { TemplateServer } from '../../core/sv2/template-server.ts';
import type { CoinbaseConstraints, ServedTemplate, TemplateServerEvent } from '../../core/sv2/template-server-events.ts';
import { byteByByte } from '../fake/memory-stream.ts';
import { seededRandom } from '../fake/seeded-random.ts';
import { HARD_NBITS, identity, ServerPair, setupMessage, UNIX_S } from './server-pair.ts';

function template(id: bigint, tip: number): ServedTemplate {
  return {
    id,
    version: 0x20000000,
    prevHash: new Uint8Array(32).fill(tip),
    ntime: UNIX_S,
    nbits: HARD_NBITS,
    target: targetOfNbits(HARD_NBITS),
    coinbaseVersion: 2,
    coinbasePrefix: Uint8Array.of(2, 201, 0),
    coinbaseSequence: 0xfffffffe,
    coinbaseValue: 5_000_000_123n,
    coinbaseOutputsCount: 1,
    coinbaseOutputs: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0),
    coinbaseLockTime: 200,
    merklePath: [new Uint8Array(32).fill(7)],
    transactions: [Uint8Array.of(1, 2, 3), Uint8Array.of(4)],
    excessData: new Uint8Array(32),
  };
}

function pair(cut?: (bytes: Uint8Array) => readonly Uint8Array[]) {
  const world = { current: template(1n, 1), asked: [] as CoinbaseConstraints[] };
  const server = new TemplateServer({
    template: (constraints) => {
      world.asked.push(constraints);
      return world.current;
    },
    random: seededRandom('server'),
    ...identity,
    now: 0,
  });
  const client = new ServerPair<TemplateServerEvent, TemplateFromServer, TemplateFromClient>(server, templateClientCodec, cut);
  const setup = client.say({ ...setupMessage(), protocol: 2 });
  return { world, server, client, setup };
}

const constraints = (size = 34): TemplateFromClient => ({
  name: 'CoinbaseOutputConstraints',
  coinbaseOutputMaxAdditionalSize: size,
  coinbaseOutputMaxAdditionalSigops: 4,
});
const request = (templateId: bigint): TemplateFromClient => ({ name: 'RequestTransactionData', templateId });

test('TDC-1 nothing is said before CoinbaseOutputConstraints, even when the tip changes', () => {
  const { setup, server, client, world } = pair();
  expect(setup).toEqual([{ name: 'SetupConnectionSuccess', usedVersion: 2, flags: 0 }]);
  world.current = template(2n, 2);
  server.refresh(0);
  expect(client.pump()).toEqual([]);
});

test('COM-7 flags mean nothing here and are refused', () => {
  const { server } = pair();
  expect(server.isOver).toBe(false);
  const other = new TemplateServer({ template: () => template(1n, 1), random: seededRandom('x'), ...identity, now: 0 });
  const client = new ServerPair<TemplateServerEvent, TemplateFromServer, TemplateFromClient>(other, templateClientCodec);
  expect(client.say({ ...setupMessage(1), protocol: 2 })).toEqual([
    { name: 'SetupConnectionError', flags: 1, errorCode: 'unsupported-feature-flags' },
  ]);
});

test('TDC-1 TDC-5 TDC-8 constraints are answered by a future template, then the SetNewPrevHash that names it', () => {
  const { client, world } = pair(byteByByte);
  const answers = client.say(constraints());
  expect(answers).toEqual([
    {
      name: 'NewTemplate',
      templateId: 1n,
      futureTemplate: true,
      version: 0x20000000,
      coinbaseTxVersion: 2,
      coinbasePrefix: Uint8Array.of(2, 201, 0),
      coinbaseTxInputSequence: 0xfffffffe,
      coinbaseTxValueRemaining: 5_000_000_123n,
      coinbaseTxOutputsCount: 1,
      coinbaseTxOutputs: new Uint8Array(9),
      coinbaseTxLocktime: 200,
      merklePath: [new Uint8Array(32).fill(7)],
    },
    {
      name: 'SetNewPrevHash',
      templateId: 1n,
      prevHash: new Uint8Array(32).fill(1),
      headerTimestamp: UNIX_S,
      nBits: HARD_NBITS,
      target: targetOfNbits(HARD_NBITS),
    },
  ]);
  expect(world.asked).toEqual([{ outputBytes: 34, outputSigops: 4 }]);
});

test('TDC-4 constraints again are answered by a whole pair again, although the tip is the same', () => {
  const { client } = pair();
  client.say(constraints());
  expect(client.say(constraints(100)).map(({ name }) => name)).toEqual(['NewTemplate', 'SetNewPrevHash']);
});

test('a new tip is a pair; more fees on the same tip are a template that is not future', () => {
  const { client, server, world } = pair();
  client.say(constraints());
  world.current = template(2n, 2);
  server.refresh(0);
  expect(client.pump()).toMatchObject([
    { templateId: 2n, futureTemplate: true },
    { name: 'SetNewPrevHash', templateId: 2n },
  ]);
  world.current = template(5n, 2);
  server.refresh(0);
  expect(client.pump()).toMatchObject([{ templateId: 5n, futureTemplate: false }]);
  server.refresh(0);
  expect(client.pump()).toEqual([]);
});

test('TDC-15 transaction data of a template that was sent, and errors for others', () => {
  const { client, server, world } = pair();
  client.say(constraints());
  expect(client.say(request(1n))).toEqual([
    {
      name: 'RequestTransactionDataSuccess',
      templateId: 1n,
      excessData: new Uint8Array(32),
      transactionList: [Uint8Array.of(1, 2, 3), Uint8Array.of(4)],
    },
  ]);
  expect(client.say(request(9n))).toEqual([{ name: 'RequestTransactionDataError', templateId: 9n, errorCode: 'template-id-not-found' }]);
  world.current = template(2n, 2);
  server.refresh(client.now);
  client.pump();
  expect(client.say(request(1n))).toMatchObject([{ errorCode: 'stale-template-id' }]);
  client.now += 10_001;
  expect(client.say(request(1n))).toMatchObject([{ errorCode: 'template-id-not-found' }]);
});

test('TDC-14 a solution comes with the template it solves; one for an unknown template is ignored', () => {
  const { client } = pair();
  client.say(constraints());
  const solution = {
    name: 'SubmitSolution',
    templateId: 1n,
    version: 0x20000020,
    headerTimestamp: UNIX_S,
    headerNonce: 7,
    coinbaseTx: Uint8Array.of(1),
  } as const;
  expect(client.say(solution)).toEqual([]);
  expect(client.events.at(-1)).toMatchObject({ type: 'solution', solution: { template: { id: 1n }, version: 0x20000020, nonce: 7 } });
  client.say({ ...solution, templateId: 4n });
  expect(client.events.filter(({ type }) => type === 'solution').length).toBe(1);
  expect(client.end).toBeUndefined();
});

test('a solution may be for a template of a tip that was just replaced: the owner judges it', () => {
  const { client, server, world } = pair();
  client.say(constraints());
  world.current = template(2n, 2);
  server.refresh(0);
  client.say({ name: 'SubmitSolution', templateId: 1n, version: 1, headerTimestamp: 1, headerNonce: 1, coinbaseTx: Uint8Array.of(1) });
  expect(client.events.at(-1)).toMatchObject({ type: 'solution', solution: { template: { id: 1n } } });
});

test('TDC-2 outputs larger than a block end the connection', () => {
  const { client } = pair();
  client.say(constraints(4_000_001));
  expect(client.end).toMatchObject({ fault: { code: 'protocol-broken', what: 'coinbase-outputs-too-large' } });
});

test('SEC-4 templates kept for one client are bounded: the oldest cannot be asked for any more', () => {
  const { client, server, world } = pair();
  client.say(constraints());
  for (let id = 2n; id <= 40n; id += 1n) {
    world.current = template(id, 1);
    server.refresh(0);
  }
  client.pump();
  expect(client.say(request(1n))).toMatchObject([{ errorCode: 'template-id-not-found' }]);
  expect(client.say(request(40n))).toMatchObject([{ name: 'RequestTransactionDataSuccess' }]);
});
