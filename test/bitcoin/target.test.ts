import fc from 'fast-check';
import { expect, test } from 'vitest';
import { targetOfNbits } from '../../core/bitcoin/nbits.ts';
import { difficultyOf, hashesPerShare, MAX_TARGET, meetsTarget, targetOfDifficulty, targetOfHashrate } from '../../core/bitcoin/target.ts';
import { compareLe, fromHex, fromNumberLe, reversed, showHash } from '../../core/bytes.ts';
import { block125552, block881423, genesis } from './vectors.ts';

const shown = (hex: string): Uint8Array => reversed(fromHex(hex));

test.each([genesis, block125552, block881423])('block $hash reached difficulty $difficulty', ({ hash, difficulty }) => {
  expect(difficultyOf(shown(hash)) / difficulty).toBeCloseTo(1, 6);
});

test.each([
  { nbits: 0x1d00ffff, difficulty: 1 },
  { nbits: 0x1b0404cb, difficulty: 16307.420938523983 },
  { nbits: 0x1a44b9f2, difficulty: 244112.48777434 },
  { nbits: 0x170e2632, difficulty: 19893045048575.473 },
])('target of nbits $nbits has difficulty $difficulty', ({ nbits, difficulty }) => {
  expect(difficultyOf(targetOfNbits(nbits)) / difficulty).toBeCloseTo(1, 12);
});

test('MIN-38 a hash meets a target equal to it, and misses one below', () => {
  const hash = shown(genesis.hash);
  expect(meetsTarget(hash, hash)).toBe(true);
  expect(meetsTarget(hash, fromNumberLe(0n, 32))).toBe(false);
  expect(meetsTarget(MAX_TARGET, MAX_TARGET)).toBe(true);
});

test.each([
  { difficulty: 1, target: `00000000ffff${'0'.repeat(52)}` },
  { difficulty: 2, target: `000000007fff8${'0'.repeat(51)}` },
  { difficulty: 0.5, target: `00000001fffe${'0'.repeat(52)}` },
  { difficulty: 3, target: `0000000055550${'0'.repeat(51)}` },
  { difficulty: 0.0000001, target: undefined },
])('target of difficulty $difficulty is exact', ({ difficulty, target }) => {
  const found = targetOfDifficulty(difficulty);
  if (target !== undefined) expect(showHash(found)).toBe(target);
  expect(difficultyOf(found) / difficulty).toBeCloseTo(1, 12);
});

test('every difficulty survives the way to its target and back', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1e30, noNaN: true }), (difficulty) => {
      expect(difficultyOf(targetOfDifficulty(difficulty)) / difficulty).toBeCloseTo(1, 10);
    }),
  );
});

test('a harder difficulty never has an easier target', () => {
  const doubles = fc.double({ min: 1e-12, max: 1e40, noNaN: true });
  fc.assert(
    fc.property(doubles, doubles, (a, b) => {
      const [low, high] = a <= b ? [a, b] : [b, a];
      expect(compareLe(targetOfDifficulty(high), targetOfDifficulty(low))).toBeLessThanOrEqual(0);
    }),
  );
});

test('MIN-39 nonsense difficulties, speeds and targets neither throw nor divide by zero', () => {
  for (const difficulty of [0, -1, Number.NaN]) expect(difficultyOf(targetOfDifficulty(difficulty))).toBe(1);
  expect(targetOfDifficulty(Number.POSITIVE_INFINITY)).toEqual(new Uint8Array(32));
  expect(targetOfDifficulty(Number.MIN_VALUE)).toEqual(MAX_TARGET);
  expect(targetOfDifficulty(Number.MAX_VALUE)).toEqual(new Uint8Array(32));
  for (const speed of [0, -1, Number.NaN]) expect(targetOfHashrate(speed, 6)).toEqual(MAX_TARGET);
  expect(targetOfHashrate(1e12, 0)).toEqual(new Uint8Array(32));
  expect(targetOfHashrate(Number.MAX_VALUE, 6)).toEqual(new Uint8Array(32));
  expect(Number.isFinite(difficultyOf(new Uint8Array(32)))).toBe(true);
  expect(Number.isFinite(hashesPerShare(new Uint8Array(32)))).toBe(true);
});

test('a device at its declared speed meets the target of that speed as often as asked', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e3, max: 1e18, noNaN: true }), fc.double({ min: 0.1, max: 600, noNaN: true }), (speed, perMinute) => {
      fc.pre((speed * 60) / perMinute > 1e4);
      expect((speed * 60) / hashesPerShare(targetOfHashrate(speed, perMinute)) / perMinute).toBeCloseTo(1, 6);
    }),
  );
});

test('difficulty 1 takes 2^48 / 65535 hashes', () => {
  expect(hashesPerShare(targetOfDifficulty(1)) / (2 ** 48 / 0xffff)).toBeCloseTo(1, 12);
});
