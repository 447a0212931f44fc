/** Emulated BM1397, BM1362, BM1366, BM1368 and BM1370 against recorded frames and against nonces of real blocks. */
import { expect, test } from 'vitest';
import { fromHex } from '../../core/bytes.ts';
import { Bm13Chain } from './emulators/chips/bm13-chain.ts';
import { type Bm13Model, bm1362, bm1366, bm1368, bm1370, bm1397 } from './emulators/chips/bm13-models.ts';
import { crc5 } from './emulators/crc.ts';
import { kernelEngine } from './emulators/hash-engine.ts';
import { ChipHost, knownSearch } from './plain-host.ts';

const nothing = knownSearch([]);
const chainOf = (model: Bm13Model, chips = 1, search = nothing) => new Bm13Chain(model, { chips, search, plain: true });
const hostOf = (model: Bm13Model, chips = 1) => new ChipHost(chainOf(model, chips));
const DISCOVERY = '520500000a';
const ROLLING = '510900a49000ffff1c';
/** All parts of the array may report. */
const REPORTING = '51090018f000c10004';

test.each([
  [bm1397, 'aa5513971800000006', 'aa5513971800000006'],
  [bm1362, 'aa5513620300000000001e', undefined],
  [bm1370, 'aa55137000000000000010', 'aa5513700000000006'],
  [bm1368, 'aa5513680000000000000f', undefined],
  [bm1366, 'aa55136600000000000005', undefined],
] as const)('$name answers discovery with the recorded bytes, longer once version rolling is on', (model, rolled, plain) => {
  const host = hostOf(model);
  if (plain !== undefined) expect(host.sendFramed(DISCOVERY)).toEqual([plain]);
  host.sendFramed(ROLLING);
  expect(host.sendFramed(DISCOVERY)).toEqual([rolled]);
});

test('a BM1397 with address 2A shows it in its id', () => {
  const host = hostOf(bm1397);
  host.sendFramed('5305000003');
  host.sendFramed('40052a0019');
  expect(host.sendFramed(DISCOVERY)).toEqual(['aa551397 1800 2a00 0b'.replaceAll(' ', '')]);
});

test('after "inactive" each address goes to the first chip that has none, and replies come in chain order', () => {
  const host = hostOf(bm1397, 3);
  host.sendFramed('5305000003');
  for (const frame of ['400500001c', '40052a0019', '4005d20018']) host.sendFramed(frame);
  const addresses = host.sendFramed(DISCOVERY).map((reply) => reply.slice(12, 14));
  expect(addresses).toEqual(['00', '2a', 'd2']);
});

test.each([
  ['40 78 02 35 16', 100],
  ['40 a0 02 25 16', 200],
  ['40 a0 02 15 1d', 400],
  ['40 64 01 15 0e', 500],
  ['40 48 02 21 16', 450],
  ['40 c2 02 51 07', 485],
])('BM1397 runs at the clock of PLL %s: %i MHz', (bytes, megahertz) => {
  const chain = chainOf(bm1397);
  new ChipHost(chain).sendFramed(`51090008${bytes}`.replaceAll(' ', ''));
  expect(chain.stats.megahertz).toBe(megahertz);
});

test.each([
  ['40 78 02 40 0b', 300],
  ['40 a0 02 41 14', 200],
  ['50 c2 02 40 1c', 485],
  ['40 a8 02 30 03', 525],
  ['40 a8 02 65 0f', 50],
])('BM1370 runs at the clock of PLL %s: %i MHz', (bytes, megahertz) => {
  const chain = chainOf(bm1370);
  new ChipHost(chain).sendFramed(`51090008${bytes}`.replaceAll(' ', ''));
  expect(chain.stats.megahertz).toBe(megahertz);
});

