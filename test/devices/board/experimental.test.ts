/** Experimental boards and guesses: listed, but no power and no byte without a person's word. */
import { expect, test } from 'vitest';
import { toHex } from '../../../core/bytes.ts';
import { Consent } from '../../../core/devices/board/consent.ts';
import type { Device, DeviceEvent } from '../../../core/devices/device.ts';
import { examineUsb } from '../../../core/devices/doctor.ts';
import { UsbFinder } from '../../../core/devices/usb-finder.ts';
import { FakeClock } from '../../fake/fake-clock.ts';
import { MemoryUsbBus, MemoryUsbDevice } from '../../fake/memory-usb.ts';
import { QuietLog } from '../../fake/quiet-log.ts';

const GOLDEN_JOB = `4679ba4ec99876bf4bfe086082b400254df6c356451471139a3afa71e48f544a${'00'.repeat(20)}87320b1a1426674f2fa722ce`;

/** A fleet of one port: settings live by device id, as the app keeps them. */
class GuessBench {
  readonly clock = new FakeClock();
  readonly bus = new MemoryUsbBus();
  readonly found: Device[] = [];
  readonly events: DeviceEvent[] = [];
  readonly allowed = new Map<string, boolean>();
  readonly finder = new UsbFinder({ bus: this.bus, clock: this.clock, log: new QuietLog() });
  #work = 0;

