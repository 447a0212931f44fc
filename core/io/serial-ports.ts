/**
 * Which serial ports of the system belong to a USB device. Who the device is was read from its own descriptors before: a port
 * is only matched to it, never the other way round, so a board appears once, however many ports its driver makes.
 */
import { readdir } from 'node:fs/promises';
import type { NativePortInfo, NativeSerial } from './serial-native.ts';
import type { HolderPaths } from './usb-holder.ts';

/** The device as the bus has it. */
export interface PortOwner {
  readonly vendorId: number;
  readonly productId: number;
  /** `003`; macOS: the first two digits of the location. */
  readonly bus: string;
  readonly ports: readonly number[];
}

export interface SerialPortName {
  readonly path: string;
  /** Undefined: the system does not tell; ports are in the order of interfaces then. */
  readonly interfaceNumber: number | undefined;
}

/** Linux: the kernel's drivers put the port's name below the interface: `1-4:1.0/ttyUSB0`, `1-4:1.0/tty/ttyACM0`. */
export async function linuxPortsOf({ bus, ports }: PortOwner, { sys }: Pick<HolderPaths, 'sys'>): Promise<readonly SerialPortName[]> {
  const device = `${Number(bus)}-${ports.join('.')}:`;
  const folders = (await names(sys)).filter((name) => name.startsWith(device));
  const found = await Promise.all(
    folders.map(async (folder) => {
      const below = [...(await names(`${sys}/${folder}`)), ...(await names(`${sys}/${folder}/tty`))];
      const interfaceNumber = Number(folder.slice(folder.lastIndexOf('.') + 1));
      return below.filter((name) => /^tty(USB|ACM)\d+$/.test(name)).map((name) => ({ path: `/dev/${name}`, interfaceNumber }));
    }),
  );
  return found.flat().sort((a, b) => a.interfaceNumber - b.interfaceNumber);
}

/** Windows and macOS: by what the list tells. Rather none than another device's. `serial`: the device's own serial number. */
export async function listedPortsOf(
  device: PortOwner,
  serial: string | undefined,
  count: number,
  native: Pick<NativeSerial, 'list'>,
): Promise<readonly SerialPortName[]> {
  const alike = (await native.list()).filter((info) => hasIds(info, device));
  const here = alike.filter((info) => isMacLocation(info.locationId) && info.locationId === macLocation(device));
  if (here.length > 0) return inOrder(here);
  const atPort = alike.filter((info) => isAtPort(info, device) && mayHaveSerial(info, serial));
  const own = atPort.length > 0 ? atPort : alike.filter((info) => hasNoPlace(info, device) && hasSerial(info, serial));
  return own.length <= count ? inOrder(own) : [];
}

function hasIds({ vendorId = '', productId = '' }: NativePortInfo, device: PortOwner): boolean {
  return Number.parseInt(vendorId, 16) === device.vendorId && Number.parseInt(productId, 16) === device.productId;
}

/** Windows writes serial numbers in capitals, and makes some up for devices that have none. */
function hasSerial({ serialNumber }: NativePortInfo, serial: string | undefined): boolean {
  return serial !== undefined && serial !== '' && serialNumber?.toUpperCase() === serial.toUpperCase();
}

/** Nothing is told that speaks against it. */
function mayHaveSerial(info: NativePortInfo, serial: string | undefined): boolean {
  return serial === undefined || serial === '' || info.serialNumber === undefined || hasSerial(info, serial);
}

/** Of some hub: every hub has such a port. */
function isAtPort({ locationId }: NativePortInfo, { ports }: PortOwner): boolean {
  const port = windowsPort(locationId);
  return port !== undefined && port === ports.at(-1);
}

/** As of an interface of a device that has several, which is `0000.0014.0000.003.000.000.000.000.000`; or the device's own is not known. */
function hasNoPlace({ locationId }: NativePortInfo, { ports }: PortOwner): boolean {
  return !isMacLocation(locationId) && (windowsPort(locationId) === undefined || ports.length === 0);
}

function isMacLocation(locationId: string | undefined): boolean {
  return locationId !== undefined && /^[0-9a-f]{8}$/i.test(locationId);
}

/** `14200000`: bus 14, port 2. */
function macLocation({ bus, ports }: PortOwner): string {
  return `${bus}${ports.map((port) => port.toString(16)).join('')}`.padEnd(8, '0');
}

/** `Port_#0002.Hub_#0003` is port 2 of some hub. */
function windowsPort(locationId: string | undefined): number | undefined {
  const found = /^Port_#(\d+)/.exec(locationId ?? '')?.[1];
  return found === undefined ? undefined : Number(found);
}

function inOrder(infos: readonly NativePortInfo[]): readonly SerialPortName[] {
  return infos
    .map(({ path, pnpId }) => ({ path, interfaceNumber: interfaceOf(pnpId) }))
    .sort((a, b) => (a.interfaceNumber ?? 0) - (b.interfaceNumber ?? 0) || a.path.localeCompare(b.path, 'en', { numeric: true }));
}

function interfaceOf(pnpId: string | undefined): number | undefined {
  const found = /&MI_([0-9A-F]{2})/i.exec(pnpId ?? '')?.[1];
  return found === undefined ? undefined : Number.parseInt(found, 16);
}

function names(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