test('PLL read-back is what was written, sealed as recorded', () => {
  const narrow = hostOf(bm1397);
  narrow.sendFramed('51090008 40a00215 1d'.replaceAll(' ', ''));
  expect(narrow.sendFramed('5205000807')).toEqual(['aa5540a00215000805']);
  const wide = hostOf(bm1370);
  wide.sendFramed(ROLLING);
  wide.sendFramed('51090008 40780240 0b'.replaceAll(' ', ''));
  expect(wide.sendFramed('5205000807')).toEqual(['aa554078024000080000 1a'.replace(' ', '')]);
});

test('register 18 shows its reset value, in the short form before version rolling', () => {
  expect(hostOf(bm1370).sendFramed(`52050018${crc5(fromHex('52050018')).toString(16).padStart(2, '0')}`)).toEqual(['aa550000c100001802']);
});

test.each([
  ['wrong checksum', '55aa520500000b'],
  ['no preamble', '520500000a'],
  ['a length that no command has', '55aa520700000a'],
  ['the odd frame of the A2 sequence, whose length is not its own', '55aa53050018f000c10002'],
])('%s is not obeyed, and the next good frame is', (_, bad) => {
  const host = hostOf(bm1370);
  expect(host.send(bad)).toEqual([]);
  expect(host.sendFramed(DISCOVERY)).toHaveLength(1);
});

test('a command cut at every byte, with garbage before it, is understood', () => {
  const whole = `1355${'55aa'}${DISCOVERY}`;
  for (let cut = 2; cut < whole.length; cut += 2) {
    const host = hostOf(bm1397);
    expect([...host.send(whole.slice(0, cut)), ...host.send(whole.slice(cut))]).toEqual(['aa5513971800000006']);
  }
});

test('the UART follows the register of its chip, and a reset takes it back to 115 741', () => {
  const chain = chainOf(bm1397);
  const host = new ChipHost(chain);
  expect(Math.round(chain.baud)).toBe(115_741);
  host.sendFramed('5109001800006131' + '1c');
  expect(chain.baud).toBe(1_562_500);
  chain.setReset(true);
  chain.setReset(false);
  expect(Math.round(chain.baud)).toBe(115_741);
  const newer = chainOf(bm1370);
  new ChipHost(newer).sendFramed('510900281130020003');
  expect(Math.round(newer.baud)).toBe(1_041_667);
});

/** Turns cores and clock on with frames of the document; then all of a sweep's hashes are due in one step. */
function hashing(model: Bm13Model, wires: readonly string[], mask = ROLLING): ChipHost {
  const host = new ChipHost(chainOf(model, 1, knownSearch(wires)));
  if (model.takes === 'header') for (const frame of [mask, REPORTING]) host.sendFramed(frame);
  host.sendFramed(model === bm1397 ? '5109003c8000807410' : '5109003c800082aa0d');
  host.sendFramed(model === bm1397 ? '5109000840a0022516' : '5109000840a0024114');
  return host;
}
const SWEEP_MS: Record<string, number> = { BM1397: 32.1, BM1362: 42, BM1370: 10.6 };

const job125552 =
  '9610040000000 0f2b9441ac7f5d74df1fc122b7a78da2dcd5bce692f56a9da07e86e372d2810a016e669ba05c567139524c593620698e7795817fb3484cd29ef653c41c0fee0367ba695a032444f56da2ddf6d028fb068fdea2359b77ff1fa0bfe79b67939b72cf673310b276633181f53fb45a3edc74de7b86b89257d8fd021bd4b11503ee23473a07b7c509d2b79c3a8192a3e90';
const wires125552 = ['5afeca88', '42a14695', 'c32c1ebd', 'f13e1f42', '93991cfb'];

test('BM1397 finds every nonce of block 125552 in four versions, and no other', () => {
  const host = hashing(bm1397, wires125552);
  host.sendFramed(`21${job125552.replaceAll(' ', '')}`);
  const frames = ['5afeca88001088', '42a1469500109c', 'c32c1ebd00109a', 'f13e1f42001296', '93991cfb001385'].map((frame) => `aa55${frame}`);
  expect(host.run(4 * (SWEEP_MS['BM1397'] as number)).sort()).toEqual(frames.sort());
  expect(host.run(1000), 'silent at the end of the nonce space').toEqual([]);
});

