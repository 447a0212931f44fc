import { expect, test } from 'vitest';
import { chipDifficultyOf, DIFFICULTY_ONE, isChipHash } from '../../core/bitcoin/chip-difficulty.ts';
import { MAX_TARGET, targetOfDifficulty } from '../../core/bitcoin/target.ts';
import { ticketFor } from '../../core/devices/chip/ticket.ts';
import { type CheckedWork, checkNonce } from '../../core/work/share-check.ts';

/** A hash whose most significant word is `top`; the rest is as high as can be. */
const hash = (top: number) => {
  const bytes = new Uint8Array(32).fill(0xff);
  new DataView(bytes.buffer).setUint32(28, top, true);
  return bytes;
};

test.each([
  { shift: 0, last: 0 },
  { shift: 1, last: 1 },
  { shift: 21, last: 2 ** 21 - 1 },
])('at 2^$shift times easier the last hash that a chip reports has $last on top', ({ shift, last }) => {
  expect(isChipHash(hash(last), DIFFICULTY_ONE / 2 ** shift)).toBe(true);
  expect(isChipHash(hash(last + 1), DIFFICULTY_ONE / 2 ** shift)).toBe(false);
});

test('a target of difficulty 16 is one of 16 · 2^21 where difficulty 1 is 2^21 times easier', () => {
  expect(chipDifficultyOf(targetOfDifficulty(16), DIFFICULTY_ONE)).toBeCloseTo(16, 9);
  expect(chipDifficultyOf(targetOfDifficulty(16 / 2 ** 21), DIFFICULTY_ONE / 2 ** 21)).toBeCloseTo(16, 9);
});

test('a ticket mask follows the target in the units of the chips', () => {
  const easy = targetOfDifficulty(8.5 / 2 ** 21);
  expect(ticketFor(easy, 256)).toBe(1);
  expect(ticketFor(easy, 256, DIFFICULTY_ONE / 2 ** 21)).toBe(8);
});

test('a nonce that chips of a bench report is no error there, and one on the network', () => {
  const impossible = new Uint8Array(32);
  const work: CheckedWork = { header: new Uint8Array(80), versionMask: 0, ntimeRolls: 0, shareTarget: impossible, blockTarget: impossible };
  const nonces = Array.from({ length: 64 }, (_, nonce) => ({ nonce, version: 0, ntime: 0 }));
  const kinds = (difficultyOne?: number) => nonces.map((nonce) => checkNonce(work, nonce, difficultyOne).kind);
  expect(kinds().every((kind) => kind === 'wrong')).toBe(true);
  expect(kinds(1).every((kind) => kind === 'easier')).toBe(true);
  expect(checkNonce({ ...work, shareTarget: MAX_TARGET }, nonces[0] as (typeof nonces)[number]).kind).toBe('share');
});
