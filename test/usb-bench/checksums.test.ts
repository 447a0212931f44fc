/** The emulators' own arithmetic against published values: they must not be wrong in the same way as a driver. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { concat, fromHex, toHex } from '../../core/bytes.ts';
import { crc5, crc16, sealed } from './emulators/crc.ts';
import { kernelEngine, knownEngine } from './emulators/hash-engine.ts';
import { hashTop, midstateOf, swapBytes, words } from './emulators/sha256.ts';
import { nonceOf } from './plain-host.ts';

const commands = [
  ...['5405000019', '5505000010', '4105800019', '4405000c04', '5809001c002001001b', '5809001c0020 0d001f', '5809001c4020818009'],
  ...['520500000a', '5305000003', '400500001c', '4005020001', '4005040003', '400506001e', '4005080007', '40052a0019', '4005d20018'],
  ...['510900a49000ffff1c', '510900a48000ffff18', '510900a80007000003', '51090018f000c10004', '5109003c80008b0012', '5109003c8000800c11'],
  ...['4109003c800082aa05', '410900a8000701f015', '41090018f000c1000c', '51090014000000ff08', '5109001000001eb50f', '510900281130020003'],
  ...[
    '510900540000000218',
    '51090058000111110d',
    '510900b9000044800d',
    '5109003c80008dee1b',
    '51090068c070011100',
    '520500 8c1d',
    '5205004c14',
  ],
].map((text) => text.replaceAll(' ', ''));

test.each(commands)('CRC5 of command %s is its last byte', (hex) => {
  const frame = fromHex(hex);
  expect(crc5(frame.subarray(0, -1))).toBe(frame.at(-1));
});

test.each(['84000011', '84000400', '8500000f', '01000019', '01800016', '012a0014', '04000401', '0480040e', '86009a04', '8207831c'])(
  'CRC5 of the 27 bits of %s is its last byte',
  (hex) => {
    expect(crc5(fromHex(hex), 27)).toBe(fromHex(hex)[3]);
  },
);

test('CRC16 and CRC5 give their published check values', () => {
  const digits = Uint8Array.from('123456789', (digit) => digit.charCodeAt(0));
  expect([crc16(digits), crc5(digits), crc5(new Uint8Array(0)), crc5(Uint8Array.of(0)), crc5(Uint8Array.of(0xff))]).toEqual([
    0x29b1, 0x0f, 0x1f, 0x0f, 0x1b,
  ]);
});

test.each(['1800a640029922f991', '6db88ee10104035494', '0735cdcf025e002e96', '460332e700c32c8399', '500341d60081180 19b'.replace(' ', '')])(
  'the captured nonce frame %s is sealed as the emulators seal',
  (hex) => {
    const frame = fromHex(hex);
    expect(crc5(frame)).toBe(0);
    expect(toHex(sealed([...frame.subarray(0, -1)], 0x80))).toBe(hex);
  },
);

const genesis =
  '0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c';
const block125552 =
  '0100000081cd02ab7e569e8bcd9317e2fe99f2de44d49ab2b8851ba4a308000000000000e320b6c2fffc8d750423db8b1eb942ae710e951ed797f7affc8892b0f1fc122bc7f5d74df2b9441a42a14695';
const input = (hex: string) => ({ midstate: midstateOf(fromHex(hex)), tail: words(fromHex(hex).subarray(64, 76)) });

test.each([
  [genesis, '1dac2b7c'],
  [genesis, '00000001'],
  [block125552, '42a14695'],
  [block125552, 'deadbeef'],
])('the top of a header hash is that of the system library: %s with nonce %s', (hex, wire) => {
  const header = concat(fromHex(hex).subarray(0, 76), fromHex(wire));
  const once = createHash('sha256').update(header).digest();
  const hash = createHash('sha256').update(once).digest();
  const { midstate, tail } = input(hex);
  expect(hashTop(midstate, tail, nonceOf(wire))).toEqual({ high: hash.readUInt32LE(28), low: hash.readUInt32LE(24) });
});

test('both engines find the nonce of block 125552 where it is, and nothing beside it', () => {
  const nonce = nonceOf('42a14695');
  for (const engine of [kernelEngine(), knownEngine([nonce, nonce + 1])]) {
    expect(engine.search(input(block125552), nonce - 500, 1000, 0)).toEqual([nonce]);
    expect(engine.search(input(block125552), nonce + 1, 1000, 0)).toEqual([]);
  }
});

test('swapBytes turns a word around', () => {
  expect(swapBytes(0x12345678)).toBe(0x78563412);
});
