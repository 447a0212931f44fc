/** USB/IP protocol 1.1.1, as the Linux kernel speaks it (Documentation/usb/usbip_protocol): layouts and numbers. All big-endian. */
import { concat } from '../../../core/bytes.ts';
import type { DeviceSpec } from '../emulators/usb/descriptors.ts';
import type { Setup } from '../emulators/usb/usb-device.ts';

export const VERSION = 0x0111;
export const codes = { requestList: 0x8005, replyList: 0x0005, requestImport: 0x8003, replyImport: 0x0003 } as const;
export const commands = { submit: 1, unlink: 2, returnSubmit: 3, returnUnlink: 4 } as const;
/** Linux's numbers, which are the protocol's. */
export const errno = { none: 0, stalled: -32, overflow: -75, unlinked: -104, gone: -108 } as const;
export const OP_BYTES = 8;
export const BUSID_BYTES = 32;
export const HEADER_BYTES = 48;
const PATH_BYTES = 256;
const FULL_SPEED = 2;
const STATUS_ERROR = 1;

export interface Exported {
  /** `1-1`: what a client asks for. */
  readonly busid: string;
  readonly bus: number;
  readonly device: number;
  readonly spec: DeviceSpec;
  readonly configuration: number;
}

export interface SubmitHeader {
  readonly command: number;
  readonly sequence: number;
  readonly deviceId: number;
  readonly isIn: boolean;
  readonly endpoint: number;
  readonly length: number;
  readonly setup: Setup;
}

function fixed(text: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set(Array.from(text, (letter) => letter.charCodeAt(0)));
  return bytes;
}

function integers(...values: readonly (readonly [bits: 16 | 32, value: number])[]): Uint8Array {
  const bytes = new Uint8Array(values.reduce((sum, [bits]) => sum + bits / 8, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [bits, value] of values) {
    if (bits === 16) view.setUint16(at, value);
    else view.setUint32(at, value >>> 0);
    at += bits / 8;
  }
  return bytes;
}

function operation(code: number, isGood: boolean): Uint8Array {
  return integers([16, VERSION], [16, code], [32, isGood ? 0 : STATUS_ERROR]);
}

function deviceBytes({ busid, bus, device, spec, configuration }: Exported): Uint8Array {
  const path = fixed(`/sys/devices/emulated/usb${bus}/${busid}`, PATH_BYTES);
  const place = integers([32, bus], [32, device], [32, FULL_SPEED], [16, spec.vendorId], [16, spec.productId], [16, spec.release]);
  return concat(path, fixed(busid, BUSID_BYTES), place, Uint8Array.of(...spec.class, configuration, 1, spec.interfaces.length));
}

export function replyList(exported: readonly Exported[]): Uint8Array {
  const devices = exported.map((each) => concat(deviceBytes(each), ...each.spec.interfaces.map((one) => Uint8Array.of(...one.class, 0))));
  return concat(operation(codes.replyList, true), integers([32, exported.length]), ...devices);
}

/** undefined: there is no such device, or somebody has it. */
export function replyImport(exported: Exported | undefined): Uint8Array {
  const head = operation(codes.replyImport, exported !== undefined);
  return exported === undefined ? head : concat(head, deviceBytes(exported));
}

export function readSubmit(bytes: Uint8Array): SubmitHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  return {
    command: view.getUint32(0),
    sequence: view.getUint32(4),
    deviceId: view.getUint32(8),
    isIn: view.getUint32(12) === 1,
    endpoint: view.getUint32(16),
    length: view.getUint32(24),
    setup: {
      requestType: view.getUint8(40),
      request: view.getUint8(41),
      value: view.getUint16(42, true),
      index: view.getUint16(44, true),
      length: view.getUint16(46, true),
    },
  };
}

/** The sequence number of the submit to be undone stands where a submit has its flags. */
export function readUnlinked(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES).getUint32(20);
}

function basic(command: number, sequence: number): Uint8Array {
  return integers([32, command], [32, sequence], [32, 0], [32, 0], [32, 0]);
}

/** `data` follows for IN; `moved` bytes were transferred either way. */
export function returnSubmit(sequence: number, status: number, moved: number, data: Uint8Array): Uint8Array {
  const rest = integers([32, status], [32, moved], [32, 0], [32, 0], [32, 0]);
  return concat(basic(commands.returnSubmit, sequence), rest, new Uint8Array(8), data);
}

export function returnUnlink(sequence: number, status: number): Uint8Array {
  return concat(basic(commands.returnUnlink, sequence), integers([32, status]), new Uint8Array(24));
}
