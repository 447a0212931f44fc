/** A stick as the pages see one: it hashes a little, finds shares a pool that asks for little takes, and tells of itself. */
import type { Device, DeviceEvent, DeviceFinder, DeviceIdentity, DeviceSettings, Work, WorkFeed } from '../../core/devices/device.ts';
import { NonceSearch } from '../fake/nonce-search.ts';

/** Nonces a turn, and turns: some hundred hashes a second cost a hundredth of a processor for twenty of these. */
const TRIES = 100;
const TURN_MS = 1_000;
const TELEMETRY_EVERY_TURNS = 2;

export class WindowDevice implements Device {
  readonly identity: DeviceIdentity;
  readonly #index: number;
  #feed: WorkFeed | undefined;
  #listener: (event: DeviceEvent) => void = () => {};
  #timer: NodeJS.Timeout | undefined;
  #work: Work | undefined;
  readonly #search = new NonceSearch();
  #turns = 0;

  constructor(index: number) {
    const id = windowDeviceId(index);
    this.#index = index;
    this.identity = { id, kind: 'usb', model: `Bench ${index + 1}`, location: `usb 1-${index}`, chips: 1, versionMask: 0, takes: 'header' };
  }

  start(feed: WorkFeed, settings: DeviceSettings, listener: (event: DeviceEvent) => void): void {
    this.#feed = feed;
    this.#listener = listener;
    listener({ type: 'expected', hashesPerSecond: (TRIES * 1_000) / TURN_MS });
    this.configure(settings);
  }

  configure({ paused }: DeviceSettings): void {
    clearInterval(this.#timer);
    // Not all in the same moment: each a little later than the one before it.
    this.#timer = paused ? undefined : setInterval(() => this.#turn(), TURN_MS + this.#index);
    this.#listener({ type: 'state', state: paused ? { at: 'resting', reason: 'paused' } : { at: 'hashing' } });
  }

  renew(): void {
    this.#work = undefined;
  }

  identify(): boolean {
    return true;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
  }

  #turn(): void {
    this.#turns += 1;
    if (this.#turns % TELEMETRY_EVERY_TURNS === 0) this.#tell();
    this.#work ??= this.#feed?.next();
    const found = this.#work && this.#search.find(this.#work, TRIES);
    if (found) this.#listener({ type: 'nonce', found });
  }

  #tell(): void {
    const tempC = 55 + this.#index / 2 + Math.sin(this.#turns / 9) * 3;
    this.#listener({ type: 'telemetry', telemetry: { tempC, fanRpm: 2_400 + (this.#turns % 7) * 10, watts: 9.5 + tempC / 100 } });
  }
}

export function windowDeviceId(index: number): string {
  return `bench-${index}`;
}

/** Finds so many of them at once. */
export function windowDevices(count: number): DeviceFinder {
  return {
    start: async (onDevice) => {
      for (let index = 0; index < count; index += 1) onDevice(new WindowDevice(index));
    },
    stop: async () => {},
  };
}
