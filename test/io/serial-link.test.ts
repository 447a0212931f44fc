/** A device behind serial ports, with the package's place taken by a double that has its traps. */
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cdcAcm } from '../../core/devices/bridge/cdc-acm.ts';
import { cp2102Gekko, cp2105PowerCut } from '../../core/devices/bridge/cp210x.ts';
import { ft230xHoldChips } from '../../core/devices/bridge/ft230x.ts';
import { SerialLink, uartsOf } from '../../core/io/serial-link.ts';
import type { NativePort } from '../../core/io/serial-native.ts';
import type { UsbControl, UsbInterface } from '../../core/ports.ts';
import { FakeClock } from '../fake/fake-clock.ts';

const bulk = (endpointNumber: number, direction: 'in' | 'out') => ({ endpointNumber, direction, type: 'bulk', packetSize: 64 }) as const;
const acm = (first: number, into: number, out: number): readonly UsbInterface[] => [
  { interfaceNumber: first, interfaceClass: 2, interfaceSubclass: 2, endpoints: [] },
  { interfaceNumber: first + 1, interfaceClass: 10, interfaceSubclass: 0, endpoints: [bulk(out, 'out'), bulk(into, 'in')] },
];
const bitaxe = [...acm(0, 2, 1), ...acm(2, 4, 2)];
const cp2102 = [{ interfaceNumber: 0, interfaceClass: 0xff, interfaceSubclass: 0, endpoints: [bulk(1, 'in'), bulk(1, 'out')] }];

/** A port as Windows has it: `read` waits, and is told when the port is closed. */
class DoublePort implements NativePort {
  readonly log: string[] = [];
  readonly #clock: FakeClock;
  writeMs = 1;
  drainMs = 1;
  realBaud: number | undefined;
  failNext: string | undefined;
  #busy = false;
  #arrive: ((bytes: Uint8Array | Error) => void) | undefined;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  push(bytes: Uint8Array | Error): void {
    this.#arrive?.(bytes);
  }

  async read(buffer: Uint8Array): Promise<{ bytesRead: number }> {
    const bytes = await new Promise<Uint8Array>((resolve, reject) => {
      this.#arrive = (what) => (what instanceof Error ? reject(what) : resolve(what));
    });
    buffer.set(bytes);
    return { bytesRead: bytes.length };
  }
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#busy) throw new Error('two writes at once');
    this.#busy = true;
    await this.#take(this.writeMs);
    this.#busy = false;
    this.log.push(`write ${[...bytes]}`);
  }
  async update({ baudRate }: { baudRate: number }): Promise<void> {
    await this.#take(1);
    this.log.push(`baud ${baudRate}`);
  }
  async set({ dtr, rts }: { dtr: boolean; rts: boolean }): Promise<void> {
    this.log.push(`lines ${dtr} ${rts}`);
  }
  async getBaudRate(): Promise<{ baudRate: number }> {
    if (this.realBaud === undefined) throw new Error('not told');
    return { baudRate: this.realBaud };
  }
  async drain(): Promise<void> {
    await this.#take(this.drainMs);
    this.log.push('drain');
  }
  async flush(): Promise<void> {
    this.log.push('flush');
  }
  async close(): Promise<void> {
    this.log.push('close');
    this.push(new Error('Port is not open'));
  }

  async #take(ms: number): Promise<void> {
    await new Promise<void>((resolve) => void this.#clock.after(ms, resolve));
    const text = this.failNext;
    this.failNext = undefined;
    if (text !== undefined) {
      this.#busy = false;
      throw new Error(text);
    }
  }
}

function bench(interfaces: readonly UsbInterface[]) {
  const clock = new FakeClock();
  const places = uartsOf(interfaces);
  const ports = places.map(() => new DoublePort(clock));
  const uarts = places.map((place, index) => ({ place, native: ports[index] as DoublePort }));
  const link = new SerialLink({ clock, location: 'usb 1-4', interfaces, uarts });
  return { clock, ports: ports as [DoublePort, ...DoublePort[]], link };
}

const transfers = (plan: readonly { readonly kind: string; readonly transfer?: UsbControl }[]) =>
  plan.flatMap(({ transfer }) => (transfer === undefined ? [] : [transfer]));

