/** The USB bus of the `usb` package, with the package's place taken by a double that has its traps. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LIST_LIMIT_MS, LOOK_AGAIN_MS, NodeUsbBus } from '../../core/io/usb-bus.ts';
import type { NativeDevice, NativeSetup, NativeUsb } from '../../core/io/usb-native.ts';
import { RESET_LIMIT_MS } from '../../core/io/usb-resets.ts';
import type { UsbDevice, UsbLink } from '../../core/ports.ts';
import { FakeClock } from '../fake/fake-clock.ts';

/** Fails overlapping transfers on an endpoint, and reads that were abandoned by a release; logs everything. */
class DoubleDevice {
  readonly vendorId = 0x0403;
  readonly productId = 0x6015;
  readonly deviceVersionMajor = 10;
  readonly deviceVersionMinor = 0;
  readonly deviceVersionSubminor = 0;
  readonly bus = '003';
  readonly address: number;
  readonly ports = [4, 2];
  readonly log: string[] = [];
  readonly configurationValue = 1;
  stringReads = 0;
  /** As getters of strings fail that have to open the device. */
  failStrings: string | undefined;
  failSerial: string | undefined;
  failOpen: string | undefined;
  failClaim: string | undefined;
  /** Answers to reads: bytes, or the text of an error; without any, reads time out. */
  readonly answers: (Uint8Array | string)[] = [];
  readonly #busy = new Set<string>();
  readonly #clock: FakeClock;
  readonly handle: string;

  constructor(clock: FakeClock, address = 7, handle = `3-${address}`) {
    this.#clock = clock;
    this.address = address;
    this.handle = handle;
  }

  get manufacturerName(): string {
    this.stringReads += 1;
    if (this.failStrings !== undefined) throw new Error(this.failStrings);
    return 'GekkoScience';
  }
  readonly productName = 'CompacF Bitcoin Miner';
  get serialNumber(): null {
    if (this.failSerial !== undefined) throw new Error(this.failSerial);
    return null;
  }

  get configuration() {
    const endpoint = (endpointNumber: number, direction: 'in' | 'out') => ({ endpointNumber, direction, type: 'bulk', packetSize: 64 });
    const alternate = { interfaceClass: 0xff, interfaceSubclass: 0xff, endpoints: [endpoint(1, 'in'), endpoint(2, 'out')] };
    return { configurationValue: 1, interfaces: [{ interfaceNumber: 0, alternate }] };
  }

  async open(): Promise<void> {
    if (this.failOpen !== undefined) throw new Error(this.failOpen);
    this.log.push('open');
  }
  async close(): Promise<void> {
    this.log.push('close');
  }
  async reset(): Promise<void> {
    this.log.push('reset');
  }
  async selectConfiguration(): Promise<void> {}
  async claimInterface(number: number): Promise<void> {
    if (this.failClaim !== undefined) throw new Error(this.failClaim);
    this.log.push(`claim ${number}`);
  }
  async releaseInterface(number: number): Promise<void> {
    if (this.#busy.size > 0) this.log.push('released under a transfer');
    this.log.push(`release ${number}`);
  }
  async detachKernelDriver(): Promise<void> {
    this.log.push('detach');
  }
  async attachKernelDriver(): Promise<void> {
    this.log.push('attach');
  }
  async nativeControlTransferOut(setup: NativeSetup): Promise<number> {
    return this.#alone('0', async () => {
      this.log.push(`control ${setup.requestType} ${setup.recipient} ${setup.request} ${setup.value} ${setup.index}`);
      return 0;
    });
  }
  async nativeTransferOut(endpoint: number, _timeoutMs: number, data: Uint8Array): Promise<number> {
    return this.#alone(`out ${endpoint}`, async () => {
      await this.#wait(5);
      this.log.push(`out ${endpoint} ${data.join(',')}`);
      return data.length;
    });
  }
  async nativeTransferIn(endpoint: number, timeoutMs: number, length: number): Promise<Uint8Array | null> {
    if (length !== 64) throw new Error('only one packet a read keeps what came before a timeout');
    return this.#alone(`in ${endpoint}`, async () => {
      const answer = this.answers.shift();
      if (typeof answer === 'string') throw new Error(answer);
      if (answer !== undefined) return answer;
      await this.#wait(timeoutMs);
      throw new Error('transferIn error: Cancelled');
    });
  }
  async clearHalt(direction: 'in' | 'out', endpoint: number): Promise<void> {
    this.log.push(`clear ${direction} ${endpoint}`);
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#clock.after(ms, resolve));
  }

  async #alone<T>(endpoint: string, act: () => Promise<T>): Promise<T> {
    if (this.#busy.has(endpoint)) throw new Error('endpoint not found');
    this.#busy.add(endpoint);
    try {
      return await act();
    } finally {
      this.#busy.delete(endpoint);
    }
  }
}

