import { expect, test } from 'vitest';
import { HashMailbox } from '../../core/io/hash-mailbox.ts';

const words = Uint32Array.from({ length: 12 }, (_, index) => 0xfffffff0 + index);

function pair() {
  const main = HashMailbox.create();
  return { main, thread: new HashMailbox(main.shared) };
}

test('a new mailbox has no task, no rests and no stop', () => {
  const { thread } = pair();
  expect([thread.take().task, thread.dutyCycle, thread.stopped, thread.hashes]).toEqual([undefined, 1, false, 0]);
});

test('a task arrives whole, and under another sequence number than the one before', () => {
  const { main, thread } = pair();
  const before = thread.sequence;
  main.assign({ ticket: 0x7ffffffe, words });
  expect(thread.sequence).not.toBe(before);
  expect(thread.take()).toEqual({ sequence: thread.sequence, task: { ticket: 0x7ffffffe, words } });
  main.assign(undefined);
  expect(thread.take().task).toBeUndefined();
});

test('everything the main thread does ends a sleep that began before it', () => {
  const acts: ((main: HashMailbox) => void)[] = [
    (main) => main.assign({ ticket: 1, words }),
    (main) => main.setDutyCycle(0.5),
    (main) => main.reportRead(),
    (main) => main.stop(),
  ];
  for (const act of acts) {
    const { main, thread } = pair();
    const wakes = thread.wakes;
    act(main);
    const start = performance.now();
    thread.sleep(wakes, 5_000);
    expect(performance.now() - start).toBeLessThan(1_000);
  }
});

test('hashes are counted modulo 2^32', () => {
  const { main, thread } = pair();
  for (let index = 0; index < 3; index += 1) thread.addHashes(2_000_000_000);
  expect(main.hashes).toBe(6_000_000_000 % 2 ** 32);
});

test.each([
  [0.05, 0.05],
  [0, 0.001],
  [7, 1],
])('a duty cycle of %f reads as %f', (set, read) => {
  const { main, thread } = pair();
  main.setDutyCycle(set);
  expect(thread.dutyCycle).toBe(read);
});
