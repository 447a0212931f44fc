import { expect, test } from 'vitest';
import { joinCoinbase } from '../../core/bitcoin/coinbase.ts';
import { hashesPerShare, meetsTarget } from '../../core/bitcoin/target.ts';
import { parseTransaction } from '../../core/bitcoin/transaction.ts';
import { concat, equal, toHex } from '../../core/bytes.ts';
import { extranoncePrefixes } from '../../core/sv2/extranonce-prefixes.ts';
import { miningServerCommons } from '../../core/sv2/server-channels.ts';
import { seededRandom } from '../fake/seeded-random.ts';
import {
  ANY_TARGET,
  EASY_POLICY,
  last,
  miningPair,
  openExtended,
  openStandard,
  setupMessage,
  testTemplate,
  UNIX_S,
} from './server-pair.ts';

const STANDARD_JOBS = 1;
const WORK_SELECTION = 2;
const VERSION_ROLLING = 4;
const names = (messages: readonly { name: string }[]) => messages.map(({ name }) => name);

function opened(options: Parameters<typeof miningPair>[0] = {}, flags = 0) {
  const client = miningPair(options);
  client.say(setupMessage(flags));
  return client;
}

test('POOL-1 POOL-4 MIN-18 an extended channel gets Success, a future job, then the SetNewPrevHash that names it', () => {
  const answers = opened().say(openExtended());
  expect(names(answers)).toEqual(['OpenExtendedMiningChannelSuccess', 'NewExtendedMiningJob', 'SetNewPrevHash']);
  const success = last(answers, 'OpenExtendedMiningChannelSuccess');
  const job = last(answers, 'NewExtendedMiningJob');
  expect(success).toMatchObject({ requestId: 7, extranonceSize: 16 });
  expect(success.extranoncePrefix.length).toBe(4);
  expect(job).toMatchObject({ channelId: success.channelId, minNtime: undefined, version: 0x20000000, versionRollingAllowed: true });
  expect(last(answers, 'SetNewPrevHash')).toMatchObject({ channelId: success.channelId, jobId: job.jobId, minNtime: UNIX_S });
});

test('POOL-1 POOL-4 a standard channel gets Success, a future NewMiningJob, then the SetNewPrevHash that names it', () => {
  const answers = opened({}, STANDARD_JOBS).say(openStandard());
  expect(names(answers)).toEqual(['OpenStandardMiningChannelSuccess', 'NewMiningJob', 'SetNewPrevHash']);
  expect(last(answers, 'OpenStandardMiningChannelSuccess').extranoncePrefix.length).toBe(20);
  expect(last(answers, 'NewMiningJob').minNtime).toBeUndefined();
  expect(last(answers, 'SetNewPrevHash').jobId).toBe(last(answers, 'NewMiningJob').jobId);
});

test('POOL-2 MIN-8 MIN-9 prefixes, channel and group ids are unique over the whole server; full extranonces are equally long', () => {
  const commons = miningServerCommons(seededRandom('commons'));
  const prefixes: string[] = [];
  const ids: number[] = [];
  for (let connection = 0; connection < 3; connection += 1) {
    const client = opened({ commons });
    for (let channel = 0; channel < 4; channel += 1) {
      const extended = last(client.say(openExtended()), 'OpenExtendedMiningChannelSuccess');
      const standard = last(client.say(openStandard()), 'OpenStandardMiningChannelSuccess');
      prefixes.push(toHex(extended.extranoncePrefix), toHex(standard.extranoncePrefix.subarray(0, 4)));
      ids.push(extended.channelId, standard.channelId);
      expect(extended.extranoncePrefix.length + extended.extranonceSize).toBe(standard.extranoncePrefix.length);
      expect(extended.groupChannelId).toBe(standard.groupChannelId);
      if (channel === 0) ids.push(extended.groupChannelId as number);
    }
  }
  expect(new Set(prefixes).size).toBe(24);
  expect(new Set(ids).size).toBe(27);
});

test('POOL-2 a prefix is free again when its channel or connection ends, and skips those still held', () => {
  const commons = miningServerCommons(seededRandom('commons'));
  const client = opened({ commons });
  const { channelId } = last(client.say(openExtended()), 'OpenExtendedMiningChannelSuccess');
  client.say(openExtended());
  expect(commons.prefixes.held).toBe(2);
  client.say({ name: 'CloseChannel', channelId, reasonCode: '' });
  expect(commons.prefixes.held).toBe(1);
  client.server.release();
  expect(commons.prefixes.held).toBe(0);
  const wrapped = extranoncePrefixes({ bytes: () => Uint8Array.of(255, 255, 255, 255) });
  expect([wrapped.take(), wrapped.take()].map(toHex)).toEqual(['ffffffff', '00000000']);
});

