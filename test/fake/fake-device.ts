/** A device moved by hand: it takes work and reports whatever nonce the test says. */
import type { Device, DeviceEvent, DeviceFinder, DeviceIdentity, DeviceSettings, WorkFeed } from '../../core/devices/device.ts';

export class FakeDevice implements Device {
  readonly identity: DeviceIdentity;
  readonly configured: DeviceSettings[] = [];
  renewals = 0;
  stopped = 0;
  canIdentify = true;
  #feed: WorkFeed | undefined;
  #listener: (event: DeviceEvent) => void = () => {};
  #nonce = 0;

  constructor(identity: Partial<DeviceIdentity> = {}) {
    this.identity = {
      id: 'stick-1',
      kind: 'usb',
      model: 'Compac F',
      location: 'usb 1-4',
      chips: 1,
      versionMask: 0,
      takes: 'header',
      ...identity,
    };
  }

  start(feed: WorkFeed, settings: DeviceSettings, listener: (event: DeviceEvent) => void): void {
    this.#feed = feed;
    this.#listener = listener;
    this.configured.push(settings);
  }

  get settings(): DeviceSettings | undefined {
    return this.configured.at(-1);
  }

  emit(event: DeviceEvent): void {
    this.#listener(event);
  }

  /** Takes work and reports a new nonce for it; false when there is no work. */
  find(): boolean {
    const work = this.#feed?.next();
    if (!work) return false;
    this.#nonce += 1;
    const view = new DataView(work.header.buffer, work.header.byteOffset);
    const found = { work, nonce: this.#nonce, version: view.getUint32(0, true), ntime: view.getUint32(68, true) };
    this.emit({ type: 'nonce', found });
    return true;
  }

  renew(): void {
    this.renewals += 1;
  }

  configure(settings: DeviceSettings): void {
    this.configured.push(settings);
  }

  identify(): boolean {
    return this.canIdentify;
  }

  async stop(): Promise<void> {
    this.stopped += 1;
  }
}

/** Finds what the test plugs in. */
export class FakeFinder implements DeviceFinder {
  plug: (device: Device) => void = () => {};
  readonly #first: readonly Device[];

  constructor(...first: readonly Device[]) {
    this.#first = first;
  }

  async start(onDevice: (device: Device) => void): Promise<void> {
    this.plug = onDevice;
    for (const device of this.#first) onDevice(device);
  }

  async stop(): Promise<void> {}
}
