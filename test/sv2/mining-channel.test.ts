/** Jobs, targets and shares of a channel, through a client and a server moved by hand. */
import { expect, test } from 'vitest';
import { foldMerklePath } from '../../core/bitcoin/merkle.ts';
import { sha256d } from '../../core/bitcoin/sha256d.ts';
import { concat } from '../../core/bytes.ts';
import { faultOf } from '../../core/errors.ts';
import { MOST_FUTURE_JOBS, MOST_VALID_JOBS } from '../../core/sv2/channel-jobs.ts';
import { ORPHAN_TIMEOUT_MS } from '../../core/sv2/mining-client.ts';
import type { MiningJob, Submission } from '../../core/sv2/mining-job.ts';
import { MOST_PENDING, MOST_REMEMBERED } from '../../core/sv2/pending-shares.ts';
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
  UNIX,
  wishes,
} from './client-pair.ts';

const HARD = new Uint8Array(32).fill(0x0f);

function submit(pair: Pair, job: MiningJob, more: Partial<Submission> = {}): unknown {
  const result = pair.client.submit(job, shareOf(job, more), '', pair.now);
  return typeof result === 'string' ? result : 'sent';
}

function lastJob(pair: Pair): MiningJob {
  return pair.jobs().at(-1) as MiningJob;
}

const success = (lastSequenceNumber: number, more = {}) =>
  ({ name: 'SubmitSharesSuccess', channelId: 7, lastSequenceNumber, newSubmitsAcceptedCount: 1, newSharesSum: 1n, ...more }) as const;
const error = (sequenceNumber: number, errorCode = 'bad') =>
  ({ name: 'SubmitSharesError', channelId: 7, sequenceNumber, errorCode }) as const;

test('MIN-18 MIN-17 a future job is not mined until the SetNewPrevHash that names it', () => {
  const pair = new Pair().setUp();
  pair.client.openChannel(wishes, pair.now);
  pair.exchange();
  expect(pair.say(extendedSuccess(), extendedJob()).map(({ type }) => type)).toEqual(['channel']);
  expect(pair.say(prevHash({ nbits: 0x1b00ffff }))).toMatchObject([
    { type: 'job', clean: true, job: { jobId: 1, prevHash: new Uint8Array(32).fill(0xaa), nbits: 0x1b00ffff, ntime: UNIX } },
  ]);
});

test('MIN-17 MIN-25 MIN-35 a job with a time starts at once, from that time, and the job before it stays good', () => {
  const pair = miningPair();
  pair.now += 5000;
  expect(pair.say(extendedJob({ jobId: 2, minNtime: UNIX + 40 }))).toMatchObject([
    { type: 'job', clean: false, job: { jobId: 2, ntime: UNIX + 40, receivedAtMs: pair.now, prevHash: new Uint8Array(32).fill(0xaa) } },
  ]);
  const [first, second] = pair.jobs() as [MiningJob, MiningJob];
  expect(submit(pair, first)).toBe('sent');
  expect(submit(pair, second)).toBe('sent');
  expect(submit(pair, second, { ntime: UNIX + 39 })).toBe('ntime-out-of-range');
});

test('MIN-35 a job’s own time below that of the prevhash does not lower the bound', () => {
  const pair = miningPair();
  pair.say(extendedJob({ jobId: 2, minNtime: UNIX - 40 }));
  expect(lastJob(pair).ntime).toBe(UNIX);
});

test('MIN-19 SEC-13 a job that is active before any prevhash waits, and starts when it is named', () => {
  const pair = new Pair().setUp();
  pair.client.openChannel(wishes, pair.now);
  pair.exchange();
  expect(pair.say(extendedSuccess(), extendedJob({ minNtime: UNIX + 9 })).map(({ type }) => type)).toEqual(['channel']);
  expect(pair.say(prevHash())).toMatchObject([{ type: 'job', job: { ntime: UNIX + 9 } }]);
});