const full = (id: string, crc: string, length = '36') =>
  `21${length}${id}0100000000f2b9441ac7f5d74df1fc122bfc8892b0d797f7af710e951e1eb942ae0423db8bfffc8d75e320b6c200000000a3080000b8851ba444d49ab2fe99f2decd9317e27e569e8b81cd02ab01000000${crc}`;

test('BM1362 and BM1370 report nonces of block 125552 as in the tables, versions included', () => {
  const one = hashing(bm1362, wires125552);
  one.sendFramed(full('08', 'bf9e'));
  expect(one.run(SWEEP_MS['BM1362'] as number)).toEqual(['aa555afeca880008000080', 'aa5542a14695000800008f', 'aa55c32c1ebd000800009f']);
  const two = hashing(bm1370, wires125552);
  two.sendFramed(full('18', '482f', '56'));
  expect(two.run(SWEEP_MS['BM1370'] as number)).toEqual(['aa555afeca880030000094', 'aa5542a14695003000009b', 'aa55c32c1ebd003000008b']);
});

test.each([
  ['ff', '00', '510b'],
  ['36', '01', '6c6b'],
])('BM1370 takes a job whose length byte is %s', (length, midstates, crc) => {
  const host = hashing(bm1370, ['42a14695']);
  host.sendFramed(full('18', crc, length).replace(/^(21..18)01/, `$1${midstates}`));
  expect(host.run(SWEEP_MS['BM1370'] as number)).toEqual(['aa5542a14695003000009b']);
});

const job881423 =
  '215618010000 00008a9a021769c19a67dfcf622df770346ba4e870c858bf8fbee2eebbdf6d3eb0ccf1b8b50176f63a3500000000000000003b540100e1b5d2c44ab64c43215e99f870ca15fee3c96a8a000000208814'.replace(
    ' ',
    '',
  );

test('BM1370 rolls the version to that of block 881423 and reports it as 72CB', () => {
  const host = hashing(bm1370, ['02fb05ff']);
  host.sendFramed(job881423);
  expect(host.run((SWEEP_MS['BM1370'] as number) * 0x72cb + 20)).toContain('aa5502fb05ff003072cb9d');
});

test('BM1370 rolls only versions inside the mask that it was given', () => {
  const host = hashing(
    bm1370,
    ['c5b399bc', 'd8688f5c', 'e89b3ec3'],
    `510900a480000007${crc5(fromHex('510900a480000007')).toString(16).padStart(2, '0')}`,
  );
  host.sendFramed(job881423);
  const heard = host.run(200);
  expect(heard).toContain('aa55c5b399bc0030000099');
  expect(heard).toContain('aa55d8688f5c0030000792');
  expect(heard.some((frame) => frame.includes('ffff'))).toBe(false);
});

test('the captured job of a Bitaxe gives the captured nonce, version and id', () => {
  const host = hashing(bm1370, ['4c035275']);
  host.sendFramed(
    '2156680100000000043A0217D76854685519A7CB044F88726355919E61A98BCF71A0C28795EA54DB8C36414B06DDF5F00000000000000000965201001D3996BCA3F4670DFCD4F201C162B96DFD55646B00000020721C',
  );
  const frames = host.run((SWEEP_MS['BM1370'] as number) * 0x05a2 + 20);
  expect(frames.map((frame) => frame.slice(0, 12) + frame.slice(14, 20))).toContain('aa554c035275d005a2');
});

test('a ticket mask keeps back what is easier', () => {
  // Share difficulties 1.3, 35987218905 and 1.9.
  const host = hashing(bm1370, wires125552);
  host.sendFramed('51090014000000801 2'.replace(' ', ''));
  host.sendFramed(full('18', '482f', '56'));
  expect(host.run(SWEEP_MS['BM1370'] as number)).toEqual(['aa5542a14695003000009b']);
});

