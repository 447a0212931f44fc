/** The other sticks, each from plug to hash; and what every stick has in common: nothing while paused, patience, quarantine. */
import { expect, test } from 'vitest';
import { toHex } from '../../../core/bytes.ts';
import type { BoardModel } from '../../../core/devices/board/board-model.ts';
import { compac, compacA1, compacF, newPac, r606, r909, twoPac } from '../../../core/devices/board/models.ts';
import { BoardBench, nonceReply } from './board-bench.ts';

const FTDI = { vendorId: 0x0403, productId: 0x6015, strings: {} };
const CP2102 = { vendorId: 0x10c4, productId: 0xea60, strings: {} };

interface Stick {
  readonly model: BoardModel;
  readonly usb: typeof FTDI;
  readonly endpoint: number;
  readonly discovery: string;
  readonly answer: string;
  readonly chips: number;
  /** First commands after discovery, as the reference lists them. */
  readonly init: readonly string[];
  readonly job: RegExp;
  /** Milliseconds between jobs, at most: half of the search space. */
  readonly jobMs: number;
}

const sticks: readonly Stick[] = [
  {
    model: compac,
    usb: CP2102,
    endpoint: 1,
    discovery: '84000011',
    answer: '1384000013',
    chips: 1,
    init: ['8500000f', '01000019'],
    job: /^[0-9a-f]{64}0{14}00ffffffff/,
    jobMs: 400,
  },
  {
    model: twoPac,
    usb: CP2102,
    endpoint: 1,
    discovery: '84000011',
    answer: '1384000013',
    chips: 2,
    init: ['8500000f', '01000019', '01800016'],
    job: /^[0-9a-f]{64}0{14}007fffffff/,
    jobMs: 400,
  },
  {
    model: newPac,
    usb: FTDI,
    endpoint: 2,
    discovery: '5405000019',
    answer: '13879000000007',
    chips: 2,
    init: ['5505000010', '5505000010', '5505000010', '4105000015', '4105800019', '5809001c002001001b', '5809001c4020818009'],
    job: /^2196[0-9a-f]{2}0400000000/,
    jobMs: 400,
  },
  {
    model: r606,
    usb: FTDI,
    endpoint: 2,
    discovery: '5405000019',
    answer: '13879000000007',
    chips: 12,
    init: ['5505000010', '5505000010', '5505000010', '4105000015', '4105150005', '41052a0010'],
    job: /^2196[0-9a-f]{2}0400000000/,
    jobMs: 7,
  },
  {
    model: r909,
    usb: FTDI,
    endpoint: 2,
    discovery: '55aa520500000a',
    answer: 'aa5513971800000006',
    chips: 6,
    init: ['55aa5305000003', '55aa5305000003', '55aa5305000003', '55aa400500001c', '55aa40052a0019', '55aa4005540016', '55aa40057e0013'],
    job: /^55aa2196[0-9a-f]{2}0400000000/,
    jobMs: 4,
  },
];

function plugged(stick: Stick, chips = stick.chips): BoardBench {
  const bench = new BoardBench(stick.model, stick.usb);
  const push = (hex: string) => bench.usb.push(1, stick.usb === FTDI ? `0160${hex}` : hex);
  bench.usb.onWrite = (_endpoint, bytes) => {
    if (toHex(bytes) === stick.discovery) for (let chip = 0; chip < chips; chip += 1) push(stick.answer);
  };
  return bench;
}

test.each(sticks.map((stick) => [stick.model.name, stick] as const))(
  '%s is set up as its reference says, and gets jobs in time',
  async (_name, stick) => {
    const bench = plugged(stick);
    bench.start();
    await bench.clock.settle(6_000);
    const written = bench.written(stick.endpoint);
    const discovery = written.indexOf(stick.discovery);
    expect(written.slice(discovery + 1, discovery + 1 + stick.init.length)).toEqual(stick.init);
    const jobs = bench.usb.log.filter(({ what }) => what.startsWith(`>${stick.endpoint} `) && stick.job.test(what.slice(3))).slice(-20);
    expect(jobs.length).toBeGreaterThan(2);
    for (let index = 1; index < jobs.length; index += 1) {
      expect((jobs[index]?.at as number) - (jobs[index - 1]?.at as number)).toBeLessThanOrEqual(stick.jobMs);
    }
    expect(bench.events.find((event) => event.type === 'state' && event.state.at === 'hashing')).toBeDefined();
  },
);

