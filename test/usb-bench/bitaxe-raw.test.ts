/** The emulated bitaxe-raw control processor and what hangs on it. */
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
  ['revision of the EMC2101', '09000200054 04cff01', '01000201'],
  ['automatic beta after power-on', '0900020005404c1801', '01000208'],
  ['maker of the EMC2101', '090002000540 4cfe01', '0100025d'],
  ['fan at full speed', '09000600 05204c4c3f', '01000602'],
  ['regulator off', '09000c00 0520240100', '01000c02'],
  ['regulator on', '09000f00 0520240180', '01000f02'],
  ['1.15 volts', '0a000e00 052024214d02', '01000e03'],
  ['id of the regulator', '09001100 054024ad07', '0700110654 49546d2441'],
  ['capability of the regulator', '0900120005 40241901', '010012d0'],
  ['off, and not within its window', '09001200054024 7902', '0200124008'],
  ['compensation, a block', '0900120005 4024b106', '060012050000000000'],
  ['VOUT_MODE', '09001200 0540242001', '01001297'],
  ['reset low', '07000000060000', '01000000'],
  ['reset high', '07000000060001', '01000001'],
  ['reset level at boot', '060000000600', '01000000'],
  ['nobody at that address', '0800010005204fde', '130001ff4932432057726974 65204572726f72'],
  ['LED magenta', '09000a00 0810ff00ff', '03000aff00ff'],
  ['any level but 0 is high', '07000000060005', '01000001'],
  ['no such page: whose request it was is not known', '060009005510', '0400ff11'],
  ['no such pin', '060009000609', '0400ff11'],
  ['a page and no command', '0500090005', '0400ff11'],
  ['nobody reads at that address', '080001000530 4f02', '120001ff4932432052656164204572726f72'],
  ['nobody at that address, written and read', '0900010005404f0102', '170001ff49324320577269746552656164204572726f72'],
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

test('a second request in the same packet waits for the next packet, and is forgotten if none comes in time', () => {
  const { host, ask } = gamma();
  host.write(CONTROL.out, '07000100060001060002000600');
  host.now += 2;
  host.write(CONTROL.out, '060003000600');
  expect([host.read(CONTROL.in), host.read(CONTROL.in)]).toEqual(['01000101', '01000201']);
  host.now += 5;
  host.write(CONTROL.out, '060004000600060005000600');
  host.now += 5;
  expect([host.read(CONTROL.in), ask('060006000600')]).toEqual(['01000401', '01000601']);
});

test('a length that holds no page stops the firmware until it starts anew', () => {
  const { board, host, ask } = gamma();
  expect(ask('040001000600')).toBe('');
  expect(ask('060002000600')).toBe('');
  board.plugIn(host.now);
  host.control(0x00, 0x09, 1, 0, '');
  expect(ask('060003000600')).toBe('01000300');
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
  expect(ask('09002000 0540247902'.replace(' ', '')), 'OFF and IOUT_OC stay until cleared, with their summaries').toBe('0200205048');
  expect(ask('09002200 0540247b01'.replace(' ', '')), 'STATUS_IOUT').toBe('01002280');
  ask('08002100052024 03'.replace(' ', ''));
  pass(20);
  expect(ask('09002000 0540247902'.replace(' ', ''))).toBe('0200200000');
});

test.each([
  ['a command that it does not have', '080001000520 2470', false, '80'],
  ['a measured value', '0a000100052024880000', false, '80'],
  ['three bytes for a word', '0b0001000520242100020 0', false, '02'],
  ['one byte for a word', '0900010005202421ff', true, '02'],
  ['a rise time of 768 ms', '0a0001000520246100 03', true, '40'],
  ['a start at 1 V', '0a00010005202435 0100', true, '40'],
] as const)('the regulator does not take %s, and says so until it is told to forget', (_, request, isAcknowledged, cml) => {
  const { ask } = gamma();
  expect(ask(request.replaceAll(' ', '')).slice(0, 2) === '01').toBe(isAcknowledged);
  expect(ask('0900020005402478 01'.replace(' ', '')), 'STATUS_BYTE').toBe('01000242');
  expect(ask('09000300054024 7e01'.replace(' ', '')), 'STATUS_CML').toBe(`010003${cml}`);
  ask('0800040005202403');
  expect(ask('0900050005402478 01'.replace(' ', ''))).toBe('01000540');
});

test('3 ms of rise time are 3 ms in every spelling', () => {
  const { ask } = gamma();
  for (const spelling of ['0300', '00c3', '0cf0']) {
    expect(ask(`0a00010005202461${spelling}`)).toBe('01000103');
    expect(ask('0900020005402461 02'.replace(' ', ''))).toBe(`020002${spelling}`);
  }
  expect(ask('0900030005402478 01'.replace(' ', ''))).toBe('01000340');
});

test('storing in the regulator is complained of', () => {
  const { board, ask } = gamma();
  ask('0800010005202415');
  expect([...board.chain.complaints]).toEqual(["wrote to the regulator's permanent memory"]);
});

test('the fan can be set only while the host drives it', () => {
  const { ask } = gamma();
  const duty = () => ask('0900010005404c4c01').slice(6);
  ask('0900010005204c4a03');
  ask('0900010005204c4c3f');
  expect(duty()).toBe('00');
  ask('0900010005204c4a23');
  ask('0900010005204c4c3f');
  expect(duty()).toBe('3f');
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
