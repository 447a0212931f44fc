/** Which Bitaxe it is, found out in safe steps; the early boards with their DAC; nothing of it without a person's word. */
import { expect, test } from 'vitest';
import {
  bitaxeEarly,
  bitaxeGamma,
  bitaxeMax,
  bitaxeSupra,
  bitaxeSupraEarly,
  bitaxeUltra,
  bitaxeUltraEarly,
} from '../../../core/devices/board/bitaxe-models.ts';
import type { BoardModel } from '../../../core/devices/board/board-model.ts';
import { dacCode } from '../../../core/devices/sensor/ds4432u.ts';
import { BitaxeBench, FAN_FULL, REGULATOR_OFF, REGULATOR_ON, RESET_HIGH, RESET_LOW } from './bitaxe-bench.ts';

const DAC_LOWEST = '00052048f8ff';
const isOwnWord = { allowExperimental: true };

/** With DAC and power meter in place of the TPS546; 5.0 V and 2.4 A at the input. */
function early(model: BoardModel, chipId: string): BitaxeBench {
  const bench = new BitaxeBench(model);
  bench.chipId = chipId;
  bench.dead.add(0x24);
  bench.registers.set('40 fe', [0x54, 0x49]).set('40 ff', [0x22, 0x70]);
  bench.registers.set('40 01', [0x07, 0x80]).set('40 02', [0x0f, 0xa0]);
  bench.registers.set('48 f8', [0x00]).set('4c 00', [40]);
  return bench;
}

test.each([
  ['1368', 'bitaxe-supra'],
  ['1366', 'bitaxe-ultra'],
])('behind a TPS546 a chip %s makes it a %s; its power is away before it is said', async (chipId, slug) => {
  const bench = new BitaxeBench(bitaxeGamma);
  bench.chipId = chipId;
  bench.start();
  await bench.clock.settle(5_000);
  expect(bench.over).toMatchObject([{ other: { slug, experimental: true } }]);
  expect(bench.faults()).toEqual([]);
  const asked = bench.asked();
  expect(asked.lastIndexOf(REGULATOR_OFF)).toBeGreaterThan(asked.indexOf(REGULATOR_ON));
  expect(asked).toContain('00052024214d02'); // 1.15 V, which each of the three chips bears
  expect(bench.written(4).some((hex) => hex.startsWith('55aa21'))).toBe(false);
  expect(bench.usb.transfers.at(-1)).toBe('close');
});

test('without a TPS546 but with the early boards’ power meter: an early board, and no chip left reset', async () => {
  const bench = early(bitaxeGamma, '1366');
  bench.start();
  await bench.clock.settle(5_000);
  expect(bench.over).toMatchObject([{ other: { slug: 'bitaxe-early', experimental: true } }]);
  expect(bench.asked()).not.toContain(RESET_HIGH);
  expect(bench.asked()).not.toContain(REGULATOR_ON);
});

test('without either it is no board that Hearth drives', async () => {
  const bench = early(bitaxeGamma, '1366');
  bench.dead.add(0x40);
  bench.start();
  await bench.clock.settle(5_000);
  expect(bench.over).toEqual([]);
  expect(bench.faults()[0]).toMatchObject({ code: 'device-sensor-silent' });
  expect(bench.asked()).not.toContain(RESET_HIGH);
});

test.each([bitaxeSupra, bitaxeUltra, bitaxeEarly, bitaxeSupraEarly, bitaxeUltraEarly, bitaxeMax])(
  '$slug is experimental: no byte without a person’s word',
  async (model) => {
    const bench = new BitaxeBench(model);
    bench.start();
    await bench.clock.settle(600_000);
    expect(bench.usb.log).toEqual([]);
    expect(bench.board.identity.experimental).toBe(true);
    expect(bench.events).toEqual([{ type: 'state', state: { at: 'resting', reason: 'experimental' } }]);
  },
);

test.each([
  ['1368', 'bitaxe-supra-early'],
  ['1366', 'bitaxe-ultra-early'],
  ['1397', 'bitaxe-max'],
])('an early board with a chip %s is a %s: asked at 1.1 V, then cold again', async (chipId, slug) => {
  const bench = early(bitaxeEarly, chipId);
  bench.start(isOwnWord);
  await bench.clock.settle(5_000);
  expect(bench.over).toMatchObject([{ other: { slug } }]);
  const words = bench.asked().filter((request) => request === RESET_LOW || request === RESET_HIGH || /^00052048/.test(request));
  expect(words).toEqual([RESET_LOW, DAC_LOWEST, '00052048f8e1', RESET_HIGH, RESET_LOW, DAC_LOWEST]);
});

/** By hand from the resistors: nominal 1.458 V, 3.70 mV a step. */
test.each([
  [1.1, 0xe1],
  [1.166, 0xd0],
  [1.2, 0xc6],
  [1.4, 0x90],
])('%d V is %i on the DAC', (volts, code) => {
  expect(dacCode(volts)).toBe(code);
});

