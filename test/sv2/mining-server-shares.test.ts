import { expect, test } from 'vitest';
import { coinbaseTxid } from '../../core/bitcoin/coinbase.ts';
import { decodeHeader } from '../../core/bitcoin/header.ts';
import { foldMerklePath } from '../../core/bitcoin/merkle.ts';
import { hashesPerShare, meetsTarget } from '../../core/bitcoin/target.ts';
import { concat } from '../../core/bytes.ts';
import type { MiningFromServer } from '../../core/sv2/codec.ts';
import { encodeTlvs, encodeUserIdentity } from '../../core/sv2/tlv.ts';
import {
  EASY_NBITS,
  type FromServer,
  last,
  type MiningPairOptions,
  mine,
  miningPair,
  openExtended,
  openStandard,
  setupMessage,
  type ToMine,
  testTemplate,
  UNIX_S,
  under,
} from './server-pair.ts';

const ROLLED = new Uint8Array(16).fill(9);

/** A connection with one extended channel, and what its client knows. */
function extended(options: MiningPairOptions = {}, flags = 0) {
  const client = miningPair(options);
  client.say(setupMessage(flags));
  const answers = client.say(openExtended());
  const opening = last(answers, 'OpenExtendedMiningChannelSuccess');
  const work = workOf(answers, opening.extranoncePrefix);
  let sequenceNumber = 0;
  const submit = (mined: { nonce: number }, change: Partial<Submit> = {}, tlvs?: Uint8Array) => {
    sequenceNumber += 1;
    const { jobId, version } = work.job;
    const common = {
      channelId: opening.channelId,
      sequenceNumber,
      jobId,
      nonce: mined.nonce,
      ntime: work.tip.minNtime,
      version,
      extranonce: ROLLED,
    };
    return client.say({ name: 'SubmitSharesExtended', ...common, ...change }, tlvs);
  };
  return { client, opening, work, submit };
}

interface Submit {
  readonly channelId: number;
  readonly sequenceNumber: number;
  readonly jobId: number;
  readonly nonce: number;
  readonly ntime: number;
  readonly version: number;
  readonly extranonce: Uint8Array;
}

function workOf(messages: readonly MiningFromServer[], prefix: Uint8Array, tip = last(messages, 'SetNewPrevHash')): ToMine {
  return { job: last(messages, 'NewExtendedMiningJob'), tip, extranonce: concat(prefix, ROLLED) };
}

const refused = (errorCode: string) => [expect.objectContaining({ name: 'SubmitSharesError', errorCode })];

test('MIN-26 MIN-28 a share hashed from the messages alone is accepted, and acknowledged at once', () => {
  const { client, opening, work, submit } = extended();
  const share = mine(work, under(opening.target));
  expect(submit(share)[0]).toMatchObject({
    name: 'SubmitSharesSuccess',
    channelId: opening.channelId,
    lastSequenceNumber: 1,
    newSubmitsAcceptedCount: 1,
  });
  expect(client.events.at(-1)).toMatchObject({
    type: 'share-accepted',
    share: { hash: share.hash, sequenceNumber: 1, userIdentity: 'home.w1', isBlock: false },
  });
});

test('a standard share hashed from the messages alone is accepted', () => {
  const client = miningPair();
  client.say(setupMessage(1));
  const answers = client.say(openStandard());
  const { channelId, target } = last(answers, 'OpenStandardMiningChannelSuccess');
  const job = last(answers, 'NewMiningJob');
  const tip = last(answers, 'SetNewPrevHash');
  const { nonce } = mine({ job, tip }, under(target));
  const { jobId, version } = job;
  const share = { name: 'SubmitSharesStandard', channelId, sequenceNumber: 4, jobId, nonce, ntime: tip.minNtime, version } as const;
  expect(client.say(share)[0]).toMatchObject({ name: 'SubmitSharesSuccess', lastSequenceNumber: 4 });
});

test('a share above the target of its job is refused as too easy', () => {
  const { work, opening, submit } = extended();
  expect(submit(mine(work, (hash) => !meetsTarget(hash, opening.target)))).toEqual(refused('difficulty-too-low'));
});