class DoubleUsb implements NativeUsb {
  devices: DoubleDevice[] = [];
  broken = false;
  watchFails = false;
  attach: ((device: NativeDevice) => void) | undefined;
  detach: ((handle: string) => void) | undefined;
  subscriptions = 0;

  async nativeGetDevices(): Promise<readonly NativeDevice[]> {
    if (this.broken) throw new Error('getDevices error: /sys/bus/usb/devices/ not found');
    return this.devices as unknown as NativeDevice[];
  }

  get Emitter() {
    const usb = this;
    return class {
      async addAttach(callback: (device: NativeDevice) => void): Promise<void> {
        usb.subscriptions += 1;
        if (usb.watchFails) throw new Error('watch devices error: failed to open udev netlink socket');
        usb.attach = callback;
      }
      async removeAttach(): Promise<void> {
        usb.attach = undefined;
      }
      async addDetach(callback: (handle: string) => void): Promise<void> {
        usb.detach = callback;
      }
      async removeDetach(): Promise<void> {
        usb.detach = undefined;
      }
    };
  }
}

const world = { paths: { sys: '/nowhere', proc: '/nowhere' }, system: 'linux', prefer: 'usb', processId: 1 } as const;

function bench(sys = '/nowhere') {
  const clock = new FakeClock();
  const usb = new DoubleUsb();
  const bus = new NodeUsbBus({ clock, load: async () => usb, world: { ...world, paths: { ...world.paths, sys } } });
  const arrived: UsbDevice[] = [];
  const left: UsbDevice[] = [];
  const watch = () => bus.watch({ onArrive: (device) => arrived.push(device), onLeave: (device) => left.push(device) });
  return { clock, usb, bus, arrived, left, watch };
}

async function opened(): Promise<{ clock: FakeClock; device: DoubleDevice; found: UsbDevice; link: UsbLink }> {
  const { clock, usb, bus } = bench();
  const device = new DoubleDevice(clock);
  usb.devices = [device];
  const found = (await bus.list())[0] as UsbDevice;
  return { clock, device, found, link: await found.open({ interfaces: [0] }) };
}

test('where there is no bus, listing says so and nothing is subscribed to', async () => {
  const { usb, bus, watch } = bench();
  usb.broken = true;
  await expect(bus.list()).rejects.toMatchObject({ fault: { code: 'usb-unavailable' } });
  await expect(watch()).rejects.toMatchObject({ fault: { code: 'usb-unavailable' } });
  expect(usb.subscriptions).toBe(0);
});

test('a listing that never ends is given up, and the next look sees what is there', async () => {
  const { clock, usb, arrived, watch } = bench();
  const stop = await watch();
  const list = usb.nativeGetDevices.bind(usb);
  usb.nativeGetDevices = () => new Promise(() => {});
  await clock.settle(LOOK_AGAIN_MS);
  usb.nativeGetDevices = list;
  usb.devices = [new DoubleDevice(clock)];
  await clock.settle(LIST_LIMIT_MS + LOOK_AGAIN_MS);
  expect(arrived).toHaveLength(1);
  stop();
});

test('a package without a binary for this machine is no bus either', async () => {
  const bus = new NodeUsbBus({ clock: new FakeClock(), world, load: () => Promise.reject(new Error('Cannot find native binding')) });
  await expect(bus.list()).rejects.toThrow('native binding');
});

test('arrivals and departures are told, by event at once and without events within three seconds', async () => {
  for (const watchFails of [false, true]) {
    const { clock, usb, arrived, left, watch } = bench();
    usb.watchFails = watchFails;
    const stop = await watch();
    const device = new DoubleDevice(clock);
    usb.devices = [device];
    usb.attach?.(device as unknown as NativeDevice);
    await clock.settle(watchFails ? 3_000 : 0);
    expect(arrived.map(({ location }) => location)).toEqual(['usb 3-4.2']);
    usb.devices = [];
    usb.detach?.(device.handle);
    await clock.settle(watchFails ? 3_000 : 0);
    expect(left).toEqual(arrived);
    stop();
    expect(clock.waiting).toBe(0);
  }
});

