/** Bitaxe Gamma: limits and fan before power, power before anything else when something is wrong. */
import { expect, test } from 'vitest';
import { BitaxeBench, CORE_1150, FAN_FULL, REGULATOR_OFF, REGULATOR_ON, RESET_HIGH, RESET_LOW } from './bitaxe-bench.ts';

async function hashing(): Promise<BitaxeBench> {
  const bench = new BitaxeBench();
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
  // In between it is only asked whether the voltage came up well.
  expect(asked.slice(on + 1, asked.indexOf(RESET_HIGH)).every((request) => request.startsWith('00054024'))).toBe(true);
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

const trouble: readonly (readonly [string, (bench: BitaxeBench) => void, string])[] = [
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
  const before = bench.usb.transfers.slice(from, bench.usb.transfers.indexOf(last, from) + 1);
  const acts = before
    .filter((what) => what.startsWith('>2 '))
    .map((what) => what.slice(9))
    .filter((request) => !request.startsWith('000540'));
  // A sensor that is silent has the fan turned up before; then nothing comes between the reading and the end of power.
  const cut = acts.indexOf(RESET_LOW);
  expect(acts.slice(0, cut).every((request) => request === FAN_FULL)).toBe(true);
  expect(acts.slice(cut, cut + 3)).toEqual([RESET_LOW, REGULATOR_OFF, FAN_FULL]);
  expect(bench.states().at(-1)).toBe('resting');
});

test.each([
  ['5.6 V', (bench: BitaxeBench) => bench.registers.set('24 88', [0xcd, 0xca]), 'device-supply-voltage'],
  ['71 °C beside the chip', (bench: BitaxeBench) => bench.registers.set('4c 00', [71]), 'device-too-hot'],
  ['an unknown regulator', (bench: BitaxeBench) => bench.registers.set('24 ad', [6, 1, 2, 3, 4, 5, 6]), 'device-power-fault'],
  ['no fan controller', (bench: BitaxeBench) => bench.registers.set('4c fd', [0]), 'device-sensor-silent'],
])('%s at the start: the core voltage is never switched on', async (_title, cause, code) => {
  const bench = new BitaxeBench();
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
