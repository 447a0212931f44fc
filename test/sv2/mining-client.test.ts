/** Channels, groups and requests of a mining connection, against a server moved by hand. */
import { expect, test } from 'vitest';
import { faultOf } from '../../core/errors.ts';
import { OPEN_TIMEOUT_MS, UPDATE_INTERVAL_MS } from '../../core/sv2/mining-client.ts';
import type { MiningJob } from '../../core/sv2/mining-job.ts';
import {
  EASY,
  extendedJob,
  extendedSuccess,
  miningPair,
  Pair,
  prevHash,
  shareOf,
  standardJob,
  standardPair,
  standardSuccess,
  wishes,
} from './client-pair.ts';

function codeOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return (faultOf(error) as { what?: string }).what ?? faultOf(error).code;
  }
  return 'nothing-thrown';
}

/** A second extended channel beside channel 7. */
function twoChannels(more: Parameters<typeof extendedSuccess>[0] = {}): Pair {
  const pair = miningPair();
  const requestId = pair.client.openChannel(wishes, pair.now);
  pair.exchange();
  pair.say(extendedSuccess({ requestId, channelId: 8, ...more }));
  return pair;
}

test('MIN-1 MIN-3 MIN-4 opening asks with its own request id, speed and target', () => {
  const pair = new Pair().setUp();
  pair.client.openChannel({ ...wishes, nominalHashRate: 0 }, pair.now);
  pair.client.openChannel(wishes, pair.now);
  pair.exchange();
  expect(pair.server.of('OpenExtendedMiningChannel')).toMatchObject([
    { requestId: 1, userIdentity: 'home.w1', nominalHashRate: 0, maxTarget: EASY, minExtranonceSize: 4 },
    { requestId: 2, nominalHashRate: 5e6 },
  ]);
});

test('TYP-11 SEC-25 speeds that are no numbers are told as zero', () => {
  const pair = new Pair().setUp();
  for (const nominalHashRate of [Number.NaN, Number.POSITIVE_INFINITY, -1])
    pair.client.openChannel({ ...wishes, nominalHashRate }, pair.now);
  pair.exchange();
  expect(pair.server.of('OpenExtendedMiningChannel').map(({ nominalHashRate }) => nominalHashRate)).toEqual([0, 0, 0]);
});

test('MIN-2 MIN-5 a standard channel keeps what it was granted', () => {
  const pair = standardPair();
  expect(pair.server.of('OpenStandardMiningChannel')).toHaveLength(1);
  const channel = pair.client.channels.get(7);
  expect(channel).toMatchObject({ id: 7, kind: 'standard', extranonceSize: 0, groupId: 100, target: EASY });
  expect(channel?.fullExtranonceBytes).toBe(20);
});

test('MIN-7 a channel without a group is one', () => {
  const pair = new Pair().setUp();
  pair.client.openChannel(wishes, pair.now);
  pair.exchange();
  pair.say(extendedSuccess({ groupChannelId: undefined }));
  expect(pair.client.channels.get(7)?.groupId).toBeUndefined();
});

test.each([
  ['target above what was asked', { target: EASY }, { maxTarget: new Uint8Array(32).fill(1) }, 'target-above-asked'],
  ['target zero', { target: new Uint8Array(32) }, {}, 'target-zero'],
  ['no byte to roll', { extranonceSize: 0 }, { minExtranonceSize: 0 }, 'extranonce-size'],
  ['fewer bytes than asked', { extranonceSize: 3 }, {}, 'extranonce-size'],
  ['more than 32 bytes in all', { extranonceSize: 29 }, {}, 'extranonce-size'],
  ['a sum that wraps in eight bits', { extranonceSize: 256, extranoncePrefix: new Uint8Array(4) }, {}, 'extranonce-size'],
  ['a sum that wraps in sixteen bits', { extranonceSize: 65_535, extranoncePrefix: new Uint8Array(32) }, {}, 'extranonce-size'],
])('MIN-4 MIN-6 SEC-10 SEC-11 a channel with %s is refused and closed', (_, granted, asked, what) => {
  const pair = new Pair().setUp();
  pair.client.openChannel({ ...wishes, ...asked }, pair.now);
  pair.exchange();
  expect(pair.say(extendedSuccess(granted))).toMatchObject([{ type: 'channel-unusable', requestId: 1, fault: { what } }]);
  expect(pair.client.channels.size).toBe(0);
  expect(pair.server.of('CloseChannel')).toMatchObject([{ channelId: 7 }]);
});

