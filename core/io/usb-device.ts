/**
 * A plugged-in device of the `usb` package: strings read once, opened and claimed politely, or through the system's serial
 * ports where a board can do with those. Implements `UsbDevice` of core/ports.ts.
 */
import { AppError } from '../errors.ts';
import type { UartFormat, UsbDevice, UsbFailure, UsbInterface, UsbLink, UsbOpenOptions, UsbPower, UsbStrings } from '../ports.ts';
import type { SerialLink } from './serial-link.ts';
import { awaitPorts, holderOf, openSerialWay, portsOf, type SerialOwner } from './serial-way.ts';
import { type DescribedConfiguration, readDescriptors } from './usb-descriptors.ts';
import { attempt, openFailure, wordsOf } from './usb-failure.ts';
import { deviceNode, driverOf, sysName } from './usb-holder.ts';
import { describedInterfaces, NodeUsbLink } from './usb-link.ts';
import type { NativeConfiguration, NativeDevice } from './usb-native.ts';
import { powerOf } from './usb-power.ts';
import type { UsbWorld } from './usb-world.ts';

/** The only configuration that any supported board has. */
const CONFIGURATION = 1;
/** A program's own claim; it must not be taken away as a kernel driver may. */
const CLAIMED_BY_PROGRAM = 'usbfs';

interface Configuration {
  readonly value: number;
  readonly interfaces: readonly UsbInterface[];
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
  readonly #world: UsbWorld;
  #strings: Promise<UsbStrings> | undefined;
  #link: NodeUsbLink | SerialLink | undefined;
  /** Who asked for it may wait no longer. */
  #isOpening = false;

  constructor(native: NativeDevice, key: string, world: UsbWorld) {
    this.#native = native;
    this.#world = world;
    this.key = key;
    this.vendorId = native.vendorId;
    this.productId = native.productId;
    this.version = (native.deviceVersionMajor << 8) | (native.deviceVersionMinor << 4) | native.deviceVersionSubminor;
    this.location = `usb ${native.bus.replace(/^0+(?=\d)/, '')}-${native.ports.join('.')}`;
  }

  strings(): Promise<UsbStrings> {
    this.#strings ??= this.#keepStrings(this.#readStrings());
    return this.#strings;
  }

  power(): Promise<UsbPower> {
    return powerOf(this.#native, this.#world);
  }

  /** Not a failure: the next who asks reads anew. */
  #keepStrings(reading: Promise<UsbStrings>): Promise<UsbStrings> {
    reading.catch(() => {
      this.#strings = undefined;
    });
    return reading;
  }

  /** The package opens the device for a string that Linux does not have, which may be refused: what there is not is not asked for. */
  async #readStrings(): Promise<UsbStrings> {
    const native = this.#native;
    const indices = (await this.#described())?.strings;
    try {
      const manufacturer = indices?.manufacturer === 0 ? null : native.manufacturerName;
      const product = indices?.product === 0 ? null : native.productName;
      const serial = indices?.serial === 0 ? null : native.serialNumber;
      return { ...(manufacturer !== null && { manufacturer }), ...(product !== null && { product }), ...(serial !== null && { serial }) };
    } catch (error) {
      throw await this.#failure(error);
    }
  }

  /** The way this computer prefers; the other one where a driver or a missing permission is in that one's way. */
  async open(options: UsbOpenOptions): Promise<UsbLink> {
    if (this.#isOpening) throw await this.#failure(new Error('the last opening has not ended'));
    this.#isOpening = true;
    try {
      this.#link = await this.#openAnew(options);
      return this.#link;
    } finally {
      this.#isOpening = false;
    }
  }

  async #openAnew(options: UsbOpenOptions): Promise<NodeUsbLink | SerialLink> {
    await this.#link?.close();
    if (this.#link?.isGivenBack === false) throw await this.#failure(new Error('the last transfer has not ended'));
    return options.serial === undefined ? this.#openUsb(options) : this.#openEither(options, options.serial);
  }

  async #openEither(options: UsbOpenOptions, formats: readonly UartFormat[]): Promise<NodeUsbLink | SerialLink> {
    const owner = await this.#owner();
    const { prefer } = this.#world;
    const now = prefer === 'serial' ? await portsOf(owner, formats.length, this.#world).catch(() => []) : [];
    if (now.length === formats.length) return this.#openSerial(owner, now, formats);
    try {
      return await this.#openUsb(options);
    } catch (error) {
      if (!isInTheWay(error)) throw error;
      const ports = await awaitPorts(owner, formats.length, this.#world).catch(() => undefined);
      if (ports === undefined) throw error;
      return this.#openSerial(owner, ports, formats).catch((failed: unknown) => {
        throw prefer === 'usb' ? error : failed; // what a person can do about the preferred way
      });
    }
  }