test('MIN-20 MIN-22 SetNewPrevHash makes every other job stale, and shares for those are not sent', () => {
  const pair = miningPair();
  pair.say(extendedJob({ jobId: 2, minNtime: UNIX }), extendedJob({ jobId: 3 }), extendedJob({ jobId: 4 }));
  const [first, second] = pair.jobs() as [MiningJob, MiningJob];
  expect(pair.say(prevHash({ jobId: 3, prevHash: new Uint8Array(32).fill(0xbb) }))).toMatchObject([
    { type: 'job', clean: true, job: { jobId: 3 } },
  ]);
  for (const stale of [first, second]) expect(submit(pair, stale)).toBe('stale-share');
  expect(submit(pair, lastJob(pair))).toBe('sent');
  // Job 4 went with the others: naming it now names nothing.
  expect(pair.say(prevHash({ jobId: 4 }))).toMatchObject([{ type: 'tip-without-job' }]);
});

test('MIN-21 SEC-13 a prevhash without its job mixes nothing, is told, and ends the connection when no job follows', () => {
  const pair = miningPair();
  const before = lastJob(pair);
  expect(pair.say(prevHash({ jobId: 99, prevHash: new Uint8Array(32).fill(0xcc) }))).toEqual([{ type: 'tip-without-job', channelId: 7 }]);
  expect(pair.jobs()).toEqual([before]);
  expect(submit(pair, before)).toBe('stale-share');
  expect(pair.client.deadline).toBe(pair.now + ORPHAN_TIMEOUT_MS);
  expect(pair.pass(ORPHAN_TIMEOUT_MS - 1)).toEqual([]);
  expect(() => pair.pass(1)).toThrow('prevhash-without-job');
});

test('MIN-21 a job for the new tip that follows in time is mined on that tip, and stored future jobs are still there', () => {
  const pair = miningPair();
  const tip = new Uint8Array(32).fill(0xcc);
  pair.say(extendedJob({ jobId: 5 }), prevHash({ jobId: 99, prevHash: tip }));
  expect(pair.say(extendedJob({ jobId: 100, minNtime: UNIX + 1 }))).toMatchObject([
    { type: 'job', clean: true, job: { jobId: 100, prevHash: tip } },
  ]);
  expect(pair.pass(ORPHAN_TIMEOUT_MS)).toEqual([]);
  expect(pair.say(prevHash({ jobId: 5, prevHash: tip }))).toMatchObject([{ type: 'job', clean: true, job: { jobId: 5 } }]);
});

test('MIN-23 SEC-12 of thousands of future jobs the newest are kept', () => {
  const pair = miningPair();
  for (let jobId = 10; jobId < 1010; jobId += 1) pair.say(extendedJob({ jobId }));
  expect(pair.say(prevHash({ jobId: 1010 - MOST_FUTURE_JOBS - 1 }))).toMatchObject([{ type: 'tip-without-job' }]);
  expect(pair.say(prevHash({ jobId: 1010 - MOST_FUTURE_JOBS }))).toMatchObject([{ type: 'job' }]);
});

test('MIN-23 a future job that is sent again moves to the back of the queue', () => {
  const pair = miningPair();
  for (let jobId = 10; jobId < 10 + MOST_FUTURE_JOBS; jobId += 1) pair.say(extendedJob({ jobId }));
  pair.say(extendedJob({ jobId: 10 }), extendedJob({ jobId: 999 }));
  expect(pair.say(prevHash({ jobId: 10 }))).toMatchObject([{ type: 'job', job: { jobId: 10 } }]);
});

test('MIN-23 jobs of one tip are bounded too', () => {
  const pair = miningPair();
  for (let jobId = 10; jobId < 10 + MOST_VALID_JOBS; jobId += 1) pair.say(extendedJob({ jobId, minNtime: UNIX }));
  expect(submit(pair, pair.jobs()[0] as MiningJob)).toBe('stale-share');
  expect(submit(pair, pair.jobs()[1] as MiningJob)).toBe('sent');
});

