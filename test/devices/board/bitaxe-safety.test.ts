/** What keeps a Bitaxe safe: the fan, the notice of heat, sleep, pause, silence, and the limits that hold without us. */
import { expect, test } from 'vitest';
import type { DeviceEvent } from '../../../core/devices/device.ts';
import { BitaxeBench, FAN_FULL, REGULATOR_OFF, REGULATOR_ON, RESET_HIGH, RESET_LOW } from './bitaxe-bench.ts';

const FAN = /^0005204c4c/;
const FAN_PARKED = '0005204c4c20';
const isFan = (what: string) => FAN.test(what.slice(9));

async function hashing(bench = new BitaxeBench()): Promise<BitaxeBench> {
  bench.start();
  await bench.clock.settle(15_000);
  expect(bench.states().at(-1)).toBe('hashing');
  return bench;
}

/** The fan's duty in percent, as it was told last. */
function fanPercent(bench: BitaxeBench): number {
  const last = bench.asked().findLast((request) => FAN.test(request)) as string;
  return Math.round((Number.parseInt(last.slice(10), 16) / 0x3f) * 100);
}

function notices(bench: BitaxeBench): readonly string[] {
  return bench.events.flatMap((event) => {
    if (event.type === 'fault') return [event.fault.code];
    return event.type === 'fault-over' ? [`${event.code} over`] : [];
  });
}

/** Everything on the wires from a transfer on, up to the one before `told` was told. */
function before(bench: BitaxeBench, from: number, told: DeviceEvent): readonly string[] {
  const last = bench.lastTransfer.get(told) as string;
  return bench.usb.transfers.slice(from, bench.usb.transfers.lastIndexOf(last) + 1);
}

test('every limit that the regulator holds without us is written before power, word for word', async () => {
  const asked = (await hashing()).asked();
  const before = asked.slice(0, asked.indexOf(REGULATOR_ON));
  const limits = [
    '021f',
    '0400',
    '338a02',
    '3566ca',
    '3640ca',
    '5540cb',
    '56b7',
    '2900aa',
    '240004',
    '2b0002',
    '408002',
    '425202',
    '253302',
    '26cd01',
    '43cd01',
    '448001',
    '4a20db',
    '46c0db',
    '47c0',
    '5148eb',
    '4f44f2',
    '50ff',
    '633b',
    'eeffff',
    '03',
  ];
  const written = before.filter((request) => request.startsWith('00052024')).map((request) => request.slice(8));
  for (const limit of limits) expect(written).toContain(limit);
  expect(written.at(0)).toBe('0100');
});

test('the fan: full speed before power and for the first seconds, then quiet while the chip is cool', async () => {
  const bench = await hashing();
  const asked = bench.asked();
  expect(asked.findIndex((request) => FAN.test(request))).toBeLessThan(asked.indexOf(REGULATOR_ON));
  expect(asked.find((request) => FAN.test(request))).toBe(FAN_FULL);
  expect(fanPercent(bench)).toBe(100);
  bench.registers.set('4c 01', [45]);
  await bench.clock.settle(120_000);
  expect(fanPercent(bench)).toBe(35);
  expect(bench.events.findLast((event) => event.type === 'telemetry')).toMatchObject({ telemetry: { fanPercent: 35 } });
});

test('at the temperature that slows the chip down the fan is at full speed, and both happen within one reading', async () => {
  const bench = await hashing();
  await bench.clock.settle(120_000);
  const from = bench.usb.transfers.length;
  bench.registers.set('4c 01', [69]);
  await bench.clock.settle(2_500);
  expect(bench.asked(from).filter((request) => FAN.test(request))).toEqual([FAN_FULL]);
  const log = bench.usb.log.slice(from);
  const slower = log.find(({ what }) => what.startsWith('>4 55aa51090008'))?.at as number;
  expect(slower).toBeLessThanOrEqual(log.find(({ what }) => isFan(what))?.at as number);
});

test('a sensor that falls silent: the fan is told to run at full speed from the first missing answer on', async () => {
  const bench = await hashing();
  await bench.clock.settle(120_000);
  const from = bench.usb.transfers.length;
  bench.dead.add(0x24); // the regulator's own
  await bench.clock.settle(2_100);
  expect(bench.asked(from).filter((request) => FAN.test(request))).toEqual([FAN_FULL]);
  expect(bench.states().at(-1)).toBe('hashing');
});

