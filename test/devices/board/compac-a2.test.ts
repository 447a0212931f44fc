/** Compac A2: power-up order, and that power goes first whenever something is wrong. Bytes are those of the published reference. */
import { expect, test } from 'vitest';
import { toHex } from '../../../core/bytes.ts';
import { compacA2 } from '../../../core/devices/board/models.ts';
import { BoardBench, nonceReply } from './board-bench.ts';

const usb = {
  vendorId: 0x10c4,
  productId: 0xea70,
  strings: { manufacturer: 'Silicon Labs', product: 'GekkoScience Compac A2', serial: 'A2' },
};
const LATCH_OFF = '41 ff 37e1 0000 0707';
const LATCH_ON = '41 ff 37e1 0000 0700';
const REGULATOR_ON = '>2 424f';
const CORE_270 = '>2 5636';
const FAN_FULL = '>2 4664';
const READ = '>2 472e';

class CompacA2Bench extends BoardBench {
  version: number | undefined = 0x21;
  /** Bytes of the temperature fields: 137 is 60 °C. */
  temp1 = 137;
  silent = false;
  #nonce = 0;

  constructor() {
    super(compacA2, usb);
    this.usb.onWrite = (endpoint, bytes) => (endpoint === 2 ? this.#telemetry(toHex(bytes)) : this.#chip(toHex(bytes)));
  }

  #telemetry(command: string): void {
    if (this.silent) return;
    if (command === '3f76') return void (this.version !== undefined && this.usb.push(2, Uint8Array.of(this.version)));
    if (command === '472e') return this.usb.push(2, Uint8Array.of(62, 125, 75, 0, this.temp1, 100, 100));
    this.usb.push(2, Uint8Array.of(0x00));
  }

