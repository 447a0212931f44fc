/** The emulated control processors (bitaxe-raw, telemetry of the Compac A sticks) and what hangs on them. */
import { expect, test } from 'vitest';
import { fromHex } from '../../core/bytes.ts';
import { buildBoard } from './emulators/boards.ts';
import { linear11 } from './emulators/sensors/tps546.ts';
import { knownSearch, UsbHost } from './plain-host.ts';

const { engine } = knownSearch([]);
const CONTROL = { out: 0x01, in: 0x82 };
const DATA = { out: 0x02, in: 0x84 };
const DISCOVERY = '55aa520500000a';

function gamma() {
  const board = buildBoard('bitaxe-gamma', { engine, plain: true });
  const host = new UsbHost(board.usb);
  const ask = (hex: string) => {
    host.write(CONTROL.out, hex);
    return host.read(CONTROL.in, 64, 20);
  };
  /** The board's physics move with the clock too. */
  const pass = (ms: number) => {
    for (let at = 0; at < ms; at += 20) {
      host.now += 20;
      board.advance(host.now);
    }
  };
  const hear = (ms = 20) => {
    host.write(DATA.out, DISCOVERY);
    return host.read(DATA.in, 64, ms);
  };
  const celsius = () => Number.parseInt(ask('0900 01 00 05 40 4c 01 01'.replaceAll(' ', '')).slice(6), 16);
  return { board, host, ask, pass, hear, celsius };
}

/** Steps 1–5 of the bring-up, written out. */
function powerUp({ ask, pass }: ReturnType<typeof gamma>) {
  ask('07000000060000');
  for (const request of ['09000600 05204c4c3f', '0a000e00 052024 214d02', '09000f00 0520240180']) ask(request.replaceAll(' ', ''));
  pass(500);
  ask('07000000060001');
  pass(200);
}

test.each([
  ['I2C clock of 400 kHz', '0a000100051080 1a0600', '040001801a0600'],
  ['product of the EMC2101', '090002000540 4cfd01', '01000216'],
  ['maker of the EMC2101', '090002000540 4cfe01', '0100025d'],
  ['fan at full speed', '09000600 05204c4c3f', '01000602'],
  ['regulator off', '09000c00 0520240100', '01000c02'],
  ['regulator on', '09000f00 0520240180', '01000f02'],
  ['1.15 volts', '0a000e00 052024214d02', '01000e03'],
  ['id of the regulator', '09001100 054024ad07', '0700110654 49546d2441'],
  ['VOUT_MODE', '09001200 0540242001', '01001297'],
  ['reset low', '07000000060000', '01000000'],
  ['reset high', '07000000060001', '01000001'],
  ['reset level at boot', '060000000600', '01000000'],
  ['nobody at that address', '0800010005204fde', '130001ff4932432057726974 65204572726f72'],
  ['no such page', '060009005510', '04000911'],
])('%s: %s is answered %s', (_, request, answer) => {
  expect(gamma().ask(request.replaceAll(' ', ''))).toBe(answer.replaceAll(' ', ''));
});

test('a request that stops for four milliseconds is forgotten', () => {
  const { host, ask } = gamma();
  host.write(CONTROL.out, '0600');
  host.now += 2;
  host.write(CONTROL.out, '00000600');
  expect(host.read(CONTROL.in, 64, 20)).toBe('01000000');
  host.write(CONTROL.out, '0600');
  host.now += 5;
  expect(ask('060001000600')).toBe('01000100');
});

test('several requests in one packet are answered in their order', () => {
  const { host } = gamma();
  host.write(CONTROL.out, '070001000600010600020006 00'.replace(' ', ''));
  expect([host.read(CONTROL.in), host.read(CONTROL.in)]).toEqual(['01000101', '01000201']);
});

test('the chip is silent without core voltage, in reset, and after the regulator trips', () => {
  const set = gamma();
  const { board, host, ask, pass, hear } = set;
  expect(hear()).toBe('');
  ask('07000000060001');
  expect(hear(), 'no voltage').toBe('');
  powerUp(set);
  expect(hear()).toBe('aa5513700000000006');
  ask('07000000060000');
  expect(hear(), 'in reset').toBe('');
  ask('07000000060001');
  expect(hear()).toBe('aa5513700000000006');
  board.inject({ kind: 'regulator', fault: 'over-current' }, host.now);
  pass(20);
  expect(hear(), 'tripped').toBe('');
  expect(ask('09002000 0540247902'.replace(' ', '')), 'OFF and IOUT_OC stay until cleared').toBe('0200205000');
  ask('08002100052024 03'.replace(' ', ''));
  pass(20);
  expect(ask('09002000 0540247902'.replace(' ', ''))).toBe('0200200000');
});

