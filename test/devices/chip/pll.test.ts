/** PLL searches against the published tables, and back. */
import { expect, test } from 'vitest';
import { fromHex, toHex } from '../../../core/bytes.ts';
import { bm1362Gekko } from '../../../core/devices/chip/bm1362/gekko.ts';
import { bm1366Bitaxe } from '../../../core/devices/chip/bm1366/bitaxe.ts';
import { bm1368Bitaxe } from '../../../core/devices/chip/bm1368/bitaxe.ts';
import { bm1370Bitaxe } from '../../../core/devices/chip/bm1370/bitaxe.ts';
import { bm1370Gekko } from '../../../core/devices/chip/bm1370/gekko.ts';
import { setPll } from '../../../core/devices/chip/bm1384/commands.ts';
import * as bm1384 from '../../../core/devices/chip/bm1384/pll.ts';
import { setPllAll, setPllOne } from '../../../core/devices/chip/bm1387/commands.ts';
import * as bm1387 from '../../../core/devices/chip/bm1387/pll.ts';
import { bm1397Bitaxe } from '../../../core/devices/chip/bm1397/bitaxe.ts';
import { bm1397Gekko } from '../../../core/devices/chip/bm1397/gekko.ts';
import type { ChipFamily } from '../../../core/devices/chip/chip-family.ts';
import { register, writeAll } from '../../../core/devices/chip/commands.ts';
import { ramp } from '../../../core/devices/chip/pll.ts';
import { u32Be } from '../../../core/devices/chip/u32-be.ts';
import { bitaxePll, bm1384Pll, bm1387Pll, gekkoPll } from './vectors.ts';

test.each(bm1384Pll)('BM1384 at %d MHz: word and command', (mhz, word, command) => {
  const setting = bm1384.searchPll(mhz);
  expect(setting).toEqual({ word, mhz });
  expect(toHex(setPll(setting.word))).toBe(command);
  expect(bm1384.mhzOfWord(word)).toBe(mhz);
});

test('BM1384: every point of the grid gives the frequency it says, and never one above the request', () => {
  for (let mhz = 6.25; mhz <= 500; mhz += 6.25) {
    const setting = bm1384.searchPll(mhz);
    expect(bm1384.mhzOfWord(setting.word)).toBe(setting.mhz);
    expect(setting.mhz).toBeLessThanOrEqual(mhz);
    expect(mhz - setting.mhz).toBeLessThanOrEqual(mhz > 400 ? 6.25 : 0);
  }
});

test('BM1384: above 400 MHz an odd multiple of 6.25 goes to the lower 12.5, where the makers’ formula gives nonsense', () => {
  expect(bm1384.searchPll(406.25).mhz).toBe(400);
  expect(bm1384.searchPll(493.75).mhz).toBe(487.5);
  expect(bm1384.mhzOfWord(0x0fc5)).toBeCloseTo(44.4, 0);
});

test('BM1384 PLL replies tell m, n and od', () => {
  expect(bm1384.mhzOfReply(0x80170003)).toBe(150);
  expect(bm1384.mhzOfReply(0x800f0002)).toBe(200);
  expect(bm1384.mhzOfReply(0x80210103)).toBe(106.25);
  expect(bm1384.mhzOfReply(0x13840000)).toBeUndefined();
});

test.each(bm1387Pll)('BM1387 at %d MHz: command and reply', (mhz, command, reply) => {
  const setting = bm1387.searchPll(mhz);
  expect(toHex(setPllAll(setting.feedback, setting.post))).toBe(command);
  expect(setting.mhz).toBe(mhz);
  expect(bm1387.mhzOfReply(u32Be(fromHex(reply)))).toBe(mhz);
});

test('BM1387: every point of the grid is exact; one chip is set like all', () => {
  for (let mhz = 50; mhz <= 900; mhz += 6.25) expect(bm1387.searchPll(mhz).mhz).toBe(mhz);
  expect(toHex(setPllOne(0x80, 0x40, 0x41)).slice(0, 16)).toBe('4809800c00400241');
});

test('BM1387: a reply with a zero divider or of something else is no frequency', () => {
  for (const value of [0x80400041, 0x80400201, 0x80400242, 0x13879000]) expect(bm1387.mhzOfReply(value)).toBeUndefined();
});

function expectPll(family: ChipFamily, mhz: number, expected: string): void {
  const setting = family.pll(mhz);
  expect(`${toHex(setting.bytes)}${toHex(writeAll(register.pll0, u32Be(setting.bytes)).subarray(-1))}`).toBe(expected);
  expect(family.pllOf(u32Be(setting.bytes), register.pll0)).toBeCloseTo(setting.mhz, 9);
}

test.each(gekkoPll)('GekkoScience’s PLL at %d MHz', (mhz, bm1397, bm1362) => {
  expectPll(bm1397Gekko, mhz, bm1397);
  expectPll(bm1362Gekko, mhz, bm1362);
  expectPll(bm1370Gekko, mhz, bm1362);
  expect(bm1397Gekko.pll(mhz).mhz).toBe(mhz);
  expect(bm1362Gekko.pll(mhz).mhz).toBe(mhz);
});

test.each(bitaxePll)('the Bitaxe’s PLL at %d MHz', (mhz, bm1370, bm1366, bm1397) => {
  expectPll(bm1370Bitaxe, mhz, bm1370);
  expectPll(bm1366Bitaxe, mhz, bm1366);
  expectPll(bm1368Bitaxe, mhz, bm1366);
  expectPll(bm1397Bitaxe, mhz, bm1397);
});

test('replies of any legal dividers are understood, not only those of the tables', () => {
  expect(bm1370Bitaxe.pllOf(0x40d20265, register.pll0)).toBe(62.5);
  expect(bm1370Bitaxe.pllOf(0x40a20230, register.pll0)).toBe(506.25);
  expect(bm1370Bitaxe.pllOf(0x40e00260, register.pll0)).toBe(400);
  expect(bm1370Bitaxe.pllOf(0x40000260, register.pll0)).toBeUndefined();
  expect(bm1397Gekko.pllOf(0x40a00005, register.pll0)).toBeUndefined();
  expect(bm1370Bitaxe.pllOf(0x40e00260, register.miscControl)).toBeUndefined();
});

test.each([bm1397Gekko, bm1397Bitaxe, bm1362Gekko, bm1370Gekko, bm1366Bitaxe, bm1368Bitaxe, bm1370Bitaxe])(
  'a frequency outside the range of $name is refused, every grid point inside is met within 5 MHz',
  (family) => {
    const { minMhz, maxMhz, stepMhz } = family.frequency;
    for (const mhz of [minMhz - 1, maxMhz + 1, Number.NaN, 0]) expect(() => family.pll(mhz)).toThrow(RangeError);
    for (let mhz = minMhz; mhz <= maxMhz; mhz += stepMhz) expect(Math.abs(family.pll(mhz).mhz - mhz)).toBeLessThan(5);
  },
);

test('a ramp goes up or down in even steps and ends exactly', () => {
  expect(ramp(50, 75, 6.25)).toEqual([56.25, 62.5, 68.75, 75]);
  expect(ramp(50, 60, 6.25)).toEqual([56.25, 60]);
  expect(ramp(200, 100, 25)).toEqual([175, 150, 125, 100]);
  expect(ramp(100, 100, 25)).toEqual([]);
});
