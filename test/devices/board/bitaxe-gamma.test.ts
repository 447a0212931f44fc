/** Bitaxe Gamma: limits and fan before power, power before anything else when something is wrong. */
import { expect, test } from 'vitest';
import { toHex } from '../../../core/bytes.ts';
import { bitaxeGamma } from '../../../core/devices/board/models.ts';
import type { UsbInterface } from '../../../core/ports.ts';
import { BoardBench, nonceReply } from './board-bench.ts';

const communications = (interfaceNumber: number, endpointNumber: number): UsbInterface => ({
  interfaceNumber,
  interfaceClass: 0x02,
  interfaceSubclass: 0x02,
  endpoints: [{ endpointNumber, direction: 'in', type: 'interrupt', packetSize: 64 }],
});
const data = (interfaceNumber: number, endpointNumber: number): UsbInterface => ({
  interfaceNumber,
  interfaceClass: 0x0a,
  interfaceSubclass: 0x00,
  endpoints: [
    { endpointNumber, direction: 'in', type: 'bulk', packetSize: 64 },
    { endpointNumber, direction: 'out', type: 'bulk', packetSize: 64 },
  ],
});
const usb = {
  vendorId: 0xc0de,
  productId: 0xcafe,
  strings: { manufacturer: 'OSMU', product: 'Bitaxe', serial: '1a2b3c4d' },
  interfaces: [communications(0, 1), data(1, 2), communications(2, 3), data(3, 4)],
};

/** Requests without length and id, as they stand on the control port. */
const RESET_LOW = '00060000';
const RESET_HIGH = '00060001';
const FAN_FULL = '0005204c4c3f';
const REGULATOR_OFF = '000520240100';
const REGULATOR_ON = '000520240180';
const CORE_1150 = '00052024214d02';

class GammaBench extends BoardBench {
  /** EMC2101 and TPS546 registers by `device register`, little-endian bytes. */
  readonly registers = new Map<string, readonly number[]>([
    ['4c fe', [0x5d]],
    ['4c fd', [0x16]],
    ['4c 01', [50]], // chip, °C
    ['4c 10', [0x00]],
    ['4c 46', [0x08]], // fan: 5 400 000 ÷ 0x0708 = 3000 rpm
    ['4c 47', [0x07]],
    ['24 ad', [0x06, 0x54, 0x49, 0x54, 0x6d, 0x24, 0x41]],
    ['24 20', [0x97]],
    ['24 79', [0x00, 0x00]],
    ['24 88', [0x80, 0xca]], // 5.0 V
    ['24 8b', [0x4d, 0x02]], // 1.15 V
    ['24 8c', [0x00, 0xd2]], // 8 A
    ['24 8d', [0x37, 0x00]], // 55 °C
  ]);
  /** Devices on I2C that do not acknowledge. */
  readonly dead = new Set<number>();
  #nonce = 0;

  constructor() {
    super(bitaxeGamma, usb);
    this.usb.onWrite = (endpoint, bytes) => (endpoint === 2 ? this.#control(bytes) : this.#chip(toHex(bytes)));
  }

  /** What was asked on the control port, from a transfer on. */
  asked(from = 0): readonly string[] {
    return this.written(2, from).map((hex) => hex.slice(6));
  }

  #control(request: Uint8Array): void {
    const [, , id, , page, command, ...rest] = request as unknown as [number, number, number, number, number, number, ...number[]];
    const success = (...answer: number[]) => this.usb.push(2, Uint8Array.of(answer.length, 0, id, ...answer));
    if (page === 0x06) return success(rest[0] ?? 1);
    if (command === 0x10) return success(...rest);
    const device = rest[0] as number;
    if (this.dead.has(device)) return this.usb.push(2, Uint8Array.of(4, 0, id, 0x10));
    if (command === 0x20) return success(rest.length - 1);
    const register = this.registers.get(`${device.toString(16)} ${(rest[1] as number).toString(16).padStart(2, '0')}`);
    if (register === undefined) throw new Error(`no register ${rest}`);
    success(...register);
  }

