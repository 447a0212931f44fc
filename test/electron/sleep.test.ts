/** The system's announcements of sleep reach the miner at once and in order. */
import type { EventEmitter } from 'node:events';
import { expect, test, vi } from 'vitest';

const powerMonitor = vi.hoisted(() => ({ monitor: undefined as EventEmitter | undefined }));
vi.mock('electron', async () => {
  const { EventEmitter: Emitter } = await import('node:events');
  powerMonitor.monitor = new Emitter();
  return { powerMonitor: powerMonitor.monitor };
});
const { restWhileAsleep } = await import('../../electron/sleep.ts');

test('the miner hears of sleep before the event returns, of waking, and of nothing after it stopped listening', () => {
  const heard: string[] = [];
  const stop = restWhileAsleep({ sleep: () => heard.push('sleep'), wake: () => heard.push('wake') });
  powerMonitor.monitor?.emit('suspend');
  expect(heard).toEqual(['sleep']);
  powerMonitor.monitor?.emit('resume');
  expect(heard).toEqual(['sleep', 'wake']);
  stop();
  powerMonitor.monitor?.emit('suspend');
  expect(heard).toEqual(['sleep', 'wake']);
});