test('a quick replug under the same handle is a departure and an arrival', async () => {
  const { clock, usb, arrived, left, watch } = bench();
  usb.devices = [new DoubleDevice(clock)];
  await watch();
  usb.detach?.('3-7');
  usb.devices = [new DoubleDevice(clock)];
  await clock.settle();
  expect([arrived.length, left.length]).toEqual([2, 1]);
  expect(arrived[0]?.key).not.toBe(arrived[1]?.key);
});

test('a bus that cannot be listed for a moment takes nobody away', async () => {
  const { clock, usb, left, watch } = bench();
  usb.devices = [new DoubleDevice(clock)];
  await watch();
  usb.broken = true;
  await clock.settle(10_000);
  expect(left).toEqual([]);
});

test('strings are read once', async () => {
  const { clock, usb, bus } = bench();
  const device = new DoubleDevice(clock);
  usb.devices = [device];
  for (let time = 0; time < 3; time += 1) {
    const [found] = await bus.list();
    expect(await found?.strings()).toEqual({ manufacturer: 'GekkoScience', product: 'CompacF Bitcoin Miner' });
  }
  expect(device.stringReads).toBe(1);
});

test('strings that could not be read are read again when they are asked for again', async () => {
  const { clock, usb, bus } = bench();
  const device = new DoubleDevice(clock);
  usb.devices = [device];
  const found = (await bus.list())[0] as UsbDevice;
  device.failStrings = 'open error: permission denied (errno 13)';
  await expect(found.strings()).rejects.toMatchObject({ fault: { code: 'usb-no-permission', location: 'usb 3-4.2' } });
  device.failStrings = undefined;
  expect(await found.strings()).toMatchObject({ manufacturer: 'GekkoScience' });
  expect(device.stringReads).toBe(2);
});

/** The device's descriptor as Linux keeps it, with the numbers of its strings; then a configuration of nothing. */
function sysWith(manufacturer: number, product: number, serial: number): string {
  const sys = mkdtempSync(join(tmpdir(), 'hearth-sys-'));
  onTestFinished(() => rmSync(sys, { recursive: true }));
  mkdirSync(join(sys, '3-4.2'));
  const device = [18, 1, 0, 2, 0, 0, 0, 64, 0x03, 0x04, 0x15, 0x60, 0, 0x10, manufacturer, product, serial, 1];
  writeFileSync(join(sys, '3-4.2', 'descriptors'), Uint8Array.from([...device, 9, 2, 9, 0, 1, 1, 0, 0x80, 45]));
  return sys;
}

test('Linux: a string that a device does not have is not asked of it, which would need permission', async () => {
  const { clock, usb, bus } = bench(sysWith(1, 2, 0));
  const device = new DoubleDevice(clock);
  device.failSerial = 'open error: permission denied (errno 13)';
  usb.devices = [device];
  expect(await (await bus.list())[0]?.strings()).toEqual({ manufacturer: 'GekkoScience', product: 'CompacF Bitcoin Miner' });
});

test('Linux: a serial number that a device has is never given up for a failure', async () => {
  const { clock, usb, bus } = bench(sysWith(1, 2, 3));
  const device = new DoubleDevice(clock);
  device.failSerial = 'open error: permission denied (errno 13)';
  usb.devices = [device];
  await expect((await bus.list())[0]?.strings()).rejects.toMatchObject({ fault: { code: 'usb-no-permission' } });
});

test('writes to an endpoint go out one after the other, control transfers too', async () => {
  const { clock, device, link } = await opened();
  const all = Promise.all([
    link.write(2, Uint8Array.of(1)),
    link.write(2, Uint8Array.of(2)),
    link.control({ requestType: 'vendor', recipient: 'device', request: 3, value: 26, index: 0, data: new Uint8Array(0) }),
  ]);
  await clock.settle(100);
  await all;
  expect(device.log.slice(2)).toEqual(['control vendor device 3 26 0', 'out 2 1', 'out 2 2']);
});