test('a Compac A1 keeps 115 200 baud with mark parity and mines with whole headers', async () => {
  const bench = new BoardBench(compacA1, { vendorId: 0x10c4, productId: 0xea70, strings: {} });
  let nonce = 0;
  bench.usb.onWrite = (endpoint, bytes) => {
    const command = toHex(bytes);
    if (endpoint === 2) {
      const answer = command === '3f76' ? [0x20] : command === '472e' ? [62, 125, 75, 100, 137, 0, 100] : [0];
      return bench.usb.push(2, Uint8Array.from(answer));
    }
    if (command === '55aa520500000a') bench.usb.push(1, 'aa55 13620300 00000000 1e');
    nonce += 1;
    if (command.startsWith('55aa21'))
      bench.usb.push(1, nonceReply(Uint8Array.of(nonce, 0, 0, 0, 0, Number.parseInt(command.slice(8, 10), 16), 0, 1)));
  };
  bench.start();
  await bench.clock.settle(8_000);
  expect(bench.faults()).toEqual([]);
  expect(bench.states().at(-1)).toBe('hashing');
  const rates = bench.usb.transfers.filter((what) => what.startsWith('41 1e') || what.startsWith('41 03'));
  expect(rates).toEqual(['41 1e 0000 0000 00c20100', '41 03 0830 0000', '41 1e 0000 0001 00c20100', '41 03 0800 0001']);
  const found = bench.events.find((event) => event.type === 'nonce');
  expect(found).toMatchObject({ found: { version: 0x20002000 } });
});

const compacFStick = { ...(sticks[4] as Stick), model: compacF, chips: 1 };

test('nothing is sent to a board that is paused from the start; pausing later leaves it cold and given back', async () => {
  const bench = plugged(compacFStick);
  bench.start({ paused: true });
  await bench.clock.settle(60_000);
  expect(bench.usb.log).toEqual([]);
  bench.board.configure({ paused: false });
  await bench.clock.settle(5_000);
  expect(bench.states().at(-1)).toBe('hashing');
  bench.board.configure({ paused: true });
  await bench.clock.settle(5_000);
  expect(bench.usb.transfers.slice(-2)).toEqual(['40 0b 20f0 0000', 'close']);
  expect(bench.events.at(-1)).toMatchObject({ state: { at: 'resting', reason: 'paused' } });
});

test('new work is on the wire before `renew` returns control to the bus', async () => {
  const bench = plugged(compacFStick);
  bench.start();
  await bench.clock.settle(5_000);
  const works = bench.works.length;
  bench.board.renew();
  expect(bench.works.length).toBe(works + 1);
  const before = bench.usb.transfers.length;
  await Promise.resolve();
  await Promise.resolve();
  expect(bench.usb.transfers.length).toBe(before + 1);
});

test('without work a board is idle, and no silence is held against it', async () => {
  const bench = plugged(compacFStick);
  bench.hasWork = false;
  bench.start();
  await bench.clock.settle(120_000);
  expect(bench.states().at(-1)).toBe('idle');
  expect(bench.faults()).toEqual([]);
  bench.hasWork = true;
  bench.board.renew();
  expect(bench.states().at(-1)).toBe('hashing');
});

test('a chip that gives no nonce is reset after 20 times the time one takes', async () => {
  const bench = plugged(compacFStick);
  bench.start();
  await bench.clock.settle(15_000);
  expect(bench.faults()[0]).toMatchObject({ code: 'device-hung' });
  expect(bench.usb.transfers.filter((what) => what === 'open 0').length).toBeGreaterThan(1);
});

test('a missing chip is told from the third attempt on, and the board given up after ten', async () => {
  const bench = plugged(compacFStick, 0);
  bench.start();
  await bench.clock.settle(12_000);
  expect(bench.faults()).toEqual([]);
  await bench.clock.settle(240_000);
  expect(bench.faults()[0]).toEqual({ code: 'device-no-chips', found: 0, expected: 1 });
  expect(bench.faults().at(-1)).toMatchObject({ code: 'device-quarantined', reason: 'device-no-chips', attempts: 10 });
  const { length } = bench.usb.log;
  await bench.clock.settle(3_600_000);
  expect(bench.usb.log.length).toBe(length);
});

