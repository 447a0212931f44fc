/** What the finder sees on USB, kept for those who show it: one entry a device, from plug to unplug. */
import type { Failure } from '../errors.ts';
import type { Clock, UsbDevice } from '../ports.ts';
import { inPortOrder, type UsbEyes, type UsbNotice, type UsbSight, type UsbSights } from './doctor.ts';

/** A device that leaves so often within this time does not do so by hand. */
export const LOOSE_WINDOW_MS = 10 * 60_000;
export const LOOSE_LEAVES = 3;
/** Silence and the bus's own word for one departure come one after the other. */
const SAME_LEAVE_MS = 5_000;
/** More than any desk has; a bus that makes up devices must not fill the memory. */
const MAX_SIGHTS = 100;

export class UsbSightBook implements UsbEyes {
  readonly #clock: Clock;
  /** By key of the USB device. */
  readonly #sights = new Map<string, UsbSight>();
  /** When something at a port left, by location; only within the window. */
  readonly #leaves = new Map<string, number[]>();
  #unavailable: Failure | undefined;
  #changed: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): UsbSights {
    const sights = inPortOrder(Array.from(this.#sights.values(), (sight) => this.#withCable(sight)));
    if (this.#unavailable !== undefined) return { state: 'unavailable', fault: this.#unavailable, sights };
    return { state: 'on', sights };
  }

  onChange(changed: () => void): void {
    this.#changed = changed;
  }

  put(sight: UsbSight): void {
    if (!this.#sights.has(sight.key) && this.#sights.size >= MAX_SIGHTS) return;
    this.#sights.set(sight.key, sight);
    this.#changed();
  }

  /** The device that was offered for it, under the name of its model. */
  offered(key: string, deviceId: string, name: string): void {
    const sight = this.#sights.get(key);
    if (sight !== undefined) this.put({ ...sight, deviceId, name });
  }

  /** How opening it went. */
  opened(key: string, fault: Failure | undefined): void {
    const sight = this.#sights.get(key);
    if (sight === undefined || (sight.fault === undefined && fault === undefined)) return;
    const { fault: _old, ...rest } = sight;
    this.put(fault === undefined ? rest : { ...rest, fault });
  }

  /** Unplugged, or silent as if it were. */
  left({ location }: Pick<UsbDevice, 'location'>): void {
    const now = this.#clock.monotonic();
    for (const [port, times] of this.#leaves) if (times.every((at) => now - at > LOOSE_WINDOW_MS)) this.#leaves.delete(port);
    if (!this.#leaves.has(location) && this.#leaves.size >= MAX_SIGHTS) return;
    const times = this.#leaves.get(location) ?? [];
    if (now - (times.at(-1) ?? Number.NEGATIVE_INFINITY) < SAME_LEAVE_MS) return;
    this.#leaves.set(location, [...times, now].slice(-2 * LOOSE_LEAVES));
  }

  drop(key: string): void {
    if (this.#sights.delete(key)) this.#changed();
  }

  /** There is no bus, and why; undefined: there is one. */
  unavailable(fault: Failure | undefined): void {
    if (fault === undefined && this.#unavailable === undefined) return;
    this.#unavailable = fault;
    this.#changed();
  }

  #withCable(sight: UsbSight): UsbSight {
    const now = this.#clock.monotonic();
    const times = (this.#leaves.get(sight.location) ?? []).filter((at) => now - at <= LOOSE_WINDOW_MS);
    if (times.length < LOOSE_LEAVES) return sight;
    const minutes = Math.max(1, Math.round((now - (times[0] as number)) / 60_000));
    const loose: UsbNotice = { code: 'usb-cable-loose', location: sight.location, times: times.length, minutes };
    return { ...sight, notices: [...sight.notices, loose] };
  }
}

/** The device as a board gets it: how its opening went is told. */
export function watched(device: UsbDevice, onOpened: (result: { readonly error?: unknown }) => void): UsbDevice {
  const { key, vendorId, productId, version, location } = device;
  return {
    key,
    vendorId,
    productId,
    version,
    location,
    strings: () => device.strings(),
    power: () => device.power(),
    open: async (options) => {
      try {
        const link = await device.open(options);
        onOpened({});
        return link;
      } catch (error) {
        onOpened({ error });
        throw error;
      }
    },
  };
}