test('MIN-24 SEC-13 a reused job id is a new job; shares of the one that had it are not sent', () => {
  const pair = miningPair();
  const old = lastJob(pair);
  pair.say(extendedJob({ minNtime: UNIX, version: 0x30000000 }));
  expect(lastJob(pair)).toMatchObject({ jobId: 1, version: 0x30000000 });
  expect(submit(pair, old)).toBe('stale-share');
  expect(submit(pair, lastJob(pair))).toBe('sent');
});

test('MIN-26 MIN-28 an extended job has all that a coinbase and its merkle root need', () => {
  const pair = miningPair();
  const merklePath = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  pair.say(extendedJob({ jobId: 2, minNtime: UNIX, merklePath }));
  expect(lastJob(pair).root).toEqual({
    kind: 'extranonce',
    coinbasePrefix: Uint8Array.of(2, 0, 0, 0, 1),
    extranoncePrefix: Uint8Array.of(1, 2, 3, 4),
    extranonceSize: 8,
    coinbaseSuffix: Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0),
    merklePath,
  });
});

test('MIN-26 a standard channel served by its group’s job has its root from its own prefix', () => {
  const pair = new Pair({ client: { channels: 'standard' } }).setUp();
  pair.client.openChannel(wishes, pair.now);
  pair.exchange();
  const merklePath = [new Uint8Array(32).fill(1)];
  pair.say(standardSuccess(), extendedJob({ channelId: 100, merklePath }), prevHash({ channelId: 100 }));
  const coinbase = concat(Uint8Array.of(2, 0, 0, 0, 1), new Uint8Array(20).fill(9), Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0));
  expect(lastJob(pair).root).toEqual({ kind: 'fixed', merkleRoot: foldMerklePath(sha256d(coinbase), merklePath) });
});

test('MIN-27 a coinbase that kept its witness is mined without it', () => {
  const pair = miningPair();
  const prefix = Uint8Array.of(2, 0, 0, 0, 0, 1, 1, 0x77);
  const suffix = concat(Uint8Array.of(0xff, 0), Uint8Array.of(1, 32), new Uint8Array(32), Uint8Array.of(9, 0, 0, 0));
  pair.say(extendedJob({ jobId: 2, minNtime: UNIX, coinbaseTxPrefix: prefix, coinbaseTxSuffix: suffix }));
  expect(lastJob(pair).root).toMatchObject({
    coinbasePrefix: Uint8Array.of(2, 0, 0, 0, 1, 0x77),
    coinbaseSuffix: Uint8Array.of(0xff, 0, 9, 0, 0, 0),
  });
});

test('MIN-31 MIN-32 MIN-33 MIN-42 only the bits of BIP 323 may differ, and the whole field is sent', () => {
  const pair = miningPair();
  const job = lastJob(pair);
  for (const bit of [0, 4, 29, 31]) expect(submit(pair, job, { version: (job.version ^ (1 << bit)) >>> 0 })).toBe('version-not-rollable');
  for (const bit of [5, 12, 28]) expect(submit(pair, job, { version: job.version ^ (1 << bit) })).toBe('sent');
  pair.exchange();
  expect(pair.server.of('SubmitSharesExtended').map(({ version }) => version)).toEqual([0x20000020, 0x20001000, 0x30000000]);
});

test('MIN-32 SEC-17 a job that forbids rolling is rolled by nobody, the next one again', () => {
  const pair = miningPair();
  pair.say(extendedJob({ jobId: 2, minNtime: UNIX, versionRollingAllowed: false }));
  expect(lastJob(pair).versionMask).toBe(0);
  expect(submit(pair, lastJob(pair), { version: 0x20000020 })).toBe('version-not-rollable');
  pair.say(extendedJob({ jobId: 3, minNtime: UNIX }));
  expect(submit(pair, lastJob(pair), { version: 0x20000020 })).toBe('sent');
});

test('a version rolled into the sign bit goes out unsigned', () => {
  const pair = miningPair();
  pair.say(extendedJob({ jobId: 2, minNtime: UNIX, version: 0xa0000000 }));
  expect(submit(pair, lastJob(pair), { version: 0xa0000000 | 0, nonce: -1 })).toBe('sent');
  pair.exchange();
  expect(pair.server.of('SubmitSharesExtended')).toMatchObject([{ version: 0xa0000000, nonce: 0xffffffff }]);
});