test('a fan that cannot be told its speed three times in a row ends in a board without power', async () => {
  const bench = await hashing();
  const { onWrite } = bench.usb;
  bench.usb.onWrite = (endpoint, bytes) => {
    const isFanWrite = endpoint === 2 && bytes[5] === 0x20 && bytes[6] === 0x4c && bytes[7] === 0x4c;
    if (isFanWrite) return bench.usb.push(2, Uint8Array.of(4, 0, bytes[2] as number, 0x10));
    onWrite(endpoint, bytes);
  };
  const from = bench.usb.transfers.length;
  await bench.clock.settle(20_000);
  expect(bench.faults()[0]).toMatchObject({ code: 'device-sensor-silent', sensor: 'fan controller' });
  expect(bench.asked(from)).toContain(RESET_LOW);
  expect(bench.asked(from)).toContain(REGULATOR_OFF);
});

test('while heat slows it down a notice stands; it ends when the clock is free again', async () => {
  const bench = await hashing();
  bench.registers.set('4c 01', [69]);
  await bench.clock.settle(2_500);
  expect(notices(bench)).toEqual(['device-throttled']);
  expect(bench.faults()[0]).toEqual({ code: 'device-throttled', part: 'chip', tempC: 69, limitC: 68 });
  bench.registers.set('4c 01', [66]);
  await bench.clock.settle(30_000);
  expect(notices(bench)).toEqual(['device-throttled']);
  bench.registers.set('4c 01', [55]);
  await bench.clock.settle(180_000);
  expect(notices(bench)).toEqual(['device-throttled', 'device-throttled over']);
});

test('the notice is told again when work comes back, and ends when the board is paused', async () => {
  const bench = await hashing();
  bench.registers.set('4c 01', [69]);
  await bench.clock.settle(2_500);
  bench.hasWork = false;
  bench.board.renew();
  bench.hasWork = true;
  bench.board.renew();
  expect(notices(bench).filter((code) => code === 'device-throttled').length).toBeGreaterThan(1);
  bench.board.configure({ paused: true });
  await bench.clock.settle(5_000);
  expect(notices(bench).at(-1)).toBe('device-throttled over');
});

test('75 °C ends it also without work, with mute chips, and while it is being started', async () => {
  const idle = new BitaxeBench();
  idle.hasWork = false;
  idle.start();
  await idle.clock.settle(15_000);
  expect(idle.states().at(-1)).toBe('idle');
  const mute = new BitaxeBench();
  mute.isMute = true;
  mute.start();
  await mute.clock.settle(9_000);
  expect(mute.states().at(-1)).toBe('hashing');
  const starting = new BitaxeBench();
  starting.start();
  await starting.clock.settle(2_000);
  expect(starting.states().at(-1)).toBe('preparing');
  for (const bench of [idle, mute, starting]) {
    const from = bench.usb.transfers.length;
    // Before the chip was set up, only what is measured beside it counts, with 5 °C on top.
    if (bench === starting) bench.registers.set('4c 00', [70]);
    else bench.registers.set('4c 01', [75]);
    await bench.clock.settle(2_500);
    const told = bench.events.find((event) => event.type === 'fault') as DeviceEvent;
    expect(told).toMatchObject({ fault: { code: 'device-too-hot', part: 'chip', tempC: 75, limitC: 75 } });
    const wire = before(bench, from, told).map((what) => what.slice(9));
    expect(wire).toContain(RESET_LOW);
    expect(wire).toContain(REGULATOR_OFF);
    expect(bench.states().at(-1)).toBe('resting');
  }
});

test('what the diode reads before the chip was set up neither stops nor passes for a temperature', async () => {
  const bench = new BitaxeBench();
  bench.registers.set('4c 01', [0x7b]);
  bench.start();
  await bench.clock.settle(2_000);
  expect(bench.states().at(-1)).toBe('preparing');
  expect(bench.events.findLast((event) => event.type === 'telemetry')?.telemetry.tempC).toBe(45);
  bench.registers.set('4c 01', [50]);
  await bench.clock.settle(13_000);
  expect(bench.faults()).toEqual([]);
  expect(bench.states().at(-1)).toBe('hashing');
});

