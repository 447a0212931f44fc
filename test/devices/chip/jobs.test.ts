/** Job encoders against the published jobs of three real blocks, in every format. */
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../../../core/bytes.ts';
import { bm1362Gekko } from '../../../core/devices/chip/bm1362/gekko.ts';
import { bm1370Bitaxe } from '../../../core/devices/chip/bm1370/bitaxe.ts';
import { bm1370Gekko } from '../../../core/devices/chip/bm1370/gekko.ts';
import { bm1384 } from '../../../core/devices/chip/bm1384/bm1384.ts';
import { bm1384Ticket, encodeDummyJob, encodeJob } from '../../../core/devices/chip/bm1384/job.ts';
import { bm1387 } from '../../../core/devices/chip/bm1387/bm1387.ts';
import { bm1397Gekko } from '../../../core/devices/chip/bm1397/gekko.ts';
import { crc16 } from '../../../core/devices/chip/crc16.ts';
import { encodeHeaderJob } from '../../../core/devices/chip/header-job.ts';
import { blockErupter } from '../../../core/devices/chip/icarus/icarus.ts';
import { encodeDummyJob as encodeBm1387Dummy, midstateOf } from '../../../core/devices/chip/midstate-job.ts';
import { versionsOf } from '../../../core/devices/chip/versions.ts';
import { blockNamed, workOf } from './fakes.ts';
import { blocks } from './vectors.ts';

const ROLLED = [0x00000000, 0x0000e000, 0x1fff0000, 0x1fffe000];

const encoders = {
  icarus: (header: Uint8Array, version: number) => blockErupter.encodeJob(job(0x00, header, [version])),
  bm1384: (header: Uint8Array, version: number) => bm1384.encodeJob(job(0x10, header, [version])),
  oneMidstate: (header: Uint8Array, version: number) => bm1387.encodeJob(job(0x10, header, [version])),
  fourMidstates: (header: Uint8Array, version: number) => bm1387.encodeJob(job(0x10, header, versions(version))),
  bm1362: (header: Uint8Array, version: number) => bm1362Gekko.encodeJob(job(0x08, header, [version])),
  bm1370Bitaxe: (header: Uint8Array, version: number) => bm1370Bitaxe.encodeJob(job(0x18, header, [version])),
  bm1370Gekko: (header: Uint8Array, version: number) => bm1370Gekko.encodeJob(job(0x18, header, [version])),
  midstates: (header: Uint8Array, version: number) => Uint8Array.from(versions(version).flatMap((each) => [...midstateOf(header, each)])),
};

function job(jobId: number, header: Uint8Array, all: readonly number[]) {
  return { jobId, header, versions: all, chips: 1, ticketDifficulty: 1 };
}

function versions(base: number): readonly number[] {
  return ROLLED.map((bits) => (base | bits) >>> 0);
}

const cases = blocks.flatMap((block) => Object.entries(block.jobs).map(([format, hex]) => ({ block, format, hex, name: block.name })));

test.each(cases)('$name as $format is the published job', ({ block, format, hex }) => {
  expect(toHex(encoders[format as keyof typeof encoders](fromHex(block.header), block.version))).toBe(hex);
});

test('a BM1397 job is the BM1387 job after 55 AA', () => {
  for (const { header, version, jobs } of blocks) {
    expect(toHex(bm1397Gekko.encodeJob(job(0x10, fromHex(header), versions(version))))).toBe(`55aa${jobs['fourMidstates']}`);
  }
});

test.each(blocks.filter(({ otherCrcs }) => otherCrcs !== undefined))('$name: CRC16 of other ids and lengths', (block) => {
  const header = fromHex(block.header);
  const ends = [
    bm1362Gekko.encodeJob(job(0x10, header, [block.version])),
    encodeHeaderJob(job(0x18, header, [block.version]), { lengthByte: 0x36, midstatesByte: 0x01 }),
    bm1387.encodeJob(job(0x11, header, [block.version])),
  ].map((frame) => toHex(frame.subarray(-2)));
  expect(ends).toEqual(block.otherCrcs);
});