test('reads that time out are begun anew; a stall is cleared; data comes packet by packet', async () => {
  const { clock, device, link } = await opened();
  const packets: number[][] = [];
  device.answers.push(Uint8Array.of(1, 96), 'transferIn error: Stall', Uint8Array.of(1, 96, 5));
  link.listen(1, { onPacket: (bytes) => packets.push([...bytes]), onEnd: () => expect.unreachable() });
  await clock.settle(1_000);
  device.answers.push(Uint8Array.of(9));
  await clock.settle(1_000);
  expect(packets).toEqual([[1, 96], [1, 96, 5], [9]]);
  expect(device.log).toContain('clear in 1');
});

test('an unplugged device ends its listeners once, and refuses writes with the same code', async () => {
  const { clock, device, link } = await opened();
  const ends: unknown[] = [];
  device.answers.push('transferIn error: Disconnected');
  link.listen(1, { onPacket: () => {}, onEnd: (fault) => ends.push(fault) });
  await clock.settle(5_000);
  expect(ends).toEqual([{ code: 'device-gone', location: 'usb 3-4.2' }]);
});

test('closing waits for reads, releases what was claimed, then closes; and is heard no more', async () => {
  const { clock, device, link } = await opened();
  link.listen(1, { onPacket: () => {}, onEnd: () => expect.unreachable() });
  await clock.settle(50);
  const closing = link.close();
  await clock.settle(2_000);
  await closing;
  expect(device.log).toEqual(['open', 'claim 0', 'release 0', 'close']);
  await expect(link.write(2, Uint8Array.of(1))).rejects.toMatchObject({ fault: { code: 'device-gone' } });
  expect(clock.waiting).toBe(0);
});

test('a transfer that outlasts the patience of closing is not disturbed; the device is given back after it', async () => {
  const { clock, device, found, link } = await opened();
  let isHeld = false;
  const refuse = (what: string) => () => {
    if (isHeld) throw new Error('The same native value cannot be borrowed mutably while another borrow is active');
    device.log.push(what);
    return Promise.resolve();
  };
  Object.assign(device, { releaseInterface: refuse('release'), close: refuse('close') });
  device.nativeTransferOut = async () => {
    isHeld = true;
    await new Promise<void>((resolve) => void clock.after(2_500, resolve));
    isHeld = false;
    throw new Error('transferOut error: Cancelled');
  };
  const write = expect(link.write(2, Uint8Array.of(1))).rejects.toMatchObject({ fault: { code: 'usb-transfer-failed' } });
  await clock.settle(10);
  let closed = false;
  const closing = link.close().then(() => {
    closed = true;
  });
  await clock.settle(1_000);
  expect([closed, device.log]).toEqual([true, ['open', 'claim 0']]);
  await expect(found.open({})).rejects.toMatchObject({ fault: { code: 'usb-transfer-failed', text: 'the last transfer has not ended' } });
  await clock.settle(2_000);
  await Promise.all([write, closing]);
  expect(device.log).toEqual(['open', 'claim 0', 'release', 'close']);
  expect((await found.open({})).transport).toBe('usb');
});

test('a reset gives claims away and takes them back between reads', async () => {
  const { clock, device, link } = await opened();
  const packets: number[] = [];
  link.listen(1, { onPacket: (bytes) => packets.push(...bytes), onEnd: () => expect.unreachable() });
  await clock.settle(50);
  const reset = link.reset();
  await clock.settle(1_000);
  await reset;
  device.answers.push(Uint8Array.of(7));
  await clock.settle(1_000);
  expect(device.log).toEqual(['open', 'claim 0', 'release 0', 'reset', 'claim 0']);
  expect(packets).toEqual([7]);
});

