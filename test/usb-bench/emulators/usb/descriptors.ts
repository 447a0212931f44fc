/** Descriptors of USB 2.0, chapter 9.6, made from a description of the device. */
import { concat } from '../../../../core/bytes.ts';

export interface EndpointSpec {
  /** Direction in bit 7. */
  readonly address: number;
  readonly type: 'bulk' | 'interrupt';
  readonly packetBytes: number;
}

export interface InterfaceSpec {
  readonly class: readonly [number, number, number];
  readonly endpoints: readonly EndpointSpec[];
  /** Class-specific descriptors that stand after the interface's own. */
  readonly extra?: Uint8Array;
  /** An association of this interface and the next ones begins here. */
  readonly association?: { readonly count: number; readonly class: readonly [number, number, number] };
  /** Index of its string. */
  readonly string?: number;
}

export interface DeviceSpec {
  readonly vendorId: number;
  readonly productId: number;
  readonly release: number;
  readonly usb: number;
  readonly class: readonly [number, number, number];
  readonly controlPacketBytes: 8 | 64;
  readonly manufacturer: string;
  readonly product: string;
  readonly serial: string;
  /** Milliamperes. */
  readonly maxPower: number;
  readonly attributes: number;
  readonly interfaces: readonly InterfaceSpec[];
}

const word = (value: number) => [value & 0xff, value >> 8] as const;
const CONFIGURATION = 9;

export function deviceDescriptor(spec: DeviceSpec): Uint8Array {
  const ids = [...word(spec.vendorId), ...word(spec.productId), ...word(spec.release)];
  return Uint8Array.of(18, 1, ...word(spec.usb), ...spec.class, spec.controlPacketBytes, ...ids, 1, 2, 3, 1);
}

export function configurationDescriptor(spec: DeviceSpec): Uint8Array {
  const body = concat(...spec.interfaces.map((each, number) => interfaceBytes(each, number)));
  const head = [CONFIGURATION, 2, ...word(CONFIGURATION + body.length), spec.interfaces.length, 1, 0, spec.attributes, spec.maxPower / 2];
  return concat(Uint8Array.from(head), body);
}

function interfaceBytes(spec: InterfaceSpec, number: number): Uint8Array {
  const { association } = spec;
  const group = association === undefined ? [] : [8, 11, number, association.count, ...association.class, 0];
  const own = [9, 4, number, 0, spec.endpoints.length, ...spec.class, spec.string ?? 0];
  const endpoints = spec.endpoints.map(({ address, type, packetBytes }) =>
    Uint8Array.of(7, 5, address, type === 'bulk' ? 2 : 3, ...word(packetBytes), type === 'bulk' ? 0 : 16),
  );
  return concat(Uint8Array.from([...group, ...own]), spec.extra ?? new Uint8Array(0), ...endpoints);
}

/** String 0 names the language (US English). undefined: there is none of that number. */
export function stringDescriptor(spec: DeviceSpec, index: number): Uint8Array | undefined {
  if (index === 0) return Uint8Array.of(4, 3, 0x09, 0x04);
  const text = [spec.manufacturer, spec.product, spec.serial][index - 1];
  if (text === undefined) return undefined;
  const units = Array.from({ length: text.length }, (_, at) => [...word(text.charCodeAt(at))]).flat();
  return Uint8Array.of(2 + units.length, 3, ...units);
}
