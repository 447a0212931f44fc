import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toHex } from '../../core/bytes.ts';
import { merkleRootOf } from '../../core/work/header-of.ts';
import type { Job, JobRoot } from '../../core/work/job.ts';
import type { Claim, JobSpace } from '../../core/work/job-space.ts';
import { latestNtime } from '../../core/work/ntime-range.ts';
import { MAX_REMEMBERED_SPACES, SearchSpace } from '../../core/work/search-space.ts';
import { FakeClock } from '../fake/fake-clock.ts';
import { aJob, extranonceRoot, fixedRandom, fixedRoot, START_SECONDS } from './fakes.ts';

const deviceMasks = [0, 0x1fffe000, 0x00006000, 0x1fffffe0, 0xffffffff];
const jobMasks = [0, 0x1fffe000, 0x1fffffe0, 0x00002000, 0x00000020, 0x18000000];
/** The same coinbase bytes, cut in many ways: longer and shorter prefixes, one to sixteen bytes for us, none at all. */
const roots: readonly JobRoot[] = [
  ...[0, 1, 2, 3, 4, 8, 16].map((extranonceSize) => extranonceRoot({ extranonceSize })),
  ...[1, 2, 3].map((size) => extranonceRoot({ extranoncePrefix: new Uint8Array(4 - size), extranonceSize: size })),
  fixedRoot(1),
  fixedRoot(2),
];

/** Collects pieces of work, and fails on the first that covers a header of an earlier one. */
class Ledger {
  /** Header without version → the versions dealt with it. */
  readonly #dealt = new Map<string, { version: number; mask: number }[]>();
  count = 0;

  add({ header, versionMask }: Pick<Claim, 'header' | 'versionMask'>): void {
    const key = toHex(header.subarray(4));
    const version = new DataView(header.buffer).getUint32(0, true);
    const rivals = this.#dealt.get(key) ?? [];
    const met = rivals.find((rival) => ((rival.version ^ version) & ~(rival.mask | versionMask)) === 0);
    if (met !== undefined) throw new Error(`dealt twice: ${version.toString(16)} meets ${met.version.toString(16)} in ${key}`);
    rivals.push({ version, mask: versionMask });
    this.#dealt.set(key, rivals);
    this.count += 1;
  }
}

function pulls(space: JobSpace, clock: FakeClock, mask: number, count: number): Claim[] {
  const claims: Claim[] = [];
  for (let index = 0; index < count; index += 1) {
    const claim = space.next(mask, latestNtime(space.job, clock));
    if (claim === undefined) break;
    claims.push(claim);
  }
  return claims;
}

/** What a script may do, drawn from few choices so that paths cross often. */
function scripts(choice: { roots: readonly JobRoot[]; masks: readonly number[]; pull: number }) {
  const pull = fc.record({
    do: fc.constant('pull' as const),
    mask: fc.constantFrom(...deviceMasks),
    count: fc.integer({ min: 1, max: choice.pull }),
  });
  const job = fc.record({
    do: fc.constant('job' as const),
    root: fc.constantFrom(...choice.roots),
    versionMask: fc.constantFrom(...choice.masks),
    version: fc.constantFrom(0x20000000, 0x20002000, 0x3fffe000, 1),
    prev: fc.integer({ min: 1, max: 2 }),
    ntime: fc.integer({ min: 0, max: 3 }),
  });
  const wait = fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 3000 }) });
  const step = fc.oneof({ weight: 6, arbitrary: pull }, { weight: 3, arbitrary: job }, { weight: 1, arbitrary: wait });
  return fc.array(step, { minLength: 20, maxLength: 120 });
}

type Script = ReturnType<typeof scripts> extends fc.Arbitrary<infer T> ? T : never;

/** Plays a script; every piece is compared with all before it, and with what its job and its device allow. */
function play(script: Script, seed: number): number {
  const clock = new FakeClock();
  const search = new SearchSpace(fixedRandom(seed));
  const ledger = new Ledger();
  let space = search.open(aJob());
  for (const step of script) {
    if (step.do === 'wait') clock.advance(step.ms);
    else if (step.do === 'job') {
      const { root, versionMask, version } = step;
      const prevHash = new Uint8Array(32).fill(step.prev);
      space = search.open(
        aJob({ root, versionMask, version, prevHash, ntime: START_SECONDS + step.ntime, receivedAtMs: clock.monotonic() }),
      );
    } else {
      for (const claim of pulls(space, clock, step.mask, step.count)) {
        ledger.add(claim);
        expectAllowed(claim, space.job, step.mask, clock);
      }
    }
  }
  return ledger.count;
}

/** MIN-32, MIN-34: plain comparisons, because this runs a hundred thousand times. */
function expectAllowed(claim: Claim, job: Job, deviceMask: number, clock: FakeClock): void {
  const header = new DataView(claim.header.buffer);
  const ntime = header.getUint32(68, true);
  if (((header.getUint32(0, true) ^ job.version) & ~job.versionMask) !== 0) throw new Error('a version bit outside the mask');
  if ((claim.versionMask & ~(job.versionMask & deviceMask)) !== 0) throw new Error('a device bit outside the masks');
  if (ntime < job.ntime || ntime > latestNtime(job, clock)) throw new Error('an ntime outside the range');
}