test('block 881423 with its own version: midstate and CRC16', () => {
  const header = fromHex(blockNamed('Block 881423').header);
  expect(toHex(midstateOf(header, 0x2e596000))).toBe('fbab56148fadf862592173216d4db3dd0f85939b90d0855530ae1c089e96646d');
  expect(toHex(bm1387.encodeJob(job(0x10, header, [0x2e596000])).subarray(-2))).toBe('df96');
});

test('a job captured from a Bitaxe Gamma is rebuilt byte for byte', () => {
  const header = fromHex(
    '00000020fd55646bc162b96dfcd4f201a3f4670d1d3996bc96520100000000000000000006ddf5f08c36414b95ea54db71a0c28761a98bcf6355919e044f88725519a7cbd7685468043a021700000000',
  );
  expect(toHex(bm1370Bitaxe.encodeJob(job(0x68, header, [0x20000000])))).toBe(
    '55aa2156680100000000043a0217d76854685519a7cb044f88726355919e61a98bcf71a0c28795ea54db8c36414b06ddf5f00000000000000000965201001d3996bca3f4670dfcd4f201c162b96dfd55646b00000020721c',
  );
});

test('the CRC16 of a published four-midstate job with empty midstates', () => {
  const midstate = '7e027035b1acbaf23ea01a527344faf76ab476d328216118b7760f7b1b22d229';
  const body = fromHex(`219618049b044c0a3aae0517a084736450e37161${'00'.repeat(64)}${midstate}${'00'.repeat(32)}`);
  expect(crc16(body)).toBe(0x76f9);
});

test('BM1384 jobs carry the ticket mask and each chip’s part of the nonces', () => {
  const header = fromHex(blockNamed('Genesis').header);
  const frame = encodeJob({ jobId: 0x1f, header, versions: [1], chips: 2, ticketDifficulty: 4 });
  expect(frame[39]).toBe(3);
  expect(toHex(frame.subarray(40, 44))).toBe('7fffffff');
  expect(frame[51]).toBe(0x1f);
});

test.each([
  [1, 150, 1],
  [1, 200, 2],
  [1, 300, 2],
  [2, 100, 2],
  [2, 150, 2],
  [2, 200, 4],
  [6, 150, 8],
  [6, 200, 8],
])('BM1384: %i chips at %i MHz report from difficulty %i on', (chips, mhz, difficulty) => {
  expect(bm1384Ticket(chips * 55 * mhz * 1e6)).toBe(difficulty);
});

test('dummy jobs hold nothing but their id', () => {
  expect(toHex(encodeDummyJob(0x05))).toBe(`${'00'.repeat(51)}05${'00'.repeat(12)}`);
  const dummy = encodeBm1387Dummy(0x7f, new Uint8Array(0));
  expect(toHex(dummy.subarray(0, -2))).toBe(`21367f0100000000${'ff'.repeat(12)}${'00'.repeat(32)}`);
  expect(crc16(dummy, 0, 52)).toBe(((dummy[52] as number) << 8) | (dummy[53] as number));
});

test('versions of a work are subsets of its mask only, as many as mask and chip have room for', () => {
  const hex = (mask: number, version: number, counts: readonly number[]) =>
    versionsOf(workOf('Genesis', version, mask), counts).map((each) => each.toString(16));
  expect(hex(0x6000, 0x2e592000, [1, 2, 4])).toEqual(['2e590000', '2e592000', '2e594000', '2e596000']);
  expect(hex(0x2000, 0x20000000, [1, 2, 4])).toEqual(['20000000', '20002000']);
  expect(hex(0x2000, 0x20000000, [1, 4])).toEqual(['20000000']);
  expect(hex(0, 0x20002000, [1, 4])).toEqual(['20002000']);
  expect(hex(0x1fffe000, 0x3fffe000, [1])).toEqual(['20000000']);
});
