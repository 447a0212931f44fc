/**
 * What is plugged in, what each device is, and what is in the way. A board is opened and given back to see whether it can be;
 * nothing is sent to it. Devices that are no boards are only named.
 */
import { type Failure, faultOf } from '../errors.ts';
import type { UsbBus, UsbDevice, UsbStrings } from '../ports.ts';
import { type Identification, identify, mayBeBoard } from './board/identify.ts';

export interface Finding {
  readonly location: string;
  readonly vendorId: number;
  readonly productId: number;
  readonly version: number;
  readonly strings: UsbStrings;
  readonly what: Identification;
  /** Why it cannot be used; absent: it can. */
  readonly inTheWay?: Failure;
}

/** In the order of ports. @throws AppError<UsbFailure> `usb-unavailable` */
export async function examineUsb(bus: UsbBus): Promise<readonly Finding[]> {
  const devices = (await bus.list()).filter(mayBeBoard);
  const findings = await Promise.all(devices.map(examine));
  return findings.sort((a, b) => a.location.localeCompare(b.location, 'en', { numeric: true }));
}

async function examine(device: UsbDevice): Promise<Finding> {
  const { location, vendorId, productId, version } = device;
  const facts = { location, vendorId, productId, version };
  try {
    const strings = await device.strings();
    const what = identify(device, strings);
    const inTheWay = what.kind === 'board' ? await tryToOpen(device) : undefined;
    return { ...facts, strings, what, ...(inTheWay && { inTheWay }) };
  } catch (error) {
    return { ...facts, strings: {}, what: { kind: 'other' }, inTheWay: faultOf(error) };
  }
}

async function tryToOpen(device: UsbDevice): Promise<Failure | undefined> {
  try {
    await (await device.open({})).close();
    return undefined;
  } catch (error) {
    return faultOf(error);
  }
}
