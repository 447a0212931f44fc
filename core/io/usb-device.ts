/** A plugged-in device of the `usb` package: strings read once, opened and claimed politely. Implements `UsbDevice` of core/ports.ts. */
import { AppError } from '../errors.ts';
import type { Clock, UsbDevice, UsbEndpoint, UsbFailure, UsbInterface, UsbLink, UsbOpenOptions, UsbStrings } from '../ports.ts';
import { openFailure, wordsOf } from './usb-failure.ts';
import { driverOf, type HolderPaths, programHolding } from './usb-holder.ts';
import { NodeUsbLink } from './usb-link.ts';
import type { NativeConfiguration, NativeDevice, NativeInterface } from './usb-native.ts';

/** The only configuration that any supported board has. */
const CONFIGURATION = 1;
/** A program's own claim; it must not be taken away as a kernel driver may. */
const CLAIMED_BY_PROGRAM = 'usbfs';

export interface UsbDeviceWorld {
  readonly clock: Clock;
  readonly paths: HolderPaths;
  /** Kernel drivers can be detached. */
  readonly isLinux: boolean;
  readonly processId: number;
}

interface Opening {
  readonly claimed: number[];
  readonly detached: number[];
}

export class NodeUsbDevice implements UsbDevice {
  readonly key: string;
  readonly vendorId: number;
  readonly productId: number;
  readonly version: number;
  readonly location: string;
  readonly #native: NativeDevice;
  readonly #world: UsbDeviceWorld;
  #strings: Promise<UsbStrings> | undefined;
  #link: NodeUsbLink | undefined;

  constructor(native: NativeDevice, key: string, world: UsbDeviceWorld) {
    this.#native = native;
    this.#world = world;
    this.key = key;
    this.vendorId = native.vendorId;
    this.productId = native.productId;
    this.version = (native.deviceVersionMajor << 8) | (native.deviceVersionMinor << 4) | native.deviceVersionSubminor;
    this.location = `usb ${native.bus.replace(/^0+(?=\d)/, '')}-${native.ports.join('.')}`;
  }

  strings(): Promise<UsbStrings> {
    this.#strings ??= this.#readStrings();
    return this.#strings;
  }

  async #readStrings(): Promise<UsbStrings> {
    try {
      const { manufacturerName: manufacturer, productName: product, serialNumber: serial } = this.#native;
      return { ...(manufacturer !== null && { manufacturer }), ...(product !== null && { product }), ...(serial !== null && { serial }) };
    } catch (error) {
      this.#strings = undefined;
      throw await this.#failure(error);
    }
  }

  async open(options: UsbOpenOptions): Promise<UsbLink> {
    await this.#link?.close();
    const opening: Opening = { claimed: [], detached: [] };
    try {
      await this.#native.open();
      const configuration = await this.#configuration();
      const numbers = options.interfaces ?? configuration.interfaces.map(({ interfaceNumber }) => interfaceNumber);
      for (const number of numbers) await this.#detach(configuration.configurationValue, number, opening);
      for (const number of numbers) {
        await this.#native.claimInterface(number);
        opening.claimed.push(number);
      }
      const { clock } = this.#world;
      const interfaces = configuration.interfaces.map(described);
      this.#link = new NodeUsbLink({ device: this.#native, clock, location: this.location, interfaces, ...opening });
      return this.#link;
    } catch (error) {
      await this.#undo(opening);
      throw await this.#failure(error);
    }
  }

  async #configuration(): Promise<NativeConfiguration> {
    try {
      return this.#native.configuration;
    } catch (error) {
      if (!/not configured/i.test(wordsOf(error))) throw error;
      await this.#native.selectConfiguration(CONFIGURATION);
      return this.#native.configuration;
    }
  }

  /** The kernel's own driver goes for now; a program that has the interface keeps it. */
  async #detach(configuration: number, number: number, opening: Opening): Promise<void> {
    if (!this.#world.isLinux) return;
    const driver = await driverOf(this.#native, configuration, number, this.#world.paths);
    if (driver === undefined) return;
    if (driver === CLAIMED_BY_PROGRAM) throw new Error('interface is busy');
    await this.#native.detachKernelDriver(number);
    opening.detached.push(number);
  }

  async #undo({ claimed, detached }: Opening): Promise<void> {
    for (const number of claimed) await this.#native.releaseInterface(number).catch(() => {});
    for (const number of detached) await this.#native.attachKernelDriver(number).catch(() => {});
    await this.#native.close().catch(() => {});
  }

  async #failure(error: unknown): Promise<AppError<UsbFailure>> {
    const failure = openFailure(error, this.location);
    const program = failure.code === 'usb-busy' ? await this.#holder() : undefined;
    return new AppError<UsbFailure>(program === undefined ? failure : { code: 'usb-busy', location: this.location, program }, 'machine');
  }

  async #holder(): Promise<string | undefined> {
    const { isLinux, processId, paths } = this.#world;
    return isLinux ? programHolding(this.#native, processId, paths) : undefined;
  }
}

function described({ interfaceNumber, alternate }: NativeInterface): UsbInterface {
  const { interfaceClass, interfaceSubclass } = alternate;
  const endpoints = alternate.endpoints.map<UsbEndpoint>(({ endpointNumber, direction, type, packetSize }) => ({
    endpointNumber,
    direction,
    type: type === 'bulk' || type === 'interrupt' ? type : 'isochronous',
    packetSize,
  }));
  return { interfaceNumber, interfaceClass, interfaceSubclass, endpoints };
}