test('MIN-32 MIN-34 no two works ever cover the same header, whatever comes between: devices, reconnects, prefixes, masks, jobs given again', () => {
  let works = 0;
  const script = scripts({ roots, masks: jobMasks, pull: 40 });
  const property = fc.property(script, fc.nat(255), (steps, seed) => {
    works += play(steps, seed);
  });
  fc.assert(property, { numRuns: 80 });
  expect(works).toBeGreaterThan(10_000);
});

test('MIN-32 MIN-34 no two works of one fixed root cover the same header, however its jobs come again', () => {
  const script = scripts({ roots: [fixedRoot(1)], masks: [0x1fffe000, 0x1fffffe0, 0x6000], pull: 9 });
  fc.assert(
    fc.property(script, (steps) => play(steps, 0) >= 0),
    { numRuns: 120 },
  );
});

test('no two works of very short extranonces cover the same header, however the prefix is cut', () => {
  const short = [1, 2, 3].map((size) => extranonceRoot({ extranoncePrefix: new Uint8Array(4 - size), extranonceSize: size }));
  const script = scripts({ roots: short, masks: [0, 0x20], pull: 300 });
  fc.assert(
    fc.property(script, (steps) => play(steps, 0) >= 0),
    { numRuns: 15 },
  );
});

test('a job whose prefix grew by two bytes does not repeat the coinbases of the longer extranonce', () => {
  const clock = new FakeClock();
  const search = new SearchSpace(fixedRandom(0));
  const ledger = new Ledger();
  const job = (size: number): Job =>
    aJob({ versionMask: 0, root: extranonceRoot({ extranoncePrefix: new Uint8Array(4 - size), extranonceSize: size }) });
  for (const claim of pulls(search.open(job(3)), clock, 0, 300)) ledger.add(claim);
  expect(pulls(search.open(job(1)), clock, 0, 10)).toEqual([]);
  clock.advance(1000);
  for (const claim of pulls(search.open(job(1)), clock, 0, 10)) ledger.add(claim);
  expect(ledger.count).toBe(310);
});

test('a job whose prefix shrank by two bytes does not repeat the coinbases of the shorter extranonce', () => {
  const clock = new FakeClock();
  // The third byte from the end carries over after 256 draws: then the longer extranonce reaches the shorter one's prefix.
  const search = new SearchSpace({ bytes: () => Uint8Array.of(0, 0, 0, 0xff, 0xff, 0) });
  const ledger = new Ledger();
  const job = (size: number): Job =>
    aJob({ versionMask: 0, root: extranonceRoot({ extranoncePrefix: new Uint8Array(4 - size), extranonceSize: size }) });
  for (const claim of pulls(search.open(job(1)), clock, 0, 256)) ledger.add(claim);
  expect(pulls(search.open(job(3)), clock, 0, 10)).toEqual([]);
  clock.advance(1000);
  for (const claim of pulls(search.open(job(3)), clock, 0, 10)) ledger.add(claim);
  expect(ledger.count).toBe(266);
});

test('a fixed root that comes again with the kept version bits turned round repeats nothing', () => {
  const clock = new FakeClock();
  const search = new SearchSpace(fixedRandom(1));
  const ledger = new Ledger();
  const job = aJob({ root: fixedRoot(), version: 0x20000000 });
  for (const claim of pulls(search.open(job), clock, 0x1fffe000, 10)) ledger.add(claim);
  const turned = { ...job, version: 0x3e000000 };
  for (const claim of pulls(search.open(turned), clock, 0x1fffe000, 100)) ledger.add(claim);
  clock.advance(1000);
  for (const claim of pulls(search.open(turned), clock, 0x1fffe000, 100)) ledger.add(claim);
  expect(ledger.count).toBe(26);
});

test('MIN-34 a fixed root that comes again with a later ntime begins there', () => {
  const clock = new FakeClock();
  const search = new SearchSpace(fixedRandom(1));
  const job = aJob({ root: fixedRoot() });
  pulls(search.open(job), clock, 0x1fffe000, 3);
  const later = pulls(search.open({ ...job, ntime: job.ntime + 5 }), clock, 0x1fffe000, 100);
  expect(later.map(({ header }) => new DataView(header.buffer).getUint32(68, true))).toEqual(later.map(() => job.ntime + 5));
  expect(later.length).toBe(16);
});

test('spaces are remembered up to the limit; the one unused longest is forgotten', () => {
  const clock = new FakeClock();
  const search = new SearchSpace(fixedRandom(1));
  const job = (number: number): Job => {
    const merkleRoot = new Uint8Array(32);
    new DataView(merkleRoot.buffer).setUint32(0, number);
    return aJob({ versionMask: 0, root: { kind: 'fixed', merkleRoot } });
  };
  const pieces = (number: number): number => pulls(search.open(job(number)), clock, 0, 5).length;
  expect([pieces(0), pieces(1), pieces(0)]).toEqual([1, 1, 0]);
  for (let number = 2; number <= MAX_REMEMBERED_SPACES; number += 1) pieces(number);
  expect([pieces(0), pieces(1)]).toEqual([0, 1]);
});

