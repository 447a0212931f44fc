/** Replies: decoded, told from noise, cut anywhere; every published nonce hashes as its row says. */
import { expect, test } from 'vitest';
import { readU32Le } from '../../../core/bitcoin/u32.ts';
import { concat, fromHex, toHex } from '../../../core/bytes.ts';
import { bm1362Gekko } from '../../../core/devices/chip/bm1362/gekko.ts';
import { bm1370Bitaxe } from '../../../core/devices/chip/bm1370/bitaxe.ts';
import { bm1384 } from '../../../core/devices/chip/bm1384/bm1384.ts';
import { bm1387 } from '../../../core/devices/chip/bm1387/bm1387.ts';
import { bm1397Gekko } from '../../../core/devices/chip/bm1397/gekko.ts';
import type { ChipFamily } from '../../../core/devices/chip/chip-family.ts';
import { antminerU1, blockErupter } from '../../../core/devices/chip/icarus/icarus.ts';
import { ABANDON_MS, type FrameProof, MAX_UNREAD_BYTES, ResponseReader, SETTLE_MS } from '../../../core/devices/chip/response-reader.ts';
import { replies, replyFrames } from './vectors.ts';

const families: Readonly<Record<string, ChipFamily>> = { bm1384, bm1387, bm1397: bm1397Gekko, bm1362: bm1362Gekko, bm1370: bm1370Bitaxe };

/** Whole frames of real nonces, as the chips send them. */
const streams = Object.entries(families).map(([name, family]) => ({
  name,
  family,
  frames: replies.flatMap((row) => {
    const column = { bm1384: row.bm1384, bm1387: row.bm1387, bm1397: row.bm1387, bm1362: row.bm1362, bm1370: row.bm1370 }[name];
    return column === undefined ? [] : [`${toHex(family.replies.preamble)}${column}`];
  }),
}));

function readAll(family: ChipFamily, pieces: readonly Uint8Array[], gapMs = 1, proof?: FrameProof): string[] {
  const reader = new ResponseReader(family.replies, proof);
  const frames: Uint8Array[] = [];
  let nowMs = 0;
  for (const piece of pieces) {
    frames.push(...reader.receive(piece, nowMs));
    nowMs += gapMs;
  }
  nowMs += SETTLE_MS;
  frames.push(...reader.settle(nowMs));
  return frames.map(toHex);
}

test.each(streams)('$name: replies cut at every byte are the same replies', ({ family, frames }) => {
  const stream = fromHex(frames.join(''));
  for (let cut = 0; cut <= stream.length; cut += 1) {
    expect(readAll(family, [stream.subarray(0, cut), stream.subarray(cut)])).toEqual(frames);
  }
  expect(
    readAll(
      family,
      [...stream].map((byte) => Uint8Array.of(byte)),
    ),
  ).toEqual(frames);
});

const noises = [
  '00',
  'ff',
  '0160',
  '55aa',
  'aa',
  'aa55',
  '0160aa',
  '123456789abcde',
  'aa55aa',
  '00000000000000000000',
  'aa550102030405060708090a',
];

test.each(streams)('$name: replies after noise are found', ({ family, frames }) => {
  // Without a preamble the first reply after noise may be taken for noise too, when it arrives together with others.
  for (const noise of noises) {
    const found = readAll(family, [fromHex(noise), fromHex(frames.join(''))]);
    expect(found.slice(-frames.length + 1), noise).toEqual(frames.slice(1));
    if (family.replies.preamble.length > 0) expect(found, noise).toEqual(frames);
  }
});

test.each(streams)('$name: a lost or an added byte costs at most its neighbours', ({ family, frames }) => {
  const stream = fromHex([...frames, ...frames].join(''));
  for (let at = 0; at < stream.length / 2; at += 1) {
    const lost = concat(stream.subarray(0, at), stream.subarray(at + 1));
    const added = concat(stream.subarray(0, at), Uint8Array.of(0x01, 0x60), stream.subarray(at));
    for (const damaged of [lost, added]) {
      const found = readAll(family, [damaged]);
      expect(found.slice(-(frames.length - 3))).toEqual(frames.slice(3));
    }
  }
});

