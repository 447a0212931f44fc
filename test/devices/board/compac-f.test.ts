/** The Compac F from plug to hash, against transfers as the published reference lists them. */
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../../../core/bytes.ts';
import { compacF } from '../../../core/devices/board/models.ts';
import { BoardBench, nonceReply } from './board-bench.ts';

const usb = {
  vendorId: 0x0403,
  productId: 0x6015,
  strings: { manufacturer: 'GekkoScience', product: 'CompacF Bitcoin Miner', serial: 'A1' },
};

/** Answers discovery as one BM1397 behind an FT230X does: two status bytes, then the chip's id. */
function answering(bench: BoardBench, chips = 1): BoardBench {
  bench.usb.onWrite = (_endpoint, bytes) => {
    if (toHex(bytes) === '55aa520500000a') for (let chip = 0; chip < chips; chip += 1) bench.usb.push(1, '0160 aa55 13971800 0000 06');
  };
  return bench;
}

/** A nonce for the last job: any hash meets the work's target. */
function pushNonce(bench: BoardBench, nonce: string): void {
  const job = bench.written(2).findLast((hex) => hex.startsWith('55aa21'));
  const id = job?.slice(8, 10) ?? '10';
  bench.usb.push(1, Uint8Array.of(0x01, 0x60, ...nonceReply(fromHex(`${nonce}00${id}`))));
}

const init = [
  '55aa52050000 0a',
  ...Array.from({ length: 3 }, () => '55aa53050000 03'),
  '55aa40050000 1c',
  '55aa51090080 00000000 1c',
  '55aa51090084 00000000 11',
  '55aa51090020 00000001 02',
  '55aa5109003c 80008074 10',
  '55aa51090014 000000f0 1e',
  '55aa51090068 c0700111 00',
  '55aa51090068 c0700111 00',
  '55aa51090028 0600000f 18',
  '55aa51090018 00006131 1c',
].map((hex) => hex.replaceAll(' ', ''));

test('a Compac F is reset as its reference says before a byte goes to the chip', async () => {
  const bench = answering(new BoardBench(compacF, usb));
  bench.start();
  await bench.clock.settle(5_000);
  expect(bench.usb.transfers.slice(0, 10)).toEqual([
    'open 0',
    '40 00 0000 0000',
    '40 04 0008 0000',
    '40 03 001a 0000',
    '40 02 0000 0000',
    '40 00 0002 0000',
    '40 00 0001 0000',
    '40 0b 20f2 0000',
    '40 0b 20f0 0000',
    '40 0b 20f2 0000',
  ]);
  const [run, reset, again] = bench.usb.log.slice(7, 10).map(({ at }) => at) as [number, number, number];
  const first = bench.usb.log.find(({ what }) => what.startsWith('>'))?.at as number;
  expect([reset - run, again - reset]).toEqual([30, 1000]);
  expect(first - again).toBeGreaterThanOrEqual(200);
});

test('a Compac F is set up byte for byte, the bridge follows to 1.5 Mbaud, and jobs begin', async () => {
  const bench = answering(new BoardBench(compacF, usb));
  bench.start();
  await bench.clock.settle(5_000);
  const written = bench.written(2);
  expect(written.slice(0, init.length)).toEqual(init);
  const fast = bench.usb.transfers.indexOf('40 03 0002 0000');
  expect(bench.usb.transfers[fast - 1]).toBe(`>2 ${init.at(-1)}`);
  expect(bench.usb.transfers[fast + 1]).toBe('>2 55aa510900700f0f0f0019');
  expect(bench.states().at(-1)).toBe('hashing');
  expect(written.at(-1)).toMatch(/^55aa2196[0-9a-f]{2}04/);
});

test('gaps between commands are never shorter than stated, even on a bus that stalls', async () => {
  const bench = answering(new BoardBench(compacF, usb));
  bench.usb.writeMs = 40;
  bench.start();
  await bench.clock.settle(8_000);
  const times = bench.usb.log.filter(({ what }) => what.startsWith('>2')).map(({ at }) => at);
  const inactive = times.slice(1, 4);
  // Each write takes 40 ms of its own; the 100 ms of silence come on top.
  expect((inactive[1] as number) - (inactive[0] as number)).toBeGreaterThanOrEqual(140);
  expect(bench.states().at(-1)).toBe('hashing');
});

test('nonces come out with the work they belong to', async () => {
  const bench = answering(new BoardBench(compacF, usb));
  bench.start();
  await bench.clock.settle(5_000);
  pushNonce(bench, '78563412');
  const nonces = bench.events.flatMap((event) => (event.type === 'nonce' ? [event.found] : []));
  expect(nonces).toHaveLength(1);
  expect(nonces[0]?.nonce).toBe(0x12345678);
  expect(nonces[0]?.work).toBe(bench.works.at(-1));
});

test('a pulled stick ends in gone, whatever it was doing', async () => {
  for (const at of [0, 100, 1500, 5_000]) {
    const bench = answering(new BoardBench(compacF, usb));
    bench.start();
    await bench.clock.settle(at);
    bench.usb.unplug();
    bench.board.unplugged();
    await bench.clock.settle(10_000);
    expect(bench.states().at(-1)).toBe('gone');
    expect(bench.clock.waiting).toBe(0);
  }
});

test('stopping slows the chip down, holds it in reset and gives the device back', async () => {
  const bench = answering(new BoardBench(compacF, usb));
  bench.start();
  await bench.clock.settle(5_000);
  const stopping = bench.board.stop();
  await bench.clock.settle(3_000);
  await stopping;
  expect(bench.usb.transfers.slice(-3)).toEqual(['>2 55aa510900084000011109', '40 0b 20f0 0000', 'close']);
});
