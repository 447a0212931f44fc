/** The ring of jobs: real nonces of real blocks, named rightly, ambiguously, wrongly or not at all. */
import { expect, test } from 'vitest';
import { difficultyOf, MAX_TARGET } from '../../../core/bitcoin/target.ts';
import { fromHex } from '../../../core/bytes.ts';
import { bm1362Gekko } from '../../../core/devices/chip/bm1362/gekko.ts';
import { bm1387 } from '../../../core/devices/chip/bm1387/bm1387.ts';
import { bm1397Gekko } from '../../../core/devices/chip/bm1397/gekko.ts';
import type { ChipFamily, NonceReply } from '../../../core/devices/chip/chip-family.ts';
import { blockErupter } from '../../../core/devices/chip/icarus/icarus.ts';
import { JobRing, REMEMBERED_NONCES } from '../../../core/devices/chip/job-ring.ts';
import { workOf } from './fakes.ts';
import { replies } from './vectors.ts';

const VERSIONS = [0x00000001, 0x0000e001, 0x1fff0001, 0x1fffe001];
const STEP_ONE = { first: 0x10, last: 0x7f, step: 1 };

function nonce(family: ChipFamily, hex: string): NonceReply {
  const reply = family.decode(fromHex(hex));
  if (reply.kind !== 'nonce') throw new Error(`${hex} is no nonce`);
  return reply;
}

function work(version = 1, mask = 0x1fffe000) {
  return workOf('Block 125552', version, mask);
}

test.each(replies.filter(({ block, midstateIndex }) => block === 'Block 125552' && midstateIndex !== undefined))(
  '$block $nonce: BM1397 finds the version of midstate $midstateIndex, and the difficulty is the published one',
  (row) => {
    const ring = new JobRing(bm1397Gekko.jobIds);
    const given = work();
    expect(ring.add(given, VERSIONS)).toBe(0x10);
    const answer = ring.resolve(nonce(bm1397Gekko, `aa55${row.bm1387}`));
    expect(answer).toMatchObject({ kind: 'found', recovered: false, found: { work: given, version: row.version } });
    expect(answer.kind === 'found' && difficultyOf(answer.hash)).toBeCloseTo(row.difficulty, 2);
  },
);

test.each(replies.filter(({ block }) => block === 'Block 881423'))('$block $nonce: BM1362 rolls the version by itself', (row) => {
  const ring = new JobRing({ first: 0x08, last: 0x78, step: 8 });
  const given = workOf('Block 881423', 0x20000000, 0x1fffe000);
  ring.add(given, [0x20000000]);
  const answer = ring.resolve(nonce(bm1362Gekko, `aa55${row.bm1362}`));
  expect(answer).toMatchObject({ kind: 'found', found: { version: row.version, ntime: 0x679ac169 } });
});

test('asked whether it is real, a nonce is not thereby known', () => {
  const [row] = replies.filter(({ block, midstateIndex }) => block === 'Block 125552' && midstateIndex !== undefined);
  const ring = new JobRing(bm1397Gekko.jobIds);
  const reply = nonce(bm1397Gekko, `aa55${row?.bm1387}`);
  expect(ring.isReal(reply)).toBe(false);
  ring.add(work(), VERSIONS);
  expect(ring.isReal(reply)).toBe(true);
  expect(ring.isReal({ ...reply, nonce: (reply.nonce + 1) >>> 0 })).toBe(false);
  expect(ring.resolve(reply).kind).toBe('found');
});

test('rolled bits outside the mask of the work are never passed on', () => {
  const ring = new JobRing({ first: 0x08, last: 0x78, step: 8 });
  ring.add(workOf('Block 881423', 0x20000000, 0x0000e000), [0x20000000]);
  expect(ring.resolve(nonce(bm1362Gekko, 'aa55e89b3ec30008ffff9f'))).toEqual({ kind: 'wrong', reason: 'version-outside-mask' });
});

test('BM1387 with ids one apart: id plus index is ambiguous, and the hash decides', () => {
  const row = replies.find(({ nonce: hex }) => hex === '93991cfb');
  const ring = new JobRing(STEP_ONE);
  const first = work();
  ring.add(first, VERSIONS);
  const others = [workOf('Genesis', 1, 0x6000), workOf('Genesis', 1, 0x6000), workOf('Genesis', 1, 0x6000)];
  for (const other of others) ring.add(other, [1, 0x2001, 0x4001, 0x6001]);
  // Byte 13 may be (10, 3), (11, 2), (12, 1) or (13, 0).
  expect(ring.resolve(nonce(bm1387, row?.bm1387 as string))).toMatchObject({
    kind: 'found',
    recovered: false,
    found: { work: first, version: 0x1fffe001 },
  });
});

test('a reply that names the wrong job is recovered from the newest four, and told as such', () => {
  const ring = new JobRing(bm1397Gekko.jobIds);
  ring.add(workOf('Genesis', 1, 0), [1]);
  const meant = work();
  ring.add(meant, VERSIONS);
  expect(ring.resolve(nonce(bm1397Gekko, 'aa5593991cfb001385'))).toMatchObject({ kind: 'found', recovered: true, found: { work: meant } });
});

