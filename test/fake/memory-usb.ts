/** USB in memory: devices that keep a log of every transfer with its time, and answer as a test tells them to. */

import { fromHex, toHex } from '../../core/bytes.ts';
import { AppError } from '../../core/errors.ts';
import type {
  Clock,
  UsbBus,
  UsbBusListener,
  UsbControl,
  UsbDevice,
  UsbFailure,
  UsbInListener,
  UsbInterface,
  UsbLink,
  UsbOpenOptions,
  UsbPower,
  UsbStrings,
} from '../../core/ports.ts';

export interface LoggedTransfer {
  readonly at: number;
  /** `40 0b 20f2 0000`, with data after it; `>2 55aa…`; `open`, `reset`, `close`. */
  readonly what: string;
}

export interface MemoryUsbOptions {
  readonly vendorId: number;
  readonly productId: number;
  readonly strings: UsbStrings;
  readonly location?: string;
  readonly interfaces?: readonly UsbInterface[];
  readonly version?: number;
}

let plugged = 0;

export class MemoryUsbDevice implements UsbDevice {
  readonly key: string;
  readonly vendorId: number;
  readonly productId: number;
  readonly version: number;
  readonly location: string;
  readonly log: LoggedTransfer[] = [];
  /** Called for every write, before it resolves. */
  onWrite: (endpoint: number, bytes: Uint8Array) => void = () => {};
  onControl: (transfer: UsbControl) => void = () => {};
  /** Next `open` fails with it. */
  openFailure: UsbFailure | undefined;
  /** What `power` says. */
  powerFacts: UsbPower = {};
  /** How long writes take. */
  writeMs = 0;
  stringsRead = 0;
  isOpen = false;
  readonly #clock: Clock;
  readonly #options: MemoryUsbOptions;
  readonly #listeners = new Map<number, UsbInListener>();
  #isGone = false;

  constructor(clock: Clock, options: MemoryUsbOptions) {
    plugged += 1;
    this.key = `memory ${plugged}`;
    this.#clock = clock;
    this.#options = options;
    this.vendorId = options.vendorId;
    this.productId = options.productId;
    this.version = options.version ?? 0x0100;
    this.location = options.location ?? 'usb 1-4';
  }

  async strings(): Promise<UsbStrings> {
    this.stringsRead += 1;
    return this.#options.strings;
  }

  async open({ interfaces }: UsbOpenOptions): Promise<UsbLink> {
    if (this.#isGone) throw this.#gone();
    if (this.openFailure !== undefined) throw new AppError(this.openFailure, 'machine');
    if (this.isOpen) throw new Error('opened twice');
    this.isOpen = true;
    this.#note(interfaces === undefined ? 'open' : `open ${interfaces.join(',')}`);
    return {
      transport: 'usb',
      interfaces: this.#options.interfaces ?? [],
      control: (transfer) => this.#transfer(controlText(transfer), () => this.onControl(transfer)),
      write: (endpoint, bytes) => this.#transfer(`>${endpoint} ${toHex(bytes)}`, () => this.onWrite(endpoint, bytes)),
      listen: (endpoint, listener) => void this.#listeners.set(endpoint, listener),
      reset: () => this.#transfer('reset', () => {}),
      close: async () => {
        if (!this.isOpen) return;
        this.isOpen = false;
        this.#listeners.clear();
        this.#note('close');
      },
    };
  }

  async power(): Promise<UsbPower> {
    return this.powerFacts;
  }

  /** What was transferred, without times. */
  get transfers(): readonly string[] {
    return this.log.map(({ what }) => what);
  }

  /** Sends a packet to the host. */
  push(endpoint: number, packet: Uint8Array | string): void {
    this.#listeners.get(endpoint)?.onPacket(typeof packet === 'string' ? fromHex(packet.replaceAll(' ', '')) : packet);
  }

  /** A port that ends by itself: the device is still there. */
  endPort(endpoint: number): void {
    this.#listeners.get(endpoint)?.onEnd({ code: 'device-gone', location: this.location });
    this.#listeners.delete(endpoint);
  }

  /** Pulled out. */
  unplug(): void {
    this.#isGone = true;
    for (const listener of this.#listeners.values()) listener.onEnd({ code: 'device-gone', location: this.location });
    this.#listeners.clear();
  }

  async #transfer(what: string, act: () => void): Promise<void> {
    if (this.#isGone) throw this.#gone();
    if (!this.isOpen) throw new AppError<UsbFailure>({ code: 'usb-transfer-failed', location: this.location, text: 'closed' }, 'machine');
    this.#note(what);
    if (this.writeMs > 0) await new Promise<void>((resolve) => void this.#clock.after(this.writeMs, resolve));
    act();
  }

  #gone(): AppError<UsbFailure> {
    return new AppError<UsbFailure>({ code: 'device-gone', location: this.location }, 'machine');
  }

  #note(what: string): void {
    this.log.push({ at: this.#clock.monotonic(), what });
  }
}

export class MemoryUsbBus implements UsbBus {
  devices: MemoryUsbDevice[] = [];
  /** No USB on this machine. */
  unavailable = false;
  #listener: UsbBusListener | undefined;

  async list(): Promise<readonly UsbDevice[]> {
    if (this.unavailable) throw new AppError<UsbFailure>({ code: 'usb-unavailable', text: 'no bus' }, 'machine');
    return this.devices;
  }

  async watch(listener: UsbBusListener): Promise<() => void> {
    for (const device of await this.list()) listener.onArrive(device);
    this.#listener = listener;
    return () => {
      this.#listener = undefined;
    };
  }

  get isWatched(): boolean {
    return this.#listener !== undefined;
  }

  plug(device: MemoryUsbDevice): void {
    this.devices.push(device);
    this.#listener?.onArrive(device);
  }

  unplug(device: MemoryUsbDevice): void {
    this.devices = this.devices.filter((each) => each !== device);
    device.unplug();
    this.#listener?.onLeave(device);
  }
}

/** `bmRequestType bRequest wValue wIndex data`, as the reference lists them. */
function controlText({ requestType, recipient, request, value, index, data }: UsbControl): string {
  const type = (requestType === 'vendor' ? 0x40 : 0x20) | (recipient === 'interface' ? 0x01 : 0x00);
  const hex = (number: number, digits: number) => number.toString(16).padStart(digits, '0');
  return `${hex(type, 2)} ${hex(request, 2)} ${hex(value, 4)} ${hex(index, 4)}${data.length > 0 ? ` ${toHex(data)}` : ''}`;
}
