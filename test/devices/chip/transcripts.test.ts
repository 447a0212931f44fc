/**
 * Every init sequence, byte for byte, with at least the stated silences: each line is a frame and the milliseconds that must
 * pass before the next. `baud N` is a change of the host's rate. Frames after `*` are this driver's own, with its reason.
 */
import { expect, test } from 'vitest';
import { toHex } from '../../../core/bytes.ts';
import { hashCountNumber } from '../../../core/devices/chip/bitaxe-plan.ts';
import { bm1362EmberOne } from '../../../core/devices/chip/bm1362/ember-one.ts';
import { bm1362Gekko } from '../../../core/devices/chip/bm1362/gekko.ts';
import { bm1366Bitaxe } from '../../../core/devices/chip/bm1366/bitaxe.ts';
import { bm1368Bitaxe } from '../../../core/devices/chip/bm1368/bitaxe.ts';
import { bm1370Bitaxe } from '../../../core/devices/chip/bm1370/bitaxe.ts';
import { bm1370Gekko } from '../../../core/devices/chip/bm1370/gekko.ts';
import { bm1384 } from '../../../core/devices/chip/bm1384/bm1384.ts';
import { bm1387, bm1387At } from '../../../core/devices/chip/bm1387/bm1387.ts';
import { bm1397Bitaxe } from '../../../core/devices/chip/bm1397/bitaxe.ts';
import { bm1397Gekko } from '../../../core/devices/chip/bm1397/gekko.ts';
import { ChipChain } from '../../../core/devices/chip/chip-chain.ts';
import type { ChipFamily } from '../../../core/devices/chip/chip-family.ts';
import { register, writeAll, writeOne } from '../../../core/devices/chip/commands.ts';
import { ramp } from '../../../core/devices/chip/pll.ts';
import { u32Be } from '../../../core/devices/chip/u32-be.ts';
import { ChainBench, type Sent } from './fakes.ts';

interface Started {
  readonly family: ChipFamily;
  readonly ids: readonly string[];
  readonly mhz: number;
  readonly ticketDifficulty: number;
  readonly fastBaud?: boolean;
}

/** All that is written from `discover` to `ready`. */
function transcript({ family, ids, mhz, ticketDifficulty, fastBaud }: Started): {
  bench: ChainBench;
  sent: readonly Sent[];
  readyMs: number;
} {
  const bench = new ChainBench(new ChipChain({ family, expectedChips: ids.length }));
  bench.discover(...ids);
  expect(bench.of('discovered')).toEqual([{ type: 'discovered', chips: ids.length, idWord: family.idWords[0] }]);
  bench.send({ type: 'init', mhz, ticketDifficulty, ...(fastBaud !== undefined && { fastBaud }) });
  bench.until('ready');
  return { bench, sent: bench.sent, readyMs: bench.nowMs };
}

function expectTranscript(started: Started, expected: string): void {
  const { sent, readyMs } = transcript(started);
  const lines = expected
    .trim()
    .split('\n')
    .map((line) => line.trim().replace(/^\* /, ''));
  const frames = lines.map((line) => line.split(' ... ')[0] as string);
  expect(sent.map(({ hex, baud }) => (baud === undefined ? hex : `baud ${baud}`))).toEqual(frames);
  lines.forEach((line, index) => {
    const wait = Number(line.split(' ... ')[1] ?? 1);
    const next = sent[index + 1]?.atMs ?? readyMs;
    expect(next - (sent[index] as Sent).atMs, line).toBeGreaterThanOrEqual(wait);
  });
}

function repeated(count: number, line: string | ((index: number) => string)): string {
  return Array.from({ length: count }, (_, index) => (typeof line === 'string' ? line : line(index))).join('\n');
}

/** A ramp's stations, each in the frames of `make`. */
function ramped(family: ChipFamily, mhz: number, make: (pll: string) => string): string {
  return ramp(50, mhz, 6.25)
    .map((station) => make(toHex(writeAll(register.pll0, u32Be(family.pll(station).bytes)))))
    .join('\n');
}

test('BM1384: discovery, addresses, start frequency, cores opened one by one', () => {
  expectTranscript(
    { family: bm1384, ids: ['1384000013', '1384000013'], mhz: 100, ticketDifficulty: 1 },
    `84000011
     8500000f
     01000019
     01800016
     * 8207831c
     * 84000400
     ${repeated(57, (index) => `${'00'.repeat(51)}${(index % 32).toString(16).padStart(2, '0')}${'00'.repeat(12)} ... 10`)}`,
  );
});

