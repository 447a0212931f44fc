/** Emulated BM1387, BM1384, Block Erupter and Antminer against recorded frames and nonces of real blocks. */
import { expect, test } from 'vitest';
import { fromHex } from '../../core/bytes.ts';
import { Bm1384Chain } from './emulators/chips/bm1384-chain.ts';
import { Bm1387Chain } from './emulators/chips/bm1387-chain.ts';
import { antminerU2, antminerU3, blockErupter, IcarusChain } from './emulators/chips/icarus-chain.ts';
import { crc16 } from './emulators/crc.ts';
import { ChipHost, knownSearch } from './plain-host.ts';

const midstate125552 = '7a78da2dcd5bce692f56a9da07e86e372d2810a016e669ba05c567139524c593';
const tail125552 = 'f2b9441ac7f5d74df1fc122b';
const wires125552 = ['5afeca88', '42a14695', 'c32c1ebd', 'f13e1f42', '93991cfb'];
const zeros = (bytes: number) => '00'.repeat(bytes);

const bm1387 = (chips: number, wires: readonly string[] = []) => new Bm1387Chain({ chips, search: knownSearch(wires), plain: true });
const bm1384 = (chips: number, wires: readonly string[] = []) => new Bm1384Chain({ chips, search: knownSearch(wires), plain: true });

const dummy1387 = '21361001 00000000 ffffffffffffffffffffffff'.replaceAll(' ', '') + zeros(32);
const crcOf = (hex: string) => crc16(fromHex(hex)).toString(16).padStart(4, '0');

test('BM1387 answers discovery and addresses with the recorded bytes', () => {
  const host = new ChipHost(bm1387(2));
  expect(host.send('5405000019')).toEqual(['13879000000007', '13879000000007']);
  host.send('5505000010');
  host.send('4105000015');
  host.send('4105800019');
  expect(host.send('5405000019')).toEqual(['13879000000007', '13879080000006']);
});

test.each([
  ['58 09 00 0c 00 40 02 41 15', '80400241000019', 200],
  ['58 09 00 0c 00 7e 02 41 1f', '807e0241000000', 393.75],
  ['58 09 00 0c 00 58 02 21 04', '80580221000010', 550],
  ['58 09 00 0c 00 90 02 21 07', '8090022100001a', 900],
])('BM1387 takes the PLL frame %s and reads back %s', (write, reply, megahertz) => {
  const chain = bm1387(1);
  const host = new ChipHost(chain);
  host.send(write);
  expect(host.send('4405000c04')).toEqual([reply]);
  expect(chain.stats.megahertz).toBe(megahertz);
});

test('BM1387 changes its baud rate with register 1C and keeps it through the gate frame', () => {
  const chain = bm1387(1);
  const host = new ChipHost(chain);
  host.send('5809001c002001001b');
  expect(chain.baud).toBe(1_562_500);
  host.send('5809001c4020818009');
  expect(chain.baud).toBe(1_562_500);
});

test('BM1387 opens a core with each dummy job, answers it like a healthy core, and then finds the nonces of four versions', () => {
  const chain = bm1387(1, wires125552);
  const host = new ChipHost(chain);
  host.send('5809000c0040024115');
  const healthy = host.send(`${dummy1387}${crcOf(dummy1387)}`);
  expect(healthy).toHaveLength(1);
  expect(['7203ea83', 'e16bf809']).toContain((healthy[0] as string).slice(0, 8));
  for (let core = 1; core < 114; core += 1) host.send(`${dummy1387}${crcOf(dummy1387)}`);
  expect(chain.stats.hashesPerSecond).toBe(114 * 200e6);
  host.send(
    '2196100400000000f2b9441ac7f5d74df1fc122b7a78da2dcd5bce692f56a9da07e86e372d2810a016e669ba05c567139524c593620698e7795817fb3484cd29ef653c41c0fee0367ba695a032444f56da2ddf6d028fb068fdea2359b77ff1fa0bfe79b67939b72cf673310b276633181f53fb45a3edc74de7b86b89257d8fd021bd4b11503ee23473a07b7c509d2b79c3a8192a3e90',
  );
  const frames = ['5afeca88001088', '42a1469500109c', 'c32c1ebd00109a', 'f13e1f42001296', '93991cfb001385'];
  expect(host.run(4 * 189).sort()).toEqual(frames.sort());
});

test('BM1387 hears nothing in a job whose checksum is wrong', () => {
  const chain = bm1387(1, wires125552);
  const host = new ChipHost(chain);
  host.send(`2136100100000000${tail125552}${midstate125552}443f`);
  expect(chain.stats.jobs).toBe(0);
  host.send(`2136100100000000${tail125552}${midstate125552}443e`);
  expect(chain.stats.jobs).toBe(1);
});

test('BM1384 answers id and PLL with the recorded bytes', () => {
  const chain = bm1384(1);
  const host = new ChipHost(chain);
  expect(host.send('84000011')).toEqual(['1384000013']);
  for (const [write, reply, megahertz] of [
    ['820b8319', '801700031a', 150],
    ['82078211', '800f00020a', 200],
    ['8210870a', '8021010310', 106.25],
  ] as const) {
    expect(host.send(`${write}84000400`)).toEqual([reply]);
    expect(chain.stats.megahertz).toBe(megahertz);
  }
});

