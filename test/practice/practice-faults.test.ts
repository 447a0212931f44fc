import { expect, test } from 'vitest';
import { hashesPerShare } from '../../core/bitcoin/target.ts';
import { PracticeChain } from '../../core/practice/practice-chain.ts';
import { practiceIdentity } from '../../core/practice/practice-identity.ts';
import { PracticePool } from '../../core/practice/practice-pool.ts';
import type { MiningFromServer } from '../../core/sv2/codec.ts';
import { FakeClock } from '../fake/fake-clock.ts';
import { QuietLog } from '../fake/quiet-log.ts';
import { seededRandom } from '../fake/seeded-random.ts';
import { EASY_POLICY, last, openExtended, openStandard, setupMessage } from '../sv2/server-pair.ts';
import { StreamMiner } from './stream-client.ts';

function practice() {
  const clock = new FakeClock();
  const random = seededRandom('faults');
  const chain = new PracticeChain({ clock, random, elsewhereEveryMs: 0, firstTransactions: 5, transactionEveryMs: 0 });
  const identity = practiceIdentity({ clock, random });
  const pool = new PracticePool({ chain, identity, clock, random, log: new QuietLog(), policy: EASY_POLICY });
  const miner = () => new StreamMiner(clock, (stream) => pool.accept(stream), identity.key);
  const opened = () => {
    const one = miner();
    one.open();
    return one;
  };
  return { clock, chain, pool, faults: pool.faults, miner, opened };
}

const names = (messages: readonly MiningFromServer[]) => messages.map(({ name }) => name);

test('stall: nothing leaves the pool until it is taken back, and then everything does, in order', () => {
  const { faults, chain, opened } = practice();
  const miner = opened();
  faults.stall();
  expect(miner.say(miner.find().message)).toEqual([]);
  chain.mineElsewhere();
  expect(miner.wait(5_000)).toEqual([]);
  faults.stall(false);
  expect(names(miner.wait(0)).slice(0, 3)).toEqual(['SubmitSharesSuccess', 'NewExtendedMiningJob', 'SetNewPrevHash']);
});

test('stall: a handshake gets no answer', () => {
  const { faults, miner } = practice();
  faults.stall();
  const one = miner();
  expect(one.noise.isOpen).toBe(false);
});

test('cut: the connection ends in the middle of a frame', () => {
  const { faults, opened, chain } = practice();
  const miner = opened();
  faults.cutMidFrame();
  chain.mineElsewhere();
  expect(miner.wait(0)).toEqual([]);
  expect(miner.end).toEqual({ code: 'closed-by-peer' });
  expect(miner.noise.deadline).toBeDefined(); // half a frame is waiting
});

test.each([
  ['wrong key', 'certificate-wrong-key', (faults: PracticePool['faults']) => faults.wrongKey()],
  ['expired', 'certificate-expired', (faults: PracticePool['faults']) => faults.certificate('expired')],
  ['not yet valid', 'certificate-not-yet-valid', (faults: PracticePool['faults']) => faults.certificate('not-yet-valid')],
] as const)('SEC-1 certificate: %s', (_, code, break_) => {
  const { faults, miner } = practice();
  break_(faults);
  expect(miner().fault).toMatchObject({ code });
  faults.clear();
  expect(miner().noise.isOpen).toBe(true);
});

test('refusals name themselves: setup, channels, one user', () => {
  const { faults, miner, opened } = practice();
  faults.refuseSetup();
  expect(miner().say(setupMessage())).toMatchObject([{ name: 'SetupConnectionError', errorCode: 'practice-setup-refused' }]);
  faults.clear();
  faults.refuseChannels();
  expect(opened().heard).toMatchObject([{}, { name: 'OpenMiningChannelError', errorCode: 'practice-channel-refused' }]);
  faults.clear();
  faults.refuseUser('home.w1', 'unknown-user');
  const one = miner();
  expect(one.open('home.w1').at(-1)).toMatchObject({ errorCode: 'unknown-user' });
  expect(names(one.say(openExtended({ userIdentity: 'home.w2' })))[0]).toBe('OpenExtendedMiningChannelSuccess');
});

test('acknowledgements late and batched, also on channels that are open', () => {
  const { faults, opened } = practice();
  const miner = opened();
  faults.acks({ batch: 2, withinMs: 8_000 });
  expect(names(miner.say(miner.find().message))).not.toContain('SubmitSharesSuccess');
  expect(names(miner.say(miner.find().message))).toContain('SubmitSharesSuccess');
  miner.say(miner.find().message);
  expect(names(miner.wait(7_999))).not.toContain('SubmitSharesSuccess');
  expect(names(miner.wait(1))).toContain('SubmitSharesSuccess');
});

