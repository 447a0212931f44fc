/**
 * The bring-up of each kind of board, frame by frame as the document has it, against the emulators: every frame is understood,
 * nothing is complained of, and at the end the board hashes at the rate that it should and its nonces arrive.
 */
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../../core/bytes.ts';
import type { Board } from './emulators/board.ts';
import { type BoardName, buildBoard } from './emulators/boards.ts';
import { crc5, crc16 } from './emulators/crc.ts';
import { UsbHost } from './plain-host.ts';

const plain = (hex: string) => hex.replaceAll(/\s/g, '');
/** The document gives these frames by their meaning only: their checksum is calculated. */
const sealed = (hex: string) =>
  `${plain(hex)}${crc5(fromHex(plain(hex)))
    .toString(16)
    .padStart(2, '0')}`;
const framed = (hex: string) => `55aa${plain(hex)}`;

/** Sends frames with a pause after each. */
function sendAll(host: UsbHost, endpoint: number, frames: readonly string[], pauseMs = 10): void {
  for (const frame of frames) {
    expect(host.write(endpoint, plain(frame))).toBe('ok');
    host.pass(pauseMs);
  }
}

function garbageOf(board: Board): string[] {
  return board.chain.heard.filter(({ verdict }) => verdict === 'garbage').map(({ bytes }) => toHex(bytes));
}

/** Nonces in six emulated seconds; `renew` is called twenty times a second. */
function noncesIn(board: Board, host: UsbHost, endpoint: number, skip: number, renew = () => {}): number {
  const before = board.chain.stats.noncesSent;
  let bytes = 0;
  for (let step = 0; step < 120; step += 1) {
    renew();
    bytes += host.readAll(endpoint, 50, skip).length / 2;
    board.advance(host.now);
  }
  expect(bytes).toBeGreaterThan(0);
  return board.chain.stats.noncesSent - before;
}

function open(name: BoardName): { board: Board; host: UsbHost } {
  const board = buildBoard(name, { realHashesPerSecond: 40_000 });
  return { board, host: new UsbHost(board.usb) };
}

function toggleReset(host: UsbHost, lowMs: number): void {
  for (const [request, value] of [
    [0x00, 0],
    [0x04, 8],
    [0x03, 0x1a],
    [0x02, 0],
    [0x00, 2],
    [0x00, 1],
  ] as const)
    host.control(0x40, request, value, 0);
  for (const [value, ms] of [
    [0x20f2, 30],
    [0x20f0, lowMs],
    [0x20f2, 200],
  ] as const) {
    host.control(0x40, 0x0b, value, 0);
    host.now += ms;
  }
}

const MIDSTATE_JOB =
  '2196100400000000f2b9441ac7f5d74df1fc122b7a78da2dcd5bce692f56a9da07e86e372d2810a016e669ba05c567139524c593620698e7795817fb3484cd29ef653c41c0fee0367ba695a032444f56da2ddf6d028fb068fdea2359b77ff1fa0bfe79b67939b72cf673310b276633181f53fb45a3edc74de7b86b89257d8fd021bd4b11503ee23473a07b7c509d2b79c3a8192a3e90';
const headerJob = (head: string, crc: string) =>
  `21${head}00000000f2b9441ac7f5d74df1fc122bfc8892b0d797f7af710e951e1eb942ae0423db8bfffc8d75e320b6c200000000a3080000b8851ba444d49ab2fe99f2decd9317e27e569e8b81cd02ab01000000${crc}`;

test('CompacF: the sequence of its driver, with the change to 1.5 Mbaud in the middle', () => {
  const { board, host } = open('compac-f');
  toggleReset(host, 1000);
  sendAll(host, 0x02, [framed('520500000a')]);
  expect(host.readAll(0x81, 60, 2)).toBe('aa5513971800000006');
  const before = ['5305000003', '5305000003', '5305000003', '400500001c', '51090080000000001c', '510900840000000011', '510900200000000102'];
  const middle = [
    '5109003c8000807410',
    '51090014000000f01e',
    '51090068c070011100',
    '51090068c070011100',
    '510900280600000f18',
    '51090018000061311c',
  ];
  sendAll(host, 0x02, [...before, ...middle].map(framed));
  expect(board.chain.baud).toBe(1_562_500);
  host.control(0x40, 0x03, 0x0002, 0);
  host.now += 10;
  const clock = ['510900700f0f0f0019', '510900700f0f0f0019', '5109000840a0022516', '5109000840a0022516'];
  sendAll(host, 0x02, clock.map(framed));
  host.readAll(0x81, 40, 2);
  sendAll(host, 0x02, [framed('5205000807')]);
  expect(host.readAll(0x81, 40, 2)).toBe(`aa5540a00225${'0008'}${crcOfReply('40a002250008')}`);
  // As the driver does: the job that it sends is longer than a packet.
  expect(host.write(0x02, framed(MIDSTATE_JOB))).toBe('ok');
  host.pass(2);
  expect(board.chain.stats.hashesPerSecond).toBe(105e9);
  const heard = board.chain.heard.map(({ bytes }) => toHex(bytes));
  const nonces = noncesIn(board, host, 0x81, 2, () => host.write(0x02, framed(MIDSTATE_JOB)));
  expect(nonces).toBeGreaterThan(0);
  expect(garbageOf(board)).toEqual([]);
  expect([...board.chain.complaints]).toEqual([]);
  expect(heard).toEqual(['520500000a', ...before, ...middle, ...clock, '5205000807', MIDSTATE_JOB]);
});

