import { expect, test } from 'vitest';
import { decodeHeader } from '../../core/bitcoin/header.ts';
import { targetOfNbits } from '../../core/bitcoin/nbits.ts';
import { MAX_TARGET, targetOfDifficulty } from '../../core/bitcoin/target.ts';
import { readU32Le, writeU32Le } from '../../core/bitcoin/u32.ts';
import { fromHex, fromNumberLe, showHash, toNumberLe } from '../../core/bytes.ts';
import { type CheckedWork, checkNonce } from '../../core/work/share-check.ts';
import { block125552, block881423, genesis } from '../bitcoin/vectors.ts';

/** Work on a real block's header, as a chip gets it: nonce zero. */
function workOf(block: { header: string }, changes: Partial<CheckedWork> = {}): CheckedWork {
  const header = fromHex(block.header);
  writeU32Le(header, 76, 0);
  const blockTarget = targetOfNbits(decodeHeader(header).nbits);
  return { header, versionMask: 0, ntimeRolls: 0, shareTarget: targetOfDifficulty(1), blockTarget, ...changes };
}

const claim = (work: CheckedWork, nonceBytes: string, changes: { version?: number; ntime?: number } = {}) => ({
  nonce: readU32Le(fromHex(nonceBytes), 0),
  version: readU32Le(work.header, 0),
  ntime: readU32Le(work.header, 68),
  ...changes,
});

test.each([genesis, block125552, block881423])('block $hash is found to be a block', (block) => {
  const work = workOf(block);
  const check = checkNonce(work, claim(work, block.header.slice(-8)));
  expect(check).toMatchObject({ kind: 'share', isBlock: true });
  expect(check.kind === 'share' && showHash(check.hash)).toBe(block.hash);
});

/** Every nonce of these headers whose hash ends in 32 zero bits, found by complete scans of all nonces. */
const scanned = [
  { block: block125552, version: 0x00000001, nonce: '5afeca88', difficulty: 1.328 },
  { block: block125552, version: 0x00000001, nonce: 'c32c1ebd', difficulty: 1.873 },
  { block: block125552, version: 0x1fff0001, nonce: 'f13e1f42', difficulty: 1.132 },
  { block: block125552, version: 0x1fffe001, nonce: '93991cfb', difficulty: 7.752 },
  { block: block881423, version: 0x20000000, nonce: 'c5b399bc', difficulty: 6.08 },
  { block: block881423, version: 0x2000e000, nonce: 'd8688f5c', difficulty: 5.264 },
  { block: block881423, version: 0x3fffe000, nonce: 'e89b3ec3', difficulty: 2.066 },
];

test.each(scanned)('nonce $nonce with version $version reaches difficulty $difficulty', ({ block, version, nonce, difficulty }) => {
  const work = workOf(block, { versionMask: 0x1fffe000 });
  const check = checkNonce(work, claim(work, nonce, { version }));
  expect(check).toMatchObject({ kind: 'share', isBlock: false });
  expect(check.kind === 'share' && check.difficulty).toBeCloseTo(difficulty, 3);
});

test.each(scanned)('nonce $nonce with version $version is real, but too easy at difficulty 1000', ({ block, version, nonce }) => {
  const work = workOf(block, { versionMask: 0x1fffe000, shareTarget: targetOfDifficulty(1000) });
  expect(checkNonce(work, claim(work, nonce, { version })).kind).toBe('easier');
});

test('MIN-38 a hash equal to the share target is a share, one above is not', () => {
  const work = workOf(block125552);
  const check = checkNonce(work, claim(work, '5afeca88'));
  const hash = check.kind === 'share' ? check.hash : new Uint8Array(32);
  const below = fromNumberLe(toNumberLe(hash) - 1n, 32);
  expect(checkNonce({ ...work, shareTarget: hash }, claim(work, '5afeca88')).kind).toBe('share');
  expect(checkNonce({ ...work, shareTarget: below }, claim(work, '5afeca88')).kind).toBe('easier');
});

test('a nonce whose hash lacks 32 zero bits is the device’s error, unless the target is that easy', () => {
  const work = workOf(block125552);
  expect(checkNonce(work, claim(work, '42a14694'))).toEqual({ kind: 'wrong', reason: 'hash-too-high' });
  expect(checkNonce({ ...work, shareTarget: MAX_TARGET }, claim(work, '42a14694')).kind).toBe('share');
});

test('MIN-32 a version bit outside the mask is refused, even on a block', () => {
  const work = workOf(block881423, { versionMask: 0x1fffe000 });
  for (const bit of [0x1, 0x1000, 0x20000000, 0x80000000]) {
    const version = (readU32Le(work.header, 0) ^ bit) >>> 0;
    expect(checkNonce(work, claim(work, '02fb05ff', { version }))).toEqual({ kind: 'wrong', reason: 'version-outside-mask' });
  }
  expect(checkNonce({ ...work, versionMask: 0 }, claim(work, '02fb05ff', { version: 0x20000000 }))).toMatchObject({ kind: 'wrong' });
});

test('MIN-34 an ntime outside what the work allows is refused', () => {
  const work = workOf(block125552, { shareTarget: MAX_TARGET });
  const ntime = readU32Le(work.header, 68);
  const kinds = (rolls: number) =>
    [-1, 0, 1, 2].map((by) => checkNonce({ ...work, ntimeRolls: rolls }, claim(work, '00000000', { ntime: ntime + by })).kind);
  expect(kinds(0)).toEqual(['wrong', 'share', 'wrong', 'wrong']);
  expect(kinds(1)).toEqual(['wrong', 'share', 'share', 'wrong']);
});

test('MIN-39 a share target of zero lets nothing through but blocks', () => {
  const work = workOf(block125552, { shareTarget: new Uint8Array(32) });
  expect(checkNonce(work, claim(work, '5afeca88')).kind).toBe('easier');
  expect(checkNonce(work, claim(work, '42a14695'))).toMatchObject({ kind: 'share', isBlock: true });
});

test('a check leaves the work as it was', () => {
  const work = workOf(genesis);
  const before = work.header.slice();
  checkNonce(work, claim(work, '1dac2b7c'));
  expect(work.header).toEqual(before);
});
