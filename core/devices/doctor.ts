/**
 * What is plugged into USB, what each device is, and what is in the way. Looking sends nothing: strings are read, and of
 * boards it may be tried whether they can be opened. Devices that are no boards are only named, guesses never opened.
 */
import { type Failure, faultOf } from '../errors.ts';
import type { Clock, UsbBus, UsbDevice, UsbFailure, UsbPower, UsbStrings } from '../ports.ts';
import { type Identification, identify, mayBeBoard } from './board/identify.ts';
import { within } from './board/wait.ts';

/**
 * `board`: Hearth drives it once nothing is in the way. `unsupported`: a miner that Hearth does not drive. `stock-firmware`:
 * perhaps a Bitaxe with its maker's firmware, which mines over the network.
 */
export type SightKind = 'board' | 'unsupported' | 'stock-firmware' | 'other';

/** A device on USB that shares its ids with a board. */
export interface UsbSight {
  /** From plug to unplug. */
  readonly key: string;
  readonly location: string;
  readonly vendorId: number;
  readonly productId: number;
  readonly version: number;
  /** They may say anything. */
  readonly strings: UsbStrings;
  readonly kind: SightKind;
  /** What people call it, where that is known. */
  readonly name?: string;
  /** Its strings are those of any gadget with the same bridge: not touched until a person says so. */
  readonly isGuess?: true;
  /** Of the device that was offered for it. */
  readonly deviceId?: string;
  readonly power?: UsbPower;
  /** Why it cannot be used; absent: it can, or nobody tried. */
  readonly fault?: Failure;
  /** Worth knowing, and not in the way. */
  readonly notices: readonly UsbNotice[];
}

/** Each code is in the table of core/faults.ts. */
export type UsbNotice =
  | { readonly code: 'usb-firmware-unknown' | 'usb-stock-firmware'; readonly location: string }
  | { readonly code: 'usb-hub-weak'; readonly location: string; readonly hub: string }
  | { readonly code: 'usb-cable-loose'; readonly location: string; readonly times: number; readonly minutes: number };

export interface UsbSights {
  /** `unavailable`: this computer has no bus that Hearth can use. */
  readonly state: 'on' | 'unavailable';
  readonly fault?: Failure;
  /** In the order of ports. */
  readonly sights: readonly UsbSight[];
}

/** What looks at the bus. */
export interface UsbEyes {
  now(): UsbSights;
  /** Calls at every change. */
  onChange(changed: () => void): void;
}

/** A device that sleeps, or hangs, must not keep the others from being shown. */
export const EXAMINE_MS = 10_000;
/** Makers of miners; what they make and Hearth does not know is newer than Hearth, or firmware of another kind. */
const MAKERS = ['GekkoScience', 'bitshopperde', 'OSMU', '256F'];

/** What its strings and its place say. */
export function sightOf(device: UsbDevice, strings: UsbStrings, power: UsbPower): UsbSight {
  const { key, location, vendorId, productId, version } = device;
  const what = identify(device, strings);
  const isUnknown = what.kind === 'other' && isOfMaker(strings);
  const name = isUnknown ? [strings.manufacturer, strings.product].filter(Boolean).join(' ') : nameOf(what);
  return {
    key,
    location,
    vendorId,
    productId,
    version,
    strings,
    kind: isUnknown ? 'unsupported' : kindOf(what),
    ...(name !== undefined && { name }),
    ...(what.kind === 'board' && what.model.isGuess && { isGuess: true as const }),
    power,
    notices: noticesOf(what, isUnknown, location, power),
  };
}

function noticesOf(what: Identification, isUnknown: boolean, location: string, { hub }: UsbPower): readonly UsbNotice[] {
  if (isUnknown) return [{ code: 'usb-firmware-unknown', location }];
  if (what.kind === 'perhaps-bitaxe') return [{ code: 'usb-stock-firmware', location }];
  return what.kind === 'board' && hub?.hasOwnSupply === false ? [{ code: 'usb-hub-weak', location, hub: hub.location }] : [];
}

/** What could not be asked who it is. */
export function blindSight(device: UsbDevice, fault: Failure): UsbSight {
  const { key, location, vendorId, productId, version } = device;
  return { key, location, vendorId, productId, version, strings: {}, kind: 'other', fault, notices: [] };
}

export function inPortOrder<T extends { readonly location: string }>(all: readonly T[]): readonly T[] {
  return [...all].sort((a, b) => a.location.localeCompare(b.location, 'en', { numeric: true }));
}

/** Looks once, and tries to open boards. @throws AppError<UsbFailure> `usb-unavailable` */
export async function examineUsb(bus: UsbBus, clock: Clock): Promise<readonly UsbSight[]> {
  const devices = (await bus.list()).filter(mayBeBoard);
  const sights = devices.map(async (device) => (await within(clock, EXAMINE_MS, examine(device, clock))) ?? silentSight(device));
  return inPortOrder(await Promise.all(sights));
}

function silentSight(device: UsbDevice): UsbSight {
  const { location } = device;
  return blindSight(device, { code: 'usb-transfer-failed', location, text: `no answer within ${EXAMINE_MS} ms` } as UsbFailure);
}

async function examine(device: UsbDevice, clock: Clock): Promise<UsbSight> {
  try {
    const strings = await device.strings();
    const sight = sightOf(device, strings, await device.power());
    const fault = await tryToOpen(device, identify(device, strings), clock);
    return { ...sight, ...(fault && { fault }) };
  } catch (error) {
    return blindSight(device, faultOf(error));
  }
}

/** The board's own way of opening, so that what is in that way is found. A guess may be any gadget: it is left to its program. */
async function tryToOpen(device: UsbDevice, what: Identification, clock: Clock): Promise<Failure | undefined> {
  if (what.kind !== 'board' || what.model.isGuess === true) return undefined;
  try {
    await (await what.model.open(device, clock)).close();
    return undefined;
  } catch (error) {
    return faultOf(error);
  }
}

function isOfMaker({ manufacturer = '', product = '' }: UsbStrings): boolean {
  return MAKERS.includes(manufacturer) || MAKERS.some((maker) => product.startsWith(`${maker} `));
}

function kindOf({ kind }: Identification): SightKind {
  return kind === 'perhaps-bitaxe' ? 'stock-firmware' : kind;
}

function nameOf(what: Identification): string | undefined {
  if (what.kind === 'board') return what.model.name;
  return what.kind === 'unsupported' ? what.name : undefined;
}