test('MIN-6 far more room than asked is taken', () => {
  const pair = miningPair();
  expect(pair.client.channels.get(7)).toMatchObject({ extranonceSize: 8 });
});

test('MIN-8 SEC-9 a channel id that is taken, or is a group’s, ends the connection', () => {
  for (const granted of [{ channelId: 7 }, { channelId: 100 }, { channelId: 8, groupChannelId: 8 }, { channelId: 8, groupChannelId: 7 }]) {
    const pair = miningPair();
    const requestId = pair.client.openChannel(wishes, pair.now);
    pair.exchange();
    expect(codeOf(() => pair.say(extendedSuccess({ requestId, ...granted })))).toMatch(
      /^(channel-id-not-unique|group-id-is-a-channel-id)$/,
    );
  }
});

test('MIN-9 a group of unequal extranonce lengths ends the connection', () => {
  expect(codeOf(() => twoChannels({ extranonceSize: 9 }))).toBe('group-of-unequal-extranonce-lengths');
  const pair = twoChannels({ extranonceSize: 9, groupChannelId: 101 });
  const joining = { name: 'SetGroupChannel', groupChannelId: 100, channelIds: [8] } as const;
  expect(codeOf(() => pair.say({ ...joining, channelIds: [8] }))).toBe('group-of-unequal-extranonce-lengths');
});

test('MIN-10 SEC-9 SetGroupChannel moves the channels it names; ids of no channel are passed over', () => {
  const pair = twoChannels({ groupChannelId: 101 });
  pair.say({ name: 'SetGroupChannel', groupChannelId: 102, channelIds: [9999, 8] });
  expect([...pair.client.channels.values()].map(({ groupId }) => groupId)).toEqual([100, 102]);
  expect(pair.say({ name: 'SetGroupChannel', groupChannelId: 103, channelIds: [9999] })).toEqual([{ type: 'ignored', reason: 'no-place' }]);
  expect(codeOf(() => pair.say({ name: 'SetGroupChannel', groupChannelId: 7, channelIds: [8] }))).toBe('group-id-is-a-channel-id');
});

test('MIN-11 jobs, prevhashes, targets and closing reach every member of a group', () => {
  const pair = twoChannels();
  const events = pair.say(extendedJob({ channelId: 100, jobId: 5 }), prevHash({ channelId: 100, jobId: 5 }));
  expect(events).toMatchObject([
    { type: 'job', job: { channelId: 7, jobId: 5 } },
    { type: 'job', job: { channelId: 8, jobId: 5 } },
  ]);
  const harder = new Uint8Array(32).fill(0x0f);
  pair.say({ name: 'SetTarget', channelId: 100, maximumTarget: harder });
  expect([...pair.client.channels.values()].map(({ target }) => target)).toEqual([harder, harder]);
  expect(pair.say({ name: 'CloseChannel', channelId: 100, reasonCode: 'bye' })).toMatchObject([
    { type: 'channel-closed', channelId: 7, reasonCode: 'bye' },
    { type: 'channel-closed', channelId: 8 },
  ]);
});

test('MIN-11 MIN-29 what may not name a group, or is not for this kind of channel, has no effect', () => {
  const extended = miningPair();
  const ignored = [{ type: 'ignored', reason: 'no-place' }];
  expect(extended.say({ name: 'SetExtranoncePrefix', channelId: 100, extranoncePrefix: new Uint8Array(4) })).toEqual(ignored);
  expect(extended.say({ name: 'SubmitSharesError', channelId: 100, sequenceNumber: 1, errorCode: 'x' })).toEqual(ignored);
  expect(extended.say(standardJob({ channelId: 100, minNtime: 1 }))).toEqual(ignored);
  expect(extended.say(standardJob({ channelId: 7, minNtime: 1 }))).toEqual(ignored);
  expect(standardPair().say(extendedJob({ minNtime: 1 }))).toEqual(ignored);
});

test('MIN-12 COM-12 a refused open comes back by its request id, with words nobody branches on', () => {
  const pair = new Pair().setUp();
  pair.client.openChannel(wishes, pair.now);
  expect(pair.say({ name: 'OpenMiningChannelError', requestId: 1, errorCode: 'never-heard-of' })).toEqual([
    { type: 'channel-refused', requestId: 1, errorCode: 'never-heard-of' },
  ]);
});