test('MIN-34 MIN-36 the time of a share runs with our own monotonic seconds, never ahead of them', () => {
  const pair = miningPair();
  const job = lastJob(pair);
  expect(submit(pair, job, { ntime: UNIX + 1 })).toBe('ntime-out-of-range');
  expect(submit(pair, job, { ntime: UNIX - 1 })).toBe('ntime-out-of-range');
  pair.pass(2000);
  expect(submit(pair, job, { ntime: UNIX + 2 })).toBe('sent');
  expect(submit(pair, job, { ntime: UNIX + 3 })).toBe('ntime-out-of-range');
});

test('SEC-16 times far off are taken as they are, and rolled two hours at most', () => {
  const pair = miningPair();
  pair.say(extendedJob({ jobId: 2, minNtime: 0xffffffff }));
  expect(lastJob(pair).ntime).toBe(0xffffffff);
  pair.say(extendedJob({ jobId: 3, minNtime: UNIX }));
  pair.now += 8_000_000;
  expect(submit(pair, lastJob(pair), { ntime: UNIX + 7200 })).toBe('sent');
  expect(submit(pair, lastJob(pair), { ntime: UNIX + 7201 })).toBe('ntime-out-of-range');
});

test('MIN-37 SetTarget governs held and later jobs, not the one that runs', () => {
  const pair = miningPair();
  pair.say(extendedJob({ jobId: 2 }));
  const running = lastJob(pair);
  pair.say({ name: 'SetTarget', channelId: 7, maximumTarget: HARD });
  expect(running.target).toEqual(EASY);
  pair.say(extendedJob({ jobId: 3, minNtime: UNIX }));
  expect(lastJob(pair).target).toEqual(HARD);
  pair.say(prevHash({ jobId: 2 }));
  expect(lastJob(pair)).toMatchObject({ jobId: 2, target: HARD });
});

test('MIN-38 a hash equal to the target is sent, one above it is not, a block always', () => {
  const pair = miningPair();
  pair.say({ name: 'SetTarget', channelId: 7, maximumTarget: HARD }, extendedJob({ jobId: 2, minNtime: UNIX }));
  const above = HARD.slice();
  above[0] = 0x10;
  expect(submit(pair, lastJob(pair), { hash: HARD })).toBe('sent');
  expect(submit(pair, lastJob(pair), { hash: above })).toBe('difficulty-too-low');
  expect(submit(pair, lastJob(pair), { hash: above, isBlock: true })).toBe('sent');
});

test('MIN-39 SEC-11 a target of zero is not taken, one easier than we allow is made as hard as we allow', () => {
  const pair = new Pair().setUp();
  pair.client.openChannel({ ...wishes, maxTarget: HARD }, pair.now);
  pair.exchange();
  pair.say(extendedSuccess({ target: HARD }));
  expect(pair.say({ name: 'SetTarget', channelId: 7, maximumTarget: new Uint8Array(32) })).toEqual([
    { type: 'ignored', reason: 'no-place' },
  ]);
  expect(pair.say({ name: 'SetTarget', channelId: 7, maximumTarget: EASY })).toMatchObject([{ type: 'target', target: HARD }]);
});

test('MIN-40 sequence numbers grow by one a share sent, and only by those', () => {
  const pair = miningPair();
  const job = lastJob(pair);
  submit(pair, job);
  submit(pair, job, { ntime: UNIX + 99 });
  submit(pair, job);
  pair.exchange();
  expect(pair.server.of('SubmitSharesExtended').map(({ sequenceNumber }) => sequenceNumber)).toEqual([1, 2]);
});

test('MIN-41 the extranonce has exactly the granted length', () => {
  const pair = miningPair();
  for (const length of [0, 7, 9]) expect(submit(pair, lastJob(pair), { extranonce: new Uint8Array(length) })).toBe('bad-extranonce-size');
  expect(submit(pair, lastJob(pair))).toBe('sent');
});

