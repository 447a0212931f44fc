import { describe, expect, test } from 'vitest';
import { toHex } from '../../core/bytes.ts';
import { AppError, PeerError } from '../../core/errors.ts';
import { mutated, pieces } from './mutate.ts';
import { seededRandom } from './random.ts';
import { runCases } from './run-cases.ts';
import { type FuzzTarget, insist } from './target.ts';
import { targets } from './targets.ts';

const cases = (count: number) => ({ seed: 5, from: 0, count });
const run = (target: Pick<FuzzTarget, 'name' | 'run'>, count: number) => runCases(target, cases(count), () => undefined);

describe('the runner', () => {
  test('a fault of the peer passes, any other exception is a finding with its case', async () => {
    const thrown = [new PeerError({ code: 'frame-too-long' }), new AppError({ code: 'internal' }), new TypeError('oops'), 'text'];
    const result = await run({ name: 'throws', run: (_, index) => Promise.reject(thrown[index]) }, 4);
    expect([result.passed, result.failed]).toEqual([1, 3]);
    expect(result.findings.map(({ caseIndex }) => caseIndex)).toEqual([1, 2, 3]);
    expect(result.findings[1]?.text).toContain('oops');
  });

  test('a claim that does not hold is a finding, and many findings are all counted', async () => {
    const result = await run({ name: 'wrong', run: () => insist(false, 'one is two') }, 50);
    expect([result.passed, result.failed, result.findings.length]).toEqual([0, 50, 10]);
    expect(result.findings[0]?.text).toContain('not so: one is two');
  });

  test('a case draws the same alone as in its run, and another case draws something else', async () => {
    const seen: string[] = [];
    const target: Pick<FuzzTarget, 'name' | 'run'> = { name: 'draws', run: (random) => void seen.push(toHex(random.bytes(8))) };
    await run(target, 4);
    await runCases(target, { seed: 5, from: 2, count: 1 }, () => undefined);
    expect(seen[4]).toBe(seen[2]);
    expect(new Set(seen).size).toBe(4);
  });
});

describe('the targets', () => {
  test('have names of their own', () => {
    expect(new Set(targets.map(({ name }) => name)).size).toBe(targets.length);
  });

  test.each([
    ['frames', 150],
    ['messages', 400],
    ['handshake', 15],
  ])('%s finds nothing in %i cases', async (name, count) => {
    const target = targets.find((candidate) => candidate.name === name);
    expect(target && (await run(target, count))).toMatchObject({ passed: count, failed: 0, findings: [] });
  });
});

describe('damage', () => {
  test('pieces are the whole, in order', () => {
    const random = seededRandom(6);
    for (const length of [0, 1, 50, 3000]) {
      const bytes = random.bytes(length);
      expect(pieces(bytes, random).map(toHex).join('')).toBe(toHex(bytes));
    }
  });

  test('leaves its input alone and mostly changes the copy', () => {
    const random = seededRandom(7);
    const bytes = random.bytes(100);
    const before = toHex(bytes);
    const changed = Array.from({ length: 100 }, () => toHex(mutated(bytes, random)) !== before);
    expect(toHex(bytes)).toBe(before);
    expect(changed.filter(Boolean).length).toBeGreaterThan(90);
  });
});
