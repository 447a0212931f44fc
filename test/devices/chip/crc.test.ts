/** CRC5 and CRC16 against their check values and every published frame. */
import { expect, test } from 'vitest';
import { fromHex } from '../../../core/bytes.ts';
import { crc5 } from '../../../core/devices/chip/crc5.ts';
import { crc16 } from '../../../core/devices/chip/crc16.ts';
import { commandFrames, replyFrames, shortFrames } from './vectors.ts';

const digits = Uint8Array.from('123456789', (character) => character.charCodeAt(0));

test('CRC5 gives its check values', () => {
  expect(crc5(digits)).toBe(0x0f);
  expect(crc5(new Uint8Array(0))).toBe(0x1f);
  expect(crc5(fromHex('00'))).toBe(0x0f);
  expect(crc5(fromHex('ff'))).toBe(0x1b);
});

test('CRC16 gives its check value, also over a part of the bytes', () => {
  expect(crc16(digits)).toBe(0x29b1);
  expect(crc16(Uint8Array.of(0xaa, ...digits, 0xbb), 1, 10)).toBe(0x29b1);
});

test.each(commandFrames)('CRC5 seals the command %s', (_, hex) => {
  const frame = fromHex(hex);
  expect(crc5(frame.subarray(0, -1))).toBe(frame.at(-1));
});

test.each(shortFrames)('CRC5 over 27 bits seals the short command %s', (hex, crc) => {
  expect(crc5(fromHex(`${hex}00`), 27)).toBe(crc);
});

test.each(replyFrames)('CRC5 over the whole reply %s is 0', (_, hex) => {
  expect(crc5(fromHex(hex))).toBe(0);
});

test('CRC5 notices every single flipped bit of a reply', () => {
  for (const [, hex] of replyFrames) {
    const frame = fromHex(hex);
    for (let bit = 0; bit < frame.length * 8; bit += 1) {
      const flipped = frame.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (0x80 >> (bit & 7));
      expect(crc5(flipped)).not.toBe(0);
    }
  }
});