test.each(streams)('$name: what the reader could not use is counted and bounded', ({ family }) => {
  const reader = new ResponseReader(family.replies);
  reader.receive(new Uint8Array(MAX_UNREAD_BYTES * 2).fill(0x60), 0);
  reader.settle(SETTLE_MS);
  reader.settle(ABANDON_MS + SETTLE_MS);
  expect(reader.deadline).toBeUndefined();
  expect(reader.garbageBytes).toBe(MAX_UNREAD_BYTES * 2);
});

test('half a frame that never goes on is abandoned, and the next frame is whole', () => {
  const reader = new ResponseReader(blockErupter.replies);
  expect(reader.receive(fromHex('1dac2b'), 0)).toEqual([]);
  expect(reader.settle(SETTLE_MS)).toEqual([]);
  expect(reader.receive(fromHex('1dac2b7c'), ABANDON_MS).map(toHex)).toEqual(['1dac2b7c']);
});

test('where nearly any bytes pass for a frame, silence brings the reader back into step', () => {
  const sent = ['1122334401', '5566778802', '99aabbcc03', 'ddeeff0004'];
  const strayInFirst = ['11223301604401', ...sent.slice(1)].map(fromHex);
  expect(readAll(antminerU1, strayInFirst, SETTLE_MS)).toEqual(['1122330160', ...sent.slice(1)]);
  const lostInFirst = ['112201', ...sent.slice(1)].map(fromHex);
  expect(readAll(antminerU1, lostInFirst, SETTLE_MS)).toEqual(sent.slice(1));
});

test('half a frame goes on after the bus stood still, also when the next one comes with it', () => {
  expect(readAll(antminerU1, ['112233', '44015566778802'].map(fromHex), 5 * SETTLE_MS)).toEqual(['1122334401', '5566778802']);
});

/** Nonces whose hash would be real. */
const REAL = ['1122334401', '5566778802', '99aabbcc03', 'ddeeff0004', '1020304005', '5060708006'];
const proofOf = (frame: Uint8Array) => REAL.includes(toHex(frame));

test('the middle of a stream that stood still is not taken for a new beginning when none of its frames is proven', () => {
  const stream = fromHex(REAL.join(''));
  // The second piece is as long as two frames, and its bytes would pass for two.
  const ends = [1, 11, 13, 22, 30];
  const pieces = ends.map((end, index) => stream.subarray(ends[index - 1] ?? 0, end));
  expect(readAll(antminerU1, pieces, 5 * SETTLE_MS, proofOf)).toEqual(REAL);
  const halfIsLost = [stream.subarray(0, 3), stream.subarray(5)];
  expect(readAll(antminerU1, halfIsLost, 5 * SETTLE_MS, proofOf)).toEqual(REAL.slice(1));
});

test.each([
  { damage: '0160 is added', lost: 0, stray: '0160' },
  { damage: '00 is added', lost: 0, stray: '00' },
  { damage: 'noise is added', lost: 0, stray: 'aa0055aa' },
  { damage: 'a byte is lost', lost: 1, stray: '' },
  { damage: 'two bytes are lost', lost: 2, stray: '' },
])('where nearly any bytes pass for a frame and $damage anywhere, only that answer is lost', ({ lost, stray }) => {
  const [first = '', ...others] = REAL;
  for (let at = 0; at <= first.length - 2 * lost; at += 2) {
    for (const gapMs of [1, 2 * SETTLE_MS]) {
      const pieces = [`${first.slice(0, at)}${stray}${first.slice(at + 2 * lost)}`, ...others].map(fromHex);
      const found = readAll(antminerU1, pieces, gapMs, proofOf);
      expect(found.filter((frame) => REAL.includes(frame)).slice(-others.length)).toEqual(others);
      expect(found.filter((frame) => !REAL.includes(frame)).length).toBeLessThanOrEqual(1);
    }
  }
});

test('out of step, bytes that pass for one answer and are not followed by another are none, unless the hash is real', () => {
  const [first = '', second = ''] = streams.find(({ family }) => family === bm1387)?.frames ?? [];
  const pieces = [fromHex(`ff${first}ff${second}`)];
  expect(bm1387.replies.isFrame(fromHex(`ff${first}`).subarray(0, -1))).toBe(false);
  expect(readAll(bm1387, pieces, 1, (frame) => toHex(frame) === second)).toEqual([second]);
  expect(readAll(bm1387, pieces, 1, () => true)).toEqual([first, second]);
});