test.each([
  ['says that it is off', '24 79', [0x40, 0x20], { code: 'device-power-fault', text: 'switched itself off: input voltage' }],
  ['measures 28 A', '24 8c', [0x1c, 0x00], { code: 'device-over-current' }],
])('a regulator that %s right after power: reset is never raised', async (_title, register, bytes, fault) => {
  const bench = new BitaxeBench();
  bench.registers.set(register, bytes);
  bench.start();
  await bench.clock.settle(20_000);
  expect(bench.asked()).toContain(REGULATOR_ON);
  expect(bench.asked()).not.toContain(RESET_HIGH);
  expect(bench.asked().lastIndexOf(REGULATOR_OFF)).toBeGreaterThan(bench.asked().lastIndexOf(REGULATOR_ON));
  expect(bench.faults()[0]).toMatchObject(fault);
});

test.each([
  ['paused, as the app does when the computer goes to sleep', (bench: BitaxeBench) => bench.board.configure({ paused: true })],
  ['stopped, as when the app is closed', (bench: BitaxeBench) => void bench.board.stop()],
])('%s: reset low is the next thing on the wires, power is off within 50 ms, the fan turns on', async (_title, act) => {
  const bench = await hashing();
  const from = bench.usb.transfers.length;
  act(bench);
  await bench.clock.settle(50);
  const wire = bench.usb.transfers.slice(from).filter((what) => !isReading(what));
  expect(wire[0]?.slice(9)).toBe(RESET_LOW);
  expect(wire[1]?.slice(9)).toBe(REGULATOR_OFF);
  expect(wire.filter(isFan).map((what) => what.slice(9))).toEqual([FAN_FULL, FAN_PARKED]);
  await bench.clock.settle(10_000);
  expect(bench.usb.transfers.at(-1)).toBe('close');
  expect(bench.asked(from)).not.toContain(REGULATOR_ON);
  expect(bench.asked(from)).not.toContain(RESET_HIGH);
});

const isReading = (what: string) => what.slice(9).startsWith('00054');

test('a sleep nobody announced: when the clock is seen to have jumped, power goes first, and the chip is started anew', async () => {
  const bench = await hashing();
  const from = bench.usb.transfers.length;
  bench.clock.setUnix(bench.clock.now() + 3_600_000);
  await bench.clock.settle(150);
  const wire = bench.usb.transfers.slice(from).filter((what) => !isReading(what) && !what.startsWith('>4 55aa21'));
  expect(wire.slice(0, 2).map((what) => what.slice(9))).toEqual([RESET_LOW, REGULATOR_OFF]);
  expect(bench.faults()).toEqual([]);
  await bench.clock.settle(20_000);
  expect(bench.asked(from)).toContain(REGULATOR_ON);
  expect(bench.states().at(-1)).toBe('hashing');
});

test('a control port that answers nothing any more: reset and regulator are told all the same, and the link is closed', async () => {
  const bench = await hashing();
  const from = bench.usb.transfers.length;
  bench.isControlMute = true;
  await bench.clock.settle(20_000);
  expect(bench.faults()[0]).toMatchObject({ code: 'device-sensor-silent' });
  const asked = bench.asked(from);
  expect(asked).toContain(RESET_LOW);
  expect(asked).toContain(REGULATOR_OFF);
  expect(asked.indexOf(RESET_LOW)).toBeLessThan(asked.indexOf(REGULATOR_OFF));
  expect(bench.usb.transfers.slice(from)).toContain('close');
});

test('two chips where a Gamma has one: another board, with other limits; it loses power before anybody is told', async () => {
  const bench = new BitaxeBench();
  bench.chips = 2;
  bench.start();
  await bench.clock.settle(5_000);
  const told = bench.events.find((event) => event.type === 'fault') as DeviceEvent;
  expect(told).toMatchObject({ fault: { code: 'device-nonsense', text: '2 chips answer where a Bitaxe Gamma has 1' } });
  const wire = before(bench, 0, told).map((what) => what.slice(9));
  expect(wire.lastIndexOf(REGULATOR_OFF)).toBeGreaterThan(wire.indexOf(REGULATOR_ON));
  expect(bench.written(4).some((hex) => hex.startsWith('55aa21'))).toBe(false);
});