test('POOL-3 the target granted is never easier than the max_target asked for', () => {
  const maxTarget = new Uint8Array(32).fill(0xff, 0, 20);
  const { target } = last(opened().say(openExtended({ maxTarget })), 'OpenExtendedMiningChannelSuccess');
  expect(meetsTarget(target, maxTarget)).toBe(true);
  const free = last(opened().say(openExtended({ nominalHashRate: 1e6 })), 'OpenExtendedMiningChannelSuccess');
  expect(hashesPerShare(free.target)).toBeCloseTo(400_000, -2);
});

test('POOL-3 not even by rounding', () => {
  const random = seededRandom('targets');
  const client = opened();
  for (let asked = 0; asked < 200; asked += 1) {
    const maxTarget = random.bytes(32).fill(0, 30);
    const { target } = last(client.say(openExtended({ maxTarget })), 'OpenExtendedMiningChannelSuccess');
    expect(meetsTarget(target, maxTarget)).toBe(true);
  }
});

test('POOL-15 a tip so easy that blocks outrun shares brings an easier target first', () => {
  const client = opened();
  client.say(openExtended({ nominalHashRate: 1e6 }));
  const template = testTemplate({ id: 2n, tip: 2, nbits: 0x1f00ffff });
  client.server.setTemplate(template);
  const answers = client.pump();
  expect(names(answers)).toEqual(['SetTarget', 'NewExtendedMiningJob', 'SetNewPrevHash']);
  expect(hashesPerShare(last(answers, 'SetTarget').maximumTarget)).toBeCloseTo(hashesPerShare(template.networkTarget), -1);
});

test('a share is never harder than a block', () => {
  const template = testTemplate({ nbits: 0x1f00ffff });
  const { target } = last(opened({ template }).say(openExtended({ nominalHashRate: 1e15 })), 'OpenExtendedMiningChannelSuccess');
  expect(hashesPerShare(target)).toBeCloseTo(hashesPerShare(template.networkTarget), -1);
});

test.each([
  ['POOL-3 a max_target of zero', openExtended({ maxTarget: new Uint8Array(32) }), 'max-target-out-of-range'],
  ['SEC-25 a rate that is no number', openExtended({ nominalHashRate: Number.NaN }), 'invalid-nominal-hashrate'],
  ['SEC-25 an infinite rate', openStandard({ nominalHashRate: Number.POSITIVE_INFINITY }), 'invalid-nominal-hashrate'],
  ['SEC-25 a negative rate', openExtended({ nominalHashRate: -1 }), 'invalid-nominal-hashrate'],
  ['an extranonce larger than there is room for', openExtended({ minExtranonceSize: 17 }), 'min-extranonce-size-too-large'],
])('%s is answered by OpenMiningChannel.Error', (_, message, errorCode) => {
  const client = opened();
  expect(client.say(message)).toEqual([{ name: 'OpenMiningChannelError', requestId: message.requestId, errorCode }]);
  expect(client.events.at(-1)).toMatchObject({ type: 'channel-refused', errorCode });
});

test('a user who is not admitted is told why, and the connection stays', () => {
  const client = opened({ admit: ({ userIdentity }) => ({ ok: false, errorCode: `no-${userIdentity}` }) });
  expect(client.say(openExtended())).toMatchObject([{ errorCode: 'no-home.w1' }]);
  expect(client.end).toBeUndefined();
});

test('SEC-4 more channels than the limit are refused; closing one makes room', () => {
  const client = opened({ policy: { maxChannels: 2 } });
  const { channelId } = last(client.say(openExtended()), 'OpenExtendedMiningChannelSuccess');
  client.say(openExtended());
  expect(client.say(openExtended())).toMatchObject([{ errorCode: 'channel-capacity-exhausted' }]);
  client.say({ name: 'CloseChannel', channelId, reasonCode: 'done' });
  expect(names(client.say(openExtended()))[0]).toBe('OpenExtendedMiningChannelSuccess');
});

test('COM-16 a connection that opens no channel in time is closed; one that has a channel is not', () => {
  const idle = opened();
  idle.wait(EASY_POLICY.channelTimeoutMs);
  expect(idle.end).toMatchObject({ fault: { code: 'no-channel-opened' } });
  const busy = opened();
  busy.say(openExtended());
  busy.wait(10 * EASY_POLICY.channelTimeoutMs);
  expect(busy.end).toBeUndefined();
});

