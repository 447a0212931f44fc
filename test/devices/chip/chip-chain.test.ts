/** A chain from discovery to nonces, with the clock in the test's hand. */
import { expect, test } from 'vitest';
import { toHex } from '../../../core/bytes.ts';
import { bm1370Bitaxe } from '../../../core/devices/chip/bm1370/bitaxe.ts';
import { bm1368Gekko, bm1370Gekko, gekkoA2Family } from '../../../core/devices/chip/bm1370/gekko.ts';
import { bm1387 } from '../../../core/devices/chip/bm1387/bm1387.ts';
import { bm1397Gekko } from '../../../core/devices/chip/bm1397/gekko.ts';
import { ChipChain } from '../../../core/devices/chip/chip-chain.ts';
import type { ChipFamily } from '../../../core/devices/chip/chip-family.ts';
import { nonceReply } from '../board/board-bench.ts';
import { ChainBench, workOf } from './fakes.ts';

const BM1397_ID = 'aa5513971800000006';
const BM1370_ID = 'aa55137000000000000010';

function ready(family: ChipFamily, id: string, mhz = 200): ChainBench {
  const bench = new ChainBench(new ChipChain({ family, expectedChips: 1 }));
  bench.discover(id);
  bench.send({ type: 'init', mhz, ticketDifficulty: 16 });
  bench.until('ready');
  return bench;
}

test('without an answer the chips are missing, after the window and not before', () => {
  const bench = new ChainBench(new ChipChain({ family: bm1397Gekko, expectedChips: 2 }));
  bench.send({ type: 'discover' });
  bench.wait(1049);
  expect(bench.of('failed')).toEqual([]);
  bench.wait(1);
  expect(bench.of('failed')).toEqual([{ type: 'failed', fault: { code: 'chips-missing', found: 0, expected: 2 } }]);
  expect(bench.chain.deadline).toBeUndefined();
});

test('fewer chips than expected are a failure; another try starts from nothing', () => {
  const bench = new ChainBench(new ChipChain({ family: bm1397Gekko, expectedChips: 2 }));
  bench.send({ type: 'discover' });
  bench.wait(100);
  bench.receive(BM1397_ID);
  bench.wait(1000);
  expect(bench.of('failed')[0]?.fault).toEqual({ code: 'chips-missing', found: 1, expected: 2 });
  bench.discover(BM1397_ID, BM1397_ID);
  expect(bench.of('discovered')).toEqual([{ type: 'discovered', chips: 2, idWord: 0x1397 }]);
});

test('id replies that trickle in are counted until there is silence', () => {
  const bench = new ChainBench(new ChipChain({ family: bm1397Gekko, expectedChips: 6 }));
  bench.send({ type: 'discover' });
  bench.wait(500);
  for (let chip = 0; chip < 6; chip += 1) {
    bench.wait(45);
    bench.receive(BM1397_ID);
  }
  expect(bench.of('discovered')).toEqual([]);
  bench.wait(50);
  expect(bench.of('discovered')[0]?.chips).toBe(6);
});

test('an id that comes before it is asked for is not counted', () => {
  const bench = new ChainBench(new ChipChain({ family: bm1397Gekko, expectedChips: 1 }));
  bench.send({ type: 'discover' });
  bench.wait(20);
  bench.receive(BM1397_ID);
  bench.wait(2000);
  expect(bench.of('failed')[0]?.fault).toEqual({ code: 'chips-missing', found: 0, expected: 1 });
});

test('another chip than expected is named', () => {
  const bench = new ChainBench(new ChipChain({ family: bm1397Gekko, expectedChips: 1 }));
  bench.send({ type: 'discover' });
  bench.wait(60);
  bench.receive('aa5513700000000006');
  bench.wait(1000);
  expect(bench.of('failed')[0]?.fault).toEqual({ code: 'chip-unexpected', idWord: 0x1370 });
});

