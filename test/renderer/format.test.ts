/** Figures as people read them. */
import { describe, expect, test } from 'vitest';
import { Format, join } from '../../renderer/text/format.ts';

const en = new Format('en');
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('English', () => {
  test.each([
    [0, '0 H/s'],
    [999, '999 H/s'],
    [1000, '1.00 kH/s'],
    [11.4e6, '11.4 MH/s'],
    [603e9, '603 GH/s'],
    [2.256e12, '2.26 TH/s'],
  ])('%d hashes a second are %s', (rate, text) => expect(plain(en.rateText(rate))).toBe(text));

  test('two rates that are compared share a unit', () => {
    expect(en.ratePair(603e9, 1.07e12).map(plain)).toEqual(['0.603', '1.07 TH/s']);
  });
  test('nothing is nothing in the unit of what is expected', () => {
    expect(plain(join(en.rateLike(0, 2.31e12)))).toBe('0 TH/s');
  });
  test.each([
    [0.03, '0.03'],
    [38_204, '38,204'],
    [612e6, '612 M'],
    [4.81e9, '4.81 G'],
  ])('difficulty %d is %s', (value, text) => expect(plain(en.difficulty(value))).toBe(text));

  test.each([
    [0.2, '0.2 ms'],
    [12_000, '12 s'],
    [14 * 60_000, '14 min'],
    [220 * 3600_000, '9 d 4 h'],
    [40 * 24 * 3600_000, '40 d'],
  ])('%d ms last %s', (ms, text) => expect(plain(en.duration(ms))).toBe(text));

  test('a moment ago and long ago', () => {
    expect(en.ago(100_000, 112_000)).toBe('12 seconds ago');
    expect(en.ago(0, 3 * 3600_000)).toBe('3 hours ago');
    expect(en.ago(5000, 1000)).toBe('now'); // a clock that was set back
  });
  test('bytes', () => {
    expect(plain(en.bytes(40))).toBe('40 B');
    expect(plain(en.bytes(1_214_000))).toBe('1.21 MB');
  });
  test('satoshi are written exactly, beyond what a double holds', () => {
    expect(en.bitcoin('324918330')).toBe('3.24918330');
    expect(en.bitcoin('2099999997690001')).toBe('20,999,999.97690001');
  });
  test('shares of a whole keep two figures when they are small', () => {
    expect(en.percent(0.00056)).toBe('0.056%');
    expect(en.percent(0.976)).toBe('98%');
  });
});

test('other languages write their own way', () => {
  expect(plain(new Format('de').rateText(2.256e12))).toBe('2,26 TH/s');
  expect(plain(new Format('fr').percent(0.5))).toBe('50 %');
  expect(new Format('de').ago(0, 3600_000)).toBe('vor 1 Stunde');
});