function crcOfReply(hex: string): string {
  const frame = fromHex(`${hex}00`);
  return crc5(frame, frame.length * 8 - 5)
    .toString(16)
    .padStart(2, '0');
}

test('R909: six chips take six addresses and share the nonces out', () => {
  const { board, host } = open('r909');
  toggleReset(host, 1000);
  sendAll(host, 0x02, [framed('520500000a')]);
  expect(host.readAll(0x81, 80, 2)).toBe('aa5513971800000006'.repeat(6));
  const addresses = ['00', '2a', '54', '7e', 'a8', 'd2'];
  sendAll(
    host,
    0x02,
    ['5305000003', ...addresses.map((address) => sealed(`4005${address}00`)), '5109003c8000807410', '5109000840b402150b'].map(framed),
  );
  expect(addresses.map((address) => sealed(`4005${address}00`).slice(-2))).toEqual(['1c', '19', '16', '13', '08', '18']);
  expect(board.chain.stats.hashesPerSecond).toBe(6 * 672 * 450e6);
  sendAll(host, 0x02, [framed(MIDSTATE_JOB)], 20);
  expect(noncesIn(board, host, 0x81, 2)).toBeGreaterThan(0);
  expect(garbageOf(board)).toEqual([]);
});

test('NewPac: two chips, cores opened one dummy job at a time', () => {
  const { board, host } = open('newpac');
  toggleReset(host, 30);
  sendAll(host, 0x02, ['5405000019']);
  expect(host.readAll(0x81, 60, 2)).toBe('13879000000007'.repeat(2));
  const first = ['5505000010', '5505000010', '5505000010', '4105000015', '4105800019', '5809001c002001001b'];
  sendAll(host, 0x02, first);
  host.control(0x40, 0x03, 0x0002, 0);
  host.now += 10;
  sendAll(host, 0x02, ['5809001c4020818009', '5809000c0040024115']);
  const dummy = `21361001 00000000 ffffffffffffffffffffffff ${'00'.repeat(32)}`;
  const crc = crc16(fromHex(plain(dummy)))
    .toString(16)
    .padStart(4, '0');
  sendAll(host, 0x02, new Array<string>(115).fill(dummy + crc));
  expect(board.chain.stats.hashesPerSecond).toBe(2 * 114 * 200e6);
  host.readAll(0x81, 200, 2);
  sendAll(host, 0x02, [MIDSTATE_JOB]);
  expect(noncesIn(board, host, 0x81, 2)).toBeGreaterThan(0);
  expect(garbageOf(board)).toEqual([]);
  expect([...board.chain.complaints]).toEqual([]);
});

test('Compac: commands without framing, no reset, cores opened', () => {
  const { board, host } = open('compac');
  for (const [request, value, data] of [
    [0x00, 1, ''],
    [0x07, 0x0303, ''],
    [0x1e, 0, '00c20100'],
    [0x03, 0x0830, ''],
  ] as const)
    host.control(0x41, request, value, 0, data);
  sendAll(host, 0x01, ['84000011']);
  expect(host.read(0x81)).toBe('1384000013');
  sendAll(host, 0x01, ['8500000f', '01000019', '820b8319', '84000400']);
  expect(host.read(0x81)).toBe('801700031a');
  sendAll(host, 0x01, new Array<string>(56).fill(`${'00'.repeat(51)}10${'00'.repeat(12)}`));
  host.readAll(0x81, 500);
  const midstate = '7a78da2dcd5bce692f56a9da07e86e372d2810a016e669ba05c567139524c593';
  sendAll(host, 0x01, [`${midstate}${'00'.repeat(8)}ffffffff${'00'.repeat(7)}10f2b9441ac7f5d74df1fc122b`]);
  expect(board.chain.stats.hashesPerSecond).toBe(8.25e9);
  expect(noncesIn(board, host, 0x81, 0)).toBeGreaterThan(0);
  expect(garbageOf(board)).toEqual([]);
});

