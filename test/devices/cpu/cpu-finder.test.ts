import { expect, test } from 'vitest';
import { CpuFinder } from '../../../core/devices/cpu/cpu-finder.ts';
import type { Device } from '../../../core/devices/device.ts';
import { FakeClock } from '../../fake/fake-clock.ts';
import { FakeHashWorkers } from '../../fake/fake-hash-workers.ts';

test('the finder gives this computer, once, and starts nothing on it', async () => {
  const workers = new FakeHashWorkers(8);
  const finder = new CpuFinder({ workers, clock: new FakeClock() });
  const found: Device[] = [];
  await finder.start((device) => found.push(device));
  await finder.stop();
  expect(found.map((device) => device.identity.id)).toEqual(['processor']);
  expect(workers.threads).toEqual([]);
});