test('MIN-43 an acknowledgement accepts all that is open up to its number', () => {
  const pair = miningPair();
  const shares = Array.from({ length: 5 }, () => shareOf(lastJob(pair)));
  for (const share of shares) pair.client.submit(lastJob(pair), share, '', pair.now);
  const ids = shares.map(({ shareId }) => shareId);
  expect(pair.say(error(2))).toMatchObject([{ type: 'refused', shareId: ids[1], late: false }]);
  expect(pair.say(success(3))).toMatchObject([{ type: 'accepted', shareIds: [ids[0], ids[2]] }]);
  expect(pair.say(success(5))).toMatchObject([{ type: 'accepted', shareIds: [ids[3], ids[4]] }]);
});

test('MIN-45 an error after the acknowledgement that passed it still finds its share, once', () => {
  const pair = miningPair();
  const share = shareOf(lastJob(pair));
  pair.client.submit(lastJob(pair), share, '', pair.now);
  pair.say(success(1));
  expect(pair.say(error(1, 'stale-share'))).toEqual([
    { type: 'refused', channelId: 7, shareId: share.shareId, late: true, errorCode: 'stale-share' },
  ]);
  expect(pair.say(error(1))).toEqual([{ type: 'ignored', reason: 'no-place' }]);
});

test('MIN-44 TYP-12 the sum of difficulties may be zero or 2^64−1 and is only handed on', () => {
  const pair = miningPair();
  submit(pair, lastJob(pair));
  submit(pair, lastJob(pair));
  expect(pair.say(success(1, { newSharesSum: 0n }))).toMatchObject([{ sharesSum: 0n }]);
  expect(pair.say(success(2, { newSharesSum: 2n ** 64n - 1n }))).toMatchObject([{ sharesSum: 2n ** 64n - 1n }]);
});

test('SEC-18 acknowledgements of shares never sent, or of more than were, accept no more than were sent', () => {
  const pair = miningPair();
  expect(pair.say(success(5, { newSubmitsAcceptedCount: 0xffffffff }))).toEqual([{ type: 'ignored', reason: 'no-place' }]);
  const share = shareOf(lastJob(pair));
  pair.client.submit(lastJob(pair), share, '', pair.now);
  expect(pair.say(success(0xffffffff, { newSubmitsAcceptedCount: 1000 }))).toMatchObject([{ type: 'accepted', shareIds: [share.shareId] }]);
  expect(pair.say(success(0xffffffff))).toEqual([{ type: 'ignored', reason: 'no-place' }]);
});

test('SEC-19 a server that never acknowledges fills a bounded list; the oldest are given up by name', () => {
  const pair = miningPair();
  const shares = Array.from({ length: MOST_PENDING + 2 }, () => shareOf(lastJob(pair)));
  const results = shares.map((share) => pair.client.submit(lastJob(pair), share, '', pair.now));
  expect(results.slice(0, MOST_PENDING)).toEqual(new Array(MOST_PENDING).fill({ unanswered: undefined }));
  expect(results.slice(MOST_PENDING)).toEqual([{ unanswered: shares[0]?.shareId }, { unanswered: shares[1]?.shareId }]);
});

test('SEC-19 acknowledged shares are remembered for late errors, but not all of them', () => {
  const pair = miningPair();
  for (let count = 0; count <= MOST_REMEMBERED; count += 1) submit(pair, lastJob(pair));
  pair.say(success(MOST_REMEMBERED + 1));
  expect(pair.say(error(1))).toEqual([{ type: 'ignored', reason: 'no-place' }]);
  expect(pair.say(error(2))).toMatchObject([{ type: 'refused', late: true }]);
});

