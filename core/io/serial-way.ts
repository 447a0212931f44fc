/** The way to a USB device through the serial ports of the system: find them, open them all or none, make a link of them. */
import { AppError } from '../errors.ts';
import type { UartFormat, UsbFailure, UsbInterface } from '../ports.ts';
import { serialOpenFailure } from './serial-failure.ts';
import { SerialLink, uartsOf } from './serial-link.ts';
import type { NativePort, NativeSerial } from './serial-native.ts';
import { linuxPortsOf, listedPortsOf, type PortOwner, type SerialPortName } from './serial-ports.ts';
import { macProgramHolding, programHolding } from './usb-holder.ts';
import type { UsbWorld } from './usb-world.ts';

/** The system's driver makes its ports a moment after the device arrived; longer, and it makes none. */
export const PORTS_WAIT_MS = 3000;
const LOOK_EVERY_MS = 250;

export interface SerialOwner extends PortOwner {
  readonly location: string;
  readonly serial: string | undefined;
}

/** The ports that are there now. */
export async function portsOf(owner: SerialOwner, count: number, world: UsbWorld): Promise<readonly SerialPortName[]> {
  if (world.system === 'linux') return linuxPortsOf(owner, world.paths);
  return listedPortsOf(owner, owner.serial, count, await world.loadSerial());
}

/** The ports, once there are as many as the board has UARTs; undefined: there are not, or not in time. */
export async function awaitPorts(owner: SerialOwner, count: number, world: UsbWorld): Promise<readonly SerialPortName[] | undefined> {
  for (let waited = 0; ; waited += LOOK_EVERY_MS) {
    const ports = await portsOf(owner, count, world);
    if (ports.length === count) return ports;
    if (waited >= PORTS_WAIT_MS) return undefined;
    await new Promise<void>((resolve) => void world.clock.after(LOOK_EVERY_MS, resolve));
  }
}

/** @throws AppError<UsbFailure> */
export async function openSerialWay(
  owner: SerialOwner,
  ports: readonly SerialPortName[],
  formats: readonly UartFormat[],
  interfaces: readonly UsbInterface[],
  world: UsbWorld,
): Promise<SerialLink> {
  const { location } = owner;
  const places = uartsOf(interfaces).slice(0, formats.length);
  const serial = await world.loadSerial();
  const uarts: { place: (typeof places)[number]; native: NativePort }[] = [];
  try {
    for (const [index, place] of places.entries()) {
      const port = ports.find(({ interfaceNumber }) => interfaceNumber === place.interfaceNumber) ?? ports[index];
      if (port === undefined) throw new Error('no such device');
      uarts.push({ place, native: await openPort(serial, port.path, formats[index] as UartFormat, owner, world) });
    }
    if (uarts.length !== formats.length)
      throw new AppError<UsbFailure>({ code: 'usb-transfer-failed', location, text: 'other UARTs than the board has' }, 'machine');
    return new SerialLink({ clock: world.clock, location, interfaces, uarts });
  } catch (error) {
    await Promise.all(uarts.map(({ native }) => native.close().catch(() => {})));
    throw error;
  }
}

async function openPort(
  serial: NativeSerial,
  path: string,
  { baud, parity }: UartFormat,
  { location }: SerialOwner,
  world: UsbWorld,
): Promise<NativePort> {
  try {
    const stopBits = parity === 'mark' ? 2 : 1; // the same on the wire; mark parity itself is not offered
    return await serial.open({ path, baudRate: baud, dataBits: 8, stopBits, parity: 'none', lock: true, hupcl: true });
  } catch (error) {
    const failure = serialOpenFailure(error, location, baud);
    const program = failure.code === 'usb-busy' ? await holderOf([path], world) : undefined;
    throw new AppError<UsbFailure>(program === undefined ? failure : { code: 'usb-busy', location, program }, 'machine');
  }
}

/** The program that has one of the files open, where the system tells. */
export async function holderOf(files: readonly string[], { system, processId, paths }: UsbWorld): Promise<string | undefined> {
  if (system === 'linux') return programHolding(files, processId, paths);
  return system === 'mac' ? macProgramHolding(files, processId) : undefined;
}
