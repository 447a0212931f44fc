/** Which way to a board is taken: over USB or through the serial ports of the system, on each of them, and what is in the way. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { NativeOpenOptions, NativePort, NativePortInfo, NativeSerial } from '../../core/io/serial-native.ts';
import { NodeUsbBus } from '../../core/io/usb-bus.ts';
import type { NativeUsb } from '../../core/io/usb-native.ts';
import type { UsbWorld } from '../../core/io/usb-world.ts';
import type { UsbDevice, UsbLink, UsbOpenOptions } from '../../core/ports.ts';
import { FakeClock } from '../fake/fake-clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'hearth-ways-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const COMPAC: UsbOpenOptions = { interfaces: [0], serial: [{ baud: 115_200, parity: 'mark' }] };
const COMPAC_F: UsbOpenOptions = { interfaces: [0] };
const macPort = { path: '/dev/tty.SLAB', locationId: '14200000', vendorId: '10c4', productId: 'ea60', serialNumber: 'S1' };
const comPort = { path: 'COM3', locationId: 'Port_#0002.Hub_#0001', vendorId: '10C4', productId: 'EA60', serialNumber: 'S1' };

class Computer {
  readonly clock = new FakeClock();
  readonly log: string[] = [];
  readonly opened: NativeOpenOptions[] = [];
  listed: readonly NativePortInfo[] = [];
  claimFails: string | undefined;
  openFails: string | undefined;
  namesFail: string | undefined;
  serialFails: string | undefined;
  readonly world: Partial<UsbWorld>;
  readonly #bus: string;
  readonly #ports: readonly number[];

  constructor(system: UsbWorld['system'], prefer: UsbWorld['prefer'], bus = '14', ports: readonly number[] = [2]) {
    this.#bus = bus;
    this.#ports = ports;
    const paths = { sys: join(folder, 'sys'), proc: join(folder, 'proc') };
    this.world = { system, prefer, paths, processId: 1, loadSerial: async () => this.#serial() };
  }

  async device(): Promise<UsbDevice> {
    const bus = new NodeUsbBus({ clock: this.clock, world: this.world, load: async () => this.#usb() });
    return (await bus.list())[0] as UsbDevice;
  }

  /** Lets the clock run while it is opened. */
  async open(options: UsbOpenOptions): Promise<UsbLink> {
    const opening = (await this.device()).open(options);
    opening.catch(() => {});
    for (let time = 0; time < 40; time += 1) {
      await new Promise((resolve) => setImmediate(resolve)); // the disk is asked too
      await this.clock.settle(250);
    }
    return opening;
  }

  #usb(): NativeUsb {
    const bulk = (direction: 'in' | 'out') => ({ endpointNumber: 1, direction, type: 'bulk', packetSize: 64 });
    const alternate = { interfaceClass: 0xff, interfaceSubclass: 0, endpoints: [bulk('in'), bulk('out')] };
    const fail = (text: string | undefined) => {
      if (text !== undefined) throw new Error(text);
    };
    const device = {
      ...{ vendorId: 0x10c4, productId: 0xea60, deviceVersionMajor: 1, deviceVersionMinor: 0, deviceVersionSubminor: 0 },
      ...{ bus: this.#bus, address: 5, ports: this.#ports, handle: 'h', speed: 'full' },
      ...{ manufacturerName: 'GekkoScience', productName: 'Compac BM1384 Bitcoin Miner', serialNumber: 'S1' },
      configuration: { configurationValue: 1, interfaces: [{ interfaceNumber: 0, alternate }] },
      open: async () => fail(this.openFails),
      close: async () => {},
      claimInterface: async () => {
        fail(this.claimFails);
        this.log.push('claim');
      },
      releaseInterface: async () => {},
      detachKernelDriver: async () => void this.log.push('detach'),
      attachKernelDriver: async () => void this.log.push('attach'),
    };
    const { configuration } = device;
    Object.defineProperty(device, 'configuration', {
      get: () => {
        fail(this.namesFail);
        return configuration;
      },
    });
    return { nativeGetDevices: async () => [device], Emitter: class {} } as unknown as NativeUsb;
  }

  #serial(): NativeSerial {
    const port = { close: async () => {}, flush: async () => {}, drain: async () => {} } as unknown as NativePort;
    return {
      list: async () => this.listed,
      open: async (options) => {
        if (this.serialFails !== undefined) throw new Error(this.serialFails);
        this.opened.push(options);
        return port;
      },
    };
  }
}