test('MIN-46 the same header is not sent twice on one prevhash, also when the pool renews the job', () => {
  const pair = miningPair();
  const hash = new Uint8Array(32).fill(0x0a);
  expect(submit(pair, lastJob(pair), { hash })).toBe('sent');
  expect(submit(pair, lastJob(pair), { hash })).toBe('duplicate-share');
  pair.say(extendedJob({ jobId: 2 }), prevHash({ jobId: 2 }));
  expect(submit(pair, lastJob(pair), { hash })).toBe('duplicate-share');
  pair.say(extendedJob({ jobId: 3 }), prevHash({ jobId: 3, prevHash: new Uint8Array(32).fill(0xbb) }));
  expect(submit(pair, lastJob(pair), { hash })).toBe('sent');
});

test('MIN-16 a new extranonce prefix is for later jobs; those we hold keep the old one', () => {
  const pair = miningPair();
  const held = lastJob(pair);
  pair.say(extendedJob({ jobId: 2 }));
  pair.say({ name: 'SetExtranoncePrefix', channelId: 7, extranoncePrefix: Uint8Array.of(9, 9, 9, 9) });
  pair.say(extendedJob({ jobId: 3, minNtime: UNIX }));
  expect(held.root).toMatchObject({ extranoncePrefix: Uint8Array.of(1, 2, 3, 4) });
  expect(lastJob(pair).root).toMatchObject({ extranoncePrefix: Uint8Array.of(9, 9, 9, 9) });
  pair.say(prevHash({ jobId: 2 }));
  expect(lastJob(pair).root).toMatchObject({ extranoncePrefix: Uint8Array.of(1, 2, 3, 4) });
});

test('MIN-16 SEC-10 a prefix of another length ends the connection', () => {
  for (const length of [0, 3, 5, 32]) {
    const pair = miningPair();
    const change = { name: 'SetExtranoncePrefix', channelId: 7, extranoncePrefix: new Uint8Array(length) } as const;
    expect(() => pair.say(change)).toThrow('extranonce-prefix-of-another-length');
  }
});

test('MIN-29 MIN-28 a standard channel mines the root it is given', () => {
  const pair = standardPair();
  expect(lastJob(pair)).toMatchObject({
    version: 0x20000000,
    versionMask: 0x1fffffe0,
    root: { kind: 'fixed', merkleRoot: new Uint8Array(32).fill(5) },
  });
  pair.say(standardJob({ jobId: 2, minNtime: UNIX }));
  expect(submit(pair, lastJob(pair))).toBe('sent');
  pair.exchange();
  expect(pair.server.of('SubmitSharesStandard')).toMatchObject([{ channelId: 7, sequenceNumber: 1, jobId: 2, ntime: UNIX }]);
});

test('SEC-14 SEC-15 coinbase parts that form no transaction and the longest merkle path are bytes like others', () => {
  const pair = miningPair();
  for (const [index, length] of [0, 1, 5, 65_535].entries()) {
    const parts = { coinbaseTxPrefix: new Uint8Array(length), coinbaseTxSuffix: new Uint8Array(length).fill(1) };
    const merklePath = new Array(255).fill(new Uint8Array(32).fill(index));
    expect(pair.say(extendedJob({ jobId: 10 + index, minNtime: UNIX, merklePath, ...parts }))).toHaveLength(1);
  }
});

test('SEC-16 nonsense in nbits and prev_hash is carried, not computed with', () => {
  const pair = miningPair();
  for (const [jobId, nbits] of [
    [2, 0],
    [3, 0xffffffff],
    [4, 0x04800001],
    [5, 0x217fffff],
  ] as const) {
    pair.say(extendedJob({ jobId }));
    expect(pair.say(prevHash({ jobId, nbits, prevHash: new Uint8Array(32) }))).toMatchObject([{ type: 'job', job: { nbits } }]);
  }
});

test('faults of a connection are coded, with the rule that was broken', () => {
  const pair = miningPair();
  try {
    pair.say({ name: 'SetExtranoncePrefix', channelId: 7, extranoncePrefix: new Uint8Array(2) });
  } catch (thrown) {
    expect(faultOf(thrown)).toEqual({ code: 'protocol-broken', what: 'extranonce-prefix-of-another-length', had: 4, got: 2 });
  }
  expect.assertions(1);
});
