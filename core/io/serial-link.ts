/**
 * A USB device behind the serial ports of the system: the same link as over USB itself, as far as serial ports go. Endpoints
 * and interfaces are those of the device's descriptors, so that drivers need not know which way their bytes take.
 */
import { AppError } from '../errors.ts';
import type { Clock, UsbControl, UsbFailure, UsbInListener, UsbInterface, UsbLink } from '../ports.ts';
import type { NativePort } from './serial-native.ts';
import { OpenSerialPort } from './serial-port.ts';

const COMMUNICATIONS = 0x02;
const DATA = 0x0a;
const VENDOR = 0xff;

/** A UART as the descriptors show it. */
export interface UartPlace {
  /** Where its requests go; of a CDC function, the first of its two. */
  readonly interfaceNumber: number;
  readonly endpointIn: number;
  readonly endpointOut: number;
}

/** In the order of interfaces: CDC functions, or the vendor's own interfaces with a pipe each way. */
export function uartsOf(interfaces: readonly UsbInterface[]): readonly UartPlace[] {
  const sorted = [...interfaces].sort((a, b) => a.interfaceNumber - b.interfaceNumber);
  return sorted.flatMap((each, index) => {
    const data =
      each.interfaceClass === COMMUNICATIONS
        ? sorted.slice(index + 1).find(({ interfaceClass }) => interfaceClass === DATA)
        : each.interfaceClass === VENDOR
          ? each
          : undefined;
    const [endpointIn, endpointOut] = [bulk(data, 'in'), bulk(data, 'out')];
    if (endpointIn === undefined || endpointOut === undefined) return [];
    return [{ interfaceNumber: each.interfaceNumber, endpointIn, endpointOut }];
  });
}

function bulk(data: UsbInterface | undefined, direction: 'in' | 'out'): number | undefined {
  return data?.endpoints.find((endpoint) => endpoint.type === 'bulk' && endpoint.direction === direction)?.endpointNumber;
}

export interface SerialLinkOptions {
  readonly clock: Clock;
  readonly location: string;
  readonly interfaces: readonly UsbInterface[];
  readonly uarts: readonly { readonly place: UartPlace; readonly native: NativePort }[];
}

export class SerialLink implements UsbLink {
  readonly transport = 'serial';
  readonly interfaces: readonly UsbInterface[];
  readonly #location: string;
  readonly #uarts: readonly { readonly place: UartPlace; readonly port: OpenSerialPort }[];

  constructor({ clock, location, interfaces, uarts }: SerialLinkOptions) {
    this.interfaces = interfaces;
    this.#location = location;
    this.#uarts = uarts.map(({ place, native }) => ({ place, port: new OpenSerialPort({ native, clock, location }) }));
  }

  /** False: a port of it is not closed yet. */
  get isGivenBack(): boolean {
    return this.#uarts.every(({ port }) => port.isGivenBack);
  }

  async control({ index, uart }: UsbControl): Promise<void> {
    if (uart === undefined) throw this.#failure('a serial port cannot do this request');
    const port = this.#find(({ interfaceNumber }) => interfaceNumber === index);
    if (uart.baud !== undefined) await port.setBaud(uart.baud);
    if (uart.lines !== undefined) await port.setLines(uart.lines);
  }

  async write(endpointNumber: number, bytes: Uint8Array): Promise<void> {
    await this.#find(({ endpointOut }) => endpointOut === endpointNumber).write(bytes);
  }

  listen(endpointNumber: number, listener: UsbInListener): void {
    this.#find(({ endpointIn }) => endpointIn === endpointNumber).listen(listener);
  }

  async reset(): Promise<void> {
    throw this.#failure('a serial port cannot reset a device');
  }

  async close(): Promise<void> {
    await Promise.all(this.#uarts.map(({ port }) => port.close()));
  }

  #find(is: (place: UartPlace) => boolean): OpenSerialPort {
    const found = this.#uarts.find(({ place }) => is(place));
    if (found === undefined) throw this.#failure('the device has no such UART');
    return found.port;
  }

  #failure(text: string): AppError<UsbFailure> {
    return new AppError<UsbFailure>({ code: 'usb-transfer-failed', location: this.#location, text }, 'us');
  }
}