test('a board that answers nonsense is given up after three attempts, cold, with the reason', async () => {
  const bench = plugged(compacFStick);
  bench.usb.onWrite = (_endpoint, bytes) => {
    // A BM1362 where a BM1397 should be.
    if (toHex(bytes) === compacFStick.discovery) bench.usb.push(1, `0160${toHex(chipId(0x1362))}`);
  };
  bench.start();
  await bench.clock.settle(120_000);
  expect(bench.faults().at(-1)).toEqual({
    code: 'device-quarantined',
    reason: 'device-nonsense',
    attempts: 3,
    text: 'text a chip calls itself 1362',
  });
  expect(bench.usb.transfers.slice(-2)).toEqual(['40 0b 20f0 0000', 'close']);
});

/** AA 55, the id register of 9 bytes, sealed by its CRC5. */
function chipId(idWord: number): Uint8Array {
  const body = Uint8Array.of(idWord >> 8, idWord & 0xff, 0x18, 0, 0, 0);
  const reply = nonceReply(body);
  for (let crc = 0; crc < 0x20; crc += 1) {
    const frame = Uint8Array.of(...reply.subarray(0, -1), crc);
    if (crc5Is0(frame.subarray(2))) return frame;
  }
  throw new Error('no checksum fits');
}

function crc5Is0(bytes: Uint8Array): boolean {
  let crc = 0x1f;
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const feedback = ((crc >> 4) & 1) ^ (((bytes[bit >> 3] as number) >> (7 - (bit & 7))) & 1);
    crc = ((crc << 1) & 0x1f) ^ (feedback === 1 ? 0x05 : 0);
  }
  return crc === 0;
}

test('frequencies outside what a board bears are never set, whatever is asked for', async () => {
  const bench = plugged(compacFStick);
  bench.start({ frequencyMhz: 800 });
  const nonces = setNonces(bench);
  await bench.clock.settle(120_000);
  nonces();
  const told = bench.events.flatMap((event) =>
    event.type === 'telemetry' && event.telemetry.frequencyMhz ? [event.telemetry.frequencyMhz] : [],
  );
  expect(Math.max(...told)).toBe(500);
});

test('up in steps of the grid, one a second, from ten seconds after the start on', async () => {
  const bench = plugged(compacFStick);
  bench.start({ profile: 'performance' });
  const nonces = setNonces(bench);
  await bench.clock.settle(60_000);
  nonces();
  const steps = bench.usb.log.filter(({ what }) => /^>2 55aa51090008/.test(what));
  const ready = bench.usb.log.find(({ what }) => what.startsWith('>2 55aa21'))?.at as number;
  const ramp = steps.filter(({ at }) => at > ready).filter((_, index) => index % 2 === 0);
  expect((ramp[0]?.at as number) - ready).toBeGreaterThanOrEqual(10_000);
  for (let index = 1; index < ramp.length; index += 1)
    expect((ramp[index]?.at as number) - (ramp[index - 1]?.at as number)).toBeGreaterThanOrEqual(1_000);
  const last = bench.events.findLast((event) => event.type === 'telemetry');
  expect(last).toMatchObject({ telemetry: { frequencyMhz: 400 } });
});

/** A nonce for the newest job ten times a second, until it is told to end. */
function setNonces(bench: BoardBench): () => void {
  let nonce = 0;
  let cancel = () => {};
  const next = () => {
    nonce += 1;
    const id = bench.usb.log.findLast(({ what }) => what.startsWith('>2 55aa21'))?.what.slice(11, 13);
    if (id !== undefined)
      bench.usb.push(1, Uint8Array.of(1, 0x60, ...nonceReply(Uint8Array.of(nonce, nonce >> 8, 0, 0, 0, Number.parseInt(id, 16)))));
    cancel = bench.clock.after(100, next);
  };
  next();
  return () => cancel();
}

test.each([
  ['a computer that slept unannounced', (bench: BoardBench) => bench.clock.setUnix(bench.clock.now() + 3_600_000)],
  ['a pause, as before an announced sleep', (bench: BoardBench) => bench.board.configure({ paused: true })],
])('%s: the clock is powered down and reset held before anything else happens', async (_title, act) => {
  const bench = plugged(compacFStick);
  bench.start();
  await bench.clock.settle(4_000);
  const from = bench.usb.transfers.length;
  act(bench);
  await bench.clock.settle(250);
  const wire = bench.usb.transfers.slice(from).filter((what) => !what.startsWith('>2 55aa2196'));
  expect(wire[0]).toBe('>2 55aa510900084000011109');
  expect(wire[1]).toBe('40 0b 20f0 0000');
});
