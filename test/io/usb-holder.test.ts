/** Kernel drivers and programs that hold a device, read from folders laid out as Linux has them. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { deviceNode, driverOf, macProgramHolding, programHolding } from '../../core/io/usb-holder.ts';

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
  expect(await programHolding([deviceNode(device)], 1, paths)).toBe('cgminer');
  expect(await programHolding([deviceNode(device)], 42, paths)).toBeUndefined();
  expect(await programHolding([deviceNode({ ...device, address: 8 })], 1, paths)).toBeUndefined();
});

test('where there are no such folders nobody is named', async () => {
  expect(await driverOf(device, 1, 0, paths)).toBeUndefined();
  expect(await programHolding([deviceNode(device)], 1, paths)).toBeUndefined();
});

test('macOS: the program is named that has either name of a port open, and never this one', async () => {
  mkdirSync(folder, { recursive: true });
  const lsof = join(folder, 'lsof');
  writeFileSync(
    lsof,
    '#!/bin/sh\necho p1\necho chearth\n[ "$4" = /dev/tty.x ] && [ "$5" = /dev/cu.x ] && echo p9 && echo ccgminer\nexit 1\n',
    {
      mode: 0o755,
    },
  );
  expect(await macProgramHolding(['/dev/tty.x'], 1, lsof)).toBe('cgminer');
  expect(await macProgramHolding(['/dev/tty.y'], 1, lsof)).toBeUndefined();
  expect(await macProgramHolding(['/dev/tty.x'], 1, join(folder, 'none'))).toBeUndefined();
});
