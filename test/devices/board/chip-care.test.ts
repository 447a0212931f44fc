/** What a running board's chips are held to: clocks that drift, work that comes and goes, a bus that carries little of it. */
import { expect, test } from 'vitest';
import { ChipCare } from '../../../core/devices/board/chip-care.ts';
import { compacF } from '../../../core/devices/board/models.ts';
import { bm1397Gekko } from '../../../core/devices/chip/bm1397/gekko.ts';
import { ChipChain } from '../../../core/devices/chip/chip-chain.ts';
import { BoardBench } from './board-bench.ts';

/** Looks once a minute; the wall clock gains `gainMs` in each. Gives the faults of `days`. */
function faultsOf(gainMs: number, days: number): readonly string[] {
  let monotonic = 0;
  let unix = 1_800_000_000_000;
  const faults: string[] = [];
  const care = new ChipCare({
    clock: { now: () => unix, monotonic: () => monotonic, after: () => () => {} },
    chain: new ChipChain({ family: bm1397Gekko, expectedChips: 1 }),
    wantedMhz: 200,
    setFrequency: () => {},
    fedMs: () => monotonic,
    nonceIntervalMs: () => 1,
    onFault: ({ code }) => faults.push(code),
    tell: () => {},
    onLook: () => {},
  });
  care.begin();
  for (let minute = 0; minute < days * 24 * 60; minute += 1) {
    monotonic += 60_000;
    unix += 60_000 + gainMs;
    care.look();
  }
  return faults;
}

test('clocks that drift apart by 40 parts in a million are no sleep, however long it goes on', () => {
  expect(faultsOf(60_000 * 40e-6, 20)).toEqual([]);
  expect(faultsOf(-60_000 * 40e-6, 20)).toEqual([]);
});

test('a wall clock that runs half a minute ahead between two looks is one', () => {
  expect(faultsOf(30_000, 1 / 24 / 60)).toEqual(['device-slept']);
});

/** A Compac F whose chip never answers, hashing since a few seconds. Its silence would be told after 13 s of work. */
async function silent(): Promise<BoardBench> {
  const bench = new BoardBench(compacF, { vendorId: 0x0403, productId: 0x6015, strings: {} });
  bench.usb.onWrite = (_endpoint, bytes) => {
    if (bytes.length === 7 && bytes[2] === 0x52 && bytes[5] === 0) bench.usb.push(1, '0160aa5513971800000006');
  };
  bench.start();
  for (let second = 0; second < 20 && bench.states().at(-1) !== 'hashing'; second += 1) await bench.clock.settle(1_000);
  expect(bench.states().at(-1)).toBe('hashing');
  return bench;
}

test('a chip that hangs is told, too, where work comes and goes twice a second', async () => {
  const bench = await silent();
  for (let turn = 0; turn < 80; turn += 1) {
    bench.hasWork = turn % 2 === 0;
    bench.board.renew();
    await bench.clock.settle(500);
  }
  expect(bench.faults()[0]).toMatchObject({ code: 'device-hung' });
});

test('a chip that gets a job a second over a slow bus is not held to the answers of a full day’s work', async () => {
  const bench = await silent();
  bench.usb.writeMs = 1_000;
  await bench.clock.settle(30_000);
  expect(bench.faults()).toEqual([]);
});

test('a board whose bus takes nothing any more is started anew', async () => {
  const bench = await silent();
  bench.usb.writeMs = 3_600_000;
  await bench.clock.settle(60_000);
  expect(bench.faults()[0]).toMatchObject({ code: 'device-hung', text: expect.stringMatching(/^took no work/) });
});
