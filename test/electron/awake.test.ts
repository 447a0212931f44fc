import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { stayAwakeWhileMining } from '../../electron/awake.ts';
import { FakeDoor } from './fake-door.ts';

const blocker = vi.hoisted(() => ({ next: 0, held: new Set<number>() }));
vi.mock('electron', () => ({
  powerSaveBlocker: {
    start: () => {
      blocker.held.add(++blocker.next);
      return blocker.next;
    },
    stop: (id: number) => blocker.held.delete(id),
  },
}));

beforeEach(() => {
  blocker.held.clear();
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

test('sleep is held off from the first work to the pause, by one blocker', () => {
  const door = new FakeDoor();
  stayAwakeWhileMining(door);
  door.mine('starting');
  expect(blocker.held.size).toBe(0);
  door.mine('mining');
  door.mine('mining');
  expect(blocker.held.size).toBe(1);
  door.mine('paused');
  expect(blocker.held.size).toBe(0);
});

test('a moment without work lets nobody sleep; ten minutes of it do, until there is work again', () => {
  const door = new FakeDoor();
  stayAwakeWhileMining(door);
  door.mine('mining');
  door.mine('waiting');
  vi.advanceTimersByTime(9 * 60_000);
  door.mine('waiting');
  expect(blocker.held.size).toBe(1);
  door.mine('mining');
  door.mine('waiting');
  vi.advanceTimersByTime(9 * 60_000);
  expect(blocker.held.size).toBe(1);
  vi.advanceTimersByTime(60_000);
  expect(blocker.held.size).toBe(0);
  door.mine('mining');
  expect(blocker.held.size).toBe(1);
});

test.for(['stopped', 'stopping', 'paused'] as const)('while waiting, %s lets the computer sleep at once', (at) => {
  const door = new FakeDoor();
  stayAwakeWhileMining(door);
  door.mine('mining');
  door.mine('waiting');
  door.mine(at);
  expect(blocker.held.size).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test('waiting that was never mining holds nothing', () => {
  const door = new FakeDoor();
  stayAwakeWhileMining(door);
  door.mine('waiting');
  expect(blocker.held.size).toBe(0);
});

test('ending it ends the watch and lets go', () => {
  const door = new FakeDoor();
  const end = stayAwakeWhileMining(door);
  door.mine('mining');
  end();
  expect([blocker.held.size, door.watchers]).toEqual([0, 0]);
});
