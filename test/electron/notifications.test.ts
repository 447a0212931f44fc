import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { HearthEvent } from '../../core/contract.ts';
import { isQuiet, notify } from '../../electron/notifications.ts';
import { FakeDoor } from './fake-door.ts';

interface Shown {
  readonly title: string;
  readonly body: string;
  readonly silent: boolean;
}
const desktop = vi.hoisted(() => ({ shown: [] as { options: unknown; click: () => void }[], supported: true }));
vi.mock('electron', () => ({
  app: { getLocale: () => 'en-GB' },
  Notification: class {
    static isSupported = () => desktop.supported;
    #click = () => {};
    readonly #options: unknown;
    constructor(options: unknown) {
      this.#options = options;
    }
    on(_name: string, click: () => void) {
      this.#click = click;
    }
    show() {
      desktop.shown.push({ options: this.#options, click: this.#click });
    }
  },
}));

const shown = () => desktop.shown.map(({ options }) => options as Shown);
const block: HearthEvent = { type: 'block-found', hash: '00ab', sourceId: 'two' };
const fault = (code: string) => ({ type: 'fault', fault: { code, about: 'x', facts: {}, since: 0 } }) as HearthEvent;

beforeEach(() => {
  desktop.shown = [];
  desktop.supported = true;
  vi.useFakeTimers({ now: new Date(2026, 5, 1, 12, 0) });
});
afterEach(() => void vi.useRealTimers());

function watched(): FakeDoor {
  const door = new FakeDoor();
  notify(door, () => undefined);
  return door;
}

test.for([
  [{ quietFrom: 0, quietUntil: 0 }, 0, 0, false],
  [{ quietFrom: 1320, quietUntil: 420 }, 22, 0, true],
  [{ quietFrom: 1320, quietUntil: 420 }, 3, 0, true],
  [{ quietFrom: 1320, quietUntil: 420 }, 7, 0, false],
  [{ quietFrom: 540, quietUntil: 600 }, 9, 59, true],
  [{ quietFrom: 540, quietUntil: 600 }, 10, 0, false],
] as const)('quiet hours %j at %i:%i: %j', ([hours, hour, minute, quiet]) => {
  expect(isQuiet(hours, new Date(2026, 5, 1, hour, minute))).toBe(quiet);
});

test('each event is told only where its preference says so', () => {
  const door = watched();
  door.happen({ type: 'source-switched', toId: 'two', reason: 'unavailable' } as HearthEvent);
  door.happen({ type: 'best-share', difficulty: 1234.6 });
  expect(shown()).toEqual([]);
  door.prefer({
    notify: { block: false, 'best-share': true, stalled: false, 'pool-switched': true, 'device-fault': false, 'payout-mismatch': false },
  });
  door.happen({ type: 'source-switched', toId: 'two', reason: 'unavailable' } as HearthEvent);
  door.happen({ type: 'best-share', difficulty: 1234.6 });
  for (const event of [block, fault('device-gone'), fault('payout-mismatch')]) door.happen(event);
  expect(shown().map(({ title, body }) => [title, body])).toEqual([
    ['Mining elsewhere now', 'Second pool'],
    ['Best share so far', 'Difficulty 1235'],
  ]);
});

test('in quiet hours only a real block is told, without a sound', () => {
  const door = watched();
  door.prefer({ quietFrom: 11 * 60, quietUntil: 13 * 60 });
  door.happen(fault('hardware-errors'));
  door.happen(fault('payout-mismatch'));
  expect(shown()).toEqual([]);
  door.happen(block);
  expect(shown()).toEqual([{ title: 'A block was found here', body: '00ab', silent: true }]);
});

test('a practice block is marked, is quiet in quiet hours and comes once a minute at most; real blocks always', () => {
  const door = watched();
  door.show({ practice: true });
  for (let count = 0; count < 50; count += 1) door.happen(block);
  expect(shown().map(({ title }) => title)).toEqual(['PRACTICE: A block was found here']);
  door.prefer({ quietFrom: 11 * 60, quietUntil: 13 * 60 });
  vi.advanceTimersByTime(120_000);
  door.happen(block);
  expect(shown()).toHaveLength(1);
  door.show({ practice: false });
  door.happen(block);
  door.happen(block);
  expect(shown()).toHaveLength(3);
});

test('faults of a flapping device are told once a minute', () => {
  const door = watched();
  for (let second = 0; second < 130; second += 1) {
    door.happen(fault('device-gone'));
    vi.advanceTimersByTime(1000);
  }
  expect(shown()).toHaveLength(3);
});

test('no work for five minutes is told once; shorter is not', () => {
  const door = watched();
  door.mine('waiting');
  vi.advanceTimersByTime(4 * 60_000);
  door.mine('mining');
  vi.advanceTimersByTime(10 * 60_000);
  expect(shown()).toEqual([]);
  door.mine('waiting');
  vi.advanceTimersByTime(60 * 60_000);
  door.mine('waiting');
  vi.advanceTimersByTime(60 * 60_000);
  expect(shown().map(({ title }) => title)).toEqual(['Mining has stalled']);
});

test('speaks German where that is the language', () => {
  const door = watched();
  door.prefer({ language: 'de' });
  door.happen(block);
  expect(shown()[0]?.title).toBe('Hier wurde ein Block gefunden');
});

test('a click brings the window', () => {
  const door = new FakeDoor();
  const onClick = vi.fn();
  notify(door, onClick);
  door.happen(block);
  desktop.shown[0]?.click();
  expect(onClick).toHaveBeenCalledOnce();
});

test('where the desktop has no notifications nothing is watched', () => {
  desktop.supported = false;
  expect(watched().watchers).toBe(0);
});