test('the header of a work has the merkle root of its extranonce', () => {
  const job = aJob({ versionMask: 0 });
  const space = new SearchSpace(fixedRandom(1)).open(job);
  for (const claim of pulls(space, new FakeClock(), 0, 20)) {
    expect(claim.header.slice(36, 68)).toEqual(merkleRootOf(job.root, claim.extranonce));
  }
});

test('the first work of a job has the job’s own version', () => {
  const space = new SearchSpace(fixedRandom(1)).open(aJob({ version: 0x3abcd000, versionMask: 0x1fffffe0 }));
  expect(new DataView((pulls(space, new FakeClock(), 0, 1)[0] as Claim).header.buffer).getUint32(0, true)).toBe(0x3abcd000);
});

test('devices that roll version bits get masks disjoint from what is rolled here', () => {
  const space = new SearchSpace(fixedRandom(1)).open(aJob({ versionMask: 0x1fffffe0 }));
  const claims = pulls(space, new FakeClock(), 0x1fffffe0, 300);
  expect(new Set(claims.map(({ versionMask }) => versionMask))).toEqual(new Set([0x1fffe000]));
  const rolledHere = claims.map(({ header }) => (new DataView(header.buffer).getUint32(0, true) ^ 0x20000000) >>> 0);
  expect(rolledHere.every((bits) => (bits & 0x1fffe000) === 0)).toBe(true);
});

test('software rolls the version before it computes another root', () => {
  const space = new SearchSpace(fixedRandom(1)).open(aJob({ versionMask: 0x1fffe000 }));
  const claims = pulls(space, new FakeClock(), 0, 65_537);
  expect(new Set(claims.slice(0, 65_536).map(({ extranonce }) => extranonce)).size).toBe(1);
  expect(claims[65_536]?.extranonce).not.toEqual(claims[0]?.extranonce);
});

test('devices of different kinds share a root where the low bits of BIP 323 may roll', () => {
  const space = new SearchSpace(fixedRandom(1)).open(aJob({ versionMask: 0x1fffffe0 }));
  const clock = new FakeClock();
  const extranonces = deviceMasks.flatMap((mask) => pulls(space, clock, mask, 1)).map(({ extranonce }) => toHex(extranonce));
  expect(new Set(extranonces).size).toBe(1);
});

test('a one-byte extranonce without version bits gives 256 works a second, and goes on with the next ntime', () => {
  const clock = new FakeClock();
  const space = new SearchSpace(fixedRandom(1)).open(aJob({ versionMask: 0, root: extranonceRoot({ extranonceSize: 1 }) }));
  expect(pulls(space, clock, 0, 1000).length).toBe(256);
  clock.advance(999);
  expect(pulls(space, clock, 0, 1000).length).toBe(0);
  clock.advance(1);
  expect(pulls(space, clock, 0, 1000).length).toBe(256);
});

test('a fixed root with a fixed version gives one work a second', () => {
  const clock = new FakeClock();
  const space = new SearchSpace(fixedRandom(1)).open(aJob({ versionMask: 0, root: fixedRoot() }));
  const ntimes = [0, 1000, 1000, 5000].flatMap((ms) => {
    clock.advance(ms);
    return pulls(space, clock, 0, 100).map(({ header }) => new DataView(header.buffer).getUint32(68, true) - START_SECONDS);
  });
  expect(ntimes).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test('a fixed root whose version may roll serves sixteen rolling devices in its first second', () => {
  const space = new SearchSpace(fixedRandom(1)).open(aJob({ root: fixedRoot() }));
  const claims = pulls(space, new FakeClock(), 0x1fffe000, 100);
  expect(claims.length).toBe(16);
  expect(new Set(claims.map(({ versionMask }) => versionMask))).toEqual(new Set([0x01ffe000]));
});

test('a fixed root given again after a reconnect goes on where it stopped', () => {
  const clock = new FakeClock();
  const search = new SearchSpace(fixedRandom(1));
  const job = aJob({ root: fixedRoot() });
  const before = pulls(search.open(job), clock, 0x1fffe000, 10);
  const after = pulls(search.open({ ...job, key: 'job-2' }), clock, 0x1fffe000, 10);
  expect([before.length, after.length]).toEqual([10, 6]);
});

test('MIN-16 jobs with other extranonce prefixes are hashed with their own', () => {
  const search = new SearchSpace(fixedRandom(1));
  const clock = new FakeClock();
  for (const extranoncePrefix of [Uint8Array.of(1), Uint8Array.of(2, 2)]) {
    const job: Job = aJob({ root: extranonceRoot({ extranoncePrefix }) });
    const [claim] = pulls(search.open(job), clock, 0, 1) as [Claim];
    expect(claim.header.slice(36, 68)).toEqual(merkleRootOf(job.root, claim.extranonce));
  }
});
