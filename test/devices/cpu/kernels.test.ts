/** The committed kernels against known blocks and against another implementation of SHA-256. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hashHeader } from '../../../core/bitcoin/header.ts';
import { readU32Le, writeU32Le } from '../../../core/bitcoin/u32.ts';
import { fromHex } from '../../../core/bytes.ts';
import { hasherSource } from '../../../core/devices/cpu/assembly/build.ts';
import { taskWords } from '../../../core/devices/cpu/hash-task.ts';
import { hashKernels, hashTrial } from '../../../core/devices/cpu/kernels.ts';
import { RunningKernel } from '../../../core/io/hash-kernel.ts';
import { isRight } from '../../../core/io/hash-trial.ts';
import { WideCompilation } from '../../../core/io/wide-compilation.ts';
import type { HashKernel } from '../../../core/ports.ts';
import { seededRandom } from '../../fake/seeded-random.ts';

const NONCE_AT = 76;
const EASIEST = new Uint8Array(32).fill(0xff);

const blocks = [
  {
    name: 'genesis',
    header:
      '0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c',
  },
  {
    name: '125552',
    header:
      '0100000081cd02ab7e569e8bcd9317e2fe99f2de44d49ab2b8851ba4a308000000000000e320b6c2fffc8d750423db8b1eb942ae710e951ed797f7affc8892b0f1fc122bc7f5d74df2b9441a42a14695',
  },
].map(({ name, header }) => ({ name, header: fromHex(header), nonce: readU32Le(fromHex(header), NONCE_AT) }));

function running(kernel: HashKernel, header: Uint8Array, limit: number): RunningKernel {
  const started = RunningKernel.start(kernel);
  if (started === undefined) throw new Error('this engine cannot run the kernel');
  started.load(taskWords(header, EASIEST));
  started.limit = limit;
  return started;
}

/** Most significant word of the hash of `header` with `nonce`, by the JavaScript implementation. */
function topWord(header: Uint8Array, nonce: number): number {
  const bytes = header.slice();
  writeU32Le(bytes, NONCE_AT, nonce);
  return readU32Le(hashHeader(bytes), 28);
}

/** A first nonce from which, of all lanes, `lane` has the least top word. */
function firstWithLeastAt(header: Uint8Array, lane: number, lanes: number): number {
  for (let first = 5000; ; first += 1) {
    const words = Array.from({ length: lanes }, (_, other) => topWord(header, first + other));
    if (words[lane] === Math.min(...words)) return first;
  }
}

function searchAll(kernel: RunningKernel, first: number, blocks: number): number[] {
  const found: number[] = [];
  const chunk = { first, blocks, done: 0 };
  while (chunk.done < chunk.blocks) kernel.search(chunk, found, found.length + 1);
  return found.sort((a, b) => a - b);
}

test('the committed kernels are what their sources build', () => {
  const committed = readFileSync(new URL('../../../core/devices/cpu/hasher.wasm.ts', import.meta.url), 'utf8');
  expect(hasherSource() === committed, 'run `npm run build:wasm`').toBe(true);
});

describe.each(hashKernels)('kernel $name', (kernel) => {
  const lanes = Array.from({ length: kernel.lanes }, (_, lane) => lane);

  test.each(blocks)('finds block $name in every lane', ({ header, nonce }) => {
    const started = running(kernel, header, 0);
    for (const lane of lanes) {
      const stride = 1000;
      const first = nonce - lane * stride - 17;
      const found: number[] = [];
      started.search({ first, blocks: stride, done: 0 }, found, 1);
      expect(found).toEqual([nonce]);
      expect(started.topWord(lane)).toBe(0);
    }
  });

  test('agrees with the JavaScript hash on random headers in every lane', () => {
    const random = seededRandom(kernel.name);
    for (let round = 0; round < 50; round += 1) {
      const header = random.bytes(80);
      const [first, stride] = [readU32Le(random.bytes(4), 0), readU32Le(random.bytes(4), 0)];
      const started = running(kernel, header, 0xffffffff);
      expect(started.block(first, stride)).toBe(true);
      for (const lane of lanes) expect(started.topWord(lane)).toBe(topWord(header, (first + Math.imul(lane, stride)) >>> 0));
    }
  });

  test('a top word equal to the limit is found, one above it is not', () => {
    const header = seededRandom('boundary').bytes(80);
    for (const lane of lanes) {
      const first = firstWithLeastAt(header, lane, kernel.lanes);
      const started = running(kernel, header, topWord(header, first + lane));
      expect(started.block(first, 1)).toBe(true);
      started.limit -= 1;
      expect(started.block(first, 1)).toBe(false);
    }
  });

  test.each([0x00ffffff, 0x0fffffff, 0x7fffffff, 0x80000000, 0xffffffff])('misses nothing and invents nothing at limit %i', (limit) => {
    const header = seededRandom(`limit ${limit}`).bytes(80);
    const [first, blocks] = [0xfffff000, Math.ceil(1600 / kernel.lanes)];
    const expected = Array.from({ length: blocks * kernel.lanes }, (_, index) => first + index).filter(
      (nonce) => topWord(header, nonce) <= limit,
    );
    expect(expected.length).toBeGreaterThan(0);
    expect(searchAll(running(kernel, header, limit), first, blocks)).toEqual(expected);
  });

  test('is right after the engine has optimised it, joined to 256 bits where it can', () => {
    const [reference] = hashKernels as readonly [HashKernel];
    const wide = new WideCompilation(true).begin();
    const started = running(kernel, new Uint8Array(80), 0);
    const start = performance.now();
    while (performance.now() - start < 100) started.search({ first: 0, blocks: 256, done: 0 }, [], 1);
    wide();
    expect(isRight(started, running(reference, new Uint8Array(80), 0), hashTrial)).toBe(true);
  });
});
