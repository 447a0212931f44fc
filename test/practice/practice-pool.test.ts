import { expect, test } from 'vitest';
import { encodeAddress } from '../../core/bitcoin/address.ts';
import { joinCoinbase } from '../../core/bitcoin/coinbase.ts';
import { decodeNbits } from '../../core/bitcoin/nbits.ts';
import { parseTransaction } from '../../core/bitcoin/transaction.ts';
import { fromHex, showHash, toHex } from '../../core/bytes.ts';
import { POOL_SIGNATURE } from '../../core/practice/pool-template.ts';
import { PracticeChain } from '../../core/practice/practice-chain.ts';
import { practiceIdentity } from '../../core/practice/practice-identity.ts';
import { PracticePool, type PracticePoolEvent, type PracticePoolOptions } from '../../core/practice/practice-pool.ts';
import type { MiningFromServer } from '../../core/sv2/codec.ts';
import { FakeClock } from '../fake/fake-clock.ts';
import { QuietLog } from '../fake/quiet-log.ts';
import { seededRandom } from '../fake/seeded-random.ts';
import { EASY_POLICY, last, openExtended, setupMessage } from '../sv2/server-pair.ts';
import { StreamMiner } from './stream-client.ts';

interface World {
  readonly nbits?: number;
  readonly transactionEveryMs?: number;
  readonly options?: Partial<PracticePoolOptions>;
}

function practice({ nbits = 0x1d00ffff, transactionEveryMs = 0, options = {} }: World = {}) {
  const clock = new FakeClock();
  const random = seededRandom('practice');
  const chain = new PracticeChain({ clock, random, nbits, elsewhereEveryMs: 0, firstTransactions: 5, transactionEveryMs });
  const identity = practiceIdentity({ clock, random });
  const log = new QuietLog();
  const events: PracticePoolEvent[] = [];
  const pool = new PracticePool({
    chain,
    identity,
    clock,
    random,
    log,
    policy: EASY_POLICY,
    onEvent: (event) => events.push(event),
    ...options,
  });
  chain.start();
  const miner = () => new StreamMiner(clock, (stream) => pool.accept(stream), identity.key);
  const opened = (user?: string) => {
    const one = miner();
    one.open(user);
    return one;
  };
  return { clock, chain, identity, pool, log, events, miner, opened };
}

const names = (messages: readonly MiningFromServer[]) => messages.map(({ name }) => name);

test('a miner gets a job, and its share lands in the ledger with its hash', () => {
  const { clock, pool, opened, events } = practice();
  const miner = opened('home.w1');
  const { message, hash } = miner.find();
  expect(names(miner.say(message))[0]).toBe('SubmitSharesSuccess');
  expect(pool.stats.shares).toMatchObject([
    { channelId: message.channelId, sequence: 1, user: 'home.w1', hash: showHash(hash), isBlock: false, acceptedAt: clock.now() },
  ]);
  expect(pool.stats.users.get('home.w1')).toMatchObject({ accepted: 1, refused: 0 });
  expect(events.map(({ type }) => type)).toEqual(['channel', 'share']);
});

test('the ledger and the miner’s own history agree exactly, over channels, users, refusals and new tips', () => {
  const { chain, pool, opened } = practice();
  const miners = ['a', 'b', 'c'].map(opened);
  const sent: string[] = [];
  for (let round = 0; round < 12; round += 1) {
    for (const [index, miner] of miners.entries()) {
      const { message, hash } = miner.find();
      if (round === 5) chain.mineElsewhere(); // this one will be stale
      const answers = miner.say(message);
      miner.wait(150); // at the pace the pool expects, so that shares stay easy
      if (answers.some(({ name }) => name === 'SubmitSharesSuccess'))
        sent.push(`${'abc'[index]} ${message.channelId} ${message.sequenceNumber} ${showHash(hash)}`);
    }
  }
  const books = pool.stats.shares.map(({ user, channelId, sequence, hash }) => `${user} ${channelId} ${sequence} ${hash}`);
  expect(books).toEqual(sent);
  expect(pool.stats).toMatchObject({ accepted: sent.length, refused: 36 - sent.length });
  expect(pool.stats.refusals).toEqual(new Map([['stale-share', 3]]));
  expect([...pool.stats.channels.values()].reduce((sum, { accepted }) => sum + accepted, 0)).toBe(sent.length);
});

