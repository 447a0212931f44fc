/**
 * The USB bus of this computer, through the `usb` package. What is plugged in is learned by listing: events only say when to
 * look, and it is looked now and then anyway, because some systems lose them or have none. Implements `UsbBus` of core/ports.ts.
 */
import type { Clock, UsbBus, UsbBusListener } from '../ports.ts';
import { NodeUsbDevice } from './usb-device.ts';
import { usbUnavailable } from './usb-failure.ts';
import { loadUsb, type NativeDevice, type NativeEmitter, type NativeUsb } from './usb-native.ts';
import { thisWorld, type UsbWorld } from './usb-world.ts';

/** How long a change may go unseen where no event tells of it. */
export const LOOK_AGAIN_MS = 3000;

/** Listing takes milliseconds; one that hangs must not end the looking. */
export const LIST_LIMIT_MS = 10_000;

/** Boards are reset when they start, at most as many at a time as there are. */
const MOST_LISTINGS = 16;

export interface UsbBusOptions {
  readonly clock: Clock;
  readonly load?: () => Promise<NativeUsb>;
  /** What differs from this computer: the way that is tried first, or everything, in tests. */
  readonly world?: Partial<Omit<UsbWorld, 'clock'>>;
}

export class NodeUsbBus implements UsbBus {
  readonly #clock: Clock;
  readonly #load: () => Promise<NativeUsb>;
  readonly #world: UsbWorld;
  /** By the package's handle, which a replug may or may not change. */
  #present = new Map<string, NodeUsbDevice>();
  #plugs = 0;

  constructor({ clock, load = loadUsb, world }: UsbBusOptions) {
    this.#clock = clock;
    this.#load = load;
    this.#world = { ...thisWorld(clock), ...world };
  }

  async list(): Promise<readonly NodeUsbDevice[]> {
    const native = await this.#steadyDevices(await this.#load());
    this.#present = new Map(native.map((device) => [device.handle, this.#present.get(device.handle) ?? this.#wrap(device)]));
    return [...this.#present.values()];
  }

  async watch(listener: UsbBusListener): Promise<() => void> {
    const usb = await this.#load();
    const watch = new UsbWatch(this.#clock, () => this.list(), listener);
    await watch.look();
    await watch.subscribe(usb, (handle) => this.#present.delete(handle));
    return () => watch.stop();
  }

  #wrap(device: NativeDevice): NodeUsbDevice {
    this.#plugs += 1;
    return new NodeUsbDevice(device, `${device.handle} ${this.#plugs}`, this.#world);
  }

  /** While a device is reset it has no address, of which its handle is made: listed then, it would be gone, and another there. */
  async #steadyDevices(usb: NativeUsb): Promise<readonly NativeDevice[]> {
    const { resets } = this.#world;
    for (let listings = 0; listings < MOST_LISTINGS; listings += 1) {
      const { begun } = resets;
      await this.#inTime(resets.over());
      const devices = await this.#inTime(usb.nativeGetDevices());
      if (resets.begun === begun) return devices;
    }
    throw usbUnavailable(new Error('one device after the other is being reset'));
  }

  async #inTime<T>(answer: Promise<T>): Promise<T> {
    let cancel: () => void = () => {};
    const tooLong = new Promise<never>((_resolve, reject) => {
      cancel = this.#clock.after(LIST_LIMIT_MS, () => reject(new Error('the bus does not answer')));
    });
    try {
      return await Promise.race([answer, tooLong]);
    } catch (error) {
      throw usbUnavailable(error);
    } finally {
      cancel();
    }
  }
}

class UsbWatch {
  readonly #clock: Clock;
  readonly #list: () => Promise<readonly NodeUsbDevice[]>;
  readonly #listener: UsbBusListener;
  readonly #told = new Map<string, NodeUsbDevice>();
  #emitter: NativeEmitter | undefined;
  #looking: Promise<void> | undefined;
  #again = false;
  #cancel: () => void = () => {};
  #stopped = false;

  constructor(clock: Clock, list: () => Promise<readonly NodeUsbDevice[]>, listener: UsbBusListener) {
    this.#clock = clock;
    this.#list = list;
    this.#listener = listener;
  }

  /** @throws AppError when the bus cannot be listed */
  async look(): Promise<void> {
    const devices = await this.#list();
    if (this.#stopped) return;
    const keys = new Set(devices.map(({ key }) => key));
    for (const [key, device] of this.#told) if (!keys.has(key)) this.#left(key, device);
    for (const device of inPortOrder(devices)) {
      if (this.#told.has(device.key)) continue;
      this.#told.set(device.key, device);
      this.#listener.onArrive(device);
    }
  }

  /** Only after listing worked. A machine without events is looked at now and then. */
  async subscribe(usb: NativeUsb, forget: (handle: string) => void): Promise<void> {
    this.#scheduleLook();
    try {
      this.#emitter = new usb.Emitter();
      await this.#emitter.addAttach(() => this.#lookSoon());
      await this.#emitter.addDetach((handle) => {
        forget(handle); // the same handle after a quick replug is another device
        this.#lookSoon();
      });
    } catch {
      // A sandbox without hotplug events: listing goes on.
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
    this.#emitter?.removeAttach().catch(() => {});
    this.#emitter?.removeDetach().catch(() => {});
  }

  #left(key: string, device: NodeUsbDevice): void {
    this.#told.delete(key);
    this.#listener.onLeave(device);
  }

  #scheduleLook(): void {
    this.#cancel = this.#clock.after(LOOK_AGAIN_MS, () => {
      this.#lookSoon();
      if (!this.#stopped) this.#scheduleLook();
    });
  }

  /** One look at a time; what happens during one is seen by the next. */
  #lookSoon(): void {
    if (this.#stopped) return;
    this.#again = this.#looking !== undefined;
    this.#looking ??= this.look()
      .catch(() => {}) // for the moment the bus cannot be listed: what was told stands
      .finally(() => {
        this.#looking = undefined;
        if (this.#again) this.#lookSoon();
      });
  }
}

/** So that what is there at the start is told in the same order at every start. */
function inPortOrder(devices: readonly NodeUsbDevice[]): readonly NodeUsbDevice[] {
  return [...devices].sort((a, b) => a.location.localeCompare(b.location, 'en', { numeric: true }));
}