  async start(): Promise<void> {
    await this.finder.start((device) => {
      this.found.push(device);
      device.start({ next: () => this.#next() }, this.#settings(device), (event) => this.events.push(event));
    });
    await this.clock.settle();
  }

  plug(serial: string, answer: string): MemoryUsbDevice {
    const strings = { manufacturer: 'Silicon Labs', product: 'CP2102 USB to UART Bridge Controller', ...(serial && { serial }) };
    const usb = new MemoryUsbDevice(this.clock, { vendorId: 0x10c4, productId: 0xea60, strings });
    usb.onWrite = (_endpoint, bytes) => {
      if (toHex(bytes) === GOLDEN_JOB) usb.push(1, answer);
    };
    this.bus.plug(usb);
    return usb;
  }

  allow(allowExperimental: boolean): void {
    const device = this.found.at(-1) as Device;
    this.allowed.set(device.identity.id, allowExperimental);
    device.configure(this.#settings(device));
  }

  states(): readonly string[] {
    return this.events.flatMap((event) =>
      event.type === 'state' ? [event.state.at === 'resting' ? event.state.reason : event.state.at] : [],
    );
  }

  #settings({ identity }: Device) {
    return { paused: false, allowExperimental: this.allowed.get(identity.id) ?? false };
  }

  #next() {
    this.#work += 1;
    const header = new Uint8Array(80).fill(this.#work & 0xff, 4, 36);
    return { id: this.#work, header, versionMask: 0, ntimeRolls: 0, target: new Uint8Array(32).fill(0xff) };
  }
}

async function listed(serial = '0001', answer = '000187a2'): Promise<{ bench: GuessBench; usb: MemoryUsbDevice }> {
  const bench = new GuessBench();
  const usb = bench.plug(serial, answer);
  await bench.start();
  await bench.clock.settle(60_000);
  return { bench, usb };
}

test('a plain CP2102 is listed as a guess; nothing is opened, nothing sent, in an hour', async () => {
  const { bench, usb } = await listed();
  await bench.clock.settle(3_600_000);
  expect(bench.found.map(({ identity }) => [identity.model, identity.experimental])).toEqual([
    ['USB serial bridge (perhaps a Block Erupter or Antminer)', true],
  ]);
  expect(bench.states()).toEqual(['experimental']);
  expect(usb.log).toEqual([]);
});

test('the doctor does not open it either', async () => {
  const { bench, usb } = await listed();
  const [sight] = await examineUsb(bench.bus, bench.clock);
  expect(sight).toMatchObject({ kind: 'board', isGuess: true });
  expect(usb.log).toEqual([]);
});

test.each([
  ['000187a2', 'Block Erupter'],
  ['000187a207', 'Antminer'],
])('with a person’s word it is asked once; the answer %s makes it a %s that hashes under the same id', async (answer, model) => {
  const { bench, usb } = await listed('0001', answer);
  bench.allow(true);
  await bench.clock.settle(5_000);
  const [guess, board] = bench.found.map(({ identity }) => identity);
  expect(bench.found).toHaveLength(2);
  expect(board).toMatchObject({ id: guess?.id, model, experimental: true });
  expect(bench.states().at(-1)).toBe('hashing');
  expect(usb.transfers.slice(0, 6)).toEqual([
    'open 0',
    '41 00 0001 0000',
    '41 07 0303 0000',
    '41 1e 0000 0000 00c20100',
    `>1 ${GOLDEN_JOB}`,
    'close',
  ]);
});

test.each([
  ['silence', ''],
  ['the prompt of a gadget', 'ff'.repeat(20)],
  ['a Rockminer, which is not driven', '000187a200000000'],
])('%s: it gets the golden job three times in all, and is then left alone', async (_title, answer) => {
  const { bench, usb } = await listed('0001', answer);
  bench.allow(true);
  await bench.clock.settle(3_600_000);
  expect(usb.transfers.filter((what) => what.startsWith('>'))).toEqual(Array.from({ length: 3 }, () => `>1 ${GOLDEN_JOB}`));
  expect(usb.transfers.at(-1)).toBe('close');
  expect(bench.events.at(-1)).toMatchObject({ state: { at: 'resting', reason: 'fault' } });
  expect(bench.events.findLast((event) => event.type === 'fault')).toMatchObject({
    fault: { code: 'device-quarantined', reason: 'device-nonsense' },
  });
});

test('the word for a nameless thing does not pass to the next one in its port, not even to the same one', async () => {
  const { bench, usb } = await listed('0001');
  bench.allow(true);
  await bench.clock.settle(5_000);
  bench.bus.unplug(usb);
  await bench.clock.settle(5_000);
  const next = bench.plug('0001', '000187a2');
  await bench.clock.settle(600_000);
  expect(next.log).toEqual([]);
  expect(bench.states().at(-1)).toBe('experimental');
  bench.allow(false);
  bench.allow(true);
  await bench.clock.settle(5_000);
  expect(bench.states().at(-1)).toBe('hashing');
});

test('a thing with a serial number of its own is remembered', async () => {
  const { bench, usb } = await listed('A1B2C3');
  bench.allow(true);
  await bench.clock.settle(5_000);
  bench.bus.unplug(usb);
  await bench.clock.settle(5_000);
  bench.plug('A1B2C3', '000187a2');
  await bench.clock.settle(10_000);
  expect(bench.states().at(-1)).toBe('hashing');
});

test('the word taken back: the board is given back at once and hears nothing more', async () => {
  const { bench, usb } = await listed();
  bench.allow(true);
  await bench.clock.settle(5_000);
  bench.allow(false);
  await bench.clock.settle(5_000);
  const { length } = usb.log;
  expect(usb.transfers.at(-1)).toBe('close');
  expect(bench.states().at(-1)).toBe('experimental');
  await bench.clock.settle(3_600_000);
  expect(usb.log.length).toBe(length);
});

test('a word counts for good, or from the moment it is given while the thing is there', () => {
  const given = (eachPlug: boolean, ...heard: readonly boolean[]) => {
    const consent = new Consent({ eachPlug });
    for (const allowed of heard) consent.heard(allowed);
    return consent.isGiven;
  };
  expect([given(false), given(false, true), given(false, true, false)]).toEqual([false, true, false]);
  expect([given(true, true), given(true, true, true), given(true, false, true), given(true, true, false, true)]).toEqual([
    false,
    false,
    true,
    true,
  ]);
});