test('the same share counts once', () => {
  const { work, opening, submit } = extended();
  const share = mine(work, under(opening.target));
  submit(share);
  expect(submit(share)).toEqual(refused('duplicate-share'));
});

test('shares of a job before the last SetNewPrevHash are stale; of a job never sent, invalid', () => {
  const { client, work, opening, submit } = extended();
  const share = mine(work, under(opening.target));
  client.server.setTemplate(testTemplate({ id: 2n, tip: 2 }));
  client.pump();
  expect(submit(share)).toEqual(refused('stale-share'));
  expect(submit(share, { jobId: 9999 })).toEqual(refused('invalid-job-id'));
});

test('MIN-25 shares of an earlier job on the same tip are still good', () => {
  const { client, work, opening, submit } = extended();
  client.server.setTemplate(testTemplate({ id: 2n }));
  client.pump();
  expect(submit(mine(work, under(opening.target)))[0]).toMatchObject({ name: 'SubmitSharesSuccess' });
});

test('MIN-41 an extranonce of another length is refused', () => {
  const { work, opening, submit } = extended();
  const share = mine(work, under(opening.target));
  expect(submit(share, { extranonce: new Uint8Array(15) })).toEqual(refused('bad-extranonce-size'));
  expect(submit(share, { extranonce: new Uint8Array(17) })).toEqual(refused('bad-extranonce-size'));
});

test('MIN-31 the 24 bits of BIP 323 may be rolled, all others may not', () => {
  const { work, opening, submit } = extended();
  const version = (work.job.version | 0x1fffffe0) >>> 0;
  expect(submit(mine({ ...work, version }, under(opening.target)), { version })[0]).toMatchObject({ name: 'SubmitSharesSuccess' });
  for (const bit of [0x1, 0x10, 0x20000000, 0x80000000]) {
    const wrong = (work.job.version ^ bit) >>> 0;
    expect(submit({ nonce: 0 }, { version: wrong })).toEqual(refused('invalid-non-rollable-version-bit'));
  }
});

test('MIN-32 under a fixed version any other is refused', () => {
  const { submit, work } = extended({ policy: { fixedVersion: true } });
  expect(submit({ nonce: 0 }, { version: work.job.version | 0x20 })).toEqual(refused('version-rolling-not-allowed'));
});

test('POOL-9 ntime may be anything from the minimum to two hours ahead', () => {
  const { work, opening, submit } = extended();
  for (const ahead of [1, 60, 7200]) {
    const ntime = UNIX_S + ahead;
    expect(submit(mine({ ...work, ntime }, under(opening.target)), { ntime })[0]).toMatchObject({ name: 'SubmitSharesSuccess' });
  }
  expect(submit({ nonce: 0 }, { ntime: UNIX_S - 1 })).toEqual(refused('invalid-ntime'));
  expect(submit({ nonce: 0 }, { ntime: UNIX_S + 7201 })).toEqual(refused('invalid-ntime'));
});

test('POOL-14 a share of the other kind, or of no channel, is refused', () => {
  const { client, opening, work, submit } = extended();
  const { channelId } = opening;
  const standard = {
    name: 'SubmitSharesStandard',
    channelId,
    sequenceNumber: 1,
    jobId: work.job.jobId,
    nonce: 0,
    ntime: UNIX_S,
    version: 0x20000000,
  } as const;
  expect(client.say(standard)).toEqual(refused('wrong-channel-kind'));
  const other = last(client.say(openStandard()), 'OpenStandardMiningChannelSuccess');
  expect(submit({ nonce: 0 }, { channelId: other.channelId })).toEqual(refused('wrong-channel-kind'));
  expect(submit({ nonce: 0 }, { channelId: 12345 })).toEqual(refused('invalid-channel-id'));
});

test('POOL-8 acknowledgements are batched: counts and sums are per batch, errors come at once', () => {
  const { work, opening, submit } = extended({ policy: { acks: { batch: 3, withinMs: 60_000 } } });
  const shares = distinct(work, under(opening.target), 6);
  expect(submit(shares[0] as Nonce)).toEqual([]);
  expect(submit({ nonce: 0 }, { jobId: 777 })).toEqual(refused('invalid-job-id'));
  expect(submit(shares[1] as Nonce)).toEqual([]);
  expect(submit(shares[2] as Nonce)[0]).toMatchObject({ name: 'SubmitSharesSuccess', lastSequenceNumber: 4, newSubmitsAcceptedCount: 3 });
  submit(shares[3] as Nonce);
  submit(shares[4] as Nonce);
  expect(submit(shares[5] as Nonce)[0]).toMatchObject({ lastSequenceNumber: 7, newSubmitsAcceptedCount: 3 });
});

