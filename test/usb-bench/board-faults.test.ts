/** Every fault on every board that can have it, as the host sees it at the other end of the cable. */
import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../core/bytes.ts';
import type { BoardFault } from './emulators/board.ts';
import { type BoardName, boards, buildBoard } from './emulators/boards.ts';
import { sealed } from './emulators/crc.ts';
import { knownSearch, UsbHost } from './plain-host.ts';

const { engine } = knownSearch([]);
const plain = (hex: string) => hex.replaceAll(' ', '');

/** How the chips of a kind of board are made to say something, written out. */
interface Talk {
  readonly out: number;
  readonly in: number;
  /** Bytes that the bridge puts before every packet. */
  readonly skip: number;
  wake(host: UsbHost): void;
  readonly question: string;
  /** One chip's. */
  readonly answer: string;
}

const control = (requestType: number, rows: readonly (readonly [number, number, number, string?])[]) => (host: UsbHost) => {
  for (const [request, value, index, data] of rows) expect(host.control(requestType, request, value, index, data ?? '')).toBe('');
};
const BAUD = '00c20100';
const ftdi = {
  ...{ out: 0x02, in: 0x81, skip: 2 },
  wake: control(0x40, [
    [0x00, 0, 0],
    [0x04, 8, 0],
    [0x03, 0x1a, 0],
    [0x0b, 0x20f2, 0],
  ]),
};
const cp2102 = {
  ...{ out: 0x01, in: 0x81, skip: 0 },
  wake: control(0x41, [
    [0x00, 1, 0],
    [0x1e, 0, 0, BAUD],
  ]),
};
const cp2105 = {
  ...{ out: 0x01, in: 0x81, skip: 0 },
  wake: control(0x41, [
    [0x00, 1, 0],
    [0x1e, 0, 0, BAUD],
    [0x03, 0x0830, 0],
    [0x00, 1, 1],
    [0x1e, 0, 1, BAUD],
    [0xff, 0x37e1, 0, '0700'],
  ]),
};
const raw = (requests: readonly string[]) => ({
  ...{ out: 0x02, in: 0x84, skip: 0 },
  wake(host: UsbHost) {
    for (const request of requests) {
      expect(host.write(0x01, plain(request))).toBe('ok');
      expect(host.read(0x82)).not.toBe('');
    }
  },
});
const onTps = raw(['0a00 01 00 05 20 24 21 4d02', '0900 02 00 05 20 24 01 80', '0700 03 00 06 00 01']);
const onBuck = raw(['0700 01 00 06 00 01']);
const onPins = raw(['0700 01 00 06 02 01', '0700 02 00 06 01 01', '0700 03 00 06 00 01']);
/** The short form of an id, before version rolling is on. */
const framed = (id: string) => ({ question: '55aa520500000a', answer: `aa55${toHex(sealed([...fromHex(id), 0, 0], 0))}` });
const golden = `4679ba4ec99876bf4bfe086082b400254df6c356451471139a3afa71e48f544a${'00'.repeat(20)}87320b1a1426674f2fa722ce`;
const withClock = { ...cp2102, wake: (host: UsbHost) => [cp2102.wake(host), host.write(0x01, '8208821c'), host.pass(5)] };

const talks: Readonly<Partial<Record<BoardName, Talk>>> = {
  'compac-f': { ...ftdi, ...framed('13971800') },
  r909: { ...ftdi, ...framed('13971800') },
  newpac: { ...ftdi, question: '5405000019', answer: '13879000000007' },
  r606: { ...ftdi, question: '5405000019', answer: '13879000000007' },
  compac: { ...cp2102, question: '84000011', answer: '1384000013' },
  '2pac': { ...cp2102, question: '84000011', answer: '1384000013' },
  terminus: { ...cp2102, question: '84000011', answer: '1384000013' },
  'compac-a1': { ...cp2105, ...framed('13620300') },
  'terminus-a1': { ...cp2105, ...framed('13620300') },
  'compac-a2': { ...cp2105, ...framed('13700000') },
  'compac-a2-1368': { ...cp2105, ...framed('13680000') },
  'terminus-a2': { ...cp2105, ...framed('13700000') },
  'bitaxe-gamma': { ...onTps, ...framed('13700000') },
  'bitaxe-supra': { ...onBuck, ...framed('13680000') },
  'bitaxe-ultra': { ...onBuck, ...framed('13660000') },
  'bitaxe-max': { ...onBuck, ...framed('13971800') },
  'block-erupter': { ...cp2102, question: golden, answer: '000187a2' },
  'antminer-u1': { ...cp2102, question: golden, answer: '000187a200' },
  'antminer-u2': { ...cp2102, question: golden, answer: '000187a200' },
  'antminer-u3': { ...withClock, question: golden, answer: '000187a200' },
  emberone00: { ...onPins, ...framed('13620300') },
  'emberone00-v1': { ...onPins, ...framed('13620300') },
};
const names = Object.keys(talks) as BoardName[];
/** Devices without an answer from each of their chips. */
const isIcarus = (name: BoardName) => /^(block-erupter|antminer)/.test(name);