test('descriptors tell the UARTs of both kinds of bridge', () => {
  expect(uartsOf(bitaxe)).toEqual([
    { interfaceNumber: 0, endpointIn: 2, endpointOut: 1 },
    { interfaceNumber: 2, endpointIn: 4, endpointOut: 2 },
  ]);
  expect(uartsOf(cp2102)).toEqual([{ interfaceNumber: 0, endpointIn: 1, endpointOut: 1 }]);
  expect(uartsOf([{ interfaceNumber: 0, interfaceClass: 3, interfaceSubclass: 0, endpoints: [bulk(1, 'in'), bulk(1, 'out')] }])).toEqual(
    [],
  );
});

test('what a bridge is told over USB is done with the port: each function its own, rate after the bytes before it', async () => {
  const { clock, ports, link } = bench(bitaxe);
  const all = Promise.all([
    ...transfers(cdcAcm(2).open()).map((transfer) => link.control(transfer)),
    link.write(2, Uint8Array.of(1, 2)),
    link.write(2, Uint8Array.of(3)),
    ...transfers(cdcAcm(2).setBaud(1_000_000)).map((transfer) => link.control(transfer)),
    link.write(1, Uint8Array.of(9)),
  ]);
  await clock.settle(100);
  await all;
  expect(ports[1]?.log).toEqual(['drain', 'baud 115200', 'lines true true', 'write 1,2', 'write 3', 'drain', 'baud 1000000']);
  expect(ports[0].log).toEqual(['write 9']);
});

test('a CP2102 stick can be opened so', async () => {
  const { clock, ports, link } = bench(cp2102);
  const all = Promise.all(transfers(cp2102Gekko.open()).map((transfer) => link.control(transfer)));
  await clock.settle(100);
  await all;
  expect(ports[0].log).toEqual(['lines true true', 'drain', 'baud 115200']);
});

test.each([
  ['the reset pin of an FT230X', ft230xHoldChips()],
  ['the latch of a CP2105', cp2105PowerCut()],
])('%s is refused and nothing is sent', async (_what, plan) => {
  const { ports, link } = bench(cp2102);
  for (const transfer of transfers(plan))
    await expect(link.control(transfer)).rejects.toMatchObject({ fault: { code: 'usb-transfer-failed' } });
  await expect(link.reset()).rejects.toMatchObject({ fault: { code: 'usb-transfer-failed' } });
  expect(ports[0].log).toEqual([]);
});

test('bytes are heard from the port of their endpoint, as copies', async () => {
  const { clock, ports, link } = bench(bitaxe);
  const heard: string[] = [];
  for (const endpoint of [2, 4])
    link.listen(endpoint, { onPacket: (bytes) => heard.push(`${endpoint}: ${[...bytes]}`), onEnd: () => expect.unreachable() });
  await clock.settle();
  ports[1]?.push(Uint8Array.of(0xaa, 0x55));
  await clock.settle();
  ports[0].push(Uint8Array.of(7));
  await clock.settle();
  ports[1]?.push(Uint8Array.of(1));
  await clock.settle();
  expect(heard).toEqual(['4: 170,85', '2: 7', '4: 1']);
});

test.each([
  ['Reading from COM port (ReadIOCompletion): Access denied', 'device-gone'],
  ['EIO: i/o error, read', 'device-gone'],
  ['something else', 'usb-transfer-failed'],
])('a read that fails with “%s” ends the listener once, as %s', async (text, code) => {
  const { clock, ports, link } = bench(cp2102);
  const ends: unknown[] = [];
  link.listen(1, { onPacket: () => {}, onEnd: (fault) => ends.push(fault) });
  await clock.settle();
  ports[0].push(new Error(text));
  await clock.settle(5_000);
  expect(ends).toMatchObject([{ code, location: 'usb 1-4' }]);
  await expect(link.write(1, Uint8Array.of(1))).rejects.toMatchObject({ fault: { code: 'device-gone' } });
});

test('a device that takes nothing breaks the port within two seconds, and later writes do not queue up behind it', async () => {
  const { clock, ports, link } = bench(cp2102);
  ports[0].writeMs = 1e9;
  const first = expect(link.write(1, Uint8Array.of(1))).rejects.toMatchObject({ fault: { code: 'usb-transfer-failed' } });
  const second = expect(link.write(1, Uint8Array.of(2))).rejects.toMatchObject({ fault: { code: 'device-gone' } });
  await clock.settle(2_100);
  await Promise.all([first, second]);
});

