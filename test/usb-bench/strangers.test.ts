/** Devices with a miner's ids that are none: they behave like the real ones, and tell whether anybody touched them. */
import { describe, expect, test } from 'vitest';
import { toHex } from '../../core/bytes.ts';
import { type BoardName, boards, buildBoard } from './emulators/boards.ts';
import { configurationDescriptor, deviceDescriptor } from './emulators/usb/descriptors.ts';
import { UsbHost } from './plain-host.ts';

const strangers = ['bitaxe-stock', 'gadget-cp2102', 'gadget-cp2105', 'gadget-ft230x', 'gadget-hobby'] as const;

/** What a kernel asks a device that it has not seen before. */
function enumerate(host: UsbHost): void {
  for (const [value, length] of [
    [0x0100, 64],
    [0x0100, 18],
    [0x0200, 9],
    [0x0200, 255],
    [0x0300, 255],
    [0x0301, 255],
    [0x0302, 255],
    [0x0303, 255],
  ] as const)
    expect(host.control(0x80, 6, value, value > 0x0300 ? 0x0409 : 0, length)).not.toBe('stall');
  expect(host.control(0x00, 9, 1, 0)).toBe('');
  host.control(0x80, 0, 0, 0, 2);
}

describe.each(strangers)('%s', (name) => {
  const make = () => {
    const board = buildBoard(name);
    const host = new UsbHost(board.usb);
    enumerate(host);
    return { board, host, touches: board.usb.touches };
  };

  test('finding out what it is leaves no trace, also after it was pulled out and put back', () => {
    const { board, host, touches } = make();
    board.inject({ kind: 'unplug', isOut: true }, host.now);
    board.inject({ kind: 'unplug', isOut: false }, host.now);
    enumerate(host);
    host.pass(100);
    expect(touches.kept).toEqual([]);
    expect(board.chain.heard).toEqual([]);
  });

  test.each([
    ['a vendor request', (host: UsbHost) => host.control(0x41, 0xff, 0x37e1, 0, '0700')],
    ['a class request', (host: UsbHost) => host.control(0x21, 0x22, 3, 0)],
    ['a second configuration', (host: UsbHost) => host.control(0x00, 9, 1, 0)],
    ['another setting of an interface', (host: UsbHost) => host.control(0x01, 11, 0, 0)],
    ['a halt taken off', (host: UsbHost) => host.control(0x02, 1, 0, 0x81)],
    ['a byte', (host: UsbHost) => host.write(0x01, '55')],
    ['a read', (host: UsbHost) => host.read(0x81, 64, 0)],
  ])('%s is written down', (_, touch) => {
    const { host, touches } = make();
    touch(host);
    expect(touches.count).toBe(1);
    expect(touches.kept).toHaveLength(1);
  });

  test('after a look at what the kernel did, only what is new counts', () => {
    const { host, touches } = make();
    host.control(0x21, 0x22, 3, 0);
    touches.clear();
    expect(touches.count).toBe(0);
    host.write(0x01, '8400 0011');
    expect(touches.kept).toMatchObject([{ kind: 'out', endpoint: 0x01 }]);
  });
});

test('strangers share their ids with boards, and no string', () => {
  const ids = (name: BoardName) => buildBoard(name).usb.spec;
  for (const [stranger, board] of [
    ['gadget-cp2102', 'compac'],
    ['gadget-cp2105', 'compac-a1'],
    ['gadget-ft230x', 'compac-f'],
    ['gadget-hobby', 'bitaxe-gamma'],
  ] as const) {
    expect(ids(stranger)).toMatchObject({ vendorId: ids(board).vendorId, productId: ids(board).productId });
    expect(ids(stranger).product).not.toBe(ids(board).product);
    expect(boards[stranger].typical).toBe(0);
  }
  expect(ids('gadget-cp2105').manufacturer, 'even this is not enough').toBe(ids('compac-a1').manufacturer);
});

test('a Bitaxe with its own firmware shows the debugging port of its processor', () => {
  const { spec } = buildBoard('bitaxe-stock', { serial: '34:85:18:00:00:01' }).usb;
  expect(spec).toMatchObject({ manufacturer: 'Espressif', product: 'USB JTAG/serial debug unit', serial: '34:85:18:00:00:01' });
  expect(toHex(deviceDescriptor(spec))).toBe('12010002ef0201403a30011001010102 0301'.replace(' ', ''));
  const configuration = configurationDescriptor(spec);
  expect(configuration[4], 'interfaces').toBe(3);
  expect(toHex(configuration.subarray(-23))).toBe('090402000 2ffff0100 07050202400000 07058302400000'.replaceAll(' ', ''));
});

test('bytes that are sent to a gadget reach what hangs on it', () => {
  const board = buildBoard('gadget-cp2102');
  const host = new UsbHost(board.usb);
  host.control(0x41, 0x00, 1, 0);
  host.control(0x41, 0x1e, 0, 0, '00c20100');
  host.write(0x01, '84000011');
  host.pass(20);
  expect(board.chain.heard.map(({ bytes }) => toHex(bytes))).toEqual(['84000011']);
});

test('of a host that goes on for ever only the first touches are kept, and all are counted', () => {
  const board = buildBoard('compac');
  const host = new UsbHost(board.usb);
  for (let at = 0; at < 300; at += 1) host.control(0x41, 0x07, 0x0303, 0);
  expect(board.usb.touches.kept).toHaveLength(256);
  expect(board.usb.touches.count).toBe(300);
});
