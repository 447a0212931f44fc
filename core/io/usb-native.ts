/**
 * The part of the `usb` package that Hearth uses, and how it is loaded. Its inner door (`usb/index.js`) is used on purpose:
 * the outer one crashes the process where no bus can be watched, cuts transfers off after a second, and hides timeouts.
 */
import type { AppError } from '../errors.ts';
import type { UsbFailure } from '../ports.ts';
import { usbUnavailable } from './usb-failure.ts';

export interface NativeSetup {
  readonly requestType: 'class' | 'vendor';
  readonly recipient: 'device' | 'interface';
  readonly request: number;
  readonly value: number;
  readonly index: number;
}

export interface NativeInterface {
  readonly interfaceNumber: number;
  readonly alternate: {
    readonly interfaceClass: number;
    readonly interfaceSubclass: number;
    readonly endpoints: readonly {
      readonly endpointNumber: number;
      readonly direction: 'in' | 'out';
      readonly type: string;
      readonly packetSize: number;
    }[];
  };
}

export interface NativeConfiguration {
  readonly configurationValue: number;
  readonly interfaces: readonly NativeInterface[];
}

/** Getters may open the device, and wait for it: strings and configuration are read once. */
export interface NativeDevice {
  readonly vendorId: number;
  readonly productId: number;
  readonly deviceVersionMajor: number;
  readonly deviceVersionMinor: number;
  readonly deviceVersionSubminor: number;
  readonly bus: string;
  readonly address: number;
  readonly ports: readonly number[];
  readonly handle: string;
  readonly speed?: string | null;
  readonly manufacturerName: string | null;
  readonly productName: string | null;
  readonly serialNumber: string | null;
  readonly configuration: NativeConfiguration;
  open(): Promise<void>;
  close(): Promise<void>;
  reset(): Promise<void>;
  selectConfiguration(value: number): Promise<void>;
  claimInterface(number: number): Promise<void>;
  releaseInterface(number: number): Promise<void>;
  detachKernelDriver(number: number): Promise<void>;
  attachKernelDriver(number: number): Promise<void>;
  nativeControlTransferOut(setup: NativeSetup, timeoutMs: number, data?: Uint8Array | null): Promise<number>;
  nativeTransferIn(endpoint: number, timeoutMs: number, length: number): Promise<Uint8Array | null>;
  nativeTransferOut(endpoint: number, timeoutMs: number, data: Uint8Array): Promise<number>;
  clearHalt(direction: 'in' | 'out', endpoint: number): Promise<void>;
}

export interface NativeEmitter {
  addAttach(callback: (device: NativeDevice) => void): Promise<void>;
  removeAttach(): Promise<void>;
  addDetach(callback: (handle: string) => void): Promise<void>;
  removeDetach(): Promise<void>;
}

export interface NativeUsb {
  nativeGetDevices(): Promise<readonly NativeDevice[]>;
  readonly Emitter: new () => NativeEmitter;
}

/** Loads the package when it is first needed. @throws AppError<UsbFailure> `usb-unavailable` where it has no binary for this machine */
export async function loadUsb(): Promise<NativeUsb> {
  try {
    const loaded = (await import('usb/index.js')) as unknown as NativeUsb & { readonly default?: NativeUsb };
    return loaded.default ?? loaded;
  } catch (error) {
    throw usbUnavailable(error) satisfies AppError<UsbFailure>;
  }
}