const BM1387_ID = '13879000000007';

function bm1387Dummies(sent: readonly Sent[]): readonly Sent[] {
  return sent.filter(({ hex }) => hex.startsWith('2136'));
}

test('BM1387: the NewPac’s sequence; the start frequency is programmed, which its reference never does', () => {
  const { sent } = transcript({ family: bm1387, ids: [BM1387_ID, BM1387_ID], mhz: 200, ticketDifficulty: 1 });
  const dummies = bm1387Dummies(sent);
  const before = sent.slice(0, sent.length - dummies.length);
  const expected: readonly (readonly [string, number])[] = [
    ['5405000019', 20],
    ['5505000010', 5],
    ['5505000010', 5],
    ['5505000010', 5],
    ['4105000015', 5],
    ['4105800019', 10],
    ['5809001c002001001b', 10],
    ['baud 1500000', 10],
    ['5809001c4020818009', 1],
    ['5809000c0040024115', 10],
  ];
  expect(before.map(({ hex, baud }) => (baud === undefined ? hex : `baud ${baud}`))).toEqual(expected.map(([frame]) => frame));
  expected.forEach(([frame, wait], index) => {
    expect((sent[index + 1] as Sent).atMs - (sent[index] as Sent).atMs, frame).toBeGreaterThanOrEqual(wait);
  });
  expect(dummies).toHaveLength(116);
  expect(dummies.map(({ hex }) => Number.parseInt(hex.slice(4, 6), 16))).toEqual(Array.from({ length: 116 }, (_, index) => index % 128));
  dummies.slice(1).forEach(({ atMs }, index) => {
    expect(atMs - (dummies[index] as Sent).atMs).toBeGreaterThanOrEqual(10);
  });
});

test('BM1387: twelve chips of an R606 get their addresses; a slower UART where USB needs it', () => {
  const family = bm1387At(13);
  const { sent } = transcript({ family, ids: Array.from({ length: 12 }, () => BM1387_ID), mhz: 550, ticketDifficulty: 1 });
  const addresses = sent.filter(({ hex }) => hex.startsWith('4105')).map(({ hex }) => hex.slice(4, 6));
  expect(addresses.join(' ')).toBe('00 15 2a 3f 54 69 7e 93 a8 bd d2 e7');
  expect(sent.some(({ hex }) => hex === '5809001c00200d001f')).toBe(true);
  expect(sent.some(({ hex }) => hex === '5809001c40208d800d')).toBe(true);
  expect(sent.find(({ baud }) => baud !== undefined)?.baud).toBeCloseTo(214_285.7, 0);
});

const BM1397_ID = 'aa5513971800000006';

test('BM1397: the R909’s sequence', () => {
  expectTranscript(
    { family: bm1397Gekko, ids: Array.from({ length: 6 }, () => BM1397_ID), mhz: 400, ticketDifficulty: 64 },
    `55aa520500000a
     ${repeated(3, '55aa5305000003 ... 100')}
     55aa400500001c ... 10
     55aa40052a0019 ... 10
     55aa4005540016 ... 10
     55aa40057e0013 ... 10
     55aa4005a80008 ... 10
     55aa4005d20018 ... 10
     55aa51090080000000001c ... 10
     55aa510900840000000011 ... 100
     55aa510900200000000102 ... 50
     55aa5109003c8000807410 ... 100
     55aa51090014000000fc07 ... 20
     55aa51090068c070011100 ... 50
     55aa51090068c070011100 ... 50
     55aa510900280600000f18 ... 100
     55aa51090018000061311c ... 10
     baud 1500000 ... 20
     55aa510900700f0f0f0019 ... 10
     55aa510900700f0f0f0019 ... 10
     55aa5109000840a002151d ... 10
     55aa5109000840a002151d ... 10
     55aa5205000807 ... 20`,
  );
});

const BM1362_ID = 'aa5513620300000000001e';