test('a Compac A2 is known by its chip', () => {
  expect(gekkoA2Family(0x1368)).toBe(bm1368Gekko);
  expect(gekkoA2Family(0x1370)).toBe(bm1370Gekko);
});

test('a work goes out at once, its nonce comes back with the version found, counted on its chip', () => {
  const bench = ready(bm1397Gekko, BM1397_ID);
  const work = workOf('Block 881423', 0x20000000, 0x00006000);
  bench.send({ type: 'work', work });
  expect(bench.sent.at(-1)?.hex.slice(0, 12)).toBe('55aa21961004');
  // Index 0 of this job is version 20000000, of which a nonce is published.
  bench.receive('aa55c5b399bc001087');
  expect(bench.of('nonce')).toEqual([
    {
      type: 'nonce',
      found: { work, nonce: 0xbc99b3c5, version: 0x20000000, ntime: 0x679ac169 },
      chip: 0,
      difficulty: expect.closeTo(6.08, 2),
      recovered: false,
    },
  ]);
  expect(bench.chain.counts).toMatchObject({ nonces: 1, hardwareErrors: 0, chips: [{ nonces: 1, lastNonceMs: bench.nowMs }] });
  bench.receive('aa55c5b399bc001087');
  expect(bench.of('duplicate')).toHaveLength(1);
  bench.send({ type: 'void' });
  bench.receive('aa55d8688f5c001185');
  expect(bench.of('hardware-error')).toEqual([{ type: 'hardware-error', reason: 'wrong-hash', chip: 0 }]);
  expect(bench.chain.counts).toMatchObject({ nonces: 1, duplicates: 1, hardwareErrors: 1, errorRate: 0.5 });
});

test('after void, a correct nonce of earlier work is stale', () => {
  const bench = ready(bm1397Gekko, BM1397_ID);
  const work = workOf('Block 881423', 0x20000000, 0x00006000);
  bench.send({ type: 'work', work });
  bench.send({ type: 'void' });
  bench.receive('aa55c5b399bc001087');
  expect(bench.of('stale')).toMatchObject([{ found: { work } }]);
  expect(bench.chain.counts?.stale).toBe(1);
});

test('the same nonce again and again shows as a run, whatever it is worth', () => {
  const bench = ready(bm1397Gekko, BM1397_ID);
  bench.send({ type: 'work', work: workOf('Genesis', 1, 0x6000) });
  for (let index = 0; index < 3; index += 1) bench.receive('aa55c5b399bc001087');
  expect(bench.chain.counts?.sameNonceRun).toBe(3);
});

test('a narrower version mask is written before the first job that needs it, and only then', () => {
  const bench = ready(bm1370Bitaxe, BM1370_ID, 60);
  const from = bench.sent.length;
  bench.send({ type: 'work', work: workOf('Block 881423', 0x20000000, 0x1fffe000) });
  bench.send({ type: 'work', work: workOf('Block 881423', 0x3e00e000, 0x01ffe000) });
  bench.send({ type: 'work', work: workOf('Block 881423', 0x3e00e000, 0x01ffe000) });
  const sent = bench.sent.slice(from).map(({ hex }) => hex);
  expect(sent.map((hex) => hex.slice(0, 8))).toEqual(['55aa2156', '55aa5109', '55aa2156', '55aa2156']);
  expect(sent[1]?.slice(10, 20)).toBe('a490000fff');
  // The version on the wire keeps the bits that the scheduler rolls and clears those of the chip.
  expect(sent[2]?.slice(-12, -4)).toBe('0000003e');
});

test('a rolled version within the narrower mask is joined to the scheduler’s bits', () => {
  const bench = ready(bm1370Bitaxe, BM1370_ID, 60);
  bench.send({ type: 'work', work: workOf('Block 881423', 0x20000000, 0x0fffe000) });
  bench.receive('aa5502fb05ff003072cb9d');
  expect(bench.of('nonce')[0]?.found.version).toBe(0x2e596000);
});

