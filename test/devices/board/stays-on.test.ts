/** A board that does not let itself be switched off is told again until it does, whatever a person wants meanwhile, and says so. */
import { expect, test } from 'vitest';
import { toHex } from '../../../core/bytes.ts';
import { CUT_AGAIN_MS } from '../../../core/devices/board/board-device.ts';
import { compacA2 } from '../../../core/devices/board/models.ts';
import { AppError } from '../../../core/errors.ts';
import type { UsbFailure } from '../../../core/ports.ts';
import { BitaxeBench, REGULATOR_OFF, REGULATOR_ON, RESET_LOW } from './bitaxe-bench.ts';
import { BoardBench, nonceReply } from './board-bench.ts';

const HOUR_MS = 3_600_000;

async function hashing<T extends BoardBench>(bench: T): Promise<T> {
  bench.start();
  await bench.clock.settle(15_000);
  expect(bench.states().at(-1)).toBe('hashing');
  return bench;
}

/** Codes of faults, and those that are over. */
function notices(bench: BoardBench): readonly string[] {
  return bench.events.flatMap((event) => {
    if (event.type === 'fault') return [event.fault.code];
    return event.type === 'fault-over' ? [`${event.code} over`] : [];
  });
}

function rest(bench: BoardBench): string | undefined {
  const last = bench.events.findLast((event) => event.type === 'state');
  return last?.state.at === 'resting' ? last.state.reason : last?.state.at;
}

test('paused while the control port is mute: it is said, and the power goes as soon as the port hears again', async () => {
  const bench = await hashing(new BitaxeBench());
  bench.isControlMute = true;
  bench.board.configure({ paused: true });
  await bench.clock.settle(HOUR_MS);
  expect(notices(bench)).toEqual(['device-stays-on']);
  expect(rest(bench)).toBe('fault');
  const from = bench.usb.transfers.length;
  bench.isControlMute = false;
  await bench.clock.settle(CUT_AGAIN_MS + 5_000);
  expect(bench.asked(from)).toEqual(expect.arrayContaining([RESET_LOW, REGULATOR_OFF]));
  expect(bench.asked(from)).not.toContain(REGULATOR_ON);
  expect(notices(bench)).toEqual(['device-stays-on', 'device-stays-on over']);
  expect(rest(bench)).toBe('paused');
  const after = bench.usb.transfers.length;
  await bench.clock.settle(HOUR_MS);
  expect(bench.usb.transfers.length).toBe(after);
});

test('a regulator that does not hear the first word is told again at once, and nobody need know', async () => {
  const bench = await hashing(new BitaxeBench());
  const from = bench.usb.log.length;
  const { onWrite } = bench.usb;
  let heard = false;
  bench.usb.onWrite = (endpoint, bytes) => {
    const isOff = endpoint === 2 && toHex(bytes).endsWith(REGULATOR_OFF);
    if (!isOff || heard) return onWrite(endpoint, bytes);
    heard = true;
    bench.usb.push(2, Uint8Array.of(4, 0, bytes[2] as number, 0x10));
  };
  bench.board.configure({ paused: true });
  await bench.clock.settle(5_000);
  const offs = bench.usb.log.slice(from).filter(({ what }) => what.endsWith(REGULATOR_OFF));
  expect(offs.length).toBe(2);
  expect((offs[1]?.at ?? 0) - (offs[0]?.at ?? 0)).toBeLessThan(3_000);
  expect(notices(bench)).toEqual([]);
  expect(rest(bench)).toBe('paused');
});

test('mute while it hashes: both what is wrong and that it stays on are said; after that it starts by itself', async () => {
  const bench = await hashing(new BitaxeBench());
  bench.isControlMute = true;
  await bench.clock.settle(60_000);
  expect(notices(bench)).toEqual(['device-sensor-silent', 'device-stays-on']);
  bench.isControlMute = false;
  await bench.clock.settle(90_000);
  expect(notices(bench).at(2)).toBe('device-stays-on over');
  expect(bench.states().at(-1)).toBe('hashing');
});

test('unplugged meanwhile, it is gone and is told nothing more', async () => {
  const bench = await hashing(new BitaxeBench());
  bench.isControlMute = true;
  bench.board.configure({ paused: true });
  await bench.clock.settle(60_000);
  bench.usb.unplug();
  bench.board.unplugged();
  await bench.clock.settle(60_000);
  expect(notices(bench)).toEqual(['device-stays-on', 'device-stays-on over']);
  expect(bench.states().at(-1)).toBe('gone');
  expect(bench.over).toEqual(['gone']);
});

test('one of its two ports ends: the other one takes the power away before it counts as gone', async () => {
  const bench = await hashing(new BitaxeBench());
  const from = bench.usb.transfers.length;
  bench.usb.endPort(4);
  await bench.clock.settle(10_000);
  expect(bench.asked(from)).toEqual(expect.arrayContaining([RESET_LOW, REGULATOR_OFF]));
  expect(bench.usb.transfers.at(-1)).toBe('close');
  expect(bench.over).toEqual(['gone']);
});

