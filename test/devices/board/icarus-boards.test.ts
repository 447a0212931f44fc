/** Block Erupter and Antminers: bytes as the reference lists them, one job at a time, and no byte to what may be any gadget. */
import { expect, test } from 'vitest';
import { toHex } from '../../../core/bytes.ts';
import type { BoardModel } from '../../../core/devices/board/board-model.ts';
import { antminer, antminerU1Stick, antminerU2Stick, antminerU3Board, blockErupter } from '../../../core/devices/board/icarus-models.ts';
import type { DeviceSettings } from '../../../core/devices/device.ts';
import { BoardBench } from './board-bench.ts';

const CP2102 = { vendorId: 0x10c4, productId: 0xea60, strings: {} };
const GOLDEN_JOB = `4679ba4ec99876bf4bfe086082b400254df6c356451471139a3afa71e48f544a${'00'.repeat(20)}87320b1a1426674f2fa722ce`;
/** IFC_ENABLE, DTR and RTS, 115 200 baud; no line control. */
const BRIDGE = ['41 00 0001 0000', '41 07 0303 0000', '41 1e 0000 0000 00c20100'];
const JOB = /^[0-9a-f]{64}0{38}[0-9a-f]{2}[0-9a-f]{24}$/;

/** A stick that answers the golden job with `answer`, and jobs as `onJob` says. */
function plugged(model: BoardModel, answer: string, onJob: (bench: BoardBench, job: string) => void = () => {}): BoardBench {
  const bench = new BoardBench(model, CP2102);
  bench.usb.onWrite = (_endpoint, bytes) => {
    const hex = toHex(bytes);
    if (hex === GOLDEN_JOB) bench.usb.push(1, answer);
    else if (JOB.test(hex)) onJob(bench, hex);
  };
  return bench;
}

async function hashing(bench: BoardBench, settings: Partial<DeviceSettings> = {}): Promise<BoardBench> {
  bench.start(settings);
  await bench.clock.settle(4_000);
  expect(bench.faults()).toEqual([]);
  expect(bench.states().at(-1)).toBe('hashing');
  return bench;
}

test.each([
  ['Block Erupter', blockErupter, '000187a2', {}, []],
  ['Antminer U1 at 200 MHz', antminerU1Stick, '000187a200', {}, ['82038008', '82038008']],
  ['Antminer U1 slowed to 100 MHz', antminerU1Stick, '000187a200', { frequencyMhz: 100 }, ['8201801b', '8201801b']],
  ['Antminer U2 slowed to 150 MHz', antminerU2Stick, '000187a200', { frequencyMhz: 150 }, ['82028013', '82028013']],
  ['an Antminer of unknown kind', antminer, '000187a200', {}, []],
] as const)(
  '%s: bridge, golden job, then its clock and nothing else before the first job',
  async (_title, model, answer, settings, init) => {
    const bench = await hashing(plugged(model, answer), settings);
    expect(bench.usb.transfers.slice(0, 5)).toEqual(['open 0', ...BRIDGE, `>1 ${GOLDEN_JOB}`]);
    const written = bench.written(1);
    expect(written.slice(1, 1 + init.length)).toEqual(init);
    expect(written[1 + init.length]).toMatch(JOB);
  },
);

test('an Antminer U3 has no clock of its own: voltage and 100 MHz come before the golden job, 150 MHz after it', async () => {
  const bench = await hashing(plugged(antminerU3Board, '000187a200'));
  expect(bench.usb.transfers.slice(0, 4)).toEqual(['open 0', ...BRIDGE]);
  expect(bench.written(1).slice(0, 6)).toEqual(['aab775de', '8207831c', '8207831c', GOLDEN_JOB, '820b8319', '820b8319']);
  expect(bench.written(1)[6]).toMatch(JOB);
});

test('an Antminer U3 climbs its table to 225 MHz and is then left alone', async () => {
  let nonce = 0;
  const bench = plugged(antminerU3Board, '000187a200', (board, job) => {
    nonce += 1;
    board.clock.after(100, () => board.usb.push(1, Uint8Array.of(nonce, nonce >> 8, 0, 0, Number.parseInt(job.slice(102, 104), 16))));
  });
  await hashing(bench, { profile: 'performance' });
  await bench.clock.settle(60_000);
  const clocks = bench.written(1).filter((hex) => /^82[0-9a-f]{6}$/.test(hex));
  // 150, 175, 193.75, 200 and on in steps of 6.25 to 225 MHz: one entry a second, at most 25 MHz each.
  expect(clocks.filter((_, index) => index % 2 === 0).map((hex) => hex.slice(2, 6))).toEqual([
    '0783',
    '0b83',
    '0d83',
    '0f03',
    '0782',
    '1006',
    '1086',
    '1106',
    '0882',
  ]);
  expect(clocks.at(-1)).toBe('8208821c');
  await bench.clock.settle(60_000);
  expect(bench.written(1).filter((hex) => /^82[0-9a-f]{6}$/.test(hex))).toHaveLength(clocks.length);
  expect(bench.faults()).toEqual([]);
});