test('COM-19 SEC-8 answers nobody asked for never make a channel', () => {
  const pair = miningPair();
  const ignored = [{ type: 'ignored', reason: 'no-place' }];
  expect(pair.say(extendedSuccess({ requestId: 1, channelId: 9 }))).toEqual(ignored);
  expect(pair.say(extendedSuccess({ requestId: 77, channelId: 9 }))).toEqual(ignored);
  expect(pair.say({ name: 'OpenMiningChannelError', requestId: 77, errorCode: 'x' })).toEqual(ignored);
  pair.client.openChannel(wishes, pair.now);
  expect(pair.say(standardSuccess({ requestId: 2, channelId: 9 }))).toEqual(ignored);
  expect([...pair.client.channels.keys()]).toEqual([7]);
});

test('an open that is not answered is given up, and an answer after that makes no channel', () => {
  const pair = new Pair().setUp();
  pair.client.openChannel(wishes, pair.now);
  expect(pair.client.deadline).toBe(pair.now + OPEN_TIMEOUT_MS);
  expect(pair.pass(OPEN_TIMEOUT_MS)).toEqual([{ type: 'channel-timeout', requestId: 1, timeoutMs: OPEN_TIMEOUT_MS }]);
  pair.say(extendedSuccess());
  expect(pair.client.channels.size).toBe(0);
});

test('MIN-13 a channel the server closed takes no more shares, and its open ones come back', () => {
  const pair = miningPair();
  const [job] = pair.jobs() as [MiningJob];
  const share = shareOf(job);
  pair.client.submit(job, share, '', pair.now);
  pair.exchange();
  expect(pair.say({ name: 'CloseChannel', channelId: 7, reasonCode: '' })).toEqual([
    { type: 'channel-closed', channelId: 7, reasonCode: 'unspecified', unanswered: [share.shareId] },
  ]);
  expect(pair.client.submit(job, shareOf(job), '', pair.now)).toBe('stale-share');
});

test('MIN-13 a client that ends closes its channel and gets its open shares back', () => {
  const pair = miningPair();
  const [job] = pair.jobs() as [MiningJob];
  const share = shareOf(job);
  pair.client.submit(job, share, '', pair.now);
  expect(pair.client.closeChannel(7, 'client-stopped')).toEqual([share.shareId]);
  pair.exchange();
  expect(pair.server.of('CloseChannel')).toMatchObject([{ channelId: 7, reasonCode: 'client-stopped' }]);
  expect(pair.client.closeChannel(7, 'again')).toEqual([]);
});

test('MIN-14 MIN-15 a new speed is told at most once a second, and a refusal of it changes nothing', () => {
  const pair = miningPair();
  expect(pair.client.updateChannel(7, 6e6, pair.now)).toBe(true);
  expect(pair.client.updateChannel(7, 7e6, pair.now + UPDATE_INTERVAL_MS - 1)).toBe(false);
  expect(pair.client.updateChannel(7, 7e6, pair.now + UPDATE_INTERVAL_MS)).toBe(true);
  expect(pair.client.updateChannel(99, 7e6, pair.now)).toBe(false);
  pair.exchange();
  expect(pair.server.of('UpdateChannel')).toMatchObject([{ nominalHashRate: 6e6, maximumTarget: EASY }, { nominalHashRate: 7e6 }]);
  expect(pair.say({ name: 'UpdateChannelError', channelId: 7, errorCode: 'no' })).toEqual([
    { type: 'update-refused', channelId: 7, errorCode: 'no' },
  ]);
  expect(pair.client.channels.get(7)?.target).toEqual(EASY);
});

test('EXT-10 the worker is named on every extended share once that is negotiated, and never otherwise', () => {
  const pair = new Pair({ client: { extensions: { wanted: [2], usable: [2], patienceMs: 500 } } }).setUp();
  pair.say({ name: 'RequestExtensionsSuccess', requestId: 1, supportedExtensions: [2] });
  pair.client.openChannel(wishes, pair.now);
  pair.exchange();
  pair.say(extendedSuccess(), extendedJob(), prevHash());
  const [job] = pair.jobs() as [MiningJob];
  pair.client.submit(job, shareOf(job), 'stick-1', pair.now);
  pair.exchange();
  expect([...(pair.server.tlvs.at(-1) ?? [])]).toEqual([2, 0, 1, 7, 0, ...new TextEncoder().encode('stick-1')]);
  const plain = miningPair();
  const [other] = plain.jobs() as [MiningJob];
  plain.client.submit(other, shareOf(other), 'stick-1', plain.now);
  plain.exchange();
  expect(plain.server.tlvs.at(-1)).toEqual(new Uint8Array(0));
});
