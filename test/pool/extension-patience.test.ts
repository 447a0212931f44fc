/** Patience with servers that may not know extensions. */
import { expect, test } from 'vitest';
import { extensionPatienceMs } from '../../core/pool/extension-patience.ts';

test('EXT-5 twice the time to connect, then five times, then no question; a second at most', () => {
  expect([0, 1, 2, 3].map((tries) => extensionPatienceMs(tries, 150))).toEqual([300, 750, undefined, undefined]);
  expect(extensionPatienceMs(0, 0)).toBe(100);
  expect(extensionPatienceMs(1, 900)).toBe(1000);
});