test('a Block Erupter has no clock to set; the others have theirs', () => {
  const frequencyOf = (model: BoardModel) => new BoardBench(model, CP2102).board.identity.frequency;
  expect(frequencyOf(blockErupter)).toBeUndefined();
  expect(frequencyOf(antminer)).toBeUndefined();
  expect(frequencyOf(antminerU1Stick)).toEqual({ range: [100, 275], profiles: { eco: 150, stock: 200, performance: 250 } });
  expect(frequencyOf(antminerU3Board)?.range).toEqual([100, 225]);
});

test('a nonce ends the job: the next job is on its way at once, not when the timer comes', async () => {
  const bench = await hashing(plugged(blockErupter, '000187a2'));
  const jobs = () => bench.written(1).filter((hex) => JOB.test(hex)).length - 1; // without the golden job
  const before = jobs();
  bench.usb.push(1, '12345678');
  await bench.clock.settle(0);
  expect(jobs()).toBe(before + 1);
  expect(bench.events.filter((event) => event.type === 'nonce')).toHaveLength(1);
  // A wrong answer ends it too.
  bench.target = new Uint8Array(32);
  await bench.clock.settle(10_000);
  const then = jobs();
  bench.usb.push(1, '9abcdef0');
  await bench.clock.settle(0);
  expect(jobs()).toBe(then + 1);
  expect(bench.events.at(-1)).toMatchObject({ type: 'hardware-error' });
});

test.each([
  ['a Block Erupter', blockErupter, '000187a2', 2_000],
  ['a U1 at 200 MHz', antminerU1Stick, '000187a200', 1_343],
  ['a U3 at 150 MHz', antminerU3Board, '000187a200', 46],
])('without nonces %s gets a fresh job before half of the old one is searched', async (_title, model, answer, most) => {
  const bench = await hashing(plugged(model, answer));
  await bench.clock.settle(Math.max(500, 3 * most));
  const jobs = bench.usb.log.filter(({ what }) => what.startsWith('>1 ') && JOB.test(what.slice(3)) && what.slice(3) !== GOLDEN_JOB);
  expect(jobs.length).toBeGreaterThan(3);
  for (let index = 1; index < jobs.length; index += 1)
    expect((jobs[index]?.at as number) - (jobs[index - 1]?.at as number)).toBeLessThanOrEqual(most);
});

test('Antminers get work ids 00 to 1E in turn, a Block Erupter none', async () => {
  const idsOf = async (model: BoardModel, answer: string) => {
    const bench = await hashing(plugged(model, answer));
    await bench.clock.settle(90_000);
    return bench.written(1).flatMap((hex) => (JOB.test(hex) && hex !== GOLDEN_JOB ? [Number.parseInt(hex.slice(102, 104), 16)] : []));
  };
  const ids = await idsOf(antminerU1Stick, '000187a200');
  expect(ids.slice(0, 33)).toEqual([...Array.from({ length: 31 }, (_, id) => id), 0, 1]);
  expect(new Set(await idsOf(blockErupter, '000187a2'))).toEqual(new Set([0]));
});

test('a stick that does not answer the golden job is no miner: it gets no job', async () => {
  const bench = plugged(blockErupter, '');
  bench.start();
  await bench.clock.settle(120_000);
  expect(bench.faults()[0]).toMatchObject({ code: 'device-no-chips' });
  expect(bench.written(1).every((hex) => hex === GOLDEN_JOB)).toBe(true);
});

test('paused, a stick is given back and hears nothing more: its last job runs out by itself', async () => {
  const bench = await hashing(plugged(antminerU1Stick, '000187a200'));
  bench.board.configure({ paused: true });
  await bench.clock.settle(5_000);
  expect(bench.usb.transfers.at(-1)).toBe('close');
  const { length } = bench.usb.log;
  await bench.clock.settle(600_000);
  expect(bench.usb.log.length).toBe(length);
});
