/** `devices`: every line says what it is and what to do. */
import { expect, test } from 'vitest';
import { EXAMINE_MS } from '../../../core/devices/doctor.ts';
import { AppError } from '../../../core/errors.ts';
import { parseArguments } from '../../../core/host/terminal/arguments.ts';
import { listDevices } from '../../../core/host/terminal/devices.ts';
import { ruleCommand } from '../../../core/io/usb-rule.ts';
import type { UsbFailure } from '../../../core/ports.ts';
import { FakeClock } from '../../fake/fake-clock.ts';
import { MemoryUsbBus, MemoryUsbDevice } from '../../fake/memory-usb.ts';

function world(platform = 'linux') {
  const clock = new FakeClock();
  const bus = new MemoryUsbBus();
  const plug = (vendorId: number, productId: number, manufacturer: string, product: string, location: string) => {
    const device = new MemoryUsbDevice(clock, { vendorId, productId, location, strings: { manufacturer, product, serial: 'S1' } });
    bus.plug(device);
    return device;
  };
  return { bus, plug, clock, world: { bus, clock, platform, rulesPath: '/opt/it’s/70.rules' } };
}

test('boards, other miners and look-alikes are told apart, in the order of ports', async () => {
  const { plug, world: it } = world();
  const cable = plug(0x0403, 0x6015, 'FTDI', 'FT230X Basic UART', 'usb 1-10');
  const stick = plug(0x0403, 0x6015, 'GekkoScience', 'CompacF Bitcoin Miner', 'usb 1-2');
  plug(0x303a, 0x1001, 'Espressif', 'USB JTAG/serial debug unit', 'usb 1-3');
  plug(0x10c4, 0xea70, 'Silicon Labs', 'GekkoScience Terminus A2', 'usb 1-4');
  plug(0x046d, 0xc31c, 'Logitech', 'Keyboard', 'usb 1-5');
  const { code, text } = await listDevices(it, false);
  expect(code).toBe(0);
  expect(text.split('\n').filter((line) => line.startsWith('usb'))).toEqual([
    'usb 1-2  0403:6015  Compac F (“GekkoScience CompacF Bitcoin Miner”, serial S1)',
    'usb 1-3  303a:1001  “Espressif USB JTAG/serial debug unit”',
    'usb 1-4  10c4:ea70  Terminus A (“Silicon Labs GekkoScience Terminus A2”, serial S1)',
    'usb 1-10  0403:6015  “FTDI FT230X Basic UART”',
  ]);
  expect(text).toContain('Ready: Hearth mines with it.');
  expect(text).toContain('left alone');
  // The board was opened and given back, nothing more; the cable was not opened.
  expect(stick.transfers).toEqual(['open 0', 'close']);
  expect(cable.transfers).toEqual([]);
});

test('a missing permission comes with the one command that gives it, on Linux', async () => {
  const { plug, world: it } = world();
  plug(0x0403, 0x6015, 'GekkoScience', 'CompacF Bitcoin Miner', 'usb 1-2').openFailure = { code: 'usb-no-permission', location: 'usb 1-2' };
  const { text } = await listDevices(it, false);
  expect(text).toContain('Hearth may not use this USB device.');
  expect(text).toContain(ruleCommand('/opt/it’s/70.rules'));
  expect((await listDevices({ ...it, platform: 'darwin' }, false)).text).not.toContain('sudo');
});

test('a path with a quote stays one argument of the command', () => {
  expect(ruleCommand("/a'b/70.rules")).toContain(`'/a'\\''b/70.rules'`);
});

test('the program that has the device is named', async () => {
  const { plug, world: it } = world();
  plug(0xc0de, 0xcafe, 'OSMU', 'Bitaxe', 'usb 1-2').openFailure = { code: 'usb-busy', location: 'usb 1-2', program: 'cgminer' };
  const { text } = await listDevices(it, false);
  expect(text).toContain('Another program uses this device.');
  expect(text).toContain('program cgminer');
});

test('what devices call themselves cannot move the cursor', async () => {
  const { plug, world: it } = world();
  plug(0x10c4, 0xea60, 'Evil\u001b[2J', 'Cable\n', 'usb 1-2');
  const { text } = await listDevices(it, false);
  expect(text).not.toContain('\u001b');
  expect(text).toContain('Cable”');
});

test('without USB it says so and fails; with nothing plugged in it says what it looked for', async () => {
  const { bus, world: it } = world();
  expect((await listDevices(it, false)).text).toContain('No miner is plugged into USB.');
  bus.unavailable = true;
  const { code, text } = await listDevices(it, false);
  expect(code).toBe(1);
  expect(text).toContain('usb-unavailable');
});

test('a device that does not answer is named with the reason and keeps nobody waiting for long', async () => {
  const { plug, clock, world: it } = world();
  plug(0x0403, 0x6015, 'GekkoScience', 'CompacF Bitcoin Miner', 'usb 1-1').strings = () => new Promise(() => {});
  plug(0xc0de, 0xcafe, 'OSMU', 'Bitaxe', 'usb 1-2').strings = () =>
    Promise.reject(
      new AppError<UsbFailure>({ code: 'usb-transfer-failed', location: 'usb 1-2', text: 'getString error: timeout' }, 'machine'),
    );
  plug(0x0403, 0x6015, 'GekkoScience', 'NewPac Bitcoin Miner', 'usb 1-3');
  const listing = listDevices(it, false);
  await clock.settle(EXAMINE_MS);
  const { code, text } = await listing;
  expect(code).toBe(0);
  expect(text).toContain('usb 1-1  0403:6015  a device without a name');
  expect(text).toContain('no answer within 10000 ms');
  expect(text).toContain('getString error: timeout');
  expect(text).toMatch(/usb 1-3 .*\n +Ready/);
});

test('what is worth knowing stands below the device: hub, power, stock firmware', async () => {
  const { plug, world: it } = world();
  plug(0x0403, 0x6015, 'GekkoScience', 'CompacF Bitcoin Miner', 'usb 1-2.1').powerFacts = {
    speed: 'full',
    maxMilliamps: 90,
    hub: { location: 'usb 1-2', hasOwnSupply: false },
  };
  plug(0x303a, 0x1001, 'Espressif', 'USB JTAG/serial debug unit', 'usb 1-3');
  const { text } = await listDevices(it, false);
  expect(text).toContain('Ready: Hearth mines with it.\n    This board hangs on a hub without a supply of its own.');
  expect(text).toContain('USB full speed, asks for 90 mA, on the hub at usb 1-2, which has no supply of its own');
  expect(text).toContain('it mines over your network');
});

test('as JSON it is one list for scripts', async () => {
  const { plug, world: it } = world();
  plug(0x0403, 0x6015, 'GekkoScience', 'CompacF Bitcoin Miner', 'usb 1-2');
  const [finding] = JSON.parse((await listDevices(it, true)).text) as readonly Record<string, unknown>[];
  expect(finding).toMatchObject({ location: 'usb 1-2', vendorId: 0x0403, kind: 'board', name: 'Compac F' });
});

test('the command line knows it', () => {
  expect(parseArguments(['devices'])).toEqual({ do: 'devices', json: false });
  expect(parseArguments(['devices', '--json'])).toEqual({ do: 'devices', json: true });
  expect(parseArguments(['devices', '--help'])).toEqual({ do: 'help' });
  expect(parseArguments(['devices', 'all'])).toMatchObject({ do: 'wrong' });
});
