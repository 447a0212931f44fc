/** Icarus devices: the golden job, what answers it, Antminer frequencies and voltage. */

import { _SHA256, sha256 } from '@noble/hashes/sha2.js';
import { expect, test } from 'vitest';
import { fromHex, showHash, toHex } from '../../../../core/bytes.ts';
import { ChipChain } from '../../../../core/devices/chip/chip-chain.ts';
import { searchU1, searchU3, setFrequency, setU3Voltage } from '../../../../core/devices/chip/icarus/antminer-commands.ts';
import { antminerU1, antminerU3, blockErupter } from '../../../../core/devices/chip/icarus/icarus.ts';
import { IcarusProbe } from '../../../../core/devices/chip/icarus/icarus-probe.ts';
import { DIVISION_JOB, divisionOf, GOLDEN_JOB, GOLDEN_NONCE, PROBE_IDLE_MS, PROBE_MS } from '../../../../core/devices/chip/icarus/probe.ts';
import { ChainBench, workOf } from '../fakes.ts';

test('the golden job and the division job are the published ones', () => {
  expect(toHex(GOLDEN_JOB)).toBe(
    `4679ba4ec99876bf4bfe086082b400254df6c356451471139a3afa71e48f544a${'00'.repeat(20)}87320b1a1426674f2fa722ce`,
  );
  expect(toHex(GOLDEN_NONCE)).toBe('000187a2');
  expect(toHex(DIVISION_JOB)).toBe(
    `2e4c8f91fd595d2d7ea20aaacb64a2a04382860277cf26b6a1ee04c56a5b504a${'00'.repeat(20)}6461011ac906a951fb9b3c73`,
  );
  expect(['04c0fdb4', '82540e46', '417c0f36', '60c994d5', '00000000'].map(divisionOf)).toEqual([1, 2, 4, 8, undefined]);
});

test.each([
  ['000187a2', 'icarus'],
  ['000187a207', 'antminer'],
  ['000187a200000000', 'rockminer'],
])('the answer %s, cut anywhere, is of an %s', (hex, kind) => {
  for (let cut = 2; cut < hex.length; cut += 2) {
    const probe = new IcarusProbe(0);
    probe.receive(fromHex(hex.slice(0, cut)), 5);
    probe.receive(fromHex(hex.slice(cut)), 20);
    probe.tick(20 + PROBE_IDLE_MS - 1);
    expect(probe.result.at).toBe('waiting');
    probe.tick(20 + PROBE_IDLE_MS);
    expect(probe.result).toEqual({ at: 'found', kind });
  }
});

test.each(['', '000187a3', '000187', '0000000187a2', '000187a2000000000000', 'ff'.repeat(500)])(
  'the answer %s is of nothing known',
  (hex) => {
    const probe = new IcarusProbe(0);
    probe.receive(fromHex(hex), 5);
    for (let deadline = probe.deadline; deadline !== undefined; deadline = probe.deadline) {
      expect(deadline).toBeLessThanOrEqual(PROBE_MS);
      probe.tick(deadline);
    }
    expect(probe.result).toEqual({ at: 'nothing' });
  },
);

test.each([
  [100, 0x0180, '8201801b'],
  [150, 0x0280, '82028013'],
  [200, 0x0380, '82038008'],
  [225, 0x0400, '8204001c'],
  [250, 0x0480, '82048003'],
  [300, 0x0580, '82058018'],
])('Antminer U1 and U2 at %i MHz', (mhz, word, command) => {
  expect(searchU1(mhz)).toEqual({ word, mhz });
  expect(toHex(setFrequency(word))).toBe(command);
});

test.each([
  [100, '8207831c'],
  [150, '820b8319'],
  [200, '82078211'],
  [225, '8208821c'],
  [250, '82098207'],
])('Antminer U3 at %i MHz', (mhz, command) => {
  expect(toHex(setFrequency(searchU3(mhz).word))).toBe(command);
});

test('Antminer U3 takes the highest frequency of its table that is not above the request', () => {
  expect(searchU3(230)).toEqual({ word: 0x0882, mhz: 225 });
  expect(searchU3(196).mhz).toBe(193.75);
  for (const mhz of [99, 251, Number.NaN]) expect(() => searchU3(mhz)).toThrow(RangeError);
  for (const mhz of [99, 301, Number.NaN]) expect(() => searchU1(mhz)).toThrow(RangeError);
});

