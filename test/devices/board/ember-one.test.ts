/** EmberOne00: no byte without a person's word; supplies and reset in order; both dialects of its control port. */
import { expect, test } from 'vitest';
import { toHex } from '../../../core/bytes.ts';
import { emberOne } from '../../../core/devices/board/ember-one-model.ts';
import { identify } from '../../../core/devices/board/identify.ts';
import { BITAXE_USB, registerReply } from './bitaxe-bench.ts';
import { BoardBench } from './board-bench.ts';

const pin = (number: number, level: number) => `00060${number}0${level}`;
const RESET = 0;
const CORE = 1;
const IO = 2;
const SENSORS_READ = /^000540(4a|49)/;

class EmberBench extends BoardBench {
  /** `address register` → bytes. */
  readonly registers = new Map<string, readonly number[]>([
    ['4a 0f', [0x75, 0x00]],
    ['4a 00', [0x1e, 0x00]], // 30 °C
    ['49 fe', [0x55]],
    ['49 00', [32]],
    ['49 01', [45]],
    ['49 10', [0x40]],
    ['49 02', [0x00]],
  ]);
  chips = 12;
  readonly #hasStatus: boolean;

  constructor(version: number) {
    super(emberOne, { ...BITAXE_USB, vendorId: 0x1209, productId: 0x256f, version, strings: {} });
    this.#hasStatus = version !== 0x0500;
    this.usb.onWrite = (endpoint, bytes) => (endpoint === 2 ? this.#control(bytes) : this.#chip(toHex(bytes)));
  }

  asked(from = 0): readonly string[] {
    return this.written(2, from).map((hex) => hex.slice(6));
  }

  #control(request: Uint8Array): void {
    const [, , id, , page, command, ...rest] = request as unknown as [number, number, number, number, number, number, ...number[]];
    if (page === 0x06) return this.#success(id, [rest[0] ?? 1]);
    if (command === 0x10) return this.#success(id, rest);
    const key = `${(rest[0] as number).toString(16)} ${(rest[1] as number).toString(16).padStart(2, '0')}`;
    const register = this.registers.get(key);
    if (register !== undefined) return this.#success(id, register);
    this.usb.push(2, Uint8Array.of(this.#hasStatus ? 5 : 4, 0, id, 0x10, ...(this.#hasStatus ? [0] : [])));
  }

  #success(id: number, data: readonly number[]): void {
    this.usb.push(2, this.#hasStatus ? Uint8Array.of(data.length + 4, 0, id, 0, ...data) : Uint8Array.of(data.length, 0, id, ...data));
  }

  #chip(command: string): void {
    if (command === '55aa520500000a') for (let chip = 0; chip < this.chips; chip += 1) this.usb.push(4, registerReply('1362030000000000'));
  }
}

async function started(version = 0x0500): Promise<EmberBench> {
  const bench = new EmberBench(version);
  bench.start({ allowExperimental: true });
  await bench.clock.settle(2_000);
  return bench;
}

test('its strings name it, and it is experimental; others of the maker are not driven', () => {
  const ids = { vendorId: 0x1209, productId: 0x256f };
  expect(identify(ids, { manufacturer: '256F', product: 'EmberOne00' })).toMatchObject({ kind: 'board', model: { experimental: true } });
  expect(identify(ids, { manufacturer: '256F', product: 'EmberOne01' })).toMatchObject({ kind: 'unsupported' });
  expect(identify(ids, { manufacturer: 'pid.codes', product: 'EmberOne00' })).toEqual({ kind: 'other' });
});

test('without a person’s word it is listed and hears nothing; the word starts it, taking it back switches it off', async () => {
  const bench = new EmberBench(0x0500);
  bench.start();
  await bench.clock.settle(3_600_000);
  expect(bench.usb.log).toEqual([]);
  expect(bench.events).toEqual([{ type: 'state', state: { at: 'resting', reason: 'experimental' } }]);
  bench.board.configure({ paused: false, allowExperimental: true });
  await bench.clock.settle(2_000);
  expect(bench.asked()).toContain(pin(CORE, 1));
  const from = bench.usb.transfers.length;
  bench.board.configure({ paused: false, allowExperimental: false });
  await bench.clock.settle(5_000);
  const pins = bench.asked(from).filter((request) => request.startsWith('0006'));
  expect(pins).toEqual([pin(RESET, 0), pin(CORE, 0), pin(IO, 0)]);
  expect(bench.usb.transfers.at(-1)).toBe('close');
  expect(bench.events.at(-1)).toEqual({ type: 'state', state: { at: 'resting', reason: 'experimental' } });
});

test.each([
  ['firmware 0, which answers without a status', 0x0500],
  ['firmware 1, which answers with one', 0x0510],
])('%s: reset and core low, I/O supply, thermometers, core supply, then reset', async (_title, version) => {
  const bench = await started(version);
  const asked = bench.asked();
  expect(asked.slice(0, 4)).toEqual([pin(RESET, 0), pin(CORE, 0), '000510a0860100', pin(IO, 1)]);
  const pins = asked.filter((request) => request.startsWith('0006'));
  expect(pins.slice(0, 5)).toEqual([pin(RESET, 0), pin(CORE, 0), pin(IO, 1), pin(CORE, 1), pin(RESET, 1)]);
  expect(asked.findIndex((request) => SENSORS_READ.test(request))).toBeLessThan(asked.indexOf(pin(CORE, 1)));
  const at = (request: string) => bench.usb.log.find(({ what }) => what.endsWith(request))?.at as number;
  expect(at(pin(RESET, 1)) - at(pin(CORE, 1))).toBeGreaterThanOrEqual(100);
  expect((bench.usb.log.find(({ what }) => what.startsWith('>4'))?.at as number) - at(pin(RESET, 1))).toBeGreaterThanOrEqual(200);
  // The DAC is never touched.
  expect(asked.filter((request) => /^0005(20|40)48/.test(request))).toEqual([]);
});

test('twelve chips are set up two addresses apart, and hash', async () => {
  const bench = await started();
  await bench.clock.settle(11_000);
  const addresses = bench.written(4).filter((hex) => hex.startsWith('55aa4005'));
  expect(addresses.slice(0, 5)).toEqual(['55aa400500001c', '55aa4005020001', '55aa4005040003', '55aa400506001e', '55aa4005080007']);
  expect(addresses).toHaveLength(12);
  expect(bench.events.some((event) => event.type === 'state' && event.state.at === 'hashing')).toBe(true);
  expect(bench.written(4).some((hex) => hex.startsWith('55aa2136'))).toBe(true);
});

test.each<[string, (bench: EmberBench) => void, string]>([
  ['80 °C at one end', (bench) => bench.registers.set('4a 00', [0x50, 0x00]), 'device-too-hot'],
  ['80 °C at the other', (bench) => bench.registers.set('49 00', [80]), 'device-too-hot'],
  ['75 °C in the first chip', (bench) => bench.registers.set('49 01', [75]), 'device-too-hot'],
  ['an open diode under power', (bench) => bench.registers.set('49 02', [0x04]), 'device-sensor-silent'],
  ['a thermometer that is gone', (bench) => bench.registers.delete('4a 00'), 'device-sensor-silent'],
])('%s: reset, core and I/O supply are off before anybody is told', async (_title, cause, code) => {
  const bench = await started();
  const from = bench.usb.transfers.length;
  cause(bench);
  await bench.clock.settle(10_000);
  const told = bench.events.find((event) => event.type === 'fault') as (typeof bench.events)[number];
  expect(told).toMatchObject({ fault: { code } });
  const last = bench.lastTransfer.get(told) as string;
  const wire = bench.usb.transfers.slice(from, bench.usb.transfers.lastIndexOf(last) + 1).map((what) => what.slice(9));
  const pins = wire.filter((request) => request.startsWith('0006'));
  expect(pins.slice(0, 3)).toEqual([pin(RESET, 0), pin(CORE, 0), pin(IO, 0)]);
});

test.each<[string, (bench: EmberBench) => void]>([
  ['a board that is hot', (bench) => bench.registers.set('4a 00', [0x51, 0x00])],
  ['something else in the thermometer’s place', (bench) => bench.registers.set('4a 0f', [0x00, 0x00])],
])('%s at the start: the core supply is never switched on', async (_title, cause) => {
  const bench = new EmberBench(0x0500);
  cause(bench);
  bench.start({ allowExperimental: true });
  await bench.clock.settle(20_000);
  expect(bench.asked()).not.toContain(pin(CORE, 1));
  expect(bench.faults().length).toBeGreaterThan(0);
});

test('stopped by heat it starts again only when the board is cool, though its diode shows nothing without power', async () => {
  const bench = await started();
  bench.registers.set('4a 00', [0x50, 0x00]).set('49 02', [0x04]);
  await bench.clock.settle(10_000);
  bench.registers.set('4a 00', [0x32, 0x00]); // 50 °C
  const from = bench.usb.transfers.length;
  await bench.clock.settle(120_000);
  expect(bench.asked(from)).not.toContain(pin(CORE, 1));
  bench.registers.set('4a 00', [0x28, 0x00]); // 40 °C
  await bench.clock.settle(60_000);
  expect(bench.asked(from)).toContain(pin(CORE, 1));
});