test('group jobs: later jobs carry the group id', () => {
  const { faults, opened, chain } = practice();
  const miner = opened();
  faults.groupJobs();
  chain.mineElsewhere();
  miner.wait(0);
  const { groupChannelId } = last(miner.heard, 'OpenExtendedMiningChannelSuccess');
  expect(last(miner.heard, 'SetNewPrevHash').channelId).toBe(groupChannelId);
  expect(names(miner.say(miner.find().message))).toContain('SubmitSharesSuccess');
  faults.regroup();
  miner.wait(0);
  expect(last(miner.heard, 'SetGroupChannel').groupChannelId).not.toBe(groupChannelId);
});

test('target storm: so many SetTarget and jobs, and shares are still judged right', () => {
  const { faults, opened } = practice();
  const miner = opened();
  faults.targetStorm(20);
  expect(names(miner.wait(0))).toEqual(Array.from({ length: 20 }, () => ['SetTarget', 'NewExtendedMiningJob']).flat());
  expect(names(miner.say(miner.find().message))).toContain('SubmitSharesSuccess');
});

test('prefix change: the next job uses it', () => {
  const { faults, opened } = practice();
  const miner = opened();
  const before = miner.prefix;
  faults.changePrefix();
  expect(names(miner.wait(0))).toEqual(['SetExtranoncePrefix', 'NewExtendedMiningJob']);
  expect(miner.prefix).not.toEqual(before);
  expect(names(miner.say(miner.find().message))).toContain('SubmitSharesSuccess');
});

test('Reconnect, closed channels, closed connections', () => {
  const { faults, opened } = practice();
  const miner = opened();
  faults.reconnect('127.0.0.1', 4444);
  expect(miner.wait(0)).toEqual([{ name: 'Reconnect', newHost: '127.0.0.1', newPort: 4444 }]);
  faults.closeChannels();
  expect(miner.wait(0)).toMatchObject([{ name: 'CloseChannel', reasonCode: 'practice-channel-closed' }]);
  faults.closeConnections();
  miner.wait(0);
  expect(miner.end).toEqual({ code: 'closed-by-peer' });
});

test('good shares are refused, as many as asked for', () => {
  const { faults, opened, pool } = practice();
  const miner = opened();
  faults.refuseShares(2);
  const answers = [0, 1, 2].map(() => miner.say(miner.find().message)[0]);
  expect(answers).toMatchObject([
    { name: 'SubmitSharesError', errorCode: 'practice-refused-on-purpose' },
    { name: 'SubmitSharesError' },
    { name: 'SubmitSharesSuccess' },
  ]);
  expect(pool.stats).toMatchObject({ accepted: 1, refused: 2 });
});

test('later connections may be held to a fixed version, to extended channels, to an extension', () => {
  const { faults, miner } = practice();
  faults.fixedVersion();
  faults.extendedOnly();
  const one = miner();
  expect(one.say(setupMessage())).toMatchObject([{ flags: 3 }]);
  expect(one.say(openStandard())).toMatchObject([{ errorCode: 'standard-channels-not-supported' }]);
  expect(last(one.say(openExtended()), 'NewExtendedMiningJob').versionRollingAllowed).toBe(false);
  faults.clear();
  faults.requireExtensions([2]);
  const two = miner();
  two.say(setupMessage());
  two.say(openExtended());
  expect(two.end).toEqual({ code: 'closed-by-peer' });
});

test('pay elsewhere: the coinbase of the next job pays somebody else, and clear brings it back', () => {
  const { faults, opened } = practice();
  const miner = opened();
  const honest = last(miner.heard, 'NewExtendedMiningJob').coinbaseTxSuffix;
  faults.payElsewhere();
  miner.wait(0);
  expect(last(miner.heard, 'NewExtendedMiningJob').coinbaseTxSuffix).not.toEqual(honest);
  faults.clear();
  miner.wait(0);
  expect(last(miner.heard, 'NewExtendedMiningJob').coinbaseTxSuffix).toEqual(honest);
});

test('clear ends a stall too', () => {
  const { faults, opened } = practice();
  const miner = opened();
  faults.stall();
  miner.say(miner.find().message);
  faults.clear();
  expect(names(miner.wait(0))).toContain('SubmitSharesSuccess');
  expect(hashesPerShare(miner.target)).toBeGreaterThan(1);
});