test('PRACTICE stands in every coinbase, and the reward goes to the address the miner named', () => {
  const { opened } = practice();
  const script = Uint8Array.of(0, 20, ...new Uint8Array(20).fill(6));
  const miner = opened(`${encodeAddress(script, 'main')}.w1`);
  const { coinbaseTxPrefix: prefix, coinbaseTxSuffix: suffix } = last(miner.heard, 'NewExtendedMiningJob');
  const coinbase = parseTransaction(joinCoinbase({ prefix, suffix }, miner.prefix, new Uint8Array(16)));
  expect(new TextDecoder().decode(coinbase.inputs[0]?.script)).toContain(POOL_SIGNATURE);
  expect(coinbase.outputs[0]?.script).toEqual(script);
  expect(coinbase.outputs[0]?.satoshi).toBeGreaterThan(5_000_000_000n);
  const nameless = last(opened('just a name').heard, 'NewExtendedMiningJob');
  expect(toHex(nameless.coinbaseTxSuffix)).not.toContain(toHex(script));
});

test('a block lands on the chain, everybody gets the new tip, and the miner is acknowledged first', () => {
  const { chain, opened, events } = practice({ nbits: 0x207fffff });
  const [miner, other] = [opened('me'), opened('you')];
  const heardBefore = other.heard.length;
  const { message } = miner.find(decodeNbits(0x207fffff).target);
  expect(names(miner.say(message))).toEqual(['SubmitSharesSuccess', 'NewExtendedMiningJob', 'SetNewPrevHash']);
  expect(chain.tip).toMatchObject({ height: 201, finder: 'me' });
  expect(events.at(-1)).toMatchObject({ type: 'share', share: { isBlock: true } });
  expect(events.find(({ type }) => type === 'block')).toMatchObject({ block: { height: 201 } });
  expect(names(other.heard.slice(heardBefore))).toEqual(['NewExtendedMiningJob', 'SetNewPrevHash']);
});

test('blocks one after the other are all found on the right tip', () => {
  const { chain, opened, pool } = practice({
    nbits: 0x207fffff,
    options: { policy: { ...EASY_POLICY, vardiff: { ...EASY_POLICY.vardiff, assumedHashesPerSecond: 1 } } },
  });
  const miner = opened('me');
  for (let block = 1; block <= 5; block += 1) {
    miner.say(miner.find(decodeNbits(0x207fffff).target).message);
    expect(chain.tip.height).toBe(200 + block);
  }
  expect(pool.stats.refused).toBe(0);
});

test('a tip from elsewhere reaches every miner at once', () => {
  const { chain, opened } = practice();
  const miner = opened();
  const before = miner.heard.length;
  chain.mineElsewhere();
  miner.wait(0);
  expect(names(miner.heard.slice(before))).toEqual(['NewExtendedMiningJob', 'SetNewPrevHash']);
  expect(last(miner.heard, 'SetNewPrevHash').prevHash).toEqual(chain.tip.hash);
});

test('the job follows the mempool every thirty seconds, and only if it changed', () => {
  const busy = practice({ transactionEveryMs: 1_000 });
  expect(names(busy.opened().wait(30_000)).filter((name) => name === 'NewExtendedMiningJob').length).toBeGreaterThanOrEqual(1);
  const quiet = practice();
  const miner = quiet.opened();
  const { channelId } = last(miner.heard, 'OpenExtendedMiningChannelSuccess');
  const refreshed = miner
    .wait(90_000)
    .filter((message, at, all) => message.name === 'NewExtendedMiningJob' && all[at - 1]?.name !== 'SetTarget');
  expect(refreshed).toEqual([]);
  expect(channelId).toBeGreaterThan(0);
});

