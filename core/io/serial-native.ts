/**
 * The part of the `serialport` package that Hearth uses: its binding, one layer below its streams. `list` is never called on
 * Linux, where it starts a program that may be missing; the ports are in /sys there.
 */
import type { AppError } from '../errors.ts';
import type { UsbFailure } from '../ports.ts';
import { usbUnavailable } from './usb-failure.ts';

/** What the system tells of a port. Absent: nothing; what there is differs from system to system. */
export interface NativePortInfo {
  /** `COM3`, `/dev/tty.usbmodem14201`. */
  readonly path: string;
  readonly vendorId?: string | undefined;
  readonly productId?: string | undefined;
  readonly serialNumber?: string | undefined;
  /** macOS: bus and ports in hexadecimal digits, `14200000`. Windows: words, `Port_#0002.Hub_#0003`. */
  readonly locationId?: string | undefined;
  /** Windows: `USB\VID_C0DE&PID_CAFE&MI_02\…`, where MI is the interface of a device that has several. */
  readonly pnpId?: string | undefined;
}

export interface NativeOpenOptions {
  readonly path: string;
  readonly baudRate: number;
  readonly dataBits: 8;
  readonly stopBits: 1 | 2;
  readonly parity: 'none';
  /** No second program beside this one. */
  readonly lock: true;
  /** DTR rises when the port is opened (on Windows only so), and falls when it is closed. */
  readonly hupcl: true;
}

export interface NativePort {
  /** Not on Windows: there `read` knows by itself when a device has left. */
  readonly fd?: number | null;
  readonly poller?: { once(event: 'readable', callback: (error: Error | null) => void): unknown };
  read(buffer: Uint8Array, offset: number, length: number): Promise<{ readonly bytesRead: number }>;
  /** Resolves when the system has taken all bytes. One at a time. */
  write(buffer: Uint8Array): Promise<void>;
  update(options: { readonly baudRate: number }): Promise<void>;
  set(options: { readonly dtr: boolean; readonly rts: boolean }): Promise<void>;
  /** What the driver really made of the rate, where it tells. */
  getBaudRate(): Promise<{ readonly baudRate: number }>;
  drain(): Promise<void>;
  /** Throws away what has not been sent and what has not been read. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface NativeSerial {
  list(): Promise<readonly NativePortInfo[]>;
  open(options: NativeOpenOptions): Promise<NativePort>;
}

/** Loads the package when it is first needed. @throws AppError<UsbFailure> `usb-unavailable` where it has no binary for this machine */
export async function loadSerial(): Promise<NativeSerial> {
  try {
    const { SerialPort } = await import('serialport');
    return SerialPort.binding as unknown as NativeSerial;
  } catch (error) {
    throw usbUnavailable(error) satisfies AppError<UsbFailure>;
  }
}
