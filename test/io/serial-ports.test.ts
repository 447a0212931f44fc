/** Which serial ports belong to a device: by /sys on Linux, by what the package's list tells on Windows and macOS. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { NativePortInfo } from '../../core/io/serial-native.ts';
import { linuxPortsOf, listedPortsOf } from '../../core/io/serial-ports.ts';

const folder = mkdtempSync(join(tmpdir(), 'hearth-ports-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bitaxe = { vendorId: 0xc0de, productId: 0xcafe, bus: '003', ports: [4, 2] };
const listed = (device: typeof bitaxe, serial: string | undefined, count: number, infos: readonly NativePortInfo[]) =>
  listedPortsOf(device, serial, count, { list: async () => infos }).then((ports) => ports.map(({ path }) => path));

test('Linux: ports are found below the interfaces of this device, in the order of interfaces', async () => {
  for (const path of [
    '3-4.2:1.2/tty/ttyACM0',
    '3-4.2:1.0/tty/ttyACM1',
    '3-4.2:1.1',
    '3-4.21:1.0/tty/ttyACM7',
    '3-4:1.0/ttyUSB9',
    '3-5:1.0/ttyUSB3/tty/ttyUSB3',
  ])
    mkdirSync(join(folder, path), { recursive: true });
  expect(await linuxPortsOf(bitaxe, { sys: folder })).toEqual([
    { path: '/dev/ttyACM1', interfaceNumber: 0 },
    { path: '/dev/ttyACM0', interfaceNumber: 2 },
  ]);
  expect(await linuxPortsOf({ ...bitaxe, ports: [5] }, { sys: folder })).toEqual([{ path: '/dev/ttyUSB3', interfaceNumber: 0 }]);
  expect(await linuxPortsOf({ ...bitaxe, ports: [6] }, { sys: folder })).toEqual([]);
});

test('macOS: by the place on the bus, so two boards with one serial number are not mixed up', async () => {
  const port = (path: string, locationId: string) => ({ path, locationId, vendorId: 'c0de', productId: 'cafe', serialNumber: 'S1' });
  const infos = [
    port('/dev/tty.usbmodemS13', '14220000'),
    port('/dev/tty.usbmodemS11', '14220000'),
    port('/dev/tty.usbmodemS15', '14300000'),
    { path: '/dev/tty.Bluetooth-Incoming-Port' },
  ];
  expect(await listed({ ...bitaxe, bus: '14', ports: [2, 2] }, 'S1', 2, infos)).toEqual(['/dev/tty.usbmodemS11', '/dev/tty.usbmodemS13']);
  expect(await listed({ ...bitaxe, bus: '14', ports: [3] }, 'S1', 2, infos)).toEqual(['/dev/tty.usbmodemS15']);
  expect(await listed({ ...bitaxe, bus: '14', ports: [4] }, 'S1', 2, infos)).toEqual([]);
});

const windows = (
  path: string,
  mi: string,
  serialNumber?: string,
  locationId = '0000.0014.0000.003.000.000.000.000.000',
): NativePortInfo => ({
  path,
  vendorId: 'C0DE',
  productId: 'CAFE',
  pnpId: `USB\\VID_C0DE&PID_CAFE&MI_${mi}\\8&2A0C05B4&0&00${mi}`,
  locationId,
  ...(serialNumber !== undefined && { serialNumber }),
});

test('Windows: by serial number whatever its case, in the order of interfaces and not of names', async () => {
  const infos = [
    windows('COM12', '00', 'AB12CD34'),
    windows('COM3', '02', 'AB12CD34'),
    windows('COM4', '00', 'OTHER'),
    windows('COM5', '02', 'OTHER'),
  ];
  expect(await listed(bitaxe, 'ab12cd34', 2, infos)).toEqual(['COM12', 'COM3']);
});

test('Windows: sticks with one serial number are told apart by port, and where that is not told none is taken', async () => {
  const stick = { vendorId: 0x10c4, productId: 0xea60, bus: '1', ports: [3] };
  const port = (path: string, locationId: string) => ({ path, vendorId: '10C4', productId: 'EA60', serialNumber: '0001', locationId });
  const infos = [port('COM3', 'Port_#0002.Hub_#0001'), port('COM4', 'Port_#0003.Hub_#0001')];
  expect(await listed(stick, '0001', 1, infos)).toEqual(['COM4']);
  expect(await listed(stick, '0001', 1, [...infos, port('COM5', 'Port_#0003.Hub_#0002')])).toEqual([]);
  expect(await listed(stick, undefined, 1, infos)).toEqual(['COM4']);
});

test('Windows: what is plugged in elsewhere is never the board’s, however alone it is there', async () => {
  const stick = { vendorId: 0x10c4, productId: 0xea60, bus: '1', ports: [4, 3] };
  const gadget = { path: 'COM9', vendorId: '10C4', productId: 'EA60', serialNumber: '0001', locationId: 'Port_#0007.Hub_#0001' };
  for (const serial of ['0001', undefined, '']) expect(await listed(stick, serial, 1, [gadget])).toEqual([]);
  const { serialNumber: _, ...nameless } = gadget;
  expect(await listed(stick, '0001', 1, [nameless])).toEqual([]);
  const own = { ...gadget, path: 'COM4', locationId: 'Port_#0003.Hub_#0002' };
  expect(await listed(stick, '0001', 1, [gadget, own])).toEqual(['COM4']);
  const lost = { ...stick, ports: [] };
  expect([await listed(lost, '0001', 1, [own]), await listed(lost, '0002', 1, [own])]).toEqual([['COM4'], []]);
});

test('where the place is not told, a port without the board’s own serial number is not taken', async () => {
  const cp2105 = { vendorId: 0x10c4, productId: 0xea70, bus: '1', ports: [3] };
  const pair = (serialNumber?: string) =>
    [windows('COM8', '01', serialNumber), windows('COM9', '00', serialNumber)].map((info) => ({
      ...info,
      vendorId: '10C4',
      productId: 'EA70',
    }));
  expect(await listed(cp2105, '0078E1', 2, pair('0078E1'))).toEqual(['COM9', 'COM8']);
  expect(await listed(cp2105, undefined, 2, pair('0078E1'))).toEqual([]);
  expect(await listed(cp2105, '', 2, pair(''))).toEqual([]);
  expect(await listed(cp2105, '0078E1', 2, pair())).toEqual([]);
  expect(await listed(cp2105, '0078E1', 2, pair('0078E2'))).toEqual([]);
  const unplaced = pair('0078E1').map(({ locationId: _, ...info }) => info);
  expect(await listed(cp2105, '0078e1', 2, unplaced)).toEqual(['COM9', 'COM8']);
});

test('ports of another product are never taken', async () => {
  expect(
    await listed(bitaxe, 'S1', 2, [{ path: 'COM3', vendorId: '10C4', productId: 'EA60', serialNumber: 'S1' }, { path: 'COM1' }]),
  ).toEqual([]);
});