function awake(name: BoardName) {
  const talk = talks[name] as Talk;
  const board = buildBoard(name, { engine, plain: true });
  const host = new UsbHost(board.usb);
  talk.wake(host);
  board.advance(host.now);
  const chips = isIcarus(name) ? 1 : board.chain.stats.chips;
  const hear = () => host.readAll(talk.in, 40, talk.skip);
  const ask = () => {
    expect(host.write(talk.out, talk.question)).toBe('ok');
    host.pass(10);
    return hear();
  };
  const inject = (fault: BoardFault) => board.inject(fault, host.now);
  return { talk, board, host, ask, inject, rest: talk.answer.repeat(chips - 1), all: talk.answer.repeat(chips), chips };
}

test('every board that has chips is here', () => {
  expect(names.sort()).toEqual((Object.keys(boards) as BoardName[]).filter((name) => boards[name].typical > 0).sort());
});

describe.each(names)('%s', (name) => {
  test('answers as its chips do', () => {
    const { ask, all } = awake(name);
    expect(ask()).toBe(all);
  });

  test('a flipped bit, missing bytes, a stray status pair, noise, a frame twice: once each, where it was ordered', () => {
    const { talk, ask, inject, rest, all } = awake(name);
    const { answer } = talk;
    const [first, second] = [Number.parseInt(answer.slice(0, 2), 16), answer.slice(2)];
    const cases: readonly (readonly [BoardFault, string])[] = [
      [{ kind: 'flip-bit', bit: 7, frames: 1 }, `${(first ^ 1).toString(16).padStart(2, '0')}${second}`],
      [{ kind: 'drop-bytes', at: 1, bytes: 2, frames: 1 }, answer.slice(0, 2) + answer.slice(6)],
      [{ kind: 'stray-status', at: 2, frames: 1 }, `${answer.slice(0, 4)}0160${answer.slice(4)}`],
      [{ kind: 'noise', bytes: Uint8Array.of(0xaa, 0x00), frames: 1 }, `aa00${answer}`],
      [{ kind: 'duplicate', frames: 1 }, answer + answer],
    ];
    for (const [fault, heard] of cases) {
      inject(fault);
      expect(ask(), fault.kind).toBe(heard + rest);
      expect(ask(), `after ${fault.kind}`).toBe(all);
    }
  });

  test('a stale frame stands in for a new one', () => {
    const { ask, inject, all } = awake(name);
    expect(ask()).toBe(all);
    inject({ kind: 'stale', back: 1, frames: 1 });
    expect(ask()).toBe(all);
  });

  test('no answer for as long as ordered', () => {
    const { ask, inject, host, all } = awake(name);
    inject({ kind: 'silence', ms: 200 });
    expect(ask()).toBe('');
    host.pass(200);
    expect(ask()).toBe(all);
  });

  test('an answer is whole wherever the reads cut it', () => {
    const { talk, ask, inject, all } = awake(name);
    for (let cut = 1; cut < talk.answer.length / 2; cut += 1) {
      inject({ kind: 'short-reads', pieces: [cut, 1] });
      expect(ask()).toBe(all);
    }
  });

  test('a halted pipe stalls in both directions until it is cleared', () => {
    const { talk, host, ask, inject, all } = awake(name);
    inject({ kind: 'stall', endpoint: talk.out });
    expect(host.write(talk.out, '00')).toBe('stall');
    host.control(0x02, 1, 0, talk.out);
    inject({ kind: 'stall', endpoint: talk.in });
    expect(host.read(talk.in)).toBe('stall');
    host.control(0x02, 1, 0, talk.in);
    expect(ask()).toBe(all);
  });

  test('pulled out and put back it begins anew', () => {
    const { board, host, talk, ask, inject, all } = awake(name);
    inject({ kind: 'unplug', isOut: true });
    expect(board.isPlugged).toBe(false);
    inject({ kind: 'unplug', isOut: false });
    expect(board.isPlugged).toBe(true);
    expect(board.usb.configuration).toBe(0);
    talk.wake(host);
    board.advance(host.now);
    expect(ask()).toBe(all);
  });

  test('chips that died do not answer', () => {
    const { talk, ask, inject, chips } = awake(name);
    if (isIcarus(name)) return expect(chips).toBe(1);
    inject({ kind: 'dead-chips', alive: chips - 1 });
    expect(ask()).toBe(talk.answer.repeat(chips - 1));
  });
});