test.each([0.98, 1.46, 2, Number.NaN])('the DAC refuses %d V', (volts) => {
  expect(() => dacCode(volts)).toThrow(RangeError);
});

test.each([
  ['bitaxe-supra', bitaxeSupra, '1368', '5502'], // 1.166 V · 512 = 597
  ['bitaxe-ultra', bitaxeUltra, '1366', '6602'],
])('%s with a TPS546 hashes at its own voltage and diode, fan before power before reset', async (_slug, model, chipId, word) => {
  const bench = new BitaxeBench(model);
  bench.chipId = chipId;
  bench.start(isOwnWord);
  await bench.clock.settle(20_000);
  expect(bench.faults()).toEqual([]);
  expect(bench.states().at(-1)).toBe('hashing');
  expect(bench.events.some((event) => event.type === 'nonce')).toBe(true);
  const asked = bench.asked();
  const order = [RESET_LOW, '0005204c1712', '0005204c1808', FAN_FULL, `0005202421${word}`, REGULATOR_ON, RESET_HIGH];
  expect(order.map((request) => asked.indexOf(request))).toEqual(order.map((request) => asked.indexOf(request)).sort((a, b) => a - b));
  for (const request of order) expect(asked).toContain(request);
});

test.each([
  ['Supra', bitaxeSupraEarly, '1368', 'd0'],
  ['Ultra', bitaxeUltraEarly, '1366', 'c6'],
  ['Max', bitaxeMax, '1397', '90'],
])('an early %s: fan, lowest voltage, its voltage read back, then reset; it hashes', async (_name, model, chipId, code) => {
  const bench = early(model, chipId);
  bench.start(isOwnWord);
  await bench.clock.settle(20_000);
  expect(bench.faults()).toEqual([]);
  expect(bench.states().at(-1)).toBe('hashing');
  expect(bench.events.some((event) => event.type === 'nonce')).toBe(true);
  const asked = bench.asked();
  const order = [RESET_LOW, FAN_FULL, DAC_LOWEST, `00052048f8${code}`, RESET_HIGH].map((request) => asked.indexOf(request));
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(order).not.toContain(-1);
  expect(bench.events.findLast((event) => event.type === 'telemetry')).toMatchObject({ telemetry: { watts: 12, tempC: 50 } });
});

const trouble: readonly (readonly [string, (bench: BitaxeBench) => void, string])[] = [
  ['72 °C on the chip’s diode', (bench) => bench.registers.set('4c 01', [72]), 'device-too-hot'],
  ['67 °C beside a chip without diode', (bench) => void bench.registers.set('4c 01', [0x7f]).set('4c 00', [67]), 'device-too-hot'],
  ['6 A at the input', (bench) => bench.registers.set('40 01', [0x12, 0xc0]), 'device-over-current'],
  ['a supply of 4.4 V', (bench) => bench.registers.set('40 02', [0x0d, 0xc0]), 'device-supply-voltage'],
  ['a fan that stands still', (bench) => void bench.registers.set('4c 46', [0xff]).set('4c 47', [0xff]), 'device-fan-failed'],
  ['a silent power meter', (bench) => void bench.dead.add(0x40), 'device-sensor-silent'],
  ['a silent thermometer', (bench) => void bench.dead.add(0x4c), 'device-sensor-silent'],
];

test.each(trouble)('an early board, %s: reset low and the lowest voltage before anybody is told', async (_title, cause, code) => {
  const bench = early(bitaxeUltraEarly, '1366');
  bench.start(isOwnWord);
  await bench.clock.settle(20_000);
  const from = bench.usb.transfers.length;
  cause(bench);
  await bench.clock.settle(12_000);
  const told = bench.events.find((event) => event.type === 'fault') as (typeof bench.events)[number];
  expect(told).toMatchObject({ fault: { code } });
  const last = bench.lastTransfer.get(told) as string;
  const wire = bench.usb.transfers.slice(from, bench.usb.transfers.lastIndexOf(last) + 1).map((what) => what.slice(9));
  expect(wire).toContain(RESET_LOW);
  expect(wire).toContain(DAC_LOWEST);
  expect(bench.states().at(-1)).toBe('resting');
});

test('a DAC that does not take the voltage: reset stays low', async () => {
  const bench = early(bitaxeUltraEarly, '1366');
  const { onWrite } = bench.usb;
  bench.usb.onWrite = (endpoint, bytes) => {
    onWrite(endpoint, bytes);
    bench.registers.set('48 f8', [0x00]);
  };
  bench.start(isOwnWord);
  await bench.clock.settle(10_000);
  expect(bench.faults()[0]).toMatchObject({ code: 'device-power-fault' });
  expect(bench.asked()).not.toContain(RESET_HIGH);
});