test('COM-16 the same holds once its last channel is closed', () => {
  const client = opened();
  const { channelId } = last(client.say(openExtended()), 'OpenExtendedMiningChannelSuccess');
  client.say({ name: 'CloseChannel', channelId, reasonCode: '' });
  client.wait(EASY_POLICY.channelTimeoutMs);
  expect(client.end).toMatchObject({ fault: { code: 'no-channel-opened' } });
});

test('COM-8 COM-10 COM-17 work selection and undefined flags are refused as unsupported', () => {
  expect(miningPair().say(setupMessage(WORK_SELECTION | 8))).toMatchObject([{ name: 'SetupConnectionError', flags: WORK_SELECTION | 8 }]);
});

test('POOL-10 who must roll versions is never told not to: the connection is refused instead', () => {
  const fixed = { policy: { fixedVersion: true } };
  expect(miningPair(fixed).say(setupMessage(VERSION_ROLLING))).toMatchObject([{ name: 'SetupConnectionError', flags: VERSION_ROLLING }]);
  const client = miningPair(fixed);
  expect(client.say(setupMessage())).toMatchObject([{ flags: 1 }]);
  expect(last(client.say(openExtended()), 'NewExtendedMiningJob').versionRollingAllowed).toBe(false);
  const rolling = opened({}, VERSION_ROLLING);
  expect(last(rolling.say(openExtended()), 'NewExtendedMiningJob').versionRollingAllowed).toBe(true);
});

test('COM-8 POOL-1 a server of extended channels only says so and refuses the others', () => {
  const client = miningPair({ policy: { extendedOnly: true } });
  expect(client.say(setupMessage())).toMatchObject([{ flags: 2 }]);
  expect(client.say(openStandard())).toMatchObject([{ errorCode: 'standard-channels-not-supported' }]);
  expect(miningPair({ policy: { extendedOnly: true } }).say(setupMessage(STANDARD_JOBS))).toMatchObject([{ flags: STANDARD_JOBS }]);
});

test('a client that understands standard jobs only may not open extended channels', () => {
  expect(opened({}, STANDARD_JOBS).say(openExtended())).toMatchObject([{ errorCode: 'extended-channels-not-supported-for-standard-jobs' }]);
});

test('POOL-4 POOL-5 a new tip is a new future job, then SetNewPrevHash; job ids are never used twice', () => {
  const client = opened();
  const first = client.say(openExtended());
  client.server.setTemplate(testTemplate({ id: 2n, tip: 2, ntime: UNIX_S + 5 }));
  const answers = client.pump();
  expect(names(answers)).toEqual(['NewExtendedMiningJob', 'SetNewPrevHash']);
  const job = last(answers, 'NewExtendedMiningJob');
  expect(job.minNtime).toBeUndefined();
  expect(last(answers, 'SetNewPrevHash')).toMatchObject({ jobId: job.jobId, prevHash: new Uint8Array(32).fill(2), minNtime: UNIX_S + 5 });
  expect(job.jobId).not.toBe(last(first, 'NewExtendedMiningJob').jobId);
});

test('MIN-25 a better template on the same tip is an active job, with its own ntime and no SetNewPrevHash', () => {
  const client = opened();
  client.say(openExtended());
  client.server.setTemplate(testTemplate({ id: 2n, ntime: UNIX_S + 30 }));
  const answers = client.pump();
  expect(names(answers)).toEqual(['NewExtendedMiningJob']);
  expect(last(answers, 'NewExtendedMiningJob').minNtime).toBe(UNIX_S + 30);
});

test('POOL-12 MIN-27 the coinbase of a job has no witness and parses as the transaction that was meant', () => {
  const answers = opened().say(openExtended());
  const { coinbaseTxPrefix: prefix, coinbaseTxSuffix: suffix } = last(answers, 'NewExtendedMiningJob');
  const { extranoncePrefix } = last(answers, 'OpenExtendedMiningChannelSuccess');
  const coinbase = joinCoinbase({ prefix, suffix }, extranoncePrefix, new Uint8Array(16));
  expect(coinbase.subarray(4, 6)).toEqual(Uint8Array.of(1, 0));
  const { outputs, witnesses, inputs } = parseTransaction(coinbase);
  expect(outputs).toEqual([{ satoshi: 5_000_000_000n, script: Uint8Array.of(0x51) }]);
  expect(witnesses).toEqual([]);
  expect(toHex(inputs[0]?.script ?? new Uint8Array())).toContain(toHex(concat(extranoncePrefix, new Uint8Array(16))));
});