test('a reply without a job is tried on the newest four and no more', () => {
  const ring = new JobRing(blockErupter.jobIds);
  const meant = work(1, 0);
  ring.add(meant, [1]);
  for (let index = 0; index < 3; index += 1) ring.add(workOf('Genesis', 1, 0), [1]);
  expect(ring.resolve(nonce(blockErupter, '42a14695'))).toMatchObject({ kind: 'found', recovered: false, found: { work: meant } });
  const late = new JobRing(blockErupter.jobIds);
  late.add(work(1, 0), [1]);
  for (let index = 0; index < 4; index += 1) late.add(workOf('Genesis', 1, 0), [1]);
  expect(late.resolve(nonce(blockErupter, '42a14695'))).toEqual({ kind: 'wrong', reason: 'wrong-hash' });
});

test('the job that had an id before is still found after the id was given away; the one before that is not', () => {
  const ring = new JobRing({ first: 0x10, last: 0x40, step: 4 });
  const fill = () => {
    for (let index = 0; index < 12; index += 1) ring.add(workOf('Genesis', 1, 0), [1]);
  };
  const meant = work();
  ring.add(meant, VERSIONS);
  fill();
  ring.add(workOf('Genesis', 1, 0), [1]);
  expect(ring.resolve(nonce(bm1397Gekko, 'aa5593991cfb001385'))).toMatchObject({ kind: 'found', found: { work: meant } });
  fill();
  ring.add(workOf('Genesis', 1, 0), [1]);
  expect(ring.resolve(nonce(bm1397Gekko, 'aa55f13e1f42001296'))).toMatchObject({ kind: 'wrong' });
});

test('the same nonce again is a duplicate, also when others came between', () => {
  const ring = new JobRing(bm1397Gekko.jobIds);
  ring.add(work(), VERSIONS);
  const first = nonce(bm1397Gekko, 'aa5593991cfb001385');
  expect(ring.resolve(first).kind).toBe('found');
  expect(ring.resolve(nonce(bm1397Gekko, 'aa55f13e1f42001296')).kind).toBe('found');
  expect(ring.resolve(first)).toEqual({ kind: 'duplicate' });
  expect(REMEMBERED_NONCES).toBeGreaterThan(2);
});

test('after voiding, a correct nonce is stale and still carries its work; new jobs are good', () => {
  const ring = new JobRing(bm1397Gekko.jobIds);
  const given = work();
  ring.add(given, VERSIONS);
  ring.voidAll();
  expect(ring.resolve(nonce(bm1397Gekko, 'aa5593991cfb001385'))).toMatchObject({ kind: 'stale', found: { work: given } });
  const next = work();
  ring.add(next, VERSIONS);
  const named = { ...nonce(bm1397Gekko, 'aa55f13e1f42001296'), candidates: [{ jobId: 0x14, midstateIndex: 2 }] };
  expect(ring.resolve(named)).toMatchObject({ kind: 'found', found: { work: next } });
});

test('unknown jobs and wrong hashes are told apart', () => {
  const ring = new JobRing(bm1397Gekko.jobIds);
  expect(ring.resolve(nonce(bm1397Gekko, 'aa5593991cfb001385'))).toEqual({ kind: 'wrong', reason: 'unknown-job' });
  ring.add(workOf('Genesis', 1, 0x6000), [1, 0x2001, 0x4001, 0x6001]);
  expect(ring.resolve(nonce(bm1397Gekko, 'aa5593991cfb001385'))).toEqual({ kind: 'wrong', reason: 'wrong-hash' });
});

test('an easier target than difficulty 1 is honoured, as practice needs it', () => {
  const ring = new JobRing(bm1397Gekko.jobIds);
  ring.add({ ...work(), target: MAX_TARGET }, VERSIONS);
  expect(ring.resolve({ kind: 'nonce', nonce: 12345, candidates: [{ jobId: 0x10, midstateIndex: 1 }], rolledBits: 0 })).toMatchObject({
    kind: 'found',
    found: { nonce: 12345, version: 0x0000e001 },
  });
});

test.each([
  [bm1397Gekko, [0x10, 0x14, 0x18], 28, 0x10],
  [bm1362Gekko, [0x10, 0x18, 0x20], 14, 0x10],
  [bm1387, [0x10, 0x14, 0x18], 28, 0x10],
])('job ids of %# go round their range', (family, first, count, again) => {
  const ring = new JobRing(family.jobIds);
  const ids = Array.from({ length: count }, () => ring.add(work(), VERSIONS));
  expect(ids.slice(0, 3)).toEqual(first);
  expect(new Set(ids).size).toBe(count);
  expect(ring.add(work(), VERSIONS)).toBe(again);
});

test('Bitaxe ids run on modulo 128 through all sixteen slots', () => {
  const ring = new JobRing({ first: 0x18, last: 0x78, step: 0x18, modulo128: true });
  const ids = Array.from({ length: 16 }, () => ring.add(work(), [1]));
  expect(ids.slice(0, 7)).toEqual([0x18, 0x30, 0x48, 0x60, 0x78, 0x10, 0x28]);
  expect(new Set(ids).size).toBe(16);
  expect(ids.every((id) => id % 8 === 0 && id < 128)).toBe(true);
});
