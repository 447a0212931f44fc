/** Chips that give no answers while others of their board do: told once, withdrawn, never by chance, and nothing is stopped. */
import { expect, test } from 'vitest';
import { toHex } from '../../../core/bytes.ts';
import { twoPac } from '../../../core/devices/board/models.ts';
import { SilentChips } from '../../../core/devices/board/silent-chips.ts';
import { ChipCounts } from '../../../core/devices/chip/chip-counts.ts';
import type { DeviceEvent } from '../../../core/devices/device.ts';
import { BoardBench } from './board-bench.ts';

/** Six chips of which a test says who answers; judged once a second of work. */
class Chain {
  readonly told: DeviceEvent[] = [];
  readonly counts = new ChipCounts(6);
  readonly #watch = new SilentChips((event) => this.told.push(event));
  #fedMs = 0;

  work(seconds: number, answering: readonly number[], meanIntervalMs = 150): this {
    for (let second = 0; second < seconds; second += 1) {
      this.#fedMs += 1_000;
      for (const chip of answering) this.counts.good(chip, this.#fedMs);
      this.#watch.judge(this.counts.chips, meanIntervalMs, this.#fedMs);
    }
    return this;
  }
}

test('two chips of six without an answer in two minutes of work are told once', () => {
  const chain = new Chain().work(60, [0, 1, 2, 3, 4, 5]);
  expect(chain.work(120, [0, 2, 3, 5]).told).toEqual([]);
  expect(chain.work(600, [0, 2, 3, 5]).told).toEqual([{ type: 'fault', fault: { code: 'device-chips-silent', silent: 2, chips: 6 } }]);
});

test('chips that never answered are told too; when all answer it is over', () => {
  const chain = new Chain().work(300, [0, 2, 3, 5]).work(10, [0, 1, 2, 3, 5]).work(10, [4]);
  expect(chain.told).toEqual([
    { type: 'fault', fault: { code: 'device-chips-silent', silent: 2, chips: 6 } },
    { type: 'fault', fault: { code: 'device-chips-silent', silent: 1, chips: 6 } },
    { type: 'fault-over', code: 'device-chips-silent' },
  ]);
});

test('a slow chain has twenty answers’ time of each chip', () => {
  const chain = new Chain().work(1, [0, 1, 2, 3, 4, 5], 2_000);
  expect(chain.work(240, [0, 1, 2, 3, 4], 2_000).told).toEqual([]);
  expect(chain.work(1, [0, 1, 2, 3, 4], 2_000).told).toHaveLength(1);
});

test('a chain that is silent as a whole is not a chain with silent chips', () => {
  expect(new Chain().work(600, []).told).toEqual([]);
});

/** A 2Pac; only chips of `answering` answer, each job once. */
async function twoPacOf(answering: Set<number>): Promise<BoardBench> {
  const bench = new BoardBench(twoPac, { vendorId: 0x10c4, productId: 0xea60, strings: {} });
  let jobs = 0;
  bench.usb.onWrite = (_endpoint, bytes) => {
    if (toHex(bytes) === '84000011') for (let chip = 0; chip < 2; chip += 1) bench.usb.push(1, '1384000013');
    if (bytes.length !== 64 || bench.states().at(-1) === 'preparing') return;
    jobs += 1;
    const chip = jobs % 2;
    if (answering.has(chip)) bench.usb.push(1, Uint8Array.of(chip * 128, jobs & 0xff, jobs >> 8, 1, 0x80 | (bytes[51] as number)));
  };
  bench.start();
  await bench.clock.settle(10_000);
  expect(bench.states().at(-1)).toBe('hashing');
  return bench;
}

const notices = (bench: BoardBench) =>
  bench.events.flatMap((event) =>
    event.type === 'fault' ? [event.fault.code] : event.type === 'fault-over' ? [`${event.code} over`] : [],
  );

test('a 2Pac of which one chip is dead says so and hashes on; when it answers, the notice ends', async () => {
  const answering = new Set([0]);
  const bench = await twoPacOf(answering);
  await bench.clock.settle(600_000);
  expect(bench.faults()).toEqual([{ code: 'device-chips-silent', silent: 1, chips: 2 }]);
  expect(bench.usb.transfers.filter((what) => what === 'open 0')).toHaveLength(1);
  expect(bench.states().at(-1)).toBe('hashing');
  answering.add(1);
  await bench.clock.settle(5_000);
  expect(notices(bench)).toEqual(['device-chips-silent', 'device-chips-silent over']);
});

test('without work no chip is silent; the notice is told again when work comes back, and ends when the board is paused', async () => {
  const bench = await twoPacOf(new Set([0]));
  await bench.clock.settle(60_000);
  bench.hasWork = false;
  bench.board.renew();
  await bench.clock.settle(3_600_000);
  expect(notices(bench)).toEqual([]);
  bench.hasWork = true;
  bench.board.renew();
  await bench.clock.settle(90_000);
  expect(notices(bench)).toEqual(['device-chips-silent']);
  bench.hasWork = false;
  bench.board.renew();
  bench.hasWork = true;
  bench.board.renew();
  expect(notices(bench).length).toBeGreaterThan(1);
  bench.board.configure({ paused: true });
  await bench.clock.settle(5_000);
  expect(notices(bench).at(-1)).toBe('device-chips-silent over');
});
