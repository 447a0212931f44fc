import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concat, toHex } from '../../core/bytes.ts';
import { drawsUntilRepeat, ExtranonceCounter, ownerBytes } from '../../core/work/extranonce-counter.ts';
import { ExtranonceLeases, leasedExtranonce, MAX_LEASES } from '../../core/work/extranonce-lease.ts';
import { aJob, extranonceRoot, fixedRandom, fixedRoot } from './fakes.ts';

test('MIN-41 an extranonce has exactly the bytes asked for, of every size', () => {
  const counter = new ExtranonceCounter(fixedRandom(0x77));
  for (let size = 0; size <= 32; size += 1) expect(counter.draw(size).length).toBe(size);
});

test('it begins at the random point, counts by one, and carries', () => {
  const counter = new ExtranonceCounter(fixedRandom(0xff));
  expect([counter.draw(8), counter.draw(8), counter.draw(8)].map(toHex)).toEqual([
    '0000ffffffffffff',
    '0000000000000000',
    '0000000000000001',
  ]);
});

test('one counter serves all sizes: the last bytes of two draws differ, whatever their sizes', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 2, max: 16 }), { maxLength: 60 }), fc.nat(255), (sizes, byte) => {
      const counter = new ExtranonceCounter(fixedRandom(byte));
      const tails = sizes.map((size) => toHex(counter.draw(size).slice(-2)));
      expect(new Set(tails).size).toBe(tails.length);
    }),
  );
});

test('a one-byte extranonce gives all its values before it repeats', () => {
  const counter = new ExtranonceCounter(fixedRandom(3));
  const seen = new Set(Array.from({ length: drawsUntilRepeat(1) }, () => counter.draw(1)[0]));
  expect(seen.size).toBe(256);
});

test.each([
  { size: 0, owner: 0, draws: 1 },
  { size: 3, owner: 0, draws: 2 ** 24 },
  { size: 4, owner: 1, draws: 2 ** 24 },
  { size: 8, owner: 2, draws: 2 ** 48 },
  { size: 16, owner: 2, draws: 2 ** 48 },
])('of $size bytes, $owner say whose it is, and $draws draws differ', ({ size, owner, draws }) => {
  expect(ownerBytes(size)).toBe(owner);
  expect(drawsUntilRepeat(size)).toBe(draws);
});

test('what is lent to a LAN miner never meets the scheduler’s own extranonces or another lease', () => {
  const leases = new ExtranonceLeases();
  const counter = new ExtranonceCounter(fixedRandom(0xff));
  for (const extranonceSize of [4, 6, 8, 16]) {
    const job = aJob({ root: extranonceRoot({ extranonceSize }) });
    const owners = Array.from({ length: 5 }, () => toHex(leasedExtranonce(job, leases.take() as number)?.owner as Uint8Array));
    const own = toHex(counter.draw(extranonceSize).slice(0, ownerBytes(extranonceSize)));
    expect(new Set([...owners, own]).size).toBe(6);
  }
});

test('a leased prefix and the miner’s own bytes fill the job’s extranonce', () => {
  const job = aJob({ root: extranonceRoot({ extranonceSize: 8 }) });
  const lease = leasedExtranonce(job, 0x0102);
  expect(lease).toEqual({
    extranoncePrefix: concat(Uint8Array.of(0xaa, 0xbb, 0xcc, 0xdd), Uint8Array.of(1, 2)),
    extranonceSize: 6,
    owner: Uint8Array.of(1, 2),
  });
});

test('there is nothing to lend of a fixed root or a very short extranonce', () => {
  expect(leasedExtranonce(aJob({ root: fixedRoot() }), 1)).toBeUndefined();
  expect(leasedExtranonce(aJob({ root: extranonceRoot({ extranonceSize: 3 }) }), 1)).toBeUndefined();
});

test('leases are numbered anew after a release, and end at their limit', () => {
  const leases = new ExtranonceLeases();
  const first = leases.take() as number;
  leases.release(first);
  expect(leases.take()).not.toBe(first);
  for (let count = 1; count < MAX_LEASES; count += 1) expect(leases.take()).toBeDefined();
  expect(leases.take()).toBeUndefined();
  leases.release(first + 1);
  expect(leases.take()).toBeDefined();
});
