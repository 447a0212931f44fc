/** Pools that refuse good shares. */
import { expect, test } from 'vitest';
import { RefusalWatch, WINDOW } from '../../core/pool/refusal-watch.ts';

const feed = (watch: RefusalWatch, refused: boolean, times: number) =>
  Array.from({ length: times }, () => watch.answered(refused)).filter((part) => part !== undefined);

test('MIN-47 SEC-20 more than half of the last shares refused is told once', () => {
  const watch = new RefusalWatch();
  expect(feed(watch, false, WINDOW)).toEqual([]);
  expect(feed(watch, true, WINDOW / 2)).toEqual([]);
  expect(feed(watch, true, WINDOW)).toEqual([(WINDOW / 2 + 1) / WINDOW]);
});

test('MIN-47 a few refusals, and a handful of answers in all, say nothing', () => {
  expect(feed(new RefusalWatch(), true, WINDOW - 1)).toEqual([]);
  const watch = new RefusalWatch();
  for (let round = 0; round < 10; round += 1) expect([...feed(watch, false, 9), ...feed(watch, true, 1)]).toEqual([]);
});

test('MIN-47 a relapse after the pool had healed is told again', () => {
  const watch = new RefusalWatch();
  expect(feed(watch, true, WINDOW)).toHaveLength(1);
  expect(feed(watch, false, WINDOW)).toEqual([]);
  expect(feed(watch, true, WINDOW)).toHaveLength(1);
});