test('a wrong answer between right ones is told, once nothing shows that it was none', () => {
  const wrong = 'cafebabe07';
  const stream = [...REAL.slice(0, 2), wrong, ...REAL.slice(2)];
  expect(readAll(antminerU1, stream.map(fromHex), 1, proofOf)).toEqual(stream);
  expect(readAll(antminerU1, [fromHex(stream.join(''))], 1, proofOf)).toEqual(stream);
  expect(readAll(antminerU1, [fromHex(`${REAL[0]}${wrong}`)], 1, proofOf)).toEqual([REAL[0], wrong]);
});

test('a short reply of a chip that was not told to roll versions is read once the line is silent', () => {
  const reader = new ResponseReader(bm1370Bitaxe.replies);
  expect(reader.receive(fromHex('aa5513700000000006'), 0)).toEqual([]);
  const [frame] = reader.settle(SETTLE_MS);
  expect(bm1370Bitaxe.decode(frame as Uint8Array)).toEqual({ kind: 'chip-id', idWord: 0x1370, address: 0 });
  const two = reader.receive(fromHex('aa550000c100001802'), 100);
  expect(two).toEqual([]);
  expect(bm1370Bitaxe.decode(reader.settle(200)[0] as Uint8Array)).toEqual({ kind: 'register', value: 0xc100, address: 0, register: 0x18 });
});

test('short and long replies in one piece are told apart', () => {
  const short = 'aa5513700000000006';
  const long = 'aa551800a640029922f991';
  const reader = new ResponseReader(bm1370Bitaxe.replies);
  expect(reader.receive(fromHex(`${short}${long}${short}${short}${long}`), 0).map(toHex)).toEqual([short, long, short, short, long]);
});

test.each(replyFrames)('the reply %s is a frame', (meaning, hex) => {
  const family = meaning.startsWith('BM1397') ? bm1397Gekko : bm1370Bitaxe;
  expect(family.replies.isFrame(fromHex(`aa55${hex}`))).toBe(true);
});

test('registers and ids are decoded', () => {
  const decode = (family: ChipFamily, hex: string) => family.decode(fromHex(hex));
  expect(decode(bm1397Gekko, 'aa5513971800000006')).toEqual({ kind: 'chip-id', idWord: 0x1397, address: 0 });
  expect(decode(bm1397Gekko, 'aa55139718002a000b')).toEqual({ kind: 'chip-id', idWord: 0x1397, address: 0x2a });
  expect(decode(bm1397Gekko, 'aa5540a00215000805')).toEqual({ kind: 'register', value: 0x40a00215, address: 0, register: 8 });
  expect(bm1397Gekko.pllOf(0x40a00215, 8)).toBe(400);
  expect(decode(bm1370Bitaxe, 'aa5540780240000800001a')).toEqual({ kind: 'register', value: 0x40780240, address: 0, register: 8 });
  expect(bm1370Bitaxe.pllOf(0x40780240, 8)).toBe(300);
  expect(decode(bm1387, '13879000000007')).toEqual({ kind: 'chip-id', idWord: 0x1387, address: 0 });
  expect(decode(bm1387, '80400241000019')).toEqual({ kind: 'register', value: 0x80400241, register: 0x0c });
  expect(decode(bm1384, '1384000013')).toEqual({ kind: 'chip-id', idWord: 0x1384, address: 0 });
  expect(decode(bm1384, '801700031a')).toEqual({ kind: 'register', value: 0x80170003, register: 4 });
});

test.each([
  [bm1387, '13879000000007'],
  [bm1387, '13879080000006'],
  [bm1387, '80400241000019'],
  [bm1387, '7203ea83001081'],
  [bm1384, '1384000013'],
  [bm1384, '801700031a'],
  [bm1384, '800f00020a'],
  [bm1384, '8021010310'],
])('published reply of %o', (family, hex) => {
  expect(family.replies.isFrame(fromHex(hex))).toBe(true);
});