test('Compac A2: latch, telemetry, the sequence of its driver; its one odd frame is not understood', () => {
  const { board, host } = open('compac-a2');
  for (const port of [0, 1])
    for (const [request, value, data] of [
      [0x00, 1, ''],
      [0x07, 0x0101, ''],
      [0x1e, 0, '00c20100'],
      [0x03, port === 0 ? 0x0830 : 0x0800, ''],
    ] as const)
      host.control(0x41, request, value, port, data);
  host.control(0x41, 0xff, 0x37e1, 0, '0700');
  host.now += 100;
  sendAll(host, 0x01, ['510900a48000ffff18', '520500000a'].map(framed));
  expect(host.readAll(0x81, 60)).toBe('aa55137000000000000010');
  sendAll(host, 0x02, ['3f76', '5636', '424f', '4c4e', '4664']);
  const first = [
    '510900a80007000003',
    '53050018f000c10002',
    '5305000003',
    '400500001c',
    '5109003c80008d0404',
    '5109003c8000800e1b',
    '51090014000000f813',
  ];
  const second = [
    '51090058000111110d',
    '520500581a',
    '410900580001f1110c',
    '420500581e',
    '510900700f0f0f0019',
    '51090008407802400b',
    '5205000807',
    '510900685aa55aa51c',
  ];
  const third = [
    '5109001000000f2514',
    '4109002c0013000717',
    '4205002c06',
    '510900a8000701f01d',
    '51090018f000c10004',
    '52050018 1d',
    '5109003c80008b0012',
    '5109003c800082aa0d',
    '51090054 000000031d',
  ];
  sendAll(host, 0x01, [...first, ...second, ...third].map(framed));
  host.readAll(0x81, 60);
  sendAll(host, 0x01, [framed(headerJob('ff1800', '510b'))], 30);
  expect(board.chain.stats.hashesPerSecond).toBe(2040 * 300e6);
  expect(board.chain.stats.jobs).toBe(1);
  expect(noncesIn(board, host, 0x81, 0)).toBeGreaterThan(0);
  expect(garbageOf(board).join('')).toBe('55aa53050018f000c10002');
  expect([...board.chain.complaints]).toEqual([]);
});

test('Bitaxe Gamma: power and fan over the control port, the sequence of its firmware, then 1 Mbaud', () => {
  const { board, host } = open('bitaxe-gamma');
  for (const port of [0, 2]) host.control(0x21, 0x20, 0, port, '00c20100000008');
  const steps = [
    '07000000060000',
    '0a000100051080a08601 00'.replace('80a0', 'a0').replace(' ', ''),
    '090006000520 4c4c3f',
    '0a000e00052024214d02',
    '09000f000520240180',
    '07000000060001',
  ];
  for (const step of steps.map(plain)) {
    host.write(0x01, step);
    expect(host.read(0x82)).not.toBe('');
  }
  host.now += 500;
  board.advance(host.now);
  const rolling = '510900a49000ffff1c';
  sendAll(host, 0x02, [rolling, rolling, rolling, '520500000a'].map(framed));
  expect(host.readAll(0x84, 60)).toBe('aa55137000000000000010');
  const broadcast = [
    rolling,
    '510900a80007000003',
    '51090018f000c10004',
    '5305000003',
    '400500001c',
    '5109003c80008b0012',
    '5109003c8000800c11',
    '51090014000000ff08',
    '51090058000111110d',
  ];
  const single = ['410900a8000701f015', '41090018f000c1000c', sealed('4109003c80008b00'), sealed('4109003c8000800c'), '4109003c800082aa05'];
  const last = [
    '510900b9000044800d',
    '510900540000000218',
    '510900b9000044800d',
    '5109003c80008dee1b',
    '5109000840a8023003',
    '5109001000001eb50f',
    '510900281130020003',
  ];
  sendAll(host, 0x02, [...broadcast, ...single, ...last].map(framed));
  host.control(0x21, 0x20, 0, 2, '40420f00000008');
  sendAll(host, 0x02, [framed(headerJob('561801', '482f'))]);
  expect(board.chain.stats.hashesPerSecond).toBe(2040 * 525e6);
  expect(noncesIn(board, host, 0x84, 0)).toBeGreaterThan(0);
  expect(garbageOf(board)).toEqual([]);
  expect([...board.chain.complaints]).toEqual([]);
});
