import { expect, test } from 'vitest';
import { midstate } from '../../../core/bitcoin/midstate.ts';
import { hashTask, taskWords, ticketOf } from '../../../core/devices/cpu/hash-task.ts';

const header = Uint8Array.from({ length: 80 }, (_, index) => index);
const work = { id: 5, header, versionMask: 0, ntimeRolls: 0, target: Uint8Array.from({ length: 32 }, (_, index) => index) };

test('a task is midstate, the rest of the header big-endian, and the top word of the target', () => {
  const words = hashTask(work).words;
  expect([...words.subarray(0, 8)]).toEqual([...midstate(header)]);
  expect([...words.subarray(8, 11)]).toEqual([0x40414243, 0x44454647, 0x48494a4b]);
  expect(words[11]).toBe(0x1f1e1d1c);
  expect(words.length).toBe(12);
});

test('the nonce field has no part in a task', () => {
  const other = header.slice();
  other.fill(0xee, 76);
  expect(taskWords(other, work.target)).toEqual(taskWords(header, work.target));
});

test('a header inside a longer array gives the same task', () => {
  const longer = new Uint8Array(100);
  longer.set(header, 9);
  expect(taskWords(longer.subarray(9, 89), work.target)).toEqual(taskWords(header, work.target));
});

test('tickets of works of one time differ and fit a signed 32-bit integer', () => {
  const tickets = [2 ** 31 - 3, 2 ** 31 - 2, 2 ** 31 - 1, 2 ** 31, 2 ** 40 + 1].map((id) => ticketOf({ ...work, id }));
  expect(new Set(tickets).size).toBe(tickets.length);
  for (const ticket of tickets) expect(ticket | 0).toBe(ticket);
});
