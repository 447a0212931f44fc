/** Emulated bridges against the control transfers and framing that real ones have. */
import { expect, test } from 'vitest';
import { toHex } from '../../core/bytes.ts';
import { buildBoard } from './emulators/boards.ts';
import { configurationDescriptor, deviceDescriptor } from './emulators/usb/descriptors.ts';
import { knownSearch, UsbHost } from './plain-host.ts';

const { engine } = knownSearch([]);
const board = (name: Parameters<typeof buildBoard>[0]) => buildBoard(name, { engine, plain: true, serial: 'S1' });
const DISCOVERY = '55aa520500000a';
const BAUD_115200 = '00c20100';

function openFtdi(name: 'compac-f' | 'newpac' = 'compac-f') {
  const device = board(name);
  const host = new UsbHost(device.usb);
  for (const [request, value] of [
    [0x00, 0],
    [0x04, 8],
    [0x03, 0x1a],
    [0x02, 0],
    [0x00, 2],
    [0x00, 1],
    [0x0b, 0x20f2],
  ] as const)
    expect(host.control(0x40, request, value, 0)).toBe('');
  return { device, host };
}

test('devices present the identity that hosts look for', () => {
  const compacF = board('compac-f').usb;
  const host = new UsbHost(compacF);
  expect(host.control(0x80, 6, 0x0100, 0, 18)).toBe('12010002000000080304156000100102030 1'.replace(' ', ''));
  expect(host.control(0x80, 6, 0x0100, 0, 8)).toHaveLength(16);
  expect(host.control(0x80, 6, 0x0301, 0x0409, 255)).toBe(
    `1a03${toHex(Uint8Array.from('GekkoScience'.split('').flatMap((letter) => [letter.charCodeAt(0), 0])))}`,
  );
  expect(host.control(0x80, 6, 0x0307, 0x0409, 255)).toBe('stall');
  expect(toHex(configurationDescriptor(compacF.spec))).toBe(
    '0902200001010 0a02d0904000002ffffff02 0705810240000007050202400000'.replaceAll(' ', ''),
  );
});

test('a CP2105 has a 64-byte and a 32-byte port; a Bitaxe has two pairs of interfaces', () => {
  const a2 = board('compac-a2').usb.spec;
  expect(a2.interfaces.map((each) => each.endpoints.map((end) => [end.address, end.packetBytes]))).toEqual([
    [
      [0x81, 64],
      [0x01, 64],
    ],
    [
      [0x82, 32],
      [0x02, 32],
    ],
  ]);
  const gamma = board('bitaxe-gamma').usb.spec;
  expect(toHex(deviceDescriptor(gamma))).toBe('12011002ef020140dec0feca010001020301');
  expect(gamma.interfaces.map((each) => each.class[0])).toEqual([2, 10, 2, 10]);
});

test('an idle FT230X says two status bytes every 16 ms, the first time 0100', () => {
  const { host } = openFtdi();
  const start = host.now;
  expect(host.read(0x81)).toBe('0100');
  expect(host.read(0x81)).toBe('0160');
  expect(host.now - start).toBeGreaterThanOrEqual(31);
  host.control(0x40, 0x09, 1, 0);
  const later = host.now;
  host.read(0x81);
  expect(host.now - later).toBeLessThanOrEqual(2);
});

test('every packet of an FT230X begins with status bytes, also when a reply is cut', () => {
  const { device, host } = openFtdi();
  device.inject({ kind: 'short-reads', pieces: [1, 3, 5] }, 0);
  host.write(0x02, DISCOVERY);
  host.now += 10;
  expect([1, 2, 3].map(() => host.read(0x81))).toEqual(['0100aa', '0160551397', '01601800000006']);
});

test('chips behind an FT230X are heard only at a baud rate within 5 % of their own', () => {
  for (const [divisor, isHeard] of [
    [0x1a, true],
    [0x1b, true],
    [0x18, false],
    [0x02, false],
    [0x1c, false],
  ] as const) {
    const { host } = openFtdi();
    host.control(0x40, 0x03, divisor, 0);
    host.write(0x02, DISCOVERY);
    expect(host.readAll(0x81, 60, 2) === 'aa5513971800000006').toBe(isHeard);
  }
});

