/** The emulated EmberOne00: its pins and supplies, sensors, DAC, the reboot command, both dialects, and a chain of twelve. */
import { expect, test } from 'vitest';
import { fromHex } from '../../core/bytes.ts';
import { type BoardName, buildBoard } from './emulators/boards.ts';
import { crc5 } from './emulators/crc.ts';
import { bitaxeFeedback, emberOneFeedback, trimmedVolts } from './emulators/sensors/trimmed-buck.ts';
import { deviceDescriptor } from './emulators/usb/descriptors.ts';
import { knownSearch, UsbHost } from './plain-host.ts';

const { engine } = knownSearch([]);
const CONTROL = { out: 0x01, in: 0x82 };
const DATA = { out: 0x02, in: 0x84 };

function ember(name: BoardName = 'emberone00') {
  const board = buildBoard(name, { engine, plain: true });
  const host = new UsbHost(board.usb);
  const ask = (hex: string) => {
    host.write(CONTROL.out, hex.replaceAll(' ', ''));
    return host.read(CONTROL.in, 64, 20);
  };
  const send = (frame: string) => {
    const bytes = fromHex(frame.replaceAll(' ', ''));
    host.write(DATA.out, `55aa${frame.replaceAll(' ', '')}${crc5(bytes).toString(16).padStart(2, '0')}`);
    host.now += 5;
    return host.readAll(DATA.in, 25);
  };
  const pass = (ms: number) => {
    for (let at = 0; at < ms; at += 20) {
      host.now += 20;
      board.advance(host.now);
    }
  };
  return { board, host, ask, send, pass };
}

type Ember = ReturnType<typeof ember>;

/** Supply of the inputs, core buck, reset high. */
function powerUp({ ask, pass }: Ember): void {
  for (const pin of ['02', '01', '00']) {
    ask(`0700 01 00 06 ${pin} 01`);
    pass(200);
  }
}

const celsius = (answer: string) => Number.parseInt(answer.slice(6), 16);

test('its identity tells hardware 05 and firmware minor 0 or 1', () => {
  const release = (name: BoardName) => deviceDescriptor(buildBoard(name).usb.spec).slice(12, 14);
  expect([...release('emberone00')]).toEqual([0x00, 0x05]);
  expect([...release('emberone00-v1')]).toEqual([0x10, 0x05]);
  expect(buildBoard('emberone00').usb.spec).toMatchObject({ manufacturer: '256F', product: 'EmberOne00' });
});

test('its twelve chips answer only with reset high and both supplies on', () => {
  for (const missing of ['00', '01', '02']) {
    const set = ember();
    powerUp(set);
    expect(set.send('51 09 00 a4 90 00 ff ff')).toBe('');
    expect(set.send('52 05 00 00')).toBe('aa551362030000000000 1e'.replace(' ', '').repeat(12));
    set.ask(`0700 01 00 06 ${missing} 00`);
    expect(set.send('52 05 00 00'), `without pin ${missing}`).toBe('');
  }
});

test('there are three pins and two ADC channels', () => {
  const { ask } = ember();
  expect(ask('0600 01 00 06 02')).toBe('01000100');
  expect(ask('0600 02 00 06 03')).toBe('0400ff11');
  expect(ask('0600 03 00 07 50')).toHaveLength(10);
  expect(ask('0600 04 00 07 51')).toHaveLength(10);
  expect(ask('0600 05 00 07 52')).toBe('0400ff11');
});

test('firmware minor 1 answers with total length and status', () => {
  const { ask } = ember('emberone00-v1');
  expect(ask('0700 01 00 06 02 01')).toBe('0500010001');
  expect(ask('0600 02 00 06 03')).toBe('0400ff11');
  expect(ask('0900 03 00 05 40 4a 0f 02')).toBe('060003007500');
});

test('its thermometers are known by their ids; the diode is open until its chip has power, and reads seven degrees too high', () => {
  const set = ember();
  const { ask, pass } = set;
  expect(ask('0900 01 00 05 40 4a 0f 02')).toBe('0200017500');
  expect(ask('0900 02 00 05 40 49 fe 01')).toBe('01000255');
  expect(ask('0900 03 00 05 40 49 02 01'), 'open').toBe('01000304');
  powerUp(set);
  expect(ask('0900 03 00 05 40 49 02 01')).toBe('01000300');
  set.board.inject({ kind: 'temperature', tempC: 50 }, set.host.now);
  pass(40);
  expect(celsius(ask('0900 04 00 05 40 49 01 01'))).toBe(57);
  ask('0900 05 00 05 20 49 11 f9');
  expect(celsius(ask('0900 04 00 05 40 49 01 01')), 'after the correction by -7').toBe(50);
  expect(celsius(ask('0900 06 00 05 40 49 00 01')), 'on the board').toBe(42);
  expect(celsius(ask('0900 07 00 05 40 4a 00 02')) / 256).toBe(42);
});

