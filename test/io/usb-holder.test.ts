/** Kernel drivers and programs that hold a device, read from folders laid out as Linux has them. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { driverOf, programHolding } from '../../core/io/usb-holder.ts';

const folder = mkdtempSync(join(tmpdir(), 'hearth-holder-'));
const paths = { sys: join(folder, 'sys'), proc: join(folder, 'proc') };
const device = { bus: '003', address: 7, ports: [4, 2] };

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the driver of an interface and the program that has the device open are named', async () => {
  const bound = join(paths.sys, '3-4.2:1.0');
  mkdirSync(bound, { recursive: true });
  symlinkSync('../../../../bus/usb/drivers/ftdi_sio', join(bound, 'driver'));
  for (const [id, name, node] of [
    ['41', 'bash', '/dev/pts/0'],
    ['42', 'cgminer', '/dev/bus/usb/003/007'],
  ] as const) {
    const fd = join(paths.proc, id, 'fd');
    mkdirSync(fd, { recursive: true });
    symlinkSync(node, join(fd, '3'));
    writeFileSync(join(paths.proc, id, 'comm'), `${name}\n`);
  }
  expect(await driverOf(device, 1, 0, paths)).toBe('ftdi_sio');
  expect(await driverOf(device, 1, 1, paths)).toBeUndefined();
  expect(await programHolding(device, 1, paths)).toBe('cgminer');
  expect(await programHolding(device, 42, paths)).toBeUndefined();
  expect(await programHolding({ ...device, address: 8 }, 1, paths)).toBeUndefined();
});

test('where there are no such folders nobody is named', async () => {
  expect(await driverOf(device, 1, 0, paths)).toBeUndefined();
  expect(await programHolding(device, 1, paths)).toBeUndefined();
});