test.each([
  ['mac', '14', macPort],
  ['windows', '1', comPort],
] as const)('on %s a board that can do with a serial port is opened by its port, with a second stop bit', async (system, bus, port) => {
  const computer = new Computer(system, 'serial', bus);
  computer.listed = [port];
  const link = await computer.open(COMPAC);
  expect(link.transport).toBe('serial');
  expect(computer.opened).toEqual([
    { path: port.path, baudRate: 115_200, dataBits: 8, stopBits: 2, parity: 'none', lock: true, hupcl: true },
  ]);
  expect(computer.log).toEqual([]);
});

test('where WinUSB is bound there is no port, and it goes over USB at once', async () => {
  const computer = new Computer('windows', 'serial', '1');
  expect((await computer.open(COMPAC)).transport).toBe('usb');
  expect(computer.log).toEqual(['claim']);
});

test('without a binary for serial ports everything goes over USB, and what is in that way is told', async () => {
  const computer = new Computer('windows', 'serial', '1');
  (computer.world as { loadSerial: unknown }).loadSerial = () => Promise.reject(new Error('no native build was found'));
  expect((await computer.open(COMPAC)).transport).toBe('usb');
  computer.claimFails = 'claimInterface error: incompatible driver is installed for this device';
  await expect(computer.open(COMPAC)).rejects.toMatchObject({ fault: { code: 'usb-no-driver' } });
});

test('a port that the driver makes late is waited for', async () => {
  const computer = new Computer('windows', 'serial', '1');
  computer.claimFails = 'claimInterface error: incompatible driver is installed for this device';
  computer.clock.after(1_000, () => {
    computer.listed = [comPort];
  });
  expect((await computer.open(COMPAC)).transport).toBe('serial');
});

test('a board that needs its interfaces is never opened by a port; the way is WinUSB', async () => {
  const computer = new Computer('windows', 'serial', '1');
  computer.listed = [comPort];
  computer.claimFails = 'claimInterface error: incompatible driver is installed for this device';
  await expect(computer.open(COMPAC_F)).rejects.toMatchObject({ fault: { code: 'usb-no-driver', location: 'usb 1-2' } });
  expect(computer.opened).toEqual([]);
});

test('macOS: what keeps such a board is its driver, not another program', async () => {
  const computer = new Computer('mac', 'serial');
  computer.claimFails = 'claimInterface error: could not open interface for exclusive access (error 0xe00002c5)';
  await expect(computer.open(COMPAC_F)).rejects.toMatchObject({ fault: { code: 'usb-busy' } });
  computer.listed = [macPort];
  await expect(computer.open(COMPAC_F)).rejects.toMatchObject({ fault: { code: 'usb-driver-holds', port: '/dev/tty.SLAB' } });
});

test.each([
  ['windows', 'Opening COM3: Access denied', 'usb-busy'],
  ['windows', 'Opening COM3: File not found', 'device-gone'],
  ['mac', 'Error Resource temporarily unavailable Cannot lock port', 'usb-busy'],
  ['mac', 'Error: Permission denied, cannot open /dev/tty.SLAB', 'usb-no-permission'],
  ['mac', 'Error: Invalid argument calling ioctl(.., IOSSIOSPEED, 115200 ) setting custom baud rate', 'serial-baud-unsupported'],
  ['mac', 'Opening: Unknown error code 31', 'usb-transfer-failed'],
] as const)('%s: “%s” is %s', async (system, text, code) => {
  const computer = new Computer(system, 'serial', system === 'mac' ? '14' : '1');
  computer.listed = [system === 'mac' ? macPort : comPort];
  computer.serialFails = text;
  await expect(computer.open(COMPAC)).rejects.toMatchObject({ fault: { code, location: `usb ${system === 'mac' ? '14' : '1'}-2` } });
  expect(computer.log).toEqual([]); // the other way would disturb whoever has it
});