test('BM1362: the Compac A1’s sequence', () => {
  expectTranscript(
    { family: bm1362Gekko, ids: [BM1362_ID], mhz: 300, ticketDifficulty: 16 },
    `55aa510900a49000ffff1c ... 1
     55aa520500000a
     55aa5305000003 ... 100
     55aa400500001c ... 10
     55aa5109003c800085400c ... 10
     55aa5109003c8000800805 ... 100
     55aa51090014000000f01e ... 20
     55aa51090054000000031d ... 50
     55aa51090058000111110d ... 100
     55aa410900a80000000203 ... 10
     55aa41090018b000c1001c ... 10
     55aa4109003c8000854004 ... 10
     55aa4109003c800080080d ... 10
     55aa4109003c800082aa05 ... 20
     55aa510900700f0f0f0019 ... 10
     55aa51090008407802400b ... 10
     55aa5205000807 ... 20
     55aa51090010000012c91e ... 10
     55aa510900a49000ffff1c ... 10`,
  );
});

const BM1370_ID = 'aa55137000000000000010';

test('BM1370: the Compac A2’s sequence without its malformed frame', () => {
  expectTranscript(
    { family: bm1370Gekko, ids: [BM1370_ID], mhz: 300, ticketDifficulty: 32 },
    `55aa510900a48000ffff18 ... 1
     55aa520500000a
     55aa510900a80007000003 ... 110
     55aa5305000003 ... 100
     55aa400500001c ... 10
     55aa5109003c80008d0404 ... 10
     55aa5109003c8000800e1b ... 100
     55aa51090014000000f813 ... 20
     55aa51090058000111110d ... 50
     55aa520500581a ... 100
     55aa410900580001f1110c ... 10
     55aa420500581e ... 20
     55aa510900700f0f0f0019 ... 10
     55aa51090008407802400b ... 10
     55aa5205000807 ... 20
     55aa510900685aa55aa51c ... 10
     55aa5109001000000f2514 ... 10
     55aa4109002c0013000717 ... 10
     55aa4205002c06 ... 10
     55aa510900a8000701f01d ... 10
     55aa51090018f000c10004 ... 10
     55aa51090018f000c10004 ... 10
     55aa520500181d ... 50
     55aa5109003c80008b0012 ... 10
     55aa5109003c8000800e1b ... 10
     55aa5109003c800082aa0d ... 10
     55aa51090054000000031d ... 20
     55aa510900700f0f0f0019 ... 10
     55aa51090008407802400b ... 10
     55aa5205000807 ... 20`,
  );
});

test('BM1370: the chips of a Terminus A2 are told descending that each ends its string', () => {
  const { sent } = transcript({ family: bm1370Gekko, ids: Array.from({ length: 4 }, () => BM1370_ID), mhz: 300, ticketDifficulty: 64 });
  const drives = sent.filter(({ hex }) => hex.startsWith('55aa4109') && hex.slice(10, 12) === '58').map(({ hex }) => hex.slice(8, 10));
  expect(drives).toEqual(['c0', '80', '40', '00']);
});

test('BM1370: the Bitaxe Gamma’s sequence, with the ramp, to 1 Mbaud', () => {
  const hcn = toHex(writeAll(register.hashCountNumber, hashCountNumber({ mhz: 525, chips: 1, cores: 128, guard: 268 })));
  expectTranscript(
    { family: bm1370Bitaxe, ids: [BM1370_ID], mhz: 525, ticketDifficulty: 256, fastBaud: true },
    `${repeated(3, '55aa510900a49000ffff1c ... 5')}
     55aa520500000a
     55aa510900a49000ffff1c
     55aa510900a80007000003
     55aa51090018f000c10004
     55aa5305000003
     55aa400500001c
     55aa5109003c80008b0012
     55aa5109003c8000800c11
     55aa51090014000000ff08
     55aa51090058000111110d
     55aa410900a8000701f015
     55aa41090018f000c1000c
     55aa4109003c80008b001a
     55aa4109003c8000800c19
     55aa4109003c800082aa05
     55aa510900b9000044800d
     55aa510900540000000218
     55aa510900b9000044800d
     55aa5109003c80008dee1b
     ${ramped(bm1370Bitaxe, 525, (pll) => `${pll} ... 100`)}
     ${hcn}
     55aa510900281130020003 ... 10
     baud 1000000 ... 10`,
  );
});