const physics = {
  temperature: { kind: 'temperature', tempC: 90 },
  'fan-stop': { kind: 'fan-stop', isStopped: true },
  regulator: { kind: 'regulator', fault: 'over-current' },
  'sensor-silence': { kind: 'sensor-silence', isSilent: true },
  current: { kind: 'current', amps: 4 },
  diode: { kind: 'diode', state: 'open' },
  'i2c-silence': { kind: 'i2c-silence', address: 0x4c, isSilent: true },
} as const satisfies Record<string, BoardFault>;
type Physical = keyof typeof physics;
const bitaxe: readonly Physical[] = ['temperature', 'fan-stop', 'regulator', 'sensor-silence', 'current', 'diode', 'i2c-silence'];
const mcu: readonly Physical[] = ['temperature', 'fan-stop', 'regulator', 'sensor-silence'];
const able: Readonly<Partial<Record<BoardName, readonly Physical[]>>> = {
  ...{ 'bitaxe-gamma': bitaxe, 'bitaxe-supra': bitaxe, 'bitaxe-ultra': bitaxe, 'bitaxe-max': bitaxe },
  ...{ 'compac-a1': mcu, 'terminus-a1': [...mcu, 'current'], 'compac-a2': [...mcu, 'current'] },
  ...{ 'compac-a2-1368': [...mcu, 'current'], 'terminus-a2': [...mcu, 'current'] },
  ...{ emberone00: ['temperature', 'regulator', 'sensor-silence', 'i2c-silence'] },
  ...{ 'emberone00-v1': ['temperature', 'regulator', 'sensor-silence', 'i2c-silence'] },
};

test.each(Object.keys(boards) as BoardName[])('%s has exactly the physical faults that its parts can have', (name) => {
  for (const [kind, fault] of Object.entries(physics) as [Physical, BoardFault][]) {
    const inject = () => buildBoard(name, { engine }).inject(fault, 0);
    if (able[name]?.includes(kind)) expect(inject, kind).not.toThrow();
    else expect(inject, kind).toThrow(`${name} knows no fault ${kind}`);
  }
});

test.each(['bitaxe-gamma', 'bitaxe-ultra'] as const)(
  '%s: an open or shorted diode, a held current, a deaf fan controller show in the registers',
  (name) => {
    const { board, host, inject } = awake(name);
    const ask = (request: string) => {
      host.write(0x01, plain(request));
      return host.read(0x82);
    };
    const raw11 = () =>
      (Number.parseInt(ask('0900 01 00 05 40 4c 01 01').slice(6), 16) << 3) |
      (Number.parseInt(ask('0900 01 00 05 40 4c 10 01').slice(6), 16) >> 5);
    inject({ kind: 'diode', state: 'open' });
    expect(raw11()).toBe(0x3f8);
    inject({ kind: 'diode', state: 'short' });
    expect(raw11()).toBe(0x3ff);
    inject({ kind: 'diode', state: 'ok' });
    inject({ kind: 'temperature', tempC: 45.25 });
    inject({ kind: 'current', amps: 30 });
    board.advance(host.now);
    expect(raw11()).toBe(362);
    if (name === 'bitaxe-gamma') expect(ask('0900 02 00 05 40 24 8c 02'), '30 A').toBe('020002c0db');
    else expect(Number.parseInt(ask('0900 02 00 05 40 40 01 02').slice(6), 16) * 0.00125, 'INA260').toBeCloseTo(30, 2);
    inject({ kind: 'i2c-silence', address: 0x4c, isSilent: true });
    expect(ask('0900 03 00 05 40 4c fd 01')).toMatch(/^..0003ff493243/);
    inject({ kind: 'i2c-silence', address: 0x4c, isSilent: false });
    expect(ask('0900 03 00 05 40 4c fd 01')).toBe('01000316');
  },
);

test('a Bitaxe Ultra whose buck has tripped is silent', () => {
  const { board, host, ask, inject, all } = awake('bitaxe-ultra');
  expect(ask()).toBe(all);
  inject({ kind: 'regulator', fault: 'under-voltage' });
  board.advance(host.now);
  expect(ask()).toBe('');
});

test('a Compac A2: a tripped regulator takes the core voltage, a stopped fan the tachometer, a held current shows in its place', () => {
  const { board, host, inject } = awake('compac-a2');
  const ask = (hex: string) => {
    host.write(0x02, hex);
    return host.read(0x82, 32, 50);
  };
  const field = (place: number) => Number.parseInt(ask('472e').slice(2 * place, 2 * place + 2), 16);
  for (const command of ['5636', '424f', '4664']) ask(command);
  board.advance(host.now);
  expect([field(2), field(6)]).toEqual([67, 150]);
  inject({ kind: 'fan-stop', isStopped: true });
  expect(field(6)).toBe(0);
  inject({ kind: 'current', amps: 4 });
  expect((field(1) * 2.048 * 3.125) / 255).toBeCloseTo(4, 1);
  inject({ kind: 'regulator', fault: 'over-current' });
  expect(field(2)).toBe(0);
});
