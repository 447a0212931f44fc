/** Share targets of solo mining, and who may roll which bits. */
import { expect, test } from 'vitest';
import { targetOfNbits } from '../../core/bitcoin/nbits.ts';
import { hashesPerShare } from '../../core/bitcoin/target.ts';
import { compareLe } from '../../core/bytes.ts';
import {
  FEWEST_SHARES_PER_MINUTE,
  isOutOfPace,
  MOST_SHARES_PER_MINUTE,
  RUN_BYTES,
  soloJob,
  soloShareTarget,
} from '../../core/pool/solo-job.ts';
import { assemble } from '../../core/templates/assembly.ts';
import { templateFromGbt } from '../../core/templates/from-gbt.ts';
import { FakeNode } from '../fake/fake-node.ts';

const MAIN_NBITS = 0x17038000;
const EASY_NBITS = 0x207fffff;

test.each([200_000, 5e6, 5e11, 3.3e12, 1e15])('devices of %d H/s show 6 to 20 shares a minute', (hashesPerSecond) => {
  const target = soloShareTarget(hashesPerSecond, MAIN_NBITS, 'main');
  const sharesPerMinute = (hashesPerSecond * 60) / hashesPerShare(target);
  expect(sharesPerMinute).toBeGreaterThan(FEWEST_SHARES_PER_MINUTE);
  expect(sharesPerMinute).toBeLessThan(MOST_SHARES_PER_MINUTE);
  expect(isOutOfPace(target, hashesPerSecond)).toBe(false);
  expect(isOutOfPace(target, hashesPerSecond * 3)).toBe(true);
});

test.each([0, -1, Number.NaN, 10])('a speed that is unknown (%d) never gives a target that floods', (hashesPerSecond) => {
  const target = soloShareTarget(hashesPerSecond, MAIN_NBITS, 'main');
  expect(hashesPerShare(target)).toBeGreaterThan(500_000);
});

test('no share target is ever harder than a block', () => {
  expect(soloShareTarget(1e30, MAIN_NBITS, 'main')).toEqual(targetOfNbits(MAIN_NBITS));
  expect(soloShareTarget(1e12, EASY_NBITS, 'signet')).toEqual(targetOfNbits(EASY_NBITS));
});

test('on regtest blocks come at the shares’ pace', () => {
  expect(compareLe(soloShareTarget(1e6, EASY_NBITS, 'regtest'), targetOfNbits(EASY_NBITS))).toBeLessThan(0);
});

const jobOf = (change: object, number = 1) => {
  const node = new FakeNode();
  Object.assign(node.change, change);
  const { template } = templateFromGbt(node.template());
  const assembled = assemble({ template, payouts: [], tag: new Uint8Array(0), extranonceBytes: 16 });
  return soloJob({ sourceId: 's', run: new Uint8Array(RUN_BYTES), number, assembled, shareTarget: new Uint8Array(32), receivedAtMs: 5 });
};

test('BIP 320 bits may be rolled, those of forks under way may not', () => {
  expect(jobOf({}).versionMask).toBe(0x1fffe000);
  expect(jobOf({ vbavailable: { x: 13, y: 28 }, vbrequired: 1 << 14 }).versionMask).toBe(0x0fff8000);
  expect(jobOf({ version: 4 }).versionMask).toBe(0);
});

test('no two jobs share a header: each has its own extranonce prefix and key', () => {
  const [one, two] = [jobOf({}, 1), jobOf({}, 2)];
  expect(one.key).not.toBe(two.key);
  expect(one.root).not.toEqual(two.root);
});