test('POOL-8 a batch that does not fill is acknowledged when its time is up', () => {
  const { client, work, opening, submit } = extended({ policy: { acks: { batch: 10, withinMs: 5_000 } } });
  submit(mine(work, under(opening.target)));
  expect(client.wait(4_999).filter(({ name }) => name === 'SubmitSharesSuccess')).toEqual([]);
  expect(client.wait(1).filter(({ name }) => name === 'SubmitSharesSuccess')).toMatchObject([{ newSubmitsAcceptedCount: 1 }]);
});

test('a batch still open is acknowledged before the server closes the channel', () => {
  const { client, work, opening, submit } = extended({ policy: { acks: { batch: 10, withinMs: 60_000 } } });
  submit(mine(work, under(opening.target)));
  client.server.closeChannel(opening.channelId, 'bye', 0);
  expect(client.pump().map(({ name }) => name)).toEqual(['SubmitSharesSuccess', 'CloseChannel']);
});

test('a block is told with all that is needed to build it, and acknowledged at once whatever the batch', () => {
  const template = testTemplate({ nbits: EASY_NBITS });
  const { client, work, submit } = extended({ template, policy: { acks: { batch: 10, withinMs: 60_000 } } });
  const share = mine(work, under(template.networkTarget));
  expect(submit(share)[0]).toMatchObject({ name: 'SubmitSharesSuccess', newSubmitsAcceptedCount: 1 });
  const event = client.events.find(({ type }) => type === 'block');
  if (event?.type !== 'block') throw new Error('no block');
  const { header, hash, coinbase } = event.block;
  expect(header).toEqual(share.header);
  expect(hash).toEqual(share.hash);
  expect(foldMerklePath(coinbaseTxid(coinbase), template.merklePath)).toEqual(decodeHeader(header).merkleRoot);
});

test('MIN-16 a new prefix governs later jobs; shares of held jobs are judged by the old one', () => {
  const { client, work, opening, submit } = extended();
  const [channel] = client.server.channels;
  if (channel === undefined) throw new Error('no channel');
  client.server.channels.changePrefix(channel);
  const answers = client.pump();
  expect(answers.map(({ name }) => name)).toEqual(['SetExtranoncePrefix', 'NewExtendedMiningJob']);
  const { extranoncePrefix } = last(answers, 'SetExtranoncePrefix');
  expect(extranoncePrefix.length).toBe(opening.extranoncePrefix.length);
  expect(extranoncePrefix).not.toEqual(opening.extranoncePrefix);
  expect(submit(mine(work, under(opening.target)))[0]).toMatchObject({ name: 'SubmitSharesSuccess' });
  const later = workOf(answers, extranoncePrefix, work.tip);
  const ntime = later.job.minNtime as number;
  const share = mine({ ...later, ntime }, under(opening.target));
  expect(submit(share, { jobId: later.job.jobId, ntime })[0]).toMatchObject({ name: 'SubmitSharesSuccess' });
});

test('MIN-37 POOL-15 a job keeps the target it began with when SetTarget makes later ones harder', () => {
  const { client, work, opening, submit } = extended();
  const { channelId, target: easy } = opening;
  const answers = client.say({ name: 'UpdateChannel', channelId, nominalHashRate: 1e6, maximumTarget: new Uint8Array(32).fill(0xff) });
  const hard = last(answers, 'SetTarget').maximumTarget;
  expect(hashesPerShare(hard)).toBeGreaterThan(100 * hashesPerShare(easy));
  const between = (hash: Uint8Array) => meetsTarget(hash, easy) && !meetsTarget(hash, hard);
  expect(submit(mine(work, between))[0]).toMatchObject({ name: 'SubmitSharesSuccess' });
  const later = workOf(answers, opening.extranoncePrefix, work.tip);
  const ntime = later.job.minNtime as number;
  expect(submit(mine({ ...later, ntime }, between), { jobId: later.job.jobId, ntime })).toEqual(refused('difficulty-too-low'));
});

