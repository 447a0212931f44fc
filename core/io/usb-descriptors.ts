/** A USB device's descriptors as Linux keeps them in /sys, readable for everybody: the device's, then its configurations, all bytes as they came. */
import { readFile } from 'node:fs/promises';
import type { UsbEndpoint, UsbInterface } from '../ports.ts';

const DEVICE = 1;
const CONFIGURATION = 2;
const INTERFACE = 4;
const ENDPOINT = 5;
/** bmAttributes of a configuration: it brings its own supply. */
const SELF_POWERED = 0x40;
const MILLIAMPS_A_UNIT = 2;
const endpointTypes = ['control', 'isochronous', 'bulk', 'interrupt'] as const;

/** Where each is among the device's strings; 0: it has none. */
export interface StringIndices {
  readonly manufacturer: number;
  readonly product: number;
  readonly serial: number;
}

export interface DescribedConfiguration {
  /** Absent: the device's own descriptor was not there. */
  readonly strings?: StringIndices;
  readonly interfaces: readonly UsbInterface[];
  readonly maxMilliamps: number;
  readonly hasOwnSupply: boolean;
}

/** The first configuration; supported boards have no other. Undefined: not Linux, or it has left. */
export async function readDescriptors(sys: string, name: string): Promise<DescribedConfiguration | undefined> {
  const bytes = await readFile(`${sys}/${name}/descriptors`).catch(() => undefined);
  return bytes && firstConfiguration(bytes);
}

/** Unknown kinds are skipped by their length; what is cut off is left out. */
export function firstConfiguration(bytes: Uint8Array): DescribedConfiguration | undefined {
  let strings: StringIndices | undefined;
  let found: { maxMilliamps: number; hasOwnSupply: boolean } | undefined;
  const interfaces: (UsbInterface & { endpoints: UsbEndpoint[] })[] = [];
  let isAlternate = false;
  for (let at = 0; at + 2 <= bytes.length; ) {
    const length = bytes[at] as number;
    const one = bytes.subarray(at, at + length);
    if (length < 2 || one.length < length) break;
    const byte = (index: number) => one[index] ?? 0;
    if (one[1] === DEVICE && length > 16) strings = { manufacturer: byte(14), product: byte(15), serial: byte(16) };
    else if (one[1] === CONFIGURATION) {
      if (found !== undefined) break;
      found = { maxMilliamps: byte(8) * MILLIAMPS_A_UNIT, hasOwnSupply: (byte(7) & SELF_POWERED) !== 0 };
    } else if (one[1] === INTERFACE) {
      isAlternate = byte(3) !== 0;
      if (!isAlternate) interfaces.push({ interfaceNumber: byte(2), interfaceClass: byte(5), interfaceSubclass: byte(6), endpoints: [] });
    } else if (one[1] === ENDPOINT && !isAlternate) {
      const endpoint = endpointOf(byte(2), byte(3), byte(4) | ((byte(5) & 0x07) << 8));
      if (endpoint !== undefined) interfaces.at(-1)?.endpoints.push(endpoint);
    }
    at += length;
  }
  return found && { ...found, ...(strings && { strings }), interfaces };
}

function endpointOf(address: number, attributes: number, packetSize: number): UsbEndpoint | undefined {
  const type = endpointTypes[attributes & 0x03] as (typeof endpointTypes)[number];
  return type === 'control' ? undefined : { endpointNumber: address & 0x0f, direction: address & 0x80 ? 'in' : 'out', type, packetSize };
}
