/** A device in this process that finds a share every few milliseconds, for pools that ask for next to nothing. */
import type { Device, DeviceEvent, DeviceFinder, DeviceIdentity, DeviceSettings, Work, WorkFeed } from '../../core/devices/device.ts';
import { NonceSearch } from '../fake/nonce-search.ts';

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
  readonly #search = new NonceSearch();

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
    const found = this.#work && this.#search.find(this.#work, TRIES);
    if (found) this.#listener({ type: 'nonce', found });
  }
}

/** Finds this one device at once. */
export function finderOf(device: Device): DeviceFinder {
  return { start: async (onDevice) => onDevice(device), stop: async () => {} };
}