test('the constant answers of healthy cores are never nonces', () => {
  expect(bm1387.decode(fromHex('7203ea83001081'))).toEqual({ kind: 'healthy-core' });
  expect(bm1384.decode(fromHex('e16bf80985'))).toEqual({ kind: 'healthy-core' });
});

test.each(replies)('$block $nonce: every chip’s reply names the job, the version and the nonce', (row) => {
  const nonce = readU32Le(fromHex(row.nonce), 0);
  const base = row.block === 'Genesis' || row.block === 'Block 125552' ? 1 : 0x20000000;
  const midstateIndex = row.midstateIndex ?? 0;
  const named = { kind: 'nonce', nonce };
  const rolledBits = (row.version ^ base) >>> 0;
  const header = (jobId: number) => ({ ...named, candidates: [{ jobId, midstateIndex: 0 }], rolledBits });
  expect(bm1362Gekko.decode(fromHex(`aa55${row.bm1362}`))).toEqual(header(0x08));
  expect(bm1370Bitaxe.decode(fromHex(`aa55${row.bm1370}`))).toEqual(header(0x18));
  expect(bm1397Gekko.decode(fromHex(`aa55${row.bm1387}`))).toEqual({
    ...named,
    candidates: [{ jobId: 0x10, midstateIndex }],
    rolledBits: 0,
  });
  const bm1387Reply = bm1387.decode(fromHex(row.bm1387));
  expect(bm1387Reply).toMatchObject({ ...named, rolledBits: 0 });
  expect(bm1387Reply.kind === 'nonce' && bm1387Reply.candidates[0]).toEqual({ jobId: 0x10, midstateIndex });
  if (row.bm1384 === undefined) return;
  expect(bm1384.decode(fromHex(row.bm1384))).toEqual({ ...named, candidates: [{ jobId: 0x10, midstateIndex: 0 }], rolledBits: 0 });
  expect(blockErupter.decode(fromHex(row.icarus as string))).toEqual({ ...named, candidates: [], rolledBits: 0 });
  expect(antminerU1.decode(fromHex(row.antminer as string))).toEqual({
    ...named,
    candidates: [{ jobId: 0x10, midstateIndex: 0 }],
    rolledBits: 0,
  });
});

test('captured replies decode to job, version and nonce', () => {
  expect(bm1370Bitaxe.decode(fromHex('aa554c0352750cd205a29c'))).toEqual({
    kind: 'nonce',
    nonce: 0x7552034c,
    candidates: [{ jobId: 0x68, midstateIndex: 0 }],
    rolledBits: 0x00b44000,
  });
  expect(bm1397Gekko.decode(fromHex('aa559b044c0a021a87'))).toMatchObject({ candidates: [{ jobId: 0x18, midstateIndex: 2 }] });
  expect(bm1397Gekko.replies.isFrame(fromHex('aa559b044c0a001a94'))).toBe(true);
});

test('chips are told apart by their nonces, always within the chain', () => {
  const reply = (hex: string) => ({ kind: 'nonce', nonce: readU32Le(fromHex(hex), 0), candidates: [], rolledBits: 0 }) as const;
  expect([0x00, 0x7f, 0x80, 0xff].map((byte) => bm1387.chipOf(reply(`${byte.toString(16).padStart(2, '0')}000000`), 2))).toEqual([
    0, 0, 1, 1,
  ]);
  // Address 80 of 256 in bits 24–17: byte 0 bit 0 set.
  expect(bm1370Bitaxe.chipOf(reply('01000000'), 2)).toBe(1);
  expect(bm1370Bitaxe.chipOf(reply('fefe0000'), 2)).toBe(0);
  expect(bm1397Gekko.chipOf(reply('003f0000'), 6)).toBe(5);
  for (let byte = 0; byte < 256; byte += 1) {
    for (const family of Object.values(families)) {
      for (const chips of [1, 2, 6, 12]) {
        const chip = family.chipOf({ kind: 'nonce', nonce: (byte * 0x01010101) >>> 0, candidates: [], rolledBits: 0 }, chips);
        expect(chip).toBeGreaterThanOrEqual(0);
        expect(chip).toBeLessThan(chips);
      }
    }
  }
});