test('a device that is being reset has another handle for the moment, and is neither gone nor new', async () => {
  const { clock, usb, arrived, left, watch } = bench();
  const device = new DoubleDevice(clock);
  usb.devices = [device];
  const stop = await watch();
  const link = await (arrived[0] as UsbDevice).open({ interfaces: [0] });
  const list = usb.nativeGetDevices.bind(usb);
  const slowly = async () => {
    await new Promise<void>((resolve) => void clock.after(1, resolve));
    return list();
  };
  for (const nativeGetDevices of [list, slowly]) {
    device.reset = async () => {
      usb.devices = [new DoubleDevice(clock, 0)];
      await new Promise<void>((resolve) => void clock.after(100, resolve));
      usb.devices = [device];
    };
    usb.nativeGetDevices = nativeGetDevices;
    usb.attach?.(device as unknown as NativeDevice);
    const reset = link.reset();
    usb.attach?.(device as unknown as NativeDevice);
    await clock.settle(50);
    usb.attach?.(device as unknown as NativeDevice);
    await clock.settle(100);
    await reset;
    await clock.settle(LOOK_AGAIN_MS);
    expect([arrived.length, left.length]).toEqual([1, 0]);
  }
  usb.devices = [];
  await clock.settle(LOOK_AGAIN_MS);
  expect(left).toEqual(arrived);
  stop();
});

test('a reset that never ends stops the looking for a minute at most: others arrive, and what left is missed', async () => {
  const { clock, usb, arrived, left, watch } = bench();
  const device = new DoubleDevice(clock);
  usb.devices = [device];
  const stop = await watch();
  const link = await (arrived[0] as UsbDevice).open({ interfaces: [0] });
  device.reset = () => new Promise(() => {});
  link.reset().catch(() => {});
  await clock.settle(LOOK_AGAIN_MS);
  usb.devices = [new DoubleDevice(clock, 8)];
  await clock.settle(RESET_LIMIT_MS / 2);
  expect([arrived.length, left.length]).toEqual([1, 0]);
  await clock.settle(RESET_LIMIT_MS / 2 + LOOK_AGAIN_MS);
  expect([arrived.length, left.length]).toEqual([2, 1]);
  stop();
  expect(clock.waiting).toBe(0);
});

test('where the system cannot reset a device, it is done without; another failure is told', async () => {
  const { clock, device, link } = await opened();
  const reset = async (text: string) => {
    device.reset = () => Promise.reject(new Error(text));
    const done = link.reset();
    done.catch(() => {});
    await clock.settle(1_000);
    return done;
  };
  await reset('reset error: reset not supported by WinUSB');
  expect(device.log).toEqual(['open', 'claim 0', 'release 0', 'claim 0']);
  await expect(reset('reset error: disconnected')).rejects.toMatchObject({ fault: { code: 'device-gone' } });
});

test.each([
  ['open error: permission denied (errno 13)', 'usb-no-permission'],
  ['open error: device not found (errno 2)', 'device-gone'],
  ['open error: incompatible driver is installed for this device', 'usb-no-driver'],
  ['open error: failed to read descriptors', 'usb-transfer-failed'],
  ['claimInterface error: failed to open device (error 5)', 'usb-busy'],
  ['claimInterface error: failed to open device (error 32)', 'usb-busy'],
  ['claimInterface error: failed to open device (error 31)', 'usb-transfer-failed'],
])('%s is %s', async (text, code) => {
  const { clock, usb, bus } = bench();
  const device = new DoubleDevice(clock);
  device.failOpen = text;
  usb.devices = [device];
  await expect((await bus.list())[0]?.open({})).rejects.toMatchObject({ fault: { code, location: 'usb 3-4.2' } });
  expect(device.log).toEqual(['close']);
});

test('an interface that another program holds is busy', async () => {
  const { clock, usb, bus } = bench();
  const device = new DoubleDevice(clock);
  device.failClaim = 'claimInterface error: interface is busy (errno 16)';
  usb.devices = [device];
  await expect((await bus.list())[0]?.open({})).rejects.toMatchObject({ fault: { code: 'usb-busy' } });
  expect(device.log).toEqual(['open', 'close']);
});

test('a device whose opening has not ended is not opened a second time beside it', async () => {
  const { clock, usb, bus } = bench();
  const native = new DoubleDevice(clock);
  usb.devices = [native];
  let answer: () => void = () => {};
  const open = native.open.bind(native);
  native.open = () =>
    new Promise<void>((resolve) => {
      answer = resolve;
    }).then(open);
  const device = (await bus.list())[0] as UsbDevice;
  const first = device.open({ interfaces: [0] });
  await clock.settle();
  await expect(device.open({ interfaces: [0] })).rejects.toMatchObject({ fault: { code: 'usb-transfer-failed' } });
  expect(native.log).toEqual([]);
  answer();
  await (await first).close();
  expect(native.log).toEqual(['open', 'claim 0', 'release 0', 'close']);
});