test('POOL-15 vardiff sends SetTarget before the job that it governs, and the pace follows', () => {
  const { client, work, opening, submit } = extended();
  const answers = distinct(work, under(opening.target), 8).flatMap((share) => submit(share));
  const target = answers.findIndex(({ name }) => name === 'SetTarget');
  expect(answers.slice(target, target + 2).map(({ name }) => name)).toEqual(['SetTarget', 'NewExtendedMiningJob']);
  expect(hashesPerShare((answers[target] as FromServer<'SetTarget'>).maximumTarget)).toBeGreaterThan(1.5 * hashesPerShare(opening.target));
  expect(client.end).toBeUndefined();
});

test('a good share can be refused on purpose; a block cannot', () => {
  const template = testTemplate({ nbits: 0x2000ffff }); // one hash in 256
  const { work, submit } = extended({ template, veto: () => 'on-purpose' });
  const share = mine(work, under(template.networkTarget));
  expect(submit(share)[0]).toMatchObject({ name: 'SubmitSharesSuccess' });
  const hard = extended({ veto: () => 'on-purpose' });
  expect(hard.submit(mine(hard.work, under(hard.opening.target)))).toEqual(refused('on-purpose'));
});

test('EXT-10 a negotiated worker name comes with the share; without negotiation it is ignored', () => {
  const negotiated = extended();
  negotiated.client.say({ name: 'RequestExtensions', requestId: 1, requestedExtensions: [2] });
  negotiated.submit(mine(negotiated.work, under(negotiated.opening.target)), {}, encodeUserIdentity('w1'));
  expect(negotiated.client.events.at(-1)).toMatchObject({ share: { worker: Uint8Array.of(0x77, 0x31) } });
  const plain = extended();
  plain.submit(mine(plain.work, under(plain.opening.target)), {}, encodeUserIdentity('w1'));
  expect(plain.client.events.at(-1)).toMatchObject({ type: 'share-accepted' });
  expect(plain.client.events.at(-1)).not.toHaveProperty('share.worker');
});

test('EXT-8 SEC-36 a worker name that is too long refuses the share; a TLV beyond the frame limit ends the connection', () => {
  const { client, work, opening, submit } = extended();
  client.say({ name: 'RequestExtensions', requestId: 1, requestedExtensions: [2] });
  const share = mine(work, under(opening.target));
  const tlv = (length: number) => encodeTlvs([{ extension: 2, field: 1, value: new Uint8Array(length) }]);
  expect(submit(share, {}, tlv(33))).toEqual(refused('user-identity-too-long'));
  submit(share, {}, tlv(200));
  expect(client.end).toMatchObject({ fault: { code: 'frame-too-long' } });
});

test('group jobs: each member is judged by its own prefix', () => {
  const { client, opening, submit } = extended({ policy: { addressing: 'group' } });
  const second = last(client.say(openExtended()), 'OpenExtendedMiningChannelSuccess');
  client.server.setTemplate(testTemplate({ id: 2n, tip: 2 }));
  const answers = client.pump();
  for (const { channelId, extranoncePrefix, target } of [opening, second]) {
    const work = workOf(answers, extranoncePrefix);
    const share = mine(work, under(target));
    expect(submit(share, { channelId, jobId: work.job.jobId })[0]).toMatchObject({ name: 'SubmitSharesSuccess', channelId });
  }
  const foreign = workOf(answers, second.extranoncePrefix);
  const easyOnlyThere = mine(foreign, under(opening.target));
  expect(submit(easyOnlyThere, { channelId: opening.channelId, jobId: foreign.job.jobId })).toEqual(refused('difficulty-too-low'));
});

type Nonce = { nonce: number };

/** Several different shares of one job. */
function distinct(work: ToMine, wanted: (hash: Uint8Array) => boolean, count: number): Nonce[] {
  const taken = new Set<string>();
  return Array.from({ length: count }, () =>
    mine(work, (hash) => {
      const key = hash.join();
      if (!wanted(hash) || taken.has(key)) return false;
      taken.add(key);
      return true;
    }),
  );
}