  #chip(command: string): void {
    if (command === '55aa520500000a') this.usb.push(4, 'aa55 13700000 0000 0000 10');
    if (!command.startsWith('55aa21')) return;
    const id = Number.parseInt(command.slice(8, 10), 16);
    this.#nonce += 1;
    this.usb.push(4, nonceReply(Uint8Array.of(this.#nonce, 0, 0, 0, 0, (id << 1) & 0xf0, 0, 0)));
  }
}

async function hashing(): Promise<GammaBench> {
  const bench = new GammaBench();
  bench.start();
  await bench.clock.settle(15_000);
  expect(bench.states().at(-1)).toBe('hashing');
  return bench;
}

test('reset held, fan at full speed and every limit of the regulator come before the core voltage, reset comes last', async () => {
  const bench = await hashing();
  const asked = bench.asked();
  expect(asked.slice(0, 2)).toEqual([RESET_LOW, '000510a0860100']);
  const on = asked.indexOf(REGULATOR_ON);
  const before = asked.slice(0, on);
  expect(before).toContain(FAN_FULL);
  expect(before.indexOf(REGULATOR_OFF)).toBeLessThan(before.indexOf('00052024240004'));
  // Input 4.8/4.5/6.5 V, output 1.0–2.0 V, current 25/30 A, as the reference lists the words on the wire.
  for (const limit of ['3566ca', '3640ca', '5540cb', '240004', '2b0002', '4a20db', '46c0db']) expect(before).toContain(`00052024${limit}`);
  expect(before.at(-1)).toBe(CORE_1150);
  expect(before).toContain('000540248802'); // the supply was read
  expect(asked.indexOf(RESET_HIGH)).toBe(on + 1);
  const power = bench.usb.log.find(({ what }) => what.endsWith(REGULATOR_ON))?.at as number;
  const reset = bench.usb.log.find(({ what }) => what.endsWith(RESET_HIGH))?.at as number;
  const chip = bench.usb.log.find(({ what }) => what.startsWith('>4'))?.at as number;
  expect(reset - power).toBeGreaterThanOrEqual(500);
  expect(chip - reset).toBeGreaterThanOrEqual(200);
});

test('its memory is never stored to', async () => {
  const asked = (await hashing()).asked();
  expect(asked.filter((request) => /^0005(20|40)24(11|15)/.test(request))).toEqual([]);
});

test('both CDC functions get 115 200 baud and DTR, and nothing toggles it', async () => {
  const controls = (await hashing()).usb.transfers.filter((what) => what.startsWith('21 '));
  expect(controls).toEqual(['21 20 0000 0000 00c20100000008', '21 22 0003 0000', '21 20 0000 0002 00c20100000008', '21 22 0003 0002']);
});

const trouble: readonly (readonly [string, (bench: GammaBench) => void, string])[] = [
  ['75 °C', (bench) => bench.registers.set('4c 01', [75]), 'device-too-hot'],
  ['a regulator at 105 °C', (bench) => bench.registers.set('24 8d', [105, 0]), 'device-too-hot'],
  ['28 A', (bench) => bench.registers.set('24 8c', [0x1c, 0x00]), 'device-over-current'],
  ['a current fault of the regulator', (bench) => bench.registers.set('24 79', [0x10, 0x00]), 'device-power-fault'],
  ['a regulator that switched itself off', (bench) => bench.registers.set('24 79', [0x40, 0x00]), 'device-power-fault'],
  ['a supply of 4 V', (bench) => bench.registers.set('24 88', [0x00, 0xca]), 'device-supply-voltage'],
  ['a fan that stands still', (bench) => void bench.registers.set('4c 46', [0xff]).set('4c 47', [0xff]), 'device-fan-failed'],
  ['an open temperature diode', (bench) => void bench.registers.set('4c 01', [0x7f]).set('4c 10', [0x00]), 'device-sensor-silent'],
  ['a thermometer that does not acknowledge', (bench) => void bench.dead.add(0x4c), 'device-sensor-silent'],
];

test.each(trouble)('%s: reset goes low and the core voltage off before anybody is told', async (_title, cause, code) => {
  const bench = await hashing();
  const from = bench.usb.transfers.length;
  cause(bench);
  await bench.clock.settle(12_000);
  const told = bench.events.find((event) => event.type === 'fault');
  expect(told).toMatchObject({ fault: { code } });
  const last = bench.lastTransfer.get(told as (typeof bench.events)[number]) as string;
  const before = bench.usb.transfers.slice(from, bench.usb.transfers.indexOf(last, from) + 1).join('\n');
  expect(before).toContain(RESET_LOW);
  expect(before).toContain(REGULATOR_OFF);
  expect(before).toContain(FAN_FULL);
  expect(bench.states().at(-1)).toBe('resting');
});

test.each([
  ['5.6 V', (bench: GammaBench) => bench.registers.set('24 88', [0xcd, 0xca]), 'device-supply-voltage'],
  ['80 °C', (bench: GammaBench) => bench.registers.set('4c 01', [80]), 'device-too-hot'],
  ['an unknown regulator', (bench: GammaBench) => bench.registers.set('24 ad', [6, 1, 2, 3, 4, 5, 6]), 'device-power-fault'],
  ['no fan controller', (bench: GammaBench) => bench.registers.set('4c fd', [0]), 'device-sensor-silent'],
])('%s at the start: the core voltage is never switched on', async (_title, cause, code) => {
  const bench = new GammaBench();
  cause(bench);
  bench.start();
  await bench.clock.settle(20_000);
  expect(bench.asked()).not.toContain(REGULATOR_ON);
  expect(bench.asked()).not.toContain(RESET_HIGH);
  expect(bench.faults()[0]).toMatchObject({ code });
});

test('from 68 °C on it runs slower, and goes on hashing', async () => {
  const bench = await hashing();
  const mhz = () => bench.events.findLast((event) => event.type === 'telemetry')?.telemetry.frequencyMhz as number;
  const from = bench.usb.transfers.length;
  bench.registers.set('4c 01', [69]);
  await bench.clock.settle(2_500);
  const told = bench.written(4, from).filter((hex) => !hex.startsWith('55aa21') && !hex.startsWith('55aa510900a4'));
  expect(told[0]).toMatch(/^55aa51090008/);
  expect(mhz()).toBeLessThan(400);
  await bench.clock.settle(30_000);
  // Also below what a person may set.
  expect(mhz()).toBeLessThan(400 - 4 * 12.5);
  expect(bench.states().at(-1)).toBe('hashing');
});