test('the data port follows its line coding: after the baud switch of the chip the host must switch too', () => {
  const set = gamma();
  powerUp(set);
  const { host, hear } = set;
  host.write(DATA.out, '55aa510900281130020003');
  host.now += 20;
  expect(hear()).not.toBe('aa5513700000000006');
  host.control(0x21, 0x20, 0, 2, '40420f00000008');
  host.read(DATA.in, 64, 5);
  expect(hear()).toBe('aa5513700000000006');
});

test('a hashing chip heats up; with the fan stopped it gets too hot; the tachometer tells', () => {
  const set = gamma();
  powerUp(set);
  const { board, host, ask, pass, celsius } = set;
  ask('0900030005204c0304'); // the tachometer input
  host.write(DATA.out, '55aa51090008 40a80230 03'.replaceAll(' ', ''));
  pass(60_000);
  expect(celsius()).toBeGreaterThan(45);
  expect(celsius()).toBeLessThan(75);
  const tach = () => {
    const [low, high] = [ask('0900040005404c4601').slice(6), ask('0900040005404c4701').slice(6)];
    return Number.parseInt(high + low, 16);
  };
  expect(Math.round(5_400_000 / tach() / 100)).toBe(70);
  board.inject({ kind: 'fan-stop', isStopped: true }, host.now);
  pass(10_000);
  expect(tach()).toBe(0xffff);
  expect(celsius()).toBeGreaterThan(80);
  board.inject({ kind: 'temperature', tempC: 127 }, host.now);
  pass(20);
  expect(celsius()).toBe(127);
});

test('a control processor that says nothing says nothing', () => {
  const { board, host, ask } = gamma();
  board.inject({ kind: 'sensor-silence', isSilent: true }, 0);
  expect(ask('060001000600')).toBe('');
  board.inject({ kind: 'sensor-silence', isSilent: false }, host.now);
  expect(ask('060001000600')).toBe('01000100');
});

test('SLINEAR11 numbers decode to what was measured', () => {
  const decode = ([low = 0, high = 0]: number[]) => {
    const raw = low | (high << 8);
    return (((raw & 0x7ff) << 21) >> 21) * 2 ** ((raw << 16) >> 27);
  };
  for (const value of [4.8, 12.5, 18.26, 0.25, 650, 105, 30, 0]) expect(decode(linear11(value))).toBeCloseTo(value, 1);
  expect(linear11(4.8)).toEqual([...fromHex('66ca')]);
  expect(linear11(30)).toEqual([...fromHex('c0db')]);
});

function compacA2(name: 'compac-a1' | 'compac-a2' | 'terminus-a2' = 'compac-a2') {
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
  return { board, host, ask };
}

test.each([
  ['compac-a1', '10', 3],
  ['compac-a2', '21', 6],
  ['terminus-a2', '30', 6],
] as const)('the telemetry of a %s is version %s and has %i fields', (name, version, fields) => {
  const { ask } = compacA2(name);
  expect(ask('3f76')).toBe(version);
  expect(ask('472e')).toHaveLength(2 * fields);
});

test('the core regulator of a Compac A2 is what lets its chip hash, and over-temperature shows in its telemetry', () => {
  const { board, host, ask } = compacA2();
  for (const hex of ['510900a49000ffff1c', '5109003c800082aa0d', '5109000840780240 0b'.replace(' ', '')]) host.write(0x01, `55aa${hex}`);
  host.now += 10;
  for (const command of ['5636', '424f']) expect(ask(command)).toHaveLength(2);
  board.advance(host.now);
  expect(board.chain.stats.hashesPerSecond).toBe(2040 * 300e6);
  expect(ask('472e').slice(4, 6), 'twice 270 mV of 2.048 V').toBe((67).toString(16));
  ask('422d');
  board.advance(host.now);
  expect(board.chain.stats.hashesPerSecond).toBe(0);
  board.inject({ kind: 'temperature', tempC: 112 }, host.now);
  const raw = Number.parseInt(ask('472e').slice(6, 8), 16);
  expect((raw * 175) / 218 - 50).toBeCloseTo(112, 0);
  board.inject({ kind: 'sensor-silence', isSilent: true }, host.now);
  expect(ask('3f76')).toBe('');
});