test('POOL-6 UpdateChannel with a harder maximum_target is answered by SetTarget, then a job under it (POOL-15)', () => {
  const client = opened();
  const { channelId } = last(client.say(openExtended()), 'OpenExtendedMiningChannelSuccess');
  const maximumTarget = new Uint8Array(32).fill(0xff, 0, 28);
  const answers = client.say({ name: 'UpdateChannel', channelId, nominalHashRate: 0, maximumTarget });
  expect(names(answers)).toEqual(['SetTarget', 'NewExtendedMiningJob']);
  const target = last(answers, 'SetTarget').maximumTarget;
  expect(meetsTarget(target, maximumTarget)).toBe(true);
});

test('POOL-6 UpdateChannel that needs no new target is not answered', () => {
  const client = opened();
  const { channelId } = last(client.say(openExtended({ nominalHashRate: 640 })), 'OpenExtendedMiningChannelSuccess');
  expect(client.say({ name: 'UpdateChannel', channelId, nominalHashRate: 700, maximumTarget: ANY_TARGET })).toEqual([]);
});

test('UpdateChannel with a much higher rate makes the target harder', () => {
  const client = opened();
  const opening = last(client.say(openExtended({ nominalHashRate: 640 })), 'OpenExtendedMiningChannelSuccess');
  const { channelId } = opening;
  const answers = client.say({ name: 'UpdateChannel', channelId, nominalHashRate: 64_000, maximumTarget: ANY_TARGET });
  expect(hashesPerShare(last(answers, 'SetTarget').maximumTarget)).toBeGreaterThan(20 * hashesPerShare(opening.target));
});

test.each([
  ['POOL-6 an unknown channel', { channelId: 999, nominalHashRate: 1 }, 'invalid-channel-id'],
  ['SEC-25 a rate that is no number', { nominalHashRate: Number.NaN }, 'invalid-nominal-hashrate'],
  ['SEC-25 a negative rate', { nominalHashRate: -5 }, 'invalid-nominal-hashrate'],
  ['POOL-6 a target of zero', { nominalHashRate: 1, maximumTarget: new Uint8Array(32) }, 'max-target-out-of-range'],
])('%s is answered by UpdateChannel.Error', (_, change, errorCode) => {
  const client = opened();
  const { channelId } = last(client.say(openExtended()), 'OpenExtendedMiningChannelSuccess');
  const message = { name: 'UpdateChannel' as const, ...{ channelId, maximumTarget: ANY_TARGET }, ...change };
  expect(client.say(message)).toEqual([{ name: 'UpdateChannelError', channelId: message.channelId, errorCode }]);
});

test('POOL-7 nothing more is sent to a closed channel', () => {
  const client = opened();
  const { channelId } = last(client.say(openExtended()), 'OpenExtendedMiningChannelSuccess');
  client.say({ name: 'CloseChannel', channelId, reasonCode: 'bye' });
  client.server.setTemplate(testTemplate({ id: 2n, tip: 2 }));
  expect(client.pump()).toEqual([]);
  expect(client.events.at(-1)).toEqual({ type: 'channel-closed', channelId });
});

test('POOL-7 closing a group id closes every member', () => {
  const client = opened();
  const { groupChannelId } = last(client.say(openExtended()), 'OpenExtendedMiningChannelSuccess');
  client.say(openStandard());
  client.say({ name: 'CloseChannel', channelId: groupChannelId as number, reasonCode: '' });
  expect(client.server.channels.size).toBe(0);
  expect(client.events.filter(({ type }) => type === 'channel-closed').length).toBe(2);
});

test('closing what is not open is ignored', () => {
  const client = opened();
  expect(client.say({ name: 'CloseChannel', channelId: 5, reasonCode: '' })).toEqual([]);
  expect(client.end).toBeUndefined();
});

test('POOL-11 a custom job is refused politely and the connection stays', () => {
  const client = opened();
  const { channelId } = last(client.say(openExtended()), 'OpenExtendedMiningChannelSuccess');
  const answers = client.say({
    name: 'SetCustomMiningJob',
    channelId,
    requestId: 21,
    miningJobToken: Uint8Array.of(1),
    version: 0x20000000,
    prevHash: new Uint8Array(32),
    minNtime: UNIX_S,
    nbits: 0x1d00ffff,
    coinbaseTxVersion: 2,
    coinbasePrefix: Uint8Array.of(1),
    coinbaseTxInputNSequence: 0,
    coinbaseTxOutputs: Uint8Array.of(0),
    coinbaseTxLocktime: 0,
    merklePath: [],
  });
  expect(answers).toEqual([{ name: 'SetCustomMiningJobError', channelId, requestId: 21, errorCode: 'jd-not-supported' }]);
  expect(client.end).toBeUndefined();
});