test.each([
  [725, 'aab725cd'],
  [750, 'aab750de'],
  [775, 'aab775de'],
  [800, 'aab800c0'],
  [850, 'aab850d3'],
])('Antminer U3 voltage of %i mV', (millivolts, command) => {
  expect(toHex(setU3Voltage(millivolts))).toBe(command);
});

test.each([724, 851, 0, 775.5, Number.NaN])('Antminer U3 refuses %d mV', (millivolts) => {
  expect(() => setU3Voltage(millivolts)).toThrow(RangeError);
});

test('a Block Erupter is found by the golden job and mines without job ids', () => {
  const bench = new ChainBench(new ChipChain({ family: blockErupter, expectedChips: 1 }));
  bench.discover('000187a2');
  expect(bench.sent[0]?.hex).toBe(toHex(GOLDEN_JOB));
  bench.send({ type: 'init', mhz: 336, ticketDifficulty: 1 });
  expect(bench.of('ready')).toEqual([{ type: 'ready', mhz: 336 }]);
  const work = workOf('Block 125552', 1, 0);
  bench.send({ type: 'work', work });
  expect(bench.sent.at(-1)?.hex).toHaveLength(128);
  bench.receive('42a1');
  bench.receive('4695');
  expect(bench.of('nonce')).toMatchObject([{ found: { work, nonce: 0x9546a142 } }]);
});

test('an Antminer U1 is set to its frequency and names its work in the fifth byte', () => {
  const bench = new ChainBench(new ChipChain({ family: antminerU1, expectedChips: 1 }));
  bench.discover('000187a200');
  bench.send({ type: 'init', mhz: 250, ticketDifficulty: 1 });
  bench.until('ready');
  expect(bench.sent.map(({ hex }) => hex).slice(1)).toEqual(['82048003', '82048003']);
  const works = [workOf('Genesis', 1, 0), workOf('Block 125552', 1, 0)];
  for (const work of works) bench.send({ type: 'work', work });
  expect(bench.sent.at(-1)?.hex.slice(102, 104)).toBe('01');
  bench.receive('42a1469501');
  expect(bench.of('nonce')).toMatchObject([{ found: { work: works[1] }, recovered: false }]);
});

test('an Antminer U3 gets its voltage, then its lowest clock, then the golden job, each with half a second', () => {
  const bench = new ChainBench(new ChipChain({ family: antminerU3, expectedChips: 1 }));
  const from = bench.nowMs;
  bench.send({ type: 'discover' });
  bench.wait(1_600);
  bench.receive('000187a200');
  bench.until('discovered');
  bench.send({ type: 'init', mhz: 225, ticketDifficulty: 1 });
  bench.until('ready');
  const { sent } = bench;
  expect(sent.map(({ hex }) => hex)).toEqual(['aab775de', '8207831c', '8207831c', toHex(GOLDEN_JOB), '8208821c', '8208821c']);
  expect((sent[0]?.atMs as number) - from).toBeGreaterThanOrEqual(500);
  expect((sent[1]?.atMs as number) - (sent[0]?.atMs as number)).toBeGreaterThanOrEqual(500);
  expect((sent[3]?.atMs as number) - (sent[1]?.atMs as number)).toBeGreaterThanOrEqual(500);
});

/** SHA-256 taken up after its first 64 bytes. */
class ResumedSha256 extends _SHA256 {
  constructor(midstateWire: Uint8Array) {
    super();
    const view = new DataView(midstateWire.buffer, midstateWire.byteOffset, midstateWire.length);
    const [a, b, c, d, e, f, g, h] = Array.from({ length: 8 }, (_, index) => view.getUint32(28 - index * 4)) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    this.set(a, b, c, d, e, f, g, h);
    this.length = 64;
  }
}

/** The block hash of a job and a nonce, as explorers show it. */
function hashOf(job: Uint8Array, nonce: string): string {
  const tail = Uint8Array.of(...job.subarray(60, 64), ...job.subarray(56, 60), ...job.subarray(52, 56), ...fromHex(nonce));
  return showHash(sha256(new ResumedSha256(job.subarray(0, 32)).update(tail).digest()));
}

test('the expected answers of both probes really solve them', () => {
  expect(hashOf(GOLDEN_JOB, toHex(GOLDEN_NONCE))).toBe('00000000000004b64108a8e4168cfaa890d62b8c061c6b74305b7f6cb2cf9fda');
  const begins = ['04c0fdb4', '82540e46', '417c0f36', '60c994d5'].map((nonce) => hashOf(DIVISION_JOB, nonce).slice(0, 16));
  expect(begins).toEqual(['000000007b2d0361', '00000000162870a9', '0000000053144d5c', '0000000043c30953']);
});