test('after the switch to 1.5 Mbaud both ends hear each other, before it the host hears garbage', () => {
  const { host } = openFtdi();
  host.write(0x02, '55aa51090018000061311c');
  host.now += 10;
  host.write(0x02, DISCOVERY);
  expect(host.readAll(0x81, 40, 2)).toBe('');
  host.control(0x40, 0x03, 0x0002, 0);
  host.write(0x02, DISCOVERY);
  expect(host.readAll(0x81, 40, 2)).toBe('aa5513971800000006');
});

test('CB1 low holds the chips in reset; afterwards they listen at 115 200 again', () => {
  const { host } = openFtdi();
  host.write(0x02, '55aa51090018000061311c');
  host.now += 10;
  host.control(0x40, 0x0b, 0x20f0, 0);
  host.write(0x02, DISCOVERY);
  expect(host.readAll(0x81, 40, 2)).toBe('');
  host.control(0x40, 0x0b, 0x20f2, 0);
  host.write(0x02, DISCOVERY);
  expect(host.readAll(0x81, 40, 2)).toBe('aa5513971800000006');
});

test('bytes take their time on the wire: a reply is not there before its bits have passed', () => {
  const { host } = openFtdi();
  host.control(0x40, 0x09, 1, 0);
  host.write(0x02, DISCOVERY);
  const start = host.now;
  expect(host.readAll(0x81, 1, 2)).toBe('');
  let bytes = '';
  while (bytes === '') bytes = host.read(0x81).slice(4);
  // Seven bytes out and the first bytes back at ten bits each.
  expect(host.now - start).toBeGreaterThanOrEqual(1);
});

test('a CP2102 lets nothing through before its UART is enabled', () => {
  const host = new UsbHost(board('compac').usb);
  expect(host.write(0x01, '84000011')).toBe('ok');
  expect(host.read(0x81, 64, 20)).toBe('');
  for (const [request, value, data] of [
    [0x00, 1, ''],
    [0x07, 0x0303, ''],
    [0x1e, 0, BAUD_115200],
    [0x03, 0x0830, ''],
  ] as const)
    expect(host.control(0x41, request, value, 0, data)).toBe('');
  host.write(0x01, '84000011');
  expect(host.read(0x81)).toBe('1384000013');
  expect(host.control(0x41, 0xee, 0, 0)).toBe('stall');
});

test('a CP2105 latch gives the chips of a Compac A2 their power, and takes it', () => {
  const host = new UsbHost(board('compac-a2').usb);
  for (const [request, value, data] of [
    [0x00, 1, ''],
    [0x07, 0x0101, ''],
    [0x1e, 0, BAUD_115200],
    [0x03, 0x0830, ''],
  ] as const)
    host.control(0x41, request, value, 0, data);
  host.write(0x01, DISCOVERY);
  expect(host.read(0x81, 64, 20)).toBe('');
  expect(host.control(0x41, 0xff, 0x37e1, 0, '0700')).toBe('');
  host.write(0x01, DISCOVERY);
  expect(host.read(0x81)).toBe('aa5513700000000006');
  host.control(0x41, 0xff, 0x37e1, 0, '0707');
  host.write(0x01, DISCOVERY);
  expect(host.read(0x81, 64, 20)).toBe('');
});

test('a halted endpoint stalls until the host clears it', () => {
  const { device, host } = openFtdi();
  device.inject({ kind: 'stall', endpoint: 0x81 }, 0);
  expect(host.read(0x81)).toBe('stall');
  expect(host.control(0x82, 0, 0, 0x81, 2)).toBe('0100');
  host.control(0x02, 1, 0, 0x81);
  expect(host.read(0x81)).toBe('0100');
});

test('a full transmit buffer holds the host off instead of losing bytes', () => {
  const { host } = openFtdi();
  const answers = Array.from({ length: 20 }, () => host.write(0x02, '00'.repeat(64)));
  expect(answers.slice(0, 8)).toEqual(new Array(8).fill('ok'));
  expect(answers.at(-1)).toBe('pending');
});