  /** Finds a nonce in every job: any hash meets the work. The reply carries the job id doubled. */
  #chip(command: string): void {
    if (command === '55aa520500000a') this.usb.push(1, 'aa55 13700000 0000 0000 10');
    if (!command.startsWith('55aa21')) return;
    const id = Number.parseInt(command.slice(8, 10), 16);
    this.#nonce += 1;
    this.usb.push(1, nonceReply(Uint8Array.of(this.#nonce, 0, 0, 0, 0, (id << 1) & 0xf0, 0, 0)));
  }
}

/** Index of the first transfer from `from` on, or −1. */
function at(bench: BoardBench, what: string | RegExp, from = 0): number {
  const fits = (each: string) => (typeof what === 'string' ? each === what : what.test(each));
  return bench.usb.transfers.findIndex((each, index) => index >= from && fits(each));
}

async function hashing(bench: CompacA2Bench): Promise<CompacA2Bench> {
  bench.start();
  await bench.clock.settle(12_000);
  expect(bench.states().at(-1)).toBe('hashing');
  return bench;
}

/** What came between the moment something went wrong and the first word about it. */
function beforeTold(bench: BoardBench, from: number, told: (event: BoardBench['events'][number]) => boolean): readonly string[] {
  const event = bench.events.find(told);
  expect(event).toBeDefined();
  const last = bench.lastTransfer.get(event as BoardBench['events'][number]) as string;
  return bench.usb.transfers.slice(from, bench.usb.transfers.indexOf(last, from) + 1);
}

test('everything is switched off first, as an earlier life may have left it on', async () => {
  const bench = new CompacA2Bench();
  bench.start();
  await bench.clock.settle(300);
  expect(bench.usb.transfers.slice(0, 8)).toEqual([
    'open 0,1',
    LATCH_OFF,
    'reset',
    '41 00 0001 0000',
    '41 07 0101 0000',
    '41 1e 0000 0000 00c20100',
    '41 03 0830 0000',
    LATCH_ON,
  ]);
  const [off, reset] = [bench.usb.log[1]?.at, bench.usb.log[2]?.at] as [number, number];
  expect(reset - off).toBe(100);
});

test('telemetry, fan and a sensible temperature come before the core voltage', async () => {
  const bench = await hashing(new CompacA2Bench());
  const [version, fan, read, core, on] = ['>2 3f76', FAN_FULL, READ, CORE_270, REGULATOR_ON].map((what) => at(bench, what)) as number[];
  expect(version).toBeGreaterThan(0);
  expect([version, fan, read, core, on]).toEqual([version, fan, read, core, on].toSorted((a, b) => (a as number) - (b as number)));
  // The core voltage waits for the chips to be found, the chips' setup for the core voltage.
  expect(at(bench, '>1 55aa520500000a')).toBeLessThan(core as number);
  expect(at(bench, '>1 55aa510900a80007000003')).toBeGreaterThan(on as number);
});

test('at 100 °C the latch opens before anybody is told', async () => {
  const bench = await hashing(new CompacA2Bench());
  const from = bench.usb.transfers.length;
  bench.temp1 = 187; // 100.1 °C
  await bench.clock.settle(4_000);
  const lastRead = at(bench, READ, from);
  const between = beforeTold(bench, lastRead, (event) => event.type === 'fault');
  expect(between.filter((what) => !what.startsWith('>1')).slice(0, 3)).toEqual([READ, LATCH_OFF, '>2 422d']);
  expect(bench.faults()).toEqual([{ code: 'device-too-hot', part: 'chip', tempC: 100.1, limitC: 100 }]);
  expect(bench.events.at(-1)).toMatchObject({ type: 'state', state: { at: 'resting', reason: 'too-hot' } });
});

test('what got too hot stays off until it is cool, and then starts by itself', async () => {
  const bench = await hashing(new CompacA2Bench());
  bench.temp1 = 200;
  await bench.clock.settle(4_000);
  const from = bench.usb.transfers.length;
  bench.temp1 = 150; // 70 °C: below the limit, not yet cool
  await bench.clock.settle(60_000);
  expect(at(bench, REGULATOR_ON, from)).toBe(-1);
  bench.temp1 = 110; // 38 °C
  await bench.clock.settle(45_000);
  expect(at(bench, REGULATOR_ON, from)).toBeGreaterThan(0);
  expect(bench.states().at(-1)).toBe('hashing');
});

test('from 85 °C on the next thing the chips are told is a lower frequency', async () => {
  const bench = await hashing(new CompacA2Bench());
  const from = bench.usb.transfers.length;
  bench.temp1 = 170; // 86.5 °C
  await bench.clock.settle(1_500);
  const read = at(bench, READ, from);
  const next = bench.usb.transfers.slice(read + 1).filter((what) => what.startsWith('>1') && !what.startsWith('>1 55aa21'));
  expect(next[0]).toBe('>1 55aa510900700f0f0f0019');
  expect(next[1]).toMatch(/^>1 55aa51090008/);
  const telemetry = bench.events.findLast((event) => event.type === 'telemetry');
  expect(telemetry).toMatchObject({ telemetry: { frequencyMhz: 287.5 } });
  expect(bench.states().at(-1)).toBe('hashing');
});

test('sensors that fall silent count as heat: three times, and the power is off', async () => {
  const bench = await hashing(new CompacA2Bench());
  const from = bench.usb.transfers.length;
  bench.silent = true;
  await bench.clock.settle(10_000);
  const between = beforeTold(bench, from, (event) => event.type === 'fault');
  expect(between).toContain(LATCH_OFF);
  expect(between.filter((what) => what === READ)).toHaveLength(3);
  expect(bench.faults()[0]).toMatchObject({ code: 'device-sensor-silent' });
});

test.each([
  ['a version nobody knows', { version: 0x70 }],
  ['no version at all', { version: undefined }],
  ['no temperature', { temp1: 0 }],
  ['heat', { temp1: 190 }],
])('%s at the start: the core voltage is never switched on', async (_title, world) => {
  const bench = Object.assign(new CompacA2Bench(), world);
  bench.start();
  await bench.clock.settle(60_000);
  expect(at(bench, REGULATOR_ON)).toBe(-1);
  expect(at(bench, /^>1 55aa52/)).toBe(-1);
  expect(bench.usb.transfers.findLast((what) => what.startsWith('41 ff'))).toBe(LATCH_OFF);
  expect(bench.faults().length).toBeGreaterThan(0);
});

test('stopping, and pausing, open the latch and give the device back', async () => {
  for (const act of ['stop', 'pause'] as const) {
    const bench = await hashing(new CompacA2Bench());
    const from = bench.usb.transfers.length;
    const stopped = act === 'stop' ? bench.board.stop() : bench.board.configure({ paused: true });
    await bench.clock.settle(3_000);
    await stopped;
    const after = bench.usb.transfers.slice(from);
    expect(after.find((what) => !what.startsWith('>1') && what !== READ)).toBe(LATCH_OFF);
    expect(after.at(-1)).toBe('close');
  }
});

test('power does not come back when a board is stopped while it is being switched on', async () => {
  for (let ms = 0; ms < 5_000; ms += 130) {
    const bench = new CompacA2Bench();
    bench.start();
    await bench.clock.settle(ms);
    void bench.board.stop();
    await bench.clock.settle(12_000);
    const latch = bench.usb.transfers.filter((what) => what.startsWith('41 ff'));
    if (latch.length > 0) expect(latch.at(-1)).toBe(LATCH_OFF);
    const lastOff = bench.usb.transfers.lastIndexOf(LATCH_OFF);
    expect(at(bench, REGULATOR_ON, lastOff)).toBe(-1);
  }
});

test('a computer that slept starts its boards anew', async () => {
  const bench = await hashing(new CompacA2Bench());
  const from = bench.usb.transfers.length;
  bench.clock.setUnix(bench.clock.now() + 3_600_000);
  await bench.clock.settle(15_000);
  expect(at(bench, LATCH_OFF, from)).toBeGreaterThan(0);
  expect(bench.states().at(-1)).toBe('hashing');
  expect(bench.faults()).toEqual([]);
});