test('without core voltage, cores or clock the chip answers but does not hash', () => {
  const wires = ['42a14695'];
  const chain = chainOf(bm1370, 1, knownSearch(wires));
  const host = new ChipHost(chain);
  host.sendFramed(ROLLING);
  host.sendFramed(full('18', '482f', '56'));
  expect(host.run(500)).toEqual([]);
  expect([...chain.complaints]).toEqual(['a job came before cores or clock were on']);
  for (const frame of ['5109003c800082aa0d', REPORTING]) host.sendFramed(frame);
  chain.setCoreVoltage(false);
  expect(host.run(500)).toEqual([]);
  expect(host.sendFramed(DISCOVERY)).toHaveLength(1);
  chain.setCoreVoltage(true);
  host.sendFramed('51090008 40000100 16'.replaceAll(' ', ''));
  expect(host.run(500), 'powered down by its PLL').toEqual([]);
});

test('chips that share an address find the same nonces; chips with their own share them out', () => {
  const search = { engine: kernelEngine(), shift: 18, pieceBits: 12, mostHashesAtOnce: 1 << 20 };
  const start = (addresses: readonly string[]) => {
    const chain = new Bm13Chain(bm1370, { chips: 2, search, plain: true });
    const host = new ChipHost(chain);
    host.sendFramed('5305000003');
    for (const frame of addresses) host.sendFramed(frame);
    for (const frame of [ROLLING, REPORTING, '5109003c800082aa0d', '5109000840a0024114', full('18', '482f', '56')]) host.sendFramed(frame);
    return Array.from({ length: 10 }, () => host.run(10)).flat();
  };
  const same = start(['400500001c']);
  expect(same.length).toBeGreaterThan(0);
  expect(same.length).toBe(2 * new Set(same).size);
  const apart = start(['400500001c', `400580 00${crc5(fromHex('40058000')).toString(16).padStart(2, '0')}`.replace(' ', '')]);
  expect(apart.length).toBe(new Set(apart).size);
});

test.each([
  ['0000c100', []],
  ['8000c100', ['c32c1ebd']],
  ['2000c100', ['5afeca88', '42a14695']],
  ['4000c100', []],
  ['f000c100', ['5afeca88', '42a14695', 'c32c1ebd']],
] as const)(
  'with %s in register 18 a BM1370 reports %j: each quarter of its cores has a bit, and none is set after reset',
  (value, wires) => {
    const host = hashing(bm1370, wires125552);
    const frame = `51090018${value}`;
    host.sendFramed(`${frame}${crc5(fromHex(frame)).toString(16).padStart(2, '0')}`);
    host.sendFramed(full('18', '482f', '56'));
    expect(host.run(SWEEP_MS['BM1370'] as number).map((heard) => heard.slice(4, 12))).toEqual(wires);
  },
);

test('the other chips with version rolling report nothing after reset either', () => {
  const host = hashing(bm1362, wires125552);
  host.sendFramed(`510900180000c100${crc5(fromHex('510900180000c100')).toString(16).padStart(2, '0')}`);
  host.sendFramed(full('08', 'bf9e'));
  expect(host.run(SWEEP_MS['BM1362'] as number)).toEqual([]);
});

test.each([
  [bm1370, '18', 0x30, 16],
  [bm1362, '18', 0x18, 8],
] as const)('the small core that $name names is the low end of the version that it rolled', (model, id, base, cores) => {
  const search = { engine: kernelEngine(), shift: 24, pieceBits: 6, mostHashesAtOnce: 1 << 20 };
  const host = new ChipHost(new Bm13Chain(model, { chips: 1, search }));
  for (const frame of [ROLLING, REPORTING, '5109003c800082aa0d', '5109000840a0024114', full(id, '482f', '56')]) host.sendFramed(frame);
  const heard = Array.from({ length: 20 }, () => host.run(10)).flat();
  const told = heard.map((frame) => [Number.parseInt(frame.slice(14, 16), 16) - base, Number.parseInt(frame.slice(16, 20), 16) % cores]);
  expect(new Set(told.map(([core]) => core)).size).toBeGreaterThan(cores / 4);
  for (const [core, low] of told) expect(core).toBe(low);
});