test.each([
  [emberOneFeedback, 0x00, 3.6],
  [emberOneFeedback, 0x7f, 4.324],
  [emberOneFeedback, 0xff, 2.876],
  [bitaxeFeedback, 0x00, 1.458],
  [bitaxeFeedback, 0xff, 0.989],
  [bitaxeFeedback, 0x7f, 1.928],
])('the DAC trims %o with code %i to %d V', (parts, output, volts) => {
  expect(trimmedVolts(parts, { output })).toBeCloseTo(volts, 2);
});

test('a Bitaxe Ultra makes as much heat as its DAC gives it voltage', () => {
  const watts = (code: string) => {
    const board = buildBoard('bitaxe-ultra', { engine, plain: true });
    const host = new UsbHost(board.usb);
    const ask = (hex: string) => {
      host.write(CONTROL.out, hex.replaceAll(' ', ''));
      board.advance(host.now);
      return host.read(CONTROL.in, 64, 20);
    };
    ask('0700 01 00 06 00 01');
    expect(ask(`0900 02 00 05 20 48 f8 ${code}`)).toBe('01000202');
    expect(ask('0900 03 00 05 40 48 f8 01')).toBe(`010003${code}`);
    host.write(DATA.out, '55aa51090008 40a80230 03'.replaceAll(' ', ''));
    host.now += 20;
    board.advance(host.now);
    board.advance(host.now);
    const [volts, amps] = ['02', '01'].map((register) => Number.parseInt(ask(`0900 04 00 05 40 40 ${register} 02`).slice(6), 16) * 0.00125);
    return (volts as number) * (amps as number);
  };
  const [least, typical, most] = ['ff', 'c6', '00'].map(watts) as [number, number, number];
  expect(typical, 'c6: 1.2 V').toBeCloseTo(1.5 + (12 * 525) / 485, 0);
  expect(least).toBeLessThan(typical);
  expect(most).toBeGreaterThan(typical);
});

test('the chain takes its twelve addresses and hashes when every chip is enabled', () => {
  const set = ember();
  powerUp(set);
  set.send('51 09 00 a4 90 00 ff ff');
  set.send('53 05 00 00');
  for (let chip = 0; chip < 12; chip += 1) set.send(`40 05 ${(2 * chip).toString(16).padStart(2, '0')} 00`);
  set.send('51 09 00 08 40 a0 02 40');
  for (let chip = 0; chip < 12; chip += 1) {
    expect(set.board.chain.stats.hashesPerSecond > 0).toBe(chip > 0);
    set.send(`41 09 ${(2 * chip).toString(16).padStart(2, '0')} 3c 80 00 82 aa`);
  }
  expect(set.board.chain.stats.hashesPerSecond).toBe(12 * 512 * 400e6);
  expect([...set.board.chain.complaints]).toEqual([]);
});

test('the reboot command is not answered: the board is gone, and comes back with everything off', () => {
  const set = ember();
  const { board, host, ask, pass } = set;
  powerUp(set);
  expect(ask('0a00 01 00 09 01 de ad be ee'), 'wrong magic').toBe('0400ff11');
  host.write(CONTROL.out, '0a0002000901deadbeef');
  expect(board.isPlugged).toBe(false);
  pass(780);
  expect(board.isPlugged).toBe(false);
  pass(60);
  expect(board.isPlugged).toBe(true);
  expect(ask('0600 03 00 06 01')).toBe('01000300');
});

test('a tripped regulator silences the chips, a deaf thermometer only itself', () => {
  const set = ember();
  powerUp(set);
  const { board, host, ask, send } = set;
  board.inject({ kind: 'i2c-silence', address: 0x4a, isSilent: true }, host.now);
  expect(ask('0900 01 00 05 40 4a 0f 02')).toMatch(/^..0001ff493243/);
  expect(ask('0900 02 00 05 40 49 fe 01')).toBe('01000255');
  expect(send('52 05 00 00')).not.toBe('');
  board.inject({ kind: 'regulator', fault: 'over-current' }, host.now);
  expect(send('52 05 00 00')).toBe('');
  board.inject({ kind: 'sensor-silence', isSilent: true }, host.now);
  expect(ask('0900 02 00 05 40 49 fe 01')).toBe('');
});
