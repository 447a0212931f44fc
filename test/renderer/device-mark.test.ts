/** The one word that a row of Devices begins with. */
import { beforeAll, expect, test } from 'vitest';
import './runes.ts';
import type { DeviceSnapshot } from '../../core/contract.ts';
import { deviceMark, needsSomeone } from '../../renderer/text/devices.ts';
import { words } from '../../renderer/text/words.svelte.ts';
import { compacA2, demoFault } from '../fake/demo-devices.ts';

const NOW = 1_790_000_000_000;

beforeAll(() => words.use('en'));

test.each<[string, Partial<DeviceSnapshot>, string, boolean]>([
  ['paused', {}, 'Paused by you', false],
  ['paused, with a trouble of before', { fault: demoFault('device-hung', 'compac-a2', NOW) }, 'Paused by you', true],
  ['paused, and it did not let itself be switched off', { fault: demoFault('device-stays-on', 'compac-a2', NOW) }, 'Needs you', true],
])('%s', (_title, part, word, isNeeded) => {
  const device = compacA2(NOW, { state: 'resting', detail: 'paused', settings: { paused: true }, ...part });
  expect(deviceMark(device).word).toBe(word);
  expect(needsSomeone(device)).toBe(isNeeded);
});
