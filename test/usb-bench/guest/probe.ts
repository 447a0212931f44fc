/**
 * Runs in the guest: the real `usb` package against whatever is plugged in. Tells every arrival and departure with its strings,
 * wakes the chips behind the bridge with a few transfers written out by hand, and tells what they answer. It shares nothing
 * with the drivers: it proves the bench (kernel, hotplug, transfers), not them. One JSON object a line.
 */
import { usb } from 'usb';

/** What the package adds to WebUSB's device. */
type UsbDevice = USBDevice & { detachKernelDriver(interfaceNumber: number): Promise<void> };

const BULK_LIMIT_MS = 1_000;
const DISCOVERY = [0x55, 0xaa, 0x52, 0x05, 0x00, 0x00, 0x0a];
const tell = (line: object) => console.log(JSON.stringify(line));
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

interface Recipe {
  readonly interfaces: readonly number[];
  readonly out: number;
  readonly in: number;
  readonly ask: readonly number[];
  /** Status bytes at the head of every packet. */
  readonly skip: number;
  wake(device: UsbDevice): Promise<void>;
}

async function set(
  device: UsbDevice,
  kind: 'vendor' | 'class',
  recipient: 'device' | 'interface',
  request: number,
  value: number,
  index = 0,
  data: readonly number[] = [],
) {
  const setup = { requestType: kind, recipient, request, value, index } as const;
  const { status } = await device.controlTransferOut(setup, Uint8Array.from(data));
  if (status !== 'ok') throw new Error(`request ${request.toString(16)} was refused`);
}

const ft230x: Recipe = {
  ...{ interfaces: [0], out: 2, in: 1, ask: DISCOVERY, skip: 2 },
  async wake(device) {
    for (const [request, value] of [
      [0x00, 0],
      [0x04, 0x0008],
      [0x03, 0x1a],
      [0x02, 0],
      [0x00, 2],
      [0x00, 1],
    ] as const)
      await set(device, 'vendor', 'device', request, value);
    for (const [value, ms] of [
      [0x20f2, 30],
      [0x20f0, 1000],
      [0x20f2, 200],
    ] as const) {
      await set(device, 'vendor', 'device', 0x0b, value);
      await wait(ms);
    }
  },
};

const cp210x = (line: number, handshake: number) => async (device: UsbDevice) => {
  for (const [request, value, data] of [
    [0x00, 1, []],
    [0x07, handshake, []],
    [0x1e, 0, [0x00, 0xc2, 0x01, 0x00]],
    [0x03, line, []],
  ] as const) {
    await set(device, 'vendor', 'interface', request, value, 0, data);
  }
};
const cp2102: Recipe = { ...{ interfaces: [0], out: 1, in: 1, ask: [0x84, 0, 0, 0x11], skip: 0 }, wake: cp210x(0x0830, 0x0303) };
const cp2105: Recipe = {
  ...{ interfaces: [0], out: 1, in: 1, ask: DISCOVERY, skip: 0 },
  async wake(device) {
    await cp210x(0x0830, 0x0101)(device);
    await set(device, 'vendor', 'device', 0xff, 0x37e1, 0, [0x07, 0x00]);
    await wait(100);
  },
};

/** Regulator on, reset up: just enough for the chip to answer. */
const bitaxe: Recipe = {
  ...{ interfaces: [0, 1, 2, 3], out: 2, in: 4, ask: DISCOVERY, skip: 0 },
  async wake(device) {
    for (const port of [0, 2]) {
      await set(device, 'class', 'interface', 0x20, 0, port, [0x00, 0xc2, 0x01, 0x00, 0x00, 0x00, 0x08]);
      await set(device, 'class', 'interface', 0x22, 3, port);
    }
    const requests = [
      [0x0a, 0, 1, 0, 5, 0x20, 0x24, 0x21, 0x4d, 0x02],
      [0x09, 0, 2, 0, 5, 0x20, 0x24, 0x01, 0x80],
      [0x07, 0, 3, 0, 6, 0, 1],
    ];
    for (const request of requests) {
      await device.transferOut(1, Uint8Array.from(request));
      const answer = await device.transferIn(2, 64);
      tell({ say: 'control', bytes: hex(new Uint8Array(answer.data?.buffer ?? new ArrayBuffer(0))) });
    }
    await wait(200);
  },
};

const recipes: Record<string, Recipe> = { '0403:6015': ft230x, '10c4:ea60': cp2102, '10c4:ea70': cp2105, 'c0de:cafe': bitaxe };
const idOf = (device: USBDevice) => [device.vendorId, device.productId].map((id) => id.toString(16).padStart(4, '0')).join(':');

async function discover(device: UsbDevice, recipe: Recipe): Promise<void> {
  await device.open();
  for (const number of recipe.interfaces) {
    await device.detachKernelDriver(number).catch(() => {});
    await device.claimInterface(number);
  }
  await recipe.wake(device);
  await device.transferOut(recipe.out, Uint8Array.from(recipe.ask));
  const bytes: number[] = [];
  const until = performance.now() + BULK_LIMIT_MS;
  while (bytes.length < 5 && performance.now() < until) {
    const { data } = await device.transferIn(recipe.in, 64).catch(() => ({ data: undefined }));
    bytes.push(...new Uint8Array(data?.buffer ?? new ArrayBuffer(0)).subarray(recipe.skip));
  }
  tell({ say: 'answer', id: idOf(device), bytes: hex(Uint8Array.from(bytes)) });
  for (const number of recipe.interfaces) await device.releaseInterface(number);
  await device.close();
}

async function arrived(device: UsbDevice): Promise<void> {
  const { manufacturerName, productName, serialNumber } = device;
  tell({ say: 'arrived', id: idOf(device), manufacturer: manufacturerName, product: productName, serial: serialNumber });
  const recipe = recipes[idOf(device)];
  if (recipe === undefined) return;
  try {
    await discover(device, recipe);
  } catch (error) {
    tell({ say: 'failed', id: idOf(device), reason: String(error) });
  }
}

usb.addEventListener('connect', ({ device }) => void arrived(device as UsbDevice));
usb.addEventListener('disconnect', ({ device }) => tell({ say: 'left', id: idOf(device) }));
for (const device of await usb.getDevices()) void arrived(device as UsbDevice);
tell({ say: 'listening' });
process.stdin.resume();