test('the ramp begins at 56.25 MHz and ends exactly at the target', () => {
  const { sent } = transcript({ family: bm1370Bitaxe, ids: [BM1370_ID], mhz: 490, ticketDifficulty: 256 });
  const plls = sent.filter(({ hex }) => hex.startsWith('55aa51090008')).map(({ hex }) => hex.slice(12, 20));
  expect(plls).toHaveLength(71);
  expect(plls[0]).toBe('40bd0265');
  expect(plls.at(-1)).toBe('50c40240');
  expect(sent.some(({ baud }) => baud !== undefined)).toBe(false);
});

test('BM1368: the Bitaxe Supra’s sequence', () => {
  const hcn = toHex(writeAll(register.hashCountNumber, hashCountNumber({ mhz: 490, chips: 1, cores: 80, guard: 268 })));
  expectTranscript(
    { family: bm1368Bitaxe, ids: ['aa5513680000000000000f'], mhz: 490, ticketDifficulty: 256, fastBaud: true },
    `${repeated(4, '55aa510900a49000ffff1c')}
     55aa520500000a
     55aa5305000003
     55aa510900a80007000003
     ${toHex(writeAll(0x18, 0xff0fc100))}
     55aa5109003c80008b0012
     ${toHex(writeAll(0x3c, 0x80008018))}
     55aa51090014000000ff08
     55aa51090054000000031d
     ${toHex(writeAll(0x58, 0x02111111))}
     55aa400500001c
     55aa410900a8000701f015
     55aa41090018f000c1000c
     55aa4109003c80008b001a
     ${toHex(writeOne(0, 0x3c, 0x80008018))}
     55aa4109003c800082aa05 ... 500
     55aa51090014000000ff08
     ${ramped(bm1368Bitaxe, 490, (pll) => `${pll} ... 100`)}
     ${hcn}
     55aa510900a49000ffff1c
     55aa510900281130020003 ... 10
     baud 1000000 ... 10`,
  );
});

test('BM1366: the Bitaxe Ultra’s sequence', () => {
  const hcn = toHex(writeAll(register.hashCountNumber, hashCountNumber({ mhz: 485, chips: 1, cores: 112, guard: 0 })));
  expectTranscript(
    { family: bm1366Bitaxe, ids: ['aa55136600000000000005'], mhz: 485, ticketDifficulty: 256, fastBaud: true },
    `${repeated(3, '55aa510900a49000ffff1c')}
     55aa520500000a
     55aa510900a80007000003
     ${toHex(writeAll(0x18, 0xff0fc100))}
     55aa5305000003
     55aa400500001c
     55aa5109003c800085400c
     ${toHex(writeAll(0x3c, 0x80008020))}
     55aa51090014000000ff08
     55aa51090054000000031d
     ${toHex(writeAll(0x58, 0x02111111))}
     ${toHex(writeOne(0, 0x2c, 0x007c0003))}
     55aa410900a8000701f015
     55aa41090018f000c1000c
     55aa4109003c8000854004
     ${toHex(writeOne(0, 0x3c, 0x80008020))}
     55aa4109003c800082aa05
     ${ramped(bm1366Bitaxe, 485, (pll) => `${pll} ... 100`)}
     ${hcn}
     55aa510900a49000ffff1c
     55aa510900281130020003 ... 10
     baud 1000000 ... 10`,
  );
});

test('BM1397: the Bitaxe Max’s sequence, to 3.125 Mbaud', () => {
  expectTranscript(
    { family: bm1397Bitaxe, ids: [BM1397_ID], mhz: 425, ticketDifficulty: 256, fastBaud: true },
    `55aa520500000a ... 20
     55aa5305000003
     55aa400500001c
     55aa51090080000000001c
     55aa510900840000000011
     55aa510900200000000102
     55aa5109003c8000807410
     55aa51090014000000ff08
     55aa51090068c070011100
     55aa510900280600000f18
     ${toHex(writeAll(0x18, 0x00007a31))}
     ${ramped(bm1397Bitaxe, 425, (pll) => `${repeated(2, '55aa510900700f0f0f0019 ... 10')}\n${pll} ... 10\n${pll} ... 100`)}
     ${toHex(writeAll(0x18, 0x00006031))} ... 10
     baud 3125000 ... 10`,
  );
});

