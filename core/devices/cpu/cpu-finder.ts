/** Finds the one processor that every computer has. */
import type { Device, DeviceFinder } from '../device.ts';
import { CpuDevice, type CpuWorld } from './cpu-device.ts';

export class CpuFinder implements DeviceFinder {
  readonly #world: CpuWorld;

  constructor(world: CpuWorld) {
    this.#world = world;
  }

  async start(onDevice: (device: Device) => void): Promise<void> {
    onDevice(new CpuDevice(this.#world));
  }

  async stop(): Promise<void> {
    // Nothing is watched.
  }
}
