/** The emulated telemetry processor of the Compac A sticks: what stands at which place of its answers, and what it switches. */
import { expect, test } from 'vitest';
import { fromHex } from '../../core/bytes.ts';
import { buildBoard } from './emulators/boards.ts';
import { knownSearch, UsbHost } from './plain-host.ts';

const { engine } = knownSearch([]);
const at = { vin: 0, inAmps: 1, vout: 2, outAmps: 3, temp1: 4, temp2: 5, tach: 6 } as const;

function stick(name: 'compac-a1' | 'terminus-a1' | 'compac-a2' | 'terminus-a2' = 'compac-a2') {
  const board = buildBoard(name, { engine, plain: true });
  const host = new UsbHost(board.usb);
  for (const port of [0, 1])
    for (const [request, value, data] of [
      [0x00, 1, ''],
      [0x1e, 0, '00c20100'],
      [0x03, 0x0800, ''],
    ] as const)
      host.control(0x41, request, value, port, data);
  host.control(0x41, 0xff, 0x37e1, 0, '0700');
  const ask = (hex: string) => {
    host.write(0x02, hex);
    return host.read(0x82, 32, 50);
  };
  const readings = () => [...fromHex(ask('472e'))];
  return { board, host, ask, readings };
}

const celsius = (byte: number | undefined) => ((byte ?? Number.NaN) * 175) / 218 - 50;

test.each([
  ['compac-a1', '10', 5, [at.inAmps, at.outAmps]],
  ['terminus-a1', '20', 7, [at.temp2]],
  ['compac-a2', '21', 7, [at.outAmps]],
  ['terminus-a2', '30', 7, [at.temp2]],
] as const)(
  '%s: version %s answers %i bytes, each at its place whether its neighbours are measured or not',
  (name, version, bytes, absent) => {
    const { board, host, ask, readings } = stick(name);
    expect(ask('3f76')).toBe(version);
    ask('563c');
    ask('424f');
    ask('4664');
    board.inject({ kind: 'temperature', tempC: 61 }, host.now);
    board.advance(host.now);
    const read = readings();
    expect(read).toHaveLength(bytes);
    expect(celsius(read[at.temp1])).toBeCloseTo(61, 0);
    expect((read[at.vin] as number) * (version === '10' ? 6 / 255 : (2.048 * 12) / 255)).toBeCloseTo(5.1, 1);
    expect(((read[at.vout] as number) * 2.048) / 255 / 2).toBeCloseTo(0.3, 2);
    for (const place of absent) expect(read[place]).toBe(0);
    if (bytes === 7) expect((read[at.tach] as number) * 30).toBeGreaterThan(4_000);
  },
);

test('V2.1 measures the current in the low range, V2.0 and V3 in the high one', () => {
  const amps = (name: 'terminus-a1' | 'compac-a2', full: number) => {
    const { board, host, ask, readings } = stick(name);
    for (const command of ['563c', '424f']) ask(command);
    board.advance(host.now);
    return ((readings()[at.inAmps] as number) * 2.048 * full) / 255;
  };
  expect(amps('compac-a2', 3.125)).toBeCloseTo(0.5, 1);
  expect(amps('terminus-a1', 20), 'four chips of half the power').toBeCloseTo(0.8, 1);
});

test('only V3 tells which fields it has', () => {
  expect(stick('terminus-a2').ask('4d2e')).toBe('df');
  expect(stick('compac-a2').ask('4d2e')).toBe('');
});

test('the core regulator of a Compac A2 is what lets its chip hash, and over-temperature shows in its telemetry', () => {
  const { board, host, ask, readings } = stick();
  for (const hex of ['510900a49000ffff1c', '5109003c800082aa0d', '51090008407802400b']) host.write(0x01, `55aa${hex}`);
  host.now += 10;
  for (const command of ['5636', '424f']) expect(ask(command)).toHaveLength(2);
  board.advance(host.now);
  expect(board.chain.stats.hashesPerSecond).toBe(2040 * 300e6);
  expect(readings()[at.vout], 'twice 270 mV of 2.048 V').toBe(67);
  ask('422d');
  board.advance(host.now);
  expect(board.chain.stats.hashesPerSecond).toBe(0);
  board.inject({ kind: 'temperature', tempC: 112 }, host.now);
  expect(celsius(readings()[at.temp1])).toBeCloseTo(112, 0);
  board.inject({ kind: 'sensor-silence', isSilent: true }, host.now);
  expect(ask('3f76')).toBe('');
});

test('a Compac A2 that was pulled out has its latch open and its regulator off', () => {
  const { board, host, ask, readings } = stick();
  for (const command of ['5636', '424f', '4664']) ask(command);
  expect(readings()[at.vout]).toBe(67);
  board.inject({ kind: 'unplug', isOut: true }, host.now);
  board.inject({ kind: 'unplug', isOut: false }, host.now);
  for (const port of [0, 1]) {
    host.control(0x41, 0x00, 1, port);
    host.control(0x41, 0x1e, 0, port, '00c20100');
  }
  const read = readings();
  expect([read[at.vout], read[at.tach]]).toEqual([0, 0]);
  host.write(0x01, '55aa520500000a');
  expect(host.read(0x81, 64, 20), 'no power').toBe('');
  host.control(0x41, 0xff, 0x37e1, 0, '0700');
  host.write(0x01, '55aa520500000a');
  expect(host.read(0x81, 64, 20)).toBe('aa5513700000000006');
});
