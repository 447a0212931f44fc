import { expect, test } from 'vitest';
import { sha256d } from '../../core/bitcoin/sha256d.ts';
import { DuplicateGuard, MAX_REMEMBERED_NONCES } from '../../core/work/duplicate-guard.ts';

function hashOf(number: number): Uint8Array {
  const hash = new Uint8Array(32);
  new DataView(hash.buffer).setUint32(0, number);
  return hash;
}

test('MIN-46 a hash is new once', () => {
  const guard = new DuplicateGuard();
  const hashes = Array.from({ length: 500 }, (_, index) => sha256d(Uint8Array.of(index, index >> 8)));
  expect(hashes.every((hash) => guard.isNew(hash))).toBe(true);
  expect(hashes.some((hash) => guard.isNew(hash))).toBe(false);
});

test('hashes are told apart by their random end, not by the zeros of a share', () => {
  const guard = new DuplicateGuard();
  expect([1, 2, 0x01000000].map((number) => guard.isNew(hashOf(number)))).toEqual([true, true, true]);
});

test('memory is bounded: the oldest is forgotten first', () => {
  const guard = new DuplicateGuard();
  for (let number = 0; number <= MAX_REMEMBERED_NONCES; number += 1) guard.isNew(hashOf(number));
  expect(guard.isNew(hashOf(MAX_REMEMBERED_NONCES))).toBe(false);
  expect(guard.isNew(hashOf(0))).toBe(true);
});

test('after a new prevHash nothing is remembered', () => {
  const guard = new DuplicateGuard();
  guard.isNew(hashOf(1));
  guard.clear();
  expect(guard.isNew(hashOf(1))).toBe(true);
});