test('while the frequency changes no work is taken; then the real frequency is told', () => {
  const bench = ready(bm1397Gekko, BM1397_ID);
  expect(bench.chain.mhz).toBe(200);
  bench.send({ type: 'frequency', mhz: 203 });
  expect(bench.chain.takesWork).toBe(false);
  const from = bench.sent.length;
  bench.send({ type: 'work', work: workOf('Genesis', 1, 0) });
  expect(bench.sent).toHaveLength(from);
  bench.until('frequency');
  expect(bench.of('frequency')).toEqual([{ type: 'frequency', mhz: 205 }]);
  expect(bench.chain.takesWork).toBe(true);
});

test('a PLL reply is told as a frequency', () => {
  const bench = ready(bm1397Gekko, BM1397_ID);
  bench.receive('aa5540a00215000805');
  expect(bench.of('register')).toEqual([{ type: 'register', kind: 'register', value: 0x40a00215, address: 0, register: 8, mhz: 400 }]);
});

test('the ticket can be changed while mining, where it is a register', () => {
  const bench = ready(bm1397Gekko, BM1397_ID);
  bench.send({ type: 'ticket', difficulty: 4 });
  expect(bench.sent.at(-1)?.hex).toBe('55aa51090014000000c015');
});

test('nonces far below the ticket show that it was not taken: it is sent again, three times at most', () => {
  // Every hash passes here, and most are of a difficulty between 1 and 2.
  const bench = new ChainBench(new ChipChain({ family: bm1370Bitaxe, expectedChips: 1, difficultyOne: 1 }));
  bench.discover(BM1370_ID);
  bench.send({ type: 'init', mhz: 200, ticketDifficulty: 16 });
  bench.until('ready');
  const from = bench.sent.length;
  for (let nonce = 1; nonce <= 200; nonce += 1) {
    bench.send({ type: 'work', work: workOf('Genesis', 0x20000000, 0) });
    const jobId = Number.parseInt(bench.sent.at(-1)?.hex.slice(8, 10) as string, 16);
    bench.receive(toHex(nonceReply(Uint8Array.of(nonce, 0, 0, 0, 0, (jobId << 1) & 0xf0, 0, 0))));
  }
  expect(bench.of('nonce').length).toBe(200);
  const tickets = bench.sent.slice(from).filter(({ hex }) => hex.startsWith('55aa5109001400'));
  expect(tickets.map(({ hex }) => hex.slice(0, 20))).toEqual(Array(3).fill('55aa51090014000000f0'));
});

test('answers of healthy cores are counted, and nonces from before the first job are not judged', () => {
  const bench = new ChainBench(new ChipChain({ family: bm1387, expectedChips: 1 }));
  bench.discover('13879000000007');
  bench.send({ type: 'init', mhz: 200, ticketDifficulty: 1 });
  bench.wait(500);
  bench.receive('7203ea83001081');
  bench.receive('c5b399bc001087');
  bench.until('ready');
  expect(bench.chain.counts).toMatchObject({ healthyCores: 1, nonces: 0, hardwareErrors: 0 });
});

test('noise is told once, by its length', () => {
  const bench = ready(bm1397Gekko, BM1397_ID);
  bench.receive('0160016001');
  expect(bench.of('garbage')).toEqual([{ type: 'garbage', bytes: 5 }]);
});

test('commands out of place do nothing', () => {
  const bench = new ChainBench(new ChipChain({ family: bm1397Gekko, expectedChips: 1 }));
  bench.send({ type: 'init', mhz: 200, ticketDifficulty: 1 });
  bench.send({ type: 'work', work: workOf('Genesis', 1, 0) });
  bench.send({ type: 'frequency', mhz: 200 });
  bench.send({ type: 'ticket', difficulty: 1 });
  bench.send({ type: 'raw', bytes: new Uint8Array(1) });
  bench.send({ type: 'void' });
  bench.receive('aa55c5b399bc001087');
  expect(bench.events).toEqual([]);
  bench.send({ type: 'shutdown' });
  expect(bench.events).toEqual([{ type: 'stopped' }]);
});