test('BM1362 × 12: the EmberOne’s prototype sequence', () => {
  const ids = Array.from({ length: 12 }, () => BM1362_ID);
  const perChip = repeated(12, (index) => {
    const one = (number: number, value: string) => {
      const body = `4109${(index * 2).toString(16).padStart(2, '0')}${number.toString(16).padStart(2, '0')}${value}`;
      return body;
    };
    return [one(0xa8, '00000002'), one(0x18, 'b000c100'), one(0x3c, '80008540'), one(0x3c, '80008008'), one(0x3c, '800082aa')].join('\n');
  }).split('\n');
  const { sent } = transcript({ family: bm1362EmberOne, ids, mhz: 400, ticketDifficulty: 512 });
  const bodies = sent.map(({ hex }) => hex.slice(4, -2));
  const expected = [
    '510900a49000ffff',
    '52050000',
    '53050000',
    '510900a49000ffff',
    '510900a49000ffff',
    '510900a800000000',
    '51090018b000c100',
    '53050000',
    ...Array.from({ length: 12 }, (_, index) => `4005${(index * 2).toString(16).padStart(2, '0')}00`),
    '5109003c80008540',
    '5109003c80008008',
    '51090014000080ff',
    '5109005400000003',
    '5109005800011111',
    ...ramp(50, 400, 6.25).map((mhz) => `51090008${toHex(bm1362EmberOne.pll(mhz).bytes)}`),
    ...perChip,
    '5109001000001881',
    '510900a49000ffff',
  ];
  expect(bodies).toEqual(expected);
  expect(sent.filter(({ hex }) => hex.startsWith('55aa400500') || hex.startsWith('55aa400502')).map(({ hex }) => hex.slice(-2))).toEqual([
    '1c',
    '01',
  ]);
  expect(sent.find(({ hex }) => hex.startsWith('55aa510900a8'))?.hex.slice(-2)).toBe('01');
  expect(sent.find(({ hex }) => hex.startsWith('55aa51090018'))?.hex.slice(-2)).toBe('14');
  const ends = sent.filter(({ hex }) => hex.startsWith('55aa4109') && hex.slice(12, 20) === '800082aa');
  ends.forEach((end) => {
    expect((sent[sent.indexOf(end) + 1] as Sent).atMs - end.atMs).toBeGreaterThanOrEqual(500);
  });
});

test.each([
  [400, 1, 0x000ffef4],
  [450, 1, 0x000e37d7],
  [490, 1, 0x000d0ea0],
  [500, 1, 0x000ccbc0],
  [525, 1, 0x000c2fb7],
  [550, 1, 0x000ba1dc],
  [600, 1, 0x000aa99e],
  [625, 1, 0x000a3c64],
  [525, 2, 0x00061755],
  [490, 6, 0x0001a0e9],
])('hash-count number at %i MHz with %i chips', (mhz, chips, expected) => {
  expect(hashCountNumber({ mhz, chips, cores: 128, guard: 268 })).toBe(expected);
});

test('shutting down: BM1384 steps down 25 MHz every 100 ms, then is silenced', () => {
  const { bench } = transcript({ family: bm1384, ids: ['1384000013'], mhz: 187.5, ticketDifficulty: 1 });
  const from = bench.sent.length;
  bench.send({ type: 'shutdown' });
  bench.until('stopped');
  const sent = bench.sent.slice(from);
  const mhz = [162.5, 137.5, 112.5, 100].map((each) => bm1384.pll(each).bytes).map(toHex);
  expect(sent.map(({ hex }) => hex.slice(2, 6))).toEqual([...mhz, '0000']);
  expect(sent.at(-1)?.hex).toBe('8500000f');
  for (let index = 1; index < sent.length; index += 1) {
    expect((sent[index] as Sent).atMs - (sent[index - 1] as Sent).atMs).toBeGreaterThanOrEqual(100);
  }
});

test.each([
  [bm1397Gekko, BM1397_ID, '55aa510900084000011109'],
  [bm1362Gekko, BM1362_ID, '55aa510900084000010016'],
  [bm1370Gekko, BM1370_ID, '55aa510900084000010016'],
])('shutting down: the PLL goes to power-down', (family, id, frame) => {
  const { bench } = transcript({ family, ids: [id], mhz: 200, ticketDifficulty: 16 });
  bench.send({ type: 'shutdown' });
  bench.until('stopped');
  expect(bench.sent.at(-1)?.hex).toBe(frame);
});
