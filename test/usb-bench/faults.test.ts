/** What can be made to go wrong goes wrong as ordered, once, and nothing else does. */
import { expect, test } from 'vitest';
import { concat, fromHex, toHex } from '../../core/bytes.ts';
import { type BoardName, boards, buildBoard, testShift } from './emulators/boards.ts';
import { kernelEngine } from './emulators/hash-engine.ts';
import { WireFaults } from './emulators/wire-faults.ts';
import { UsbHost } from './plain-host.ts';

const frame = fromHex('aa5513971800000006');
const heard = (faults: WireFaults, now = 0) => toHex(concat(...faults.apply(frame, now)));

test.each([
  [{ kind: 'flip-bit', bit: 17, frames: 1 }, 'aa5553971800000006'],
  [{ kind: 'drop-bytes', at: 4, bytes: 2, frames: 1 }, 'aa551397000006'],
  [{ kind: 'stray-status', at: 3, frames: 1 }, 'aa55130160971800000006'],
  [{ kind: 'noise', bytes: Uint8Array.of(0xaa, 0x07), frames: 1 }, 'aa07aa5513971800000006'],
  [{ kind: 'duplicate', frames: 1 }, 'aa5513971800000006aa5513971800000006'],
] as const)('%o touches one frame', (fault, bytes) => {
  const faults = new WireFaults();
  faults.inject(fault, 0);
  expect(heard(faults)).toBe(bytes);
  expect(heard(faults)).toBe(toHex(frame));
  expect(faults.touched).toBe(1);
});

test('a stale frame is one from before', () => {
  const faults = new WireFaults();
  const old = Uint8Array.of(1, 2, 3);
  faults.apply(old, 0);
  heard(faults);
  faults.inject({ kind: 'stale', back: 2, frames: 1 }, 0);
  expect(heard(faults)).toBe('010203');
});

test('silence lasts as long as it was ordered', () => {
  const faults = new WireFaults();
  faults.inject({ kind: 'silence', ms: 1000 }, 500);
  expect(heard(faults, 1499)).toBe('');
  expect(heard(faults, 1500)).toBe(toHex(frame));
});

const WAKE = [
  [0x00, 0],
  [0x04, 8],
  [0x03, 0x1a],
  [0x0b, 0x20f2],
] as const;

test('a reply cut at every offset is whole again in the next packet', () => {
  for (let cut = 1; cut < frame.length; cut += 1) {
    const board = buildBoard('compac-f');
    const host = new UsbHost(board.usb);
    for (const [request, value] of WAKE) host.control(0x40, request, value, 0);
    board.inject({ kind: 'short-reads', pieces: [cut] }, 0);
    host.write(0x02, '55aa520500000a');
    expect(host.readAll(0x81, 50, 2)).toBe(toHex(frame));
  }
});

test('chips that died do not answer', () => {
  const board = buildBoard('r909');
  const host = new UsbHost(board.usb);
  for (const [request, value] of WAKE) host.control(0x40, request, value, 0);
  board.inject({ kind: 'dead-chips', alive: 4 }, 0);
  host.write(0x02, '55aa520500000a');
  expect(host.readAll(0x81, 50, 2)).toBe(toHex(frame).repeat(4));
});

test('a board without a fan knows no fan stop', () => {
  expect(() => buildBoard('compac').inject({ kind: 'fan-stop', isStopped: true }, 0)).toThrow('compac knows no fault fan-stop');
});

const FULL_JOB =
  '55aa2156180100000000f2b9441ac7f5d74df1fc122bfc8892b0d797f7af710e951e1eb942ae0423db8bfffc8d75e320b6c200000000a3080000b8851ba444d49ab2fe99f2decd9317e27e569e8b81cd02ab01000000482f';

test('an emulated board finds as many nonces a second at its test difficulty as the real one does at difficulty 1', () => {
  const board = buildBoard('compac-a2', { engine: kernelEngine(), shift: 22 });
  const host = new UsbHost(board.usb);
  for (const [request, value, data] of [
    [0x00, 1, ''],
    [0x1e, 0, '00c20100'],
  ] as const)
    for (const port of [0, 1]) host.control(0x41, request, value, port, data);
  host.control(0x41, 0xff, 0x37e1, 0, '0700');
  for (const bytes of ['5636', '424f']) host.write(0x02, bytes);
  for (const hex of ['510900a49000ffff1c', '51090018f000c10004', '51090014000000f01e', '5109003c800082aa0d', '51090008407802400b'])
    host.write(0x01, `55aa${hex}`);
  host.now += 100;
  host.write(0x01, FULL_JOB);
  let nonces = 0;
  for (let step = 0; step < 100; step += 1) {
    nonces += host.readAll(0x81, 50).length / 22;
    board.advance(host.now);
  }
  const expected = (5 * 2040 * 300e6) / (2 ** 32 * 16);
  expect(expected).toBeGreaterThan(40);
  expect(Math.abs(nonces - expected)).toBeLessThan(5 * Math.sqrt(expected));
  expect(board.chain.stats.lostHashes).toBe(0);
  expect([...board.chain.complaints]).toEqual([]);
});

test.each(Object.keys(boards) as BoardName[])('%s can be built, and its test difficulty fits this machine', (name) => {
  const board = buildBoard(name);
  expect(board.name).toBe(name);
  expect(boards[name].typical / 2 ** testShift(name)).toBeLessThanOrEqual(500_000);
});