/** As the kernel shows a CP2102 with its driver. */
function linuxFiles(): void {
  const place = join(folder, 'sys', '3-2:1.0');
  mkdirSync(join(place, 'ttyUSB0'), { recursive: true });
  symlinkSync('../../../bus/usb/drivers/cp210x', join(place, 'driver'));
}

test('Linux goes over USB, takes the kernel’s driver away for that time, and gives it back', async () => {
  linuxFiles();
  const computer = new Computer('linux', 'usb', '003');
  const link = await computer.open(COMPAC);
  const closing = link.close();
  await computer.clock.settle(100);
  await closing;
  expect([link.transport, computer.log]).toEqual(['usb', ['detach', 'claim', 'attach']]);
});

test('Linux: a device too busy to tell the names of its interfaces is opened all the same', async () => {
  linuxFiles();
  const interfaces = [9, 4, 0, 0, 2, 0xff, 0, 0, 0, 7, 5, 0x81, 2, 64, 0, 0, 7, 5, 0x01, 2, 64, 0, 0];
  mkdirSync(join(folder, 'sys', '3-2'), { recursive: true });
  writeFileSync(join(folder, 'sys', '3-2', 'descriptors'), Uint8Array.from([9, 2, 32, 0, 1, 1, 0, 0x80, 50, ...interfaces]));
  const computer = new Computer('linux', 'usb', '003');
  computer.namesFail = 'getString error: transfer was cancelled';
  expect((await computer.open({})).interfaces).toMatchObject([
    { interfaceNumber: 0, endpoints: [{ direction: 'in' }, { direction: 'out' }] },
  ]);
  expect(computer.log).toEqual(['detach', 'claim']);
});

test('Linux without the rule: a port that this person may use serves as well; otherwise the rule is what is missing', async () => {
  linuxFiles();
  const computer = new Computer('linux', 'usb', '003');
  computer.openFails = 'open error: permission denied (errno 13)';
  expect((await computer.open(COMPAC)).transport).toBe('serial');
  expect(computer.opened.map(({ path }) => path)).toEqual(['/dev/ttyUSB0']);
  computer.serialFails = 'Error: Permission denied, cannot open /dev/ttyUSB0';
  await expect(computer.open(COMPAC)).rejects.toMatchObject({ fault: { code: 'usb-no-permission' } });
});

test('Linux: a program that has the port open keeps the device, and is named', async () => {
  linuxFiles();
  const fd = join(folder, 'proc', '42', 'fd');
  mkdirSync(fd, { recursive: true });
  symlinkSync('/dev/ttyUSB0', join(fd, '7'));
  writeFileSync(join(folder, 'proc', '42', 'comm'), 'minicom\n');
  const computer = new Computer('linux', 'usb', '003');
  await expect(computer.open(COMPAC)).rejects.toMatchObject({ fault: { code: 'usb-busy', location: 'usb 3-2', program: 'minicom' } });
  expect(computer.log).toEqual([]);
});

test('power: what it asks for, and the hub in between, from the descriptors that Linux keeps', async () => {
  const configuration = (attributes: number, units: number) => [9, 2, 9, 0, 1, 1, 0, attributes, units];
  for (const [name, bytes] of [
    ['3-2', configuration(0x80, 45)],
    ['3-1', configuration(0xa0, 50)],
    ['3-1.4', configuration(0xe0, 250)],
  ] as const) {
    mkdirSync(join(folder, 'sys', name), { recursive: true });
    writeFileSync(join(folder, 'sys', name, 'descriptors'), Uint8Array.from([18, 1, ...new Array(16).fill(0), ...bytes]));
  }
  const power = async (ports: readonly number[]) => (await new Computer('linux', 'usb', '003', ports).device()).power();
  expect(await power([2])).toEqual({ speed: 'full', maxMilliamps: 90 });
  expect(await power([1, 4])).toEqual({ speed: 'full', maxMilliamps: 500, hub: { location: 'usb 3-1', hasOwnSupply: false } });
  expect(await power([1, 4, 2])).toEqual({ speed: 'full', hub: { location: 'usb 3-1.4', hasOwnSupply: true } });
  expect(await (await new Computer('windows', 'serial').device()).power()).toEqual({ speed: 'full' });
});