test('pulled out, it is gone at once, whichever hears of it first', async () => {
  for (const isTold of [true, false]) {
    const bench = await hashing(new BitaxeBench());
    bench.usb.unplug();
    if (isTold) bench.board.unplugged();
    await bench.clock.settle(100);
    expect(bench.states().at(-1)).toBe('gone');
    expect(notices(bench)).toEqual([]);
  }
});

const LATCH_OFF = '41 ff 37e1 0000 0707';
const TELEMETRY_OFF = '>2 422d';

class CompacA2Bench extends BoardBench {
  /** Byte of the temperature fields; 137 is 60 °C, 190 is 102.5 °C. */
  temp = 137;
  /** Byte of the core voltage; 75 is 301 mV. */
  core = 75;
  /** Control transfers that still fail. */
  refused = 0;
  #nonce = 0;

  constructor() {
    const strings = { manufacturer: 'Silicon Labs', product: 'GekkoScience Compac A2', serial: 'A2' };
    super(compacA2, { vendorId: 0x10c4, productId: 0xea70, strings });
    this.usb.onWrite = (endpoint, bytes) => (endpoint === 2 ? this.#telemetry(toHex(bytes)) : this.#chip(toHex(bytes)));
    this.usb.onControl = () => {
      if (this.refused <= 0) return;
      this.refused -= 1;
      throw new AppError<UsbFailure>({ code: 'usb-transfer-failed', location: this.usb.location, text: 'timeout' }, 'machine');
    };
  }

  #telemetry(command: string): void {
    if (command === '3f76') return this.usb.push(2, Uint8Array.of(0x21));
    if (command === '472e') return this.usb.push(2, Uint8Array.of(62, 125, this.core, 0, this.temp, this.temp, 100));
    this.usb.push(2, Uint8Array.of(0));
  }

  #chip(command: string): void {
    if (command === '55aa520500000a') this.usb.push(1, 'aa55 13700000 0000 0000 10');
    if (!command.startsWith('55aa21')) return;
    this.#nonce += 1;
    const id = (Number.parseInt(command.slice(8, 10), 16) << 1) & 0xf0;
    this.usb.push(1, nonceReply(Uint8Array.of(this.#nonce, 0, 0, 0, 0, id, 0, 0)));
  }
}

test('a bridge that refuses to open the latch: the microcontroller is told, the bridge is reset, and the latch opens', async () => {
  const bench = await hashing(new CompacA2Bench());
  const from = bench.usb.transfers.length;
  bench.refused = 1;
  bench.temp = 190;
  await bench.clock.settle(3_000);
  const wire = bench.usb.transfers.slice(from).filter((what) => !what.startsWith('>1') && what !== '>2 472e');
  expect(wire.indexOf(TELEMETRY_OFF)).toBeGreaterThan(wire.indexOf(LATCH_OFF));
  expect(wire.lastIndexOf(LATCH_OFF)).toBeGreaterThan(wire.indexOf('reset'));
  expect(wire.indexOf('reset')).toBeGreaterThan(wire.indexOf(TELEMETRY_OFF));
  expect(notices(bench)).toEqual(['device-too-hot']);
});

test('a bridge that refuses everything for a minute: told to switch off all that time, and off at the end', async () => {
  const bench = await hashing(new CompacA2Bench());
  bench.refused = Number.POSITIVE_INFINITY;
  bench.temp = 190;
  const from = bench.usb.transfers.length;
  await bench.clock.settle(60_000);
  expect(notices(bench)).toEqual(['device-too-hot', 'device-stays-on']);
  expect(bench.usb.transfers.slice(from).filter((what) => what === TELEMETRY_OFF).length).toBeGreaterThan(5);
  bench.refused = 0;
  await bench.clock.settle(10_000);
  expect(bench.usb.transfers.lastIndexOf(LATCH_OFF)).toBeGreaterThan(bench.usb.transfers.lastIndexOf('41 ff 37e1 0000 0700'));
  expect(notices(bench)).toContain('device-stays-on over');
});

test('a core voltage that was not taken: it gets no work, and the power goes', async () => {
  const bench = new CompacA2Bench();
  bench.core = 125; // 502 mV
  bench.start();
  await bench.clock.settle(5_000);
  expect(bench.states()).not.toContain('hashing');
  expect(bench.usb.transfers).toContain(LATCH_OFF);
  await bench.clock.settle(60_000);
  expect(bench.faults()[0]).toMatchObject({ code: 'device-power-fault' });
  expect(bench.written(1).some((hex) => hex.startsWith('55aa21'))).toBe(false);
});
