/** The ticket mask: its bytes, its choice, and whether the chips took it. */
import { expect, test } from 'vitest';
import { targetOfDifficulty } from '../../../core/bitcoin/target.ts';
import { toHex } from '../../../core/bytes.ts';
import { register, writeAll } from '../../../core/devices/chip/commands.ts';
import { gekkoTicket, ticketFor, ticketMask } from '../../../core/devices/chip/ticket.ts';
import { MAX_RESENDS, SKIPPED_WORKS, TicketCheck } from '../../../core/devices/chip/ticket-check.ts';

test.each([
  [1, 0x00000000],
  [256, 0x000000ff],
  [512, 0x000080ff],
  [1024, 0x0000c0ff],
  [65536, 0x0000ffff],
])('difficulty %i is mask %i', (difficulty, mask) => {
  expect(ticketMask(difficulty)).toBe(mask);
});

test.each([
  [64, '000000fc07'],
  [32, '000000f813'],
  [16, '000000f01e'],
  [8, '000000e004'],
  [4, '000000c015'],
  [2, '0000008012'],
  [1, '000000001c'],
])('difficulty %i as a command', (difficulty, tail) => {
  expect(toHex(writeAll(register.ticketMask, ticketMask(difficulty)))).toBe(`55aa51090014${tail}`);
});

test.each([0, 3, 1.5, 131072, -1, Number.NaN])('%d is no ticket difficulty', (difficulty) => {
  expect(() => ticketMask(difficulty)).toThrow(RangeError);
});

test('the ticket never keeps back what the work asks for', () => {
  expect(ticketFor(targetOfDifficulty(1000), 65536)).toBe(512);
  expect(ticketFor(targetOfDifficulty(1000), 256)).toBe(256);
  expect(ticketFor(targetOfDifficulty(1.5), 256)).toBe(1);
  expect(ticketFor(targetOfDifficulty(0.001), 256)).toBe(1);
});

test('GekkoScience’s choice for each of its sticks', () => {
  const cores = { a1: 512, compacF: 672, a2: 2048, a2Bm1368: 1280, r909: 4032, terminusA2: 8192 };
  expect(Object.values(cores).map(gekkoTicket)).toEqual([16, 16, 32, 16, 64, 64]);
});

function watched(difficulty: number): TicketCheck {
  const check = new TicketCheck(difficulty);
  for (let index = 0; index <= SKIPPED_WORKS; index += 1) check.work();
  return check;
}

test('a nonce close above the mask proves that it is in force', () => {
  const check = watched(16);
  expect(check.nonce(16.5)).toBe('done');
  expect(check.nonce(1.2)).toBe('done');
});

test('four nonces far below it ask for it again, three times at most', () => {
  const check = watched(16);
  for (let resend = 0; resend < MAX_RESENDS; resend += 1) {
    expect([1.1, 2, 3].map((each) => check.nonce(each))).toEqual(['watching', 'watching', 'watching']);
    expect(check.nonce(5)).toBe('send-again');
    for (let index = 0; index <= SKIPPED_WORKS; index += 1) check.work();
  }
  for (const each of [1.1, 2, 3]) check.nonce(each);
  expect(check.nonce(5)).toBe('done');
});

test('too many nonces without one near the mask ask for it again', () => {
  const check = watched(2);
  for (let index = 0; index < 149; index += 1) expect(check.nonce(50)).toBe('watching');
  expect(check.nonce(50)).toBe('send-again');
});

test('nonces of the first works prove nothing', () => {
  const check = new TicketCheck(16);
  for (let index = 0; index < 100; index += 1) expect(check.nonce(1)).toBe('watching');
  expect(new TicketCheck(256).nonce(1)).toBe('done');
});