test.each([
  ['the driver refuses it', { failNext: 'Error: Invalid argument calling ioctl(.., IOSSIOSPEED, 3000000 )' }],
  ['the driver makes another of it', { realBaud: 921_600 }],
])('a rate that cannot be had is told as such: %s', async (_how, how) => {
  const { clock, ports, link } = bench(cp2102);
  Object.assign(ports[0], how, { drainMs: 0 });
  if ('failNext' in how) {
    ports[0].failNext = undefined;
    ports[0].drain = async () => void Object.assign(ports[0], how);
  }
  const changed = expect(link.control(transfers(cp2102Gekko.setBaud(3_000_000))[0] as UsbControl)).rejects.toMatchObject({
    fault: { code: 'serial-baud-unsupported', location: 'usb 1-4', baud: 3_000_000 },
  });
  await clock.settle(100);
  await changed;
});

test('a rate within what bridges and chips are apart by design is fine', async () => {
  const { clock, ports, link } = bench(cp2102);
  ports[0].realBaud = 1_500_000;
  const changed = link.control(transfers(cp2102Gekko.setBaud(1_562_500))[0] as UsbControl);
  await clock.settle(100);
  await changed;
});

test('closing sends what was written, throws away what cannot be sent, and leaves nothing waiting', async () => {
  for (const drainMs of [1, 1e9]) {
    const { clock, ports, link } = bench(cp2102);
    link.listen(1, { onPacket: () => expect.unreachable(), onEnd: () => expect.unreachable() });
    ports[0].drainMs = drainMs;
    const written = link.write(1, Uint8Array.of(5));
    const closing = Promise.all([link.close(), link.close()]);
    await clock.settle(3_000);
    await Promise.all([written, closing]);
    expect(ports[0].log.filter((what) => what !== 'drain')).toEqual(['write 5', 'flush', 'close']);
    await expect(link.write(1, Uint8Array.of(6))).rejects.toMatchObject({ fault: { code: 'device-gone' } });
    if (drainMs === 1) expect(clock.waiting).toBe(0);
  }
});

test('a port that does not let itself be closed is not waited for longer than a second, and says that it still holds the device', async () => {
  const { clock, ports, link } = bench(cp2102);
  ports[0].writeMs = 1e9;
  ports[0].flush = () => new Promise(() => {});
  const written = link.write(1, Uint8Array.of(5)).catch((error: unknown) => error);
  let isClosed = false;
  void link.close().then(() => {
    isClosed = true;
  });
  await clock.settle(1_000);
  expect([isClosed, link.isGivenBack]).toEqual([true, false]);
  await clock.settle(10_000);
  expect([ports[0].log.at(-1), link.isGivenBack]).toEqual(['close', true]);
  expect(await written).toMatchObject({ fault: { code: 'usb-transfer-failed' } });
});

test('a rate that the system does not tell in time is taken as asked for', async () => {
  const { clock, ports, link } = bench(cp2102);
  ports[0].getBaudRate = () => new Promise(() => {});
  const changed = link.control(transfers(cp2102Gekko.setBaud(1_562_500))[0] as UsbControl);
  await clock.settle(5_000);
  await changed;
});

test('on Linux and macOS the end of a port is seen at once, not read over and over', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hearth-port-'));
  const fd = openSync(join(folder, 'empty'), constants.O_CREAT | constants.O_RDWR); // reads nothing, as a port does that was hung up
  try {
    const clock = new FakeClock();
    const native = Object.assign(new DoublePort(clock), { fd, poller: { once: () => expect.unreachable() } });
    native.read = () => expect.unreachable();
    const link = new SerialLink({
      clock,
      location: 'usb 1-4',
      interfaces: cp2102,
      uarts: [{ place: { interfaceNumber: 0, endpointIn: 1, endpointOut: 1 }, native }],
    });
    const end = await new Promise((resolve) => link.listen(1, { onPacket: () => expect.unreachable(), onEnd: resolve }));
    expect(end).toEqual({ code: 'device-gone', location: 'usb 1-4' });
  } finally {
    closeSync(fd);
    rmSync(folder, { recursive: true, force: true });
  }
});