test('one in so many good shares is refused on purpose, by its own name', () => {
  const { opened, pool } = practice({ options: { refuseOneIn: 2 } });
  const miner = opened();
  for (let share = 0; share < 20; share += 1) {
    miner.say(miner.find().message);
    miner.wait(400);
  }
  expect(pool.stats.refusals.get('practice-refused-on-purpose')).toBeGreaterThan(3);
  expect(pool.stats.accepted).toBeGreaterThan(3);
});

test('COM-16 a peer that connects and says nothing is dropped', () => {
  const { miner, pool } = practice();
  const silent = miner();
  expect(pool.connections).toBe(1);
  silent.wait(21_000);
  expect(silent.end).toEqual({ code: 'closed-by-peer' });
  expect(pool.connections).toBe(0);
});

test('a peer that breaks the protocol loses its own connection and no other', () => {
  const { miner, opened, pool, log } = practice();
  const good = opened();
  const bad = miner();
  bad.say(setupMessage());
  bad.stream.write(new Uint8Array(22));
  bad.wait(0);
  expect(bad.end).toEqual({ code: 'closed-by-peer' });
  expect(pool.connections).toBe(1);
  expect(names(good.say(good.find().message))[0]).toBe('SubmitSharesSuccess');
  expect(
    log.lines.some(({ event, facts }) => event === 'practice-connection-ended' && String(facts['fault']).startsWith('transport-tampered')),
  ).toBe(true);
});

test('a refused setup is told before the connection closes', () => {
  const { miner } = practice();
  const odd = miner();
  expect(odd.say(setupMessage(8))).toMatchObject([{ name: 'SetupConnectionError', flags: 8 }]);
  expect(odd.end).toEqual({ code: 'closed-by-peer' });
});

test('stop closes every connection and leaves no timer', () => {
  const { clock, chain, pool, opened } = practice();
  const miner = opened();
  pool.stop();
  chain.stop();
  miner.wait(0);
  expect(miner.end).toEqual({ code: 'closed-by-peer' });
  expect(clock.waiting).toBe(0);
  expect(opened).toThrow();
});

test('SEC-4 more connections than the limit are closed at once', () => {
  const { pool, miner } = practice({ options: { maxConnections: 3 } });
  const many = Array.from({ length: 3 }, () => miner());
  expect(pool.connections).toBe(3);
  const late = miner();
  late.wait(0);
  expect(late.end).toEqual({ code: 'closed-by-peer' });
  many[0]?.stream.close();
  late.wait(0);
  expect(pool.connections).toBe(2);
});

test('two runs with the same seed tell the same story', () => {
  const story = () => {
    const { opened, pool } = practice();
    const miner = opened();
    for (let share = 0; share < 5; share += 1) miner.say(miner.find().message);
    return pool.stats.shares.map(({ hash }) => hash);
  };
  expect(story()).toEqual(story());
});

test('a worker named by extension 0x0002 stands in the ledger', () => {
  const { pool, miner } = practice();
  const one = miner();
  one.say(setupMessage());
  one.say({ name: 'RequestExtensions', requestId: 1, requestedExtensions: [2] });
  one.say(openExtended());
  const { message } = one.find();
  one.noise.send(
    { extension: 0, bit: 'onChannel', messageType: 0x1b },
    Uint8Array.of(...submitBytes(message), ...fromHex('02000102007731')),
  );
  one.stream.write(one.noise.outgoing());
  one.wait(0);
  expect(pool.stats.shares).toMatchObject([{ worker: '7731' }]);
});

/** SubmitSharesExtended as it stands on the wire. */
function submitBytes({
  channelId,
  sequenceNumber,
  jobId,
  nonce,
  ntime,
  version,
  extranonce,
}: ReturnType<StreamMiner['find']>['message']): Uint8Array {
  const fields = [channelId, sequenceNumber, jobId, nonce, ntime, version].flatMap((value) => [
    value,
    value >>> 8,
    value >>> 16,
    value >>> 24,
  ]);
  return Uint8Array.of(...fields, extranonce.length, ...extranonce);
}
