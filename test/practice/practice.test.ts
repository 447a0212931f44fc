import { expect, test } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { parseAuthorityKey } from '../../core/noise/authority-key.ts';
import { xOnlyOf } from '../../core/noise/key-pair.ts';
import type { ByteStream, Endpoint, Listeners } from '../../core/ports.ts';
import { type PracticeWorld, startPractice } from '../../core/practice/practice.ts';
import { PracticeLedger } from '../../core/practice/practice-ledger.ts';
import { FakeClock } from '../fake/fake-clock.ts';
import { QuietLog } from '../fake/quiet-log.ts';
import { seededRandom } from '../fake/seeded-random.ts';
import { StreamMiner, templateClient } from './stream-client.ts';

/** Listeners in memory: who connects to a port reaches whoever listens there. */
class FakeListeners implements Listeners {
  readonly open = new Map<number, (stream: ByteStream) => void>();
  busy = -1;
  #next = 40_000;

  async listen({ host, port }: Endpoint, onStream: (stream: ByteStream) => void) {
    const taken = port === 0 ? this.#next++ : port;
    if (taken === this.busy) throw new AppError({ code: 'port-in-use', port: taken }, 'machine');
    this.open.set(taken, onStream);
    return {
      endpoint: { host, port: taken },
      close: async () => {
        this.open.delete(taken);
      },
    };
  }
}

function world(change: Partial<PracticeWorld> = {}) {
  const clock = new FakeClock();
  const listeners = new FakeListeners();
  return { clock, listeners, world: { listeners, clock, random: seededRandom('practice'), log: new QuietLog(), ...change } };
}

const accept = (listeners: FakeListeners, url: string) =>
  listeners.open.get(Number(/:(\d+)\//.exec(url)?.[1])) as (stream: ByteStream) => void;

test('NOI-24 the address names loopback, the port taken and the authority key; a miner who follows it mines', async () => {
  const { clock, listeners, world: given } = world();
  const practice = await startPractice(given);
  expect(practice.url).toBe(`stratum2+tcp://127.0.0.1:40000/${practice.templateKey}`);
  expect(practice.templateUrl).toBeUndefined();
  const miner = new StreamMiner(clock, accept(listeners, practice.url), practice.templateKey);
  expect(miner.open().map(({ name }) => name)).toContain('SetNewPrevHash');
  await practice.stop();
});

test('by default a processor of 5 MH/s finds a block in ten to twenty minutes', async () => {
  const { world: given } = world();
  const practice = await startPractice(given);
  const minutes = 2 ** 32 / 5e6 / 60; // difficulty 1
  expect(practice.chain.template().nbits).toBe(0x1d00ffff);
  expect(minutes).toBeGreaterThan(10);
  expect(minutes).toBeLessThan(20);
  await practice.stop();
});

test('templates are served beside it, under the same key, at any difficulty', async () => {
  const { clock, listeners, world: given } = world({ port: 3333, templatePort: 8442, host: '::1', options: { difficulty: 1e-9 } });
  const practice = await startPractice(given);
  expect(practice.url).toMatch(/^stratum2\+tcp:\/\/\[::1\]:3333\//);
  expect(practice.templateUrl).toMatch(/:8442\//);
  const client = templateClient(clock, accept(listeners, practice.templateUrl as string), practice.templateKey);
  const answers = client.say({
    name: 'CoinbaseOutputConstraints',
    coinbaseOutputMaxAdditionalSize: 43,
    coinbaseOutputMaxAdditionalSigops: 0,
  });
  expect(answers).toMatchObject([{ name: 'NewTemplate' }, { name: 'SetNewPrevHash', nBits: practice.chain.nbits }]);
  expect(practice.chain.nbits).toBeGreaterThan(0x20000000);
  await practice.stop();
});

test('the authority is new at each start unless its secret is given', async () => {
  const authoritySecret = new Uint8Array(32).fill(7);
  const key = async (options?: PracticeWorld['options']) => {
    const practice = await startPractice({
      ...world().world,
      random: seededRandom(String(Math.random())),
      ...(options ? { options } : {}),
    });
    await practice.stop();
    return practice.templateKey;
  };
  expect(await key()).not.toBe(await key());
  expect(parseAuthorityKey(await key({ authoritySecret }))).toEqual(xOnlyOf(authoritySecret));
});

test('stop frees ports, timers and connections, and may be called twice', async () => {
  const { clock, listeners, world: given } = world({ templatePort: 0 });
  const practice = await startPractice(given);
  const miner = new StreamMiner(clock, accept(listeners, practice.url), practice.templateKey);
  miner.open();
  await practice.stop();
  await practice.stop();
  miner.wait(0);
  expect(miner.end).toEqual({ code: 'closed-by-peer' });
  expect(listeners.open.size).toBe(0);
  expect(clock.waiting).toBe(0);
});

test('a port that is taken is told, and nothing is left behind', async () => {
  const { clock, listeners, world: given } = world({ templatePort: 8442 });
  listeners.busy = 8442;
  await expect(startPractice(given)).rejects.toMatchObject({ fault: { code: 'port-in-use', port: 8442 } });
  expect(listeners.open.size).toBe(0);
  expect(clock.waiting).toBe(0);
});

test('a certificate is handed out again until half its life is over, and a client always finds it valid', async () => {
  const { clock, listeners, world: given } = world({ options: { elsewhereEveryMs: 0, transactionEveryMs: 0 } });
  const practice = await startPractice(given);
  const days = [0, 14, 2, 40];
  for (const day of days) {
    clock.setUnix(clock.now() + day * 86_400_000);
    expect(new StreamMiner(clock, accept(listeners, practice.url), practice.templateKey).noise.isOpen).toBe(true);
  }
  clock.setUnix(clock.now() - 400 * 86_400_000);
  expect(new StreamMiner(clock, accept(listeners, practice.url), practice.templateKey).noise.isOpen).toBe(true);
  await practice.stop();
});

test('the ledger is bounded: the oldest shares and totals go first', () => {
  const ledger = new PracticeLedger();
  const share = { jobId: 1, hash: new Uint8Array(32), difficulty: 2, reached: 3, isBlock: false };
  for (let sequenceNumber = 0; sequenceNumber < 10_500; sequenceNumber += 1) {
    ledger.accept({ ...share, channelId: sequenceNumber, sequenceNumber, userIdentity: `user ${sequenceNumber}` }, sequenceNumber);
  }
  expect(ledger.shares.length).toBe(10_000);
  expect(ledger.shares[0]?.sequence).toBe(500);
  expect(ledger.channels.size).toBe(2_000);
  expect(ledger.users.size).toBe(2_000);
  expect(ledger.accepted).toBe(10_500);
});