test('with group addressing the first job goes to the channel, later ones once to the group', () => {
  const client = opened({ policy: { addressing: 'group' } });
  const one = client.say(openExtended());
  client.say(openStandard());
  const { channelId, groupChannelId } = last(one, 'OpenExtendedMiningChannelSuccess');
  expect(last(one, 'NewExtendedMiningJob').channelId).toBe(channelId);
  client.server.setTemplate(testTemplate({ id: 2n, tip: 2 }));
  const tip = client.pump();
  expect(tip).toMatchObject([
    { name: 'NewExtendedMiningJob', channelId: groupChannelId },
    { name: 'SetNewPrevHash', channelId: groupChannelId },
  ]);
  client.server.setTemplate(testTemplate({ id: 3n, tip: 2, ntime: UNIX_S + 9 }));
  expect(client.pump()).toMatchObject([{ name: 'NewExtendedMiningJob', channelId: groupChannelId, minNtime: UNIX_S + 9 }]);
});

test('members of a group share one coinbase: who is paid elsewhere has a group of their own', () => {
  const admit = ({ userIdentity }: { userIdentity: string }) => ({
    ok: true as const,
    payoutScript: Uint8Array.of(userIdentity === 'a' ? 0x51 : 0x52),
  });
  const client = opened({ policy: { addressing: 'group' }, admit });
  const group = (userIdentity: string) =>
    last(client.say(openExtended({ userIdentity })), 'OpenExtendedMiningChannelSuccess').groupChannelId;
  const [a, b, again] = [group('a'), group('b'), group('a')];
  expect(a).toBe(again);
  expect(a).not.toBe(b);
  client.server.setTemplate(testTemplate({ id: 2n, tip: 2 }));
  const jobs = client.pump().filter(({ name }) => name === 'NewExtendedMiningJob');
  expect(jobs.map((job) => (job as { channelId: number }).channelId)).toEqual([a, b]);
  expect(
    equal((jobs[0] as { coinbaseTxSuffix: Uint8Array }).coinbaseTxSuffix, (jobs[1] as { coinbaseTxSuffix: Uint8Array }).coinbaseTxSuffix),
  ).toBe(false);
});

test('POOL-13 a client of standard jobs only is never addressed by group', () => {
  const client = opened({ policy: { addressing: 'group' } }, STANDARD_JOBS);
  const { channelId } = last(client.say(openStandard()), 'OpenStandardMiningChannelSuccess');
  client.server.setTemplate(testTemplate({ id: 2n, tip: 2 }));
  expect(client.pump()).toMatchObject([
    { name: 'NewMiningJob', channelId },
    { name: 'SetNewPrevHash', channelId },
  ]);
  client.server.channels.regroup();
  expect(client.pump()).toEqual([]);
});

test('MIN-10 SetGroupChannel names all members, and later jobs go to the new id', () => {
  const client = opened({ policy: { addressing: 'group' } });
  const { channelId: a, groupChannelId: before } = last(client.say(openExtended()), 'OpenExtendedMiningChannelSuccess');
  const { channelId: b } = last(client.say(openStandard()), 'OpenStandardMiningChannelSuccess');
  client.server.channels.regroup();
  const { groupChannelId, channelIds } = last(client.pump(), 'SetGroupChannel');
  expect(channelIds).toEqual([a, b]);
  expect([a, b, before]).not.toContain(groupChannelId);
  client.server.setTemplate(testTemplate({ id: 2n, tip: 2 }));
  expect(last(client.pump(), 'SetNewPrevHash').channelId).toBe(groupChannelId);
});

test('COM-14 Reconnect is sent as told', () => {
  const client = opened();
  client.server.reconnect('pool.example', 3334);
  expect(client.pump()).toEqual([{ name: 'Reconnect', newHost: 'pool.example', newPort: 3334 }]);
});

test('a channel closed by the server is told, and forgotten', () => {
  const client = opened();
  const { channelId } = last(client.say(openExtended()), 'OpenExtendedMiningChannelSuccess');
  expect(client.server.closeChannel(channelId, 'maintenance', 0)).toEqual([{ type: 'channel-closed', channelId }]);
  expect(client.pump()).toEqual([{ name: 'CloseChannel', channelId, reasonCode: 'maintenance' }]);
  expect(client.server.closeChannel(channelId, 'maintenance', 0)).toEqual([]);
});
