/** A device in this process that finds a share every few milliseconds, for pools that ask for next to nothing. */
import { sha256d } from '../../core/bitcoin/sha256d.ts';
import { meetsTarget } from '../../core/bitcoin/target.ts';
import type { Device, DeviceEvent, DeviceFinder, DeviceIdentity, DeviceSettings, Work, WorkFeed } from '../../core/devices/device.ts';

/** Nonces tried a turn; a turn may find nothing. */
const TRIES = 400;

export class EagerDevice implements Device {
  readonly identity: DeviceIdentity = {
    id: 'eager',
    kind: 'usb',
    model: 'Eager',
    location: 'this test',
    chips: 1,
    versionMask: 0,
    takes: 'header',
  };
  readonly #everyMs: number;
  #feed: WorkFeed | undefined;
  #listener: (event: DeviceEvent) => void = () => {};
  #timer: NodeJS.Timeout | undefined;
  #work: Work | undefined;
  #nonce = 0;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  start(feed: WorkFeed, settings: DeviceSettings, listener: (event: DeviceEvent) => void): void {
    this.#feed = feed;
    this.#listener = listener;
    this.configure(settings);
  }

  configure({ paused }: DeviceSettings): void {
    clearInterval(this.#timer);
    this.#timer = paused ? undefined : setInterval(() => this.#turn(), this.#everyMs);
    this.#listener({ type: 'state', state: paused ? { at: 'resting', reason: 'paused' } : { at: 'hashing' } });
  }

  renew(): void {
    this.#work = undefined;
  }

  identify(): boolean {
    return false;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
  }

  #turn(): void {
    this.#work ??= this.#feed?.next();
    const work = this.#work;
    if (!work) return;
    const header = work.header.slice();
    const view = new DataView(header.buffer);
    for (let tries = 0; tries < TRIES; tries += 1) {
      this.#nonce = (this.#nonce + 1) >>> 0;
      view.setUint32(76, this.#nonce, true);
      if (!meetsTarget(sha256d(header), work.target)) continue;
      const found = { work, nonce: this.#nonce, version: view.getUint32(0, true), ntime: view.getUint32(68, true) };
      return this.#listener({ type: 'nonce', found });
    }
  }
}

/** Finds this one device at once. */
export function finderOf(device: Device): DeviceFinder {
  return { start: async (onDevice) => onDevice(device), stop: async () => {} };
}