test.each([
  ['a regulator at 121 °C', '24 8d', [0x79, 0x00], 'regulator'],
  ['a regulator at 140 °C', '24 8d', [0x8c, 0x00], 'regulator'],
  ['a chip at 122 °C', '4c 01', [122], 'chip'],
])(
  '%s is too hot and no broken sensor: power goes at the next reading, and the clock was never raised',
  async (_title, register, bytes, part) => {
    const bench = await hashing();
    bench.registers.set('4c 01', [69]);
    await bench.clock.settle(12_500);
    const from = bench.usb.transfers.length;
    bench.registers.set(register, bytes);
    await bench.clock.settle(2_500);
    expect(bench.faults().at(-1)).toMatchObject({ code: 'device-too-hot', part });
    expect(bench.asked(from)).toContain(REGULATOR_OFF);
    expect(bench.written(4, from).some((hex) => hex.startsWith('55aa51090008'))).toBe(false);
  },
);

test('a regulator that is too hot before power gets none', async () => {
  const bench = new BitaxeBench();
  bench.registers.set('24 8d', [0x8c, 0x00]);
  bench.start();
  await bench.clock.settle(300_000);
  expect(bench.faults()[0]).toMatchObject({ code: 'device-too-hot', part: 'regulator', tempC: 140 });
  expect(bench.asked()).not.toContain(REGULATOR_ON);
});

test('a regulator that makes no sense three times in a row is a silent sensor; meanwhile the clock is not raised', async () => {
  const bench = await hashing();
  bench.registers.set('4c 01', [69]);
  await bench.clock.settle(12_500);
  bench.registers.set('4c 01', [50]);
  bench.registers.set('24 8d', [0xd8, 0x07]); // −40 °C
  const from = bench.usb.transfers.length;
  await bench.clock.settle(6_500);
  expect(bench.faults().at(-1)).toMatchObject({ code: 'device-sensor-silent', sensor: 'regulator temperature' });
  expect(bench.written(4, from).some((hex) => hex.startsWith('55aa51090008'))).toBe(false);
});

test.each([0, 0xff, 0xf0])('a diode that reads %i while the part beside it has 40 °C is silent, not cool', async (code) => {
  const bench = await hashing();
  bench.registers.set('4c 01', [code]);
  await bench.clock.settle(6_500);
  expect(bench.faults()[0]).toMatchObject({ code: 'device-sensor-silent', sensor: 'chip temperature' });
  expect(bench.states().at(-1)).toBe('resting');
});

test('a regulator that was too hot has to come down to 95 °C, whatever a person sets meanwhile', async () => {
  const bench = await hashing();
  bench.registers.set('24 8d', [0x6a, 0x00]); // 106 °C
  await bench.clock.settle(2_500);
  expect(bench.faults().at(-1)).toMatchObject({ code: 'device-too-hot', part: 'regulator', limitC: 105 });
  bench.registers.set('4c 00', [30]);
  bench.registers.set('24 8d', [0x68, 0x00]); // 104 °C
  const from = bench.usb.transfers.length;
  bench.board.configure({ paused: false, profile: 'eco' });
  await bench.clock.settle(120_000);
  expect(bench.asked(from)).not.toContain(REGULATOR_ON);
  expect(bench.faults().at(-1)).toMatchObject({ code: 'device-too-hot', part: 'regulator', tempC: 104, limitC: 95 });
  bench.registers.set('24 8d', [0x5e, 0x00]); // 94 °C
  await bench.clock.settle(60_000);
  expect(bench.states().at(-1)).toBe('hashing');
});

test('a core voltage that nobody asked for: reset is never raised; while it hashes, power goes', async () => {
  const tooMuch = [0xcc, 0x02]; // 1.4 V
  const starting = new BitaxeBench();
  starting.registers.set('24 8b', tooMuch);
  starting.start();
  await starting.clock.settle(20_000);
  expect(starting.asked()).not.toContain(RESET_HIGH);
  const bench = await hashing();
  bench.registers.set('24 8b', tooMuch);
  await bench.clock.settle(2_500);
  for (const { faults } of [{ faults: starting.faults() }, { faults: bench.faults() }])
    expect(faults[0]).toMatchObject({ code: 'device-power-fault', text: 'core voltage 1398 mV, over 1320 mV' });
});

test('after a heat stop the fan stays at full speed', async () => {
  const bench = await hashing();
  const from = bench.usb.transfers.length;
  bench.registers.set('4c 01', [76]);
  await bench.clock.settle(20_000);
  expect(bench.states().at(-1)).toBe('resting');
  expect(bench.asked(from).filter((request) => FAN.test(request))).toEqual([FAN_FULL]);
});