  async #openSerial(owner: SerialOwner, ports: Parameters<typeof openSerialWay>[1], formats: readonly UartFormat[]): Promise<SerialLink> {
    try {
      return await openSerialWay(owner, ports, formats, await this.#interfaces(), this.#world);
    } catch (error) {
      throw error instanceof AppError ? error : await this.#failure(error);
    }
  }

  async #openUsb(options: UsbOpenOptions): Promise<NodeUsbLink> {
    const opening: Opening = { claimed: [], detached: [] };
    try {
      await this.#native.open();
      const { value, interfaces } = await this.#configuration();
      const numbers = options.interfaces ?? interfaces.map(({ interfaceNumber }) => interfaceNumber);
      for (const number of numbers) await this.#detach(value, number, opening);
      for (const number of numbers) {
        await this.#native.claimInterface(number);
        opening.claimed.push(number);
      }
      const { clock, resets } = this.#world;
      return new NodeUsbLink({ device: this.#native, clock, resets, location: this.location, interfaces, ...opening });
    } catch (error) {
      await this.#undo(opening);
      throw await this.#failure(error);
    }
  }

  /** The package asks the device for the names of its interfaces, and gives up on one that is busy; the system knows as well. */
  async #configuration(): Promise<Configuration> {
    try {
      return configurationOf(this.#native.configuration);
    } catch (error) {
      if (/not configured/i.test(wordsOf(error))) {
        await this.#native.selectConfiguration(CONFIGURATION);
        return configurationOf(this.#native.configuration);
      }
      const described = await this.#described();
      if (described === undefined) throw error;
      return { value: CONFIGURATION, interfaces: described.interfaces };
    }
  }

  /** Linux keeps them where everybody may read them; elsewhere they are to be had without claiming the device. */
  async #interfaces(): Promise<readonly UsbInterface[]> {
    return (await this.#described())?.interfaces ?? describedInterfaces(this.#native.configuration);
  }

  async #described(): Promise<DescribedConfiguration | undefined> {
    const { system, paths } = this.#world;
    return system === 'linux' ? readDescriptors(paths.sys, sysName(this.#native)) : undefined;
  }

  async #owner(): Promise<SerialOwner> {
    const { vendorId, productId, bus, ports } = this.#native;
    const { serial } = await this.strings();
    return { vendorId, productId, bus, ports, location: this.location, serial };
  }

  /** The kernel's own driver goes for now; a program that has the interface keeps it. */
  async #detach(configuration: number, number: number, opening: Opening): Promise<void> {
    if (this.#world.system !== 'linux') return;
    const driver = await driverOf(this.#native, configuration, number, this.#world.paths);
    if (driver === undefined) return;
    if (driver === CLAIMED_BY_PROGRAM) throw new Error('interface is busy');
    await this.#refuseIfUsed(number);
    await this.#native.detachKernelDriver(number);
    opening.detached.push(number);
  }

  async #undo({ claimed, detached }: Opening): Promise<void> {
    for (const number of claimed) await attempt(() => this.#native.releaseInterface(number));
    for (const number of detached) await attempt(() => this.#native.attachKernelDriver(number));
    await attempt(() => this.#native.close());
  }

  /** A program that uses the kernel's serial port must not have it pulled away. */
  async #refuseIfUsed(interfaceNumber: number): Promise<void> {
    const ports = (await this.#portsHere()).filter((port) => port.interfaceNumber === interfaceNumber).map(({ path }) => path);
    const program = ports.length === 0 ? undefined : await holderOf(ports, this.#world);
    if (program !== undefined) throw new AppError<UsbFailure>({ code: 'usb-busy', location: this.location, program }, 'machine');
  }

  async #portsHere() {
    const { vendorId, productId, bus, ports } = this.#native;
    const owner = { vendorId, productId, bus, ports, location: this.location, serial: undefined };
    return portsOf(owner, 1, this.#world).catch(() => []);
  }

  async #failure(error: unknown): Promise<AppError<UsbFailure>> {
    if (error instanceof AppError) return error as AppError<UsbFailure>;
    const { location } = this;
    const failure = openFailure(error, location);
    if (failure.code !== 'usb-busy') return new AppError<UsbFailure>(failure, 'machine');
    const [port] = this.#world.system === 'mac' ? await this.#portsHere() : [];
    if (port !== undefined) return new AppError<UsbFailure>({ code: 'usb-driver-holds', location, port: port.path }, 'machine');
    const program = this.#world.system === 'linux' ? await holderOf([deviceNode(this.#native)], this.#world) : undefined;
    return new AppError<UsbFailure>(program === undefined ? failure : { code: 'usb-busy', location, program }, 'machine');
  }
}

function configurationOf(native: NativeConfiguration): Configuration {
  return { value: native.configurationValue, interfaces: describedInterfaces(native) };
}

function isInTheWay(error: unknown): boolean {
  const code = error instanceof AppError ? error.fault.code : '';
  return code === 'usb-no-driver' || code === 'usb-driver-holds' || code === 'usb-no-permission';
}