test('BM1384 chips take their addresses one after the other', () => {
  const host = new ChipHost(bm1384(2));
  for (const frame of ['8500000f', '01000019', '01800016', '820b8319']) host.send(frame);
  expect(host.send('0480040e')).toEqual(['801700031a']);
  expect(host.send('04000401')).toEqual(['801700031a']);
  expect(host.send('04 40 04 0f')).toEqual([]);
});

const job1384 = (id: string, ticket: string, limit: string) => `${midstate125552}${zeros(7)}${ticket}${limit}${zeros(7)}${id}${tail125552}`;

test.each([
  ['00', ['5afeca8890', '42a1469590', 'c32c1ebd90']],
  ['01', ['42a1469590']],
])('BM1384 with ticket mask %s finds the nonces of block 125552 that pass it', (ticket, frames) => {
  const chain = bm1384(1, wires125552);
  const host = new ChipHost(chain);
  host.send('820b8319');
  for (let core = 0; core < 55; core += 1) expect(host.send(`${zeros(51)}10${zeros(12)}`)).toHaveLength(1);
  expect(chain.stats.hashesPerSecond).toBe(8.25e9);
  host.send(job1384('10', ticket, 'ffffffff'));
  expect(host.run(521)).toEqual(frames);
});

test('BM1384 understands a job cut at every byte, and forgets half of one after a pause', () => {
  const job = job1384('10', '00', 'ffffffff');
  const cut = bm1384(1);
  const host = new ChipHost(cut);
  for (let at = 0; at < job.length; at += 2) host.send(job.slice(at, at + 2));
  expect(cut.stats.jobs).toBe(1);
  host.send(job.slice(0, 60));
  host.run(500);
  expect(host.send('84000011')).toEqual(['1384000013']);
});

const golden = '4679ba4ec99876bf4bfe086082b400254df6c356451471139a3afa71e48f544a';
const division = '2e4c8f91fd595d2d7ea20aaacb64a2a04382860277cf26b6a1ee04c56a5b504a';
const goldenTail = '87320b1a1426674f2fa722ce';
const icarus = (model: typeof blockErupter, wires: readonly string[] = []) =>
  new IcarusChain(model, { chips: 1, search: knownSearch(wires), plain: true });

test('a Block Erupter answers the golden job with four bytes, an Antminer with five', () => {
  expect(new ChipHost(icarus(blockErupter)).send(`${golden}${zeros(20)}${goldenTail}`)).toEqual(['000187a2']);
  expect(new ChipHost(icarus(antminerU2)).send(`${golden}${zeros(19)}05${goldenTail}`)).toEqual(['000187a205']);
});

test('an Antminer U3 says nothing until it has a clock, and then splits the nonces among its four chips', () => {
  const host = new ChipHost(icarus(antminerU3));
  expect(host.send(`${golden}${zeros(20)}${goldenTail}`)).toEqual([]);
  host.send('8208821c');
  expect(host.send(`${golden}${zeros(20)}${goldenTail}`)).toEqual(['000187a200']);
  expect(host.send(`${division}${zeros(20)}6461011ac906a951fb9b3c73`)).toEqual(['417c0f3600']);
});

test('a Block Erupter sweeps a nonce range in 12.8 seconds and then is silent, and starves', () => {
  const chain = icarus(blockErupter, wires125552);
  const host = new ChipHost(chain);
  host.send(`${midstate125552}${zeros(20)}${tail125552}`);
  expect(host.run(12_700)).toEqual([]);
  expect(host.run(100)).toEqual(['5afeca88', '42a14695', 'c32c1ebd']);
  expect(chain.stats.starvedHashes).toBe(0);
  expect(host.run(60_000)).toEqual([]);
  expect(chain.stats.starvedHashes).toBeCloseTo(60 * 336.0102e6, -3);
});

test('the four chips of an Antminer U3 share the nonces: each is told once', () => {
  const host = new ChipHost(new IcarusChain(antminerU3, { chips: 4, search: knownSearch(wires125552), plain: true }));
  host.send('8208821c');
  host.send(`${midstate125552}${zeros(20)}${tail125552}`);
  expect(host.run(70)).toEqual(['5afeca8800', '42a1469500', 'c32c1ebd00']);
});

test.each([
  ['8201801b', 100],
  ['82038008', 200],
  ['82048003', 250],
  ['82058018', 300],
])('an Antminer U2 takes the clock %s', (frame, megahertz) => {
  const chain = icarus(antminerU2);
  new ChipHost(chain).send(frame);
  expect(chain.stats.megahertz).toBe(megahertz);
});

test('an Antminer U3 takes its voltage', () => {
  const chain = icarus(antminerU3);
  const host = new ChipHost(chain);
  host.send('aab775de');
  expect(chain.millivolts).toBe(775);
  host.send('82088 21c'.replace(' ', ''));
  expect(chain.stats.megahertz).toBe(225);
});
