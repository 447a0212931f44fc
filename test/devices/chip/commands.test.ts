/** Command builders equal the published frames. */
import { expect, test } from 'vitest';
import { toHex } from '../../../core/bytes.ts';
import * as bm1384 from '../../../core/devices/chip/bm1384/commands.ts';
import * as bm1387 from '../../../core/devices/chip/bm1387/commands.ts';
import {
  addressOf,
  chainInactive,
  readAll,
  readOne,
  register,
  setAddress,
  writeAll,
  writeOne,
} from '../../../core/devices/chip/commands.ts';
import { commandFrames } from './vectors.ts';

const built: Readonly<Record<string, Uint8Array>> = {
  'BM1387 read id all': bm1387.readChipIds(),
  'BM1387 chain inactive': bm1387.chainInactive(),
  'BM1387 set addr 80': bm1387.setAddress(0x80),
  'BM1387 read PLL addr 00': bm1387.readPllOne(0x00),
  'BM1387 baud D=1': bm1387.setBaud(1),
  'BM1387 baud D=13': bm1387.setBaud(13),
  'BM1387 gate D=1': bm1387.gateBlock(1),
  discovery: readAll(register.chipId),
  'chain inactive': chainInactive(),
  'set addr 00 / next rows 02 04 06 08': setAddress(0x00),
  'set addr 02': setAddress(0x02),
  'set addr 04': setAddress(0x04),
  'set addr 06': setAddress(0x06),
  'set addr 08': setAddress(0x08),
  'set addr 2A (R909 chip 1)': setAddress(addressOf(1, 6)),
  'set addr D2 (chip 5)': setAddress(addressOf(5, 6)),
  'A4 90 00 FFFF': writeAll(register.versionRolling, 0x9000ffff),
  'A4 80 00 FFFF': writeAll(register.versionRolling, 0x8000ffff),
  'A8 00070000': writeAll(register.softReset, 0x00070000),
  '18 F000C100': writeAll(register.miscControl, 0xf000c100),
  '3C 80008B00': writeAll(register.coreMailbox, 0x80008b00),
  '3C 8000800C': writeAll(register.coreMailbox, 0x8000800c),
  '3C 800082AA single 00': writeOne(0x00, register.coreMailbox, 0x800082aa),
  'A8 000701F0 single 00': writeOne(0x00, register.softReset, 0x000701f0),
  '18 F000C100 single 00': writeOne(0x00, register.miscControl, 0xf000c100),
  '14 difficulty 256': writeAll(register.ticketMask, 0x000000ff),
  '10 HCN 1EB5': writeAll(register.hashCountNumber, 0x1eb5),
  '28 11300200': writeAll(register.fastUart, 0x11300200),
  '54 00000002': writeAll(register.analogMux, 2),
  '58 00011111': writeAll(register.ioDrive, 0x00011111),
  'B9 00004480': writeAll(0xb9, 0x4480),
  '3C 80008DEE': writeAll(register.coreMailbox, 0x80008dee),
  '68 C0700111': writeAll(register.pll3, 0xc0700111),
  '20 00000001': writeAll(register.clockOrderEnable, 1),
  'read reg 8C all': readAll(0x8c),
  'read reg 4C all': readAll(0x4c),
};

test.each(commandFrames)('the builder of %s makes the published frame', (name, hex) => {
  const frame = toHex(built[name] as Uint8Array);
  expect(frame).toBe(name.startsWith('BM1387') ? hex : `55aa${hex}`);
});

test('BM1384 builders make the published frames', () => {
  expect(toHex(bm1384.readChipIds())).toBe('84000011');
  expect(toHex(bm1384.chainInactive())).toBe('8500000f');
  expect(toHex(bm1384.setAddress(0x00))).toBe('01000019');
  expect(toHex(bm1384.setAddress(0x80))).toBe('01800016');
  expect(toHex(bm1384.setAddress(0x2a))).toBe('012a0014');
  expect(toHex(bm1384.readPllAll())).toBe('84000400');
  expect(toHex(bm1384.readPllOne(0x00))).toBe('04000401');
  expect(toHex(bm1384.readPllOne(0x80))).toBe('0480040e');
  expect(toHex(bm1384.shortCommand(0x86, 0x00, 0x9a))).toBe('86009a04');
});

test.each([
  [1, '5809001c002001001b', '5809001c4020818009'],
  [7, '5809001c0020070019', '5809001c402087800b'],
  [13, '5809001c00200d001f', '5809001c40208d800d'],
])('BM1387 baud divisor %i is sent with its own CRC', (divisor, baud, gate) => {
  expect(toHex(bm1387.setBaud(divisor))).toBe(baud);
  expect(toHex(bm1387.gateBlock(divisor))).toBe(gate);
});

test('BM1387 baud divisor 25 has the CRC that the makers’ code gets wrong', () => {
  expect(bm1387.setBaud(25).at(-1)).toBe(0x13);
});

test.each([
  [0x00, 0x15],
  [0x15, 0x05],
  [0x2a, 0x10],
  [0x80, 0x19],
])('BM1387 address %i is sealed', (address, crc) => {
  expect(bm1387.setAddress(address).at(-1)).toBe(crc);
});

test('single commands of BM1362 and BM1370 have the listed CRCs', () => {
  const crcs = (frames: readonly Uint8Array[]) => frames.map((frame) => frame.at(-1));
  expect(
    crcs([
      writeOne(0, 0xa8, 0x00000002),
      writeOne(0, 0x18, 0xb000c100),
      writeOne(0, 0x3c, 0x80008540),
      writeOne(0, 0x3c, 0x80008008),
      writeOne(0, 0x3c, 0x800082aa),
    ]),
  ).toEqual([0x03, 0x1c, 0x04, 0x0d, 0x05]);
  expect(crcs([writeOne(0, 0x58, 0x0001f111), readOne(0, 0x58), writeOne(0, 0x2c, 0x00130007), readOne(0, 0x2c)])).toEqual([
    0x0c, 0x1e, 0x17, 0x06,
  ]);
});

test('the addresses of a chain share the 256 evenly', () => {
  const twelve = Array.from({ length: 12 }, (_, index) => addressOf(index, 12));
  expect(twelve).toEqual([0x00, 0x15, 0x2a, 0x3f, 0x54, 0x69, 0x7e, 0x93, 0xa8, 0xbd, 0xd2, 0xe7]);
  expect([0, 1].map((index) => addressOf(index, 2))).toEqual([0x00, 0x80]);
  expect(addressOf(0, 1)).toBe(0);
});
