/** The loop of a hash thread, step by step, with a clock that a pretended kernel moves. */
import { expect, test } from 'vitest';
import type { Chunk, RunningKernel } from '../../core/io/hash-kernel.ts';
import { HashMailbox } from '../../core/io/hash-mailbox.ts';
import { HashSearch } from '../../core/io/hash-search.ts';

const ALL = 2 ** 32;
const words = new Uint32Array(12);
type Hit = (nonce: number) => boolean;
const never: Hit = () => false;

/** Hashes `lanes` nonces a block at `blocksPerMs`; every nonce for which `hit` says so is found. */
function setUp({ lanes = 5, blocksPerMs = 1000, hit = never }: { lanes?: number; blocksPerMs?: number; hit?: Hit } = {}) {
  let now = 0;
  const chunks: Chunk[] = [];
  const kernel = {
    name: 'pretended',
    lanes,
    load: () => {},
    search(chunk: Chunk, found: number[], most: number) {
      if (chunk.done === 0) chunks.push(chunk);
      while (chunk.done < chunk.blocks && found.length < most) {
        for (let lane = 0; lane < lanes; lane += 1) {
          const nonce = chunk.first + lane * chunk.blocks + chunk.done;
          if (hit(nonce)) found.push(nonce);
        }
        chunk.done += 1;
        now += 1 / blocksPerMs;
      }
    },
  } as unknown as RunningKernel;
  const mailbox = HashMailbox.create();
  const sleeps: number[] = [];
  mailbox.sleep = (_wakes, timeoutMs) => {
    sleeps.push(timeoutMs);
    now += timeoutMs;
  };
  const found: { ticket: number; nonces: readonly number[] }[] = [];
  const searched: number[] = [];
  const reports = {
    found: (ticket: number, nonces: readonly number[]) => found.push({ ticket, nonces }),
    searched: (ticket: number) => searched.push(ticket),
  };
  const search = new HashSearch(kernel, mailbox, reports, () => now);
  return { search, mailbox, chunks, sleeps, found, searched, now: () => now };
}

/** Jumps near the end: the search believes that its kernel is so fast that a chunk is most of all nonces. */
function tail(lanes: number, hit: Hit) {
  const set = setUp({ lanes });
  const covered: number[] = [];
  const kernel = {
    lanes,
    load: () => {},
    search(chunk: Chunk, found: number[]) {
      const end = chunk.first + chunk.blocks * lanes;
      for (let nonce = Math.max(chunk.first, ALL - 2000); nonce < end; nonce += 1) {
        covered.push(nonce);
        if (hit(nonce)) found.push(nonce);
      }
      chunk.done = chunk.blocks;
    },
  } as unknown as RunningKernel;
  set.search.useKernel(kernel);
  return { ...set, covered };
}

test('without a task it sleeps; a task is taken up at the next step', () => {
  const { search, mailbox, sleeps, chunks } = setUp();
  search.step();
  expect([sleeps.length, chunks.length]).toEqual([1, 0]);
  mailbox.assign({ ticket: 1, words });
  search.step();
  expect([sleeps.length, chunks.length]).toEqual([1, 1]);
});

test('chunks follow each other without gap or overlap and settle at about a millisecond', () => {
  const { search, mailbox, chunks } = setUp({ lanes: 5, blocksPerMs: 3000 });
  mailbox.assign({ ticket: 1, words });
  for (let step = 0; step < 40; step += 1) search.step();
  for (const [index, chunk] of chunks.entries()) {
    const before = chunks[index - 1];
    expect(chunk.first).toBe(before === undefined ? 0 : before.first + before.blocks * 5);
  }
  expect(chunks.at(-1)?.blocks).toBeGreaterThan(2500);
  expect(chunks.at(-1)?.blocks).toBeLessThan(3500);
  expect(mailbox.hashes).toBe(chunks.reduce((total, chunk) => total + chunk.blocks * 5, 0));
});

test('a new task begins at nonce 0 in the very next chunk', () => {
  const { search, mailbox, chunks } = setUp();
  mailbox.assign({ ticket: 1, words });
  for (let step = 0; step < 5; step += 1) search.step();
  mailbox.assign({ ticket: 2, words });
  search.step();
  expect(chunks.at(-1)?.first).toBe(0);
});

test('nonces come with the ticket of the task they belong to', () => {
  const { search, mailbox, found } = setUp({ hit: (nonce) => nonce === 3 });
  mailbox.assign({ ticket: 11, words });
  search.step();
  mailbox.assign({ ticket: 12, words });
  search.step();
  expect(found).toEqual([
    { ticket: 11, nonces: [3] },
    { ticket: 12, nonces: [3] },
  ]);
});

test.each([1, 5, 8])(
  'with %i lanes all nonces to the last are tried, none is reported twice, then it sleeps until there is more',
  (lanes) => {
    const last = [ALL - 1, ALL - 2, ALL - 1001];
    const { search, mailbox, found, searched, sleeps, covered } = tail(lanes, (nonce) => last.includes(nonce));
    mailbox.assign({ ticket: 9, words });
    for (let step = 0; searched.length === 0; step += 1) {
      if (step > 100_000) throw new Error('never ends');
      search.step();
    }
    expect(found.flatMap(({ nonces }) => nonces).sort((a, b) => b - a)).toEqual(last);
    expect(new Set(covered).size).toBe(2000);
    search.step();
    expect([searched, sleeps.length]).toEqual([[9], 1]);
  },
);

test.each([0.05, 0.25, 0.5, 0.9])('at a duty cycle of %f that share of the time is hashing, in short periods', (dutyCycle) => {
  const { search, mailbox, sleeps, now } = setUp({ lanes: 1, blocksPerMs: 1000 });
  mailbox.setDutyCycle(dutyCycle);
  mailbox.assign({ ticket: 1, words });
  while (now() < 5_000) search.step();
  const restedMs = sleeps.reduce((total, ms) => total + ms, 0);
  expect(1 - restedMs / now()).toBeCloseTo(dutyCycle, 1);
  for (const ms of sleeps) expect(ms).toBeLessThan(90);
});

test('a new task is hashed at once even when a rest is due, and the rest is made up for', () => {
  const { search, mailbox, chunks, sleeps } = setUp({ lanes: 1, blocksPerMs: 10 });
  mailbox.setDutyCycle(0.05);
  mailbox.assign({ ticket: 1, words });
  search.step();
  mailbox.assign({ ticket: 2, words });
  search.step();
  expect([chunks.length, sleeps.length]).toEqual([2, 0]);
  search.step();
  expect(sleeps.length).toBe(1);
});

test('when reports are not read it stops hashing, and goes on when they are', () => {
  const { search, mailbox, found, sleeps } = setUp({ hit: () => true });
  mailbox.assign({ ticket: 1, words });
  for (let step = 0; step < 50; step += 1) search.step();
  const before = found.length;
  expect(sleeps.length).toBeGreaterThan(40);
  search.step();
  expect(found.length).toBe(before);
  for (let read = 0; read < before; read += 1) mailbox.reportRead();
  search.step();
  expect(found.length).toBeGreaterThan(before);
});

test('no report holds more than one block above its limit', () => {
  const { search, mailbox, found } = setUp({ lanes: 5, hit: () => true });
  mailbox.assign({ ticket: 1, words });
  search.step();
  expect(Math.max(...found.map(({ nonces }) => nonces.length))).toBeLessThan(32 + 5);
});
