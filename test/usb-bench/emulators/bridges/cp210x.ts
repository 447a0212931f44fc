/**
 * Silicon Labs CP2102 (one UART) and CP2105 (two UARTs, and three latched pins that switch the chips' power). Nothing
 * passes a UART before it is enabled.
 */
import { EMPTY } from '../../../../core/bytes.ts';
import type { SerialWire } from '../serial-wire.ts';
import type { DeviceSpec, InterfaceSpec } from '../usb/descriptors.ts';
import type { Setup, UsbFunction } from '../usb/usb-device.ts';
import { ShortReads } from './short-reads.ts';

type Strings = Pick<DeviceSpec, 'manufacturer' | 'product' | 'serial'>;

const requests = {
  enable: 0x00,
  line: 0x03,
  getLine: 0x04,
  handshake: 0x07,
  modem: 0x08,
  commStatus: 0x10,
  purge: 0x12,
  setFlow: 0x13,
  getBaud: 0x1d,
  baud: 0x1e,
  vendor: 0xff,
};
const vendorValues = { partNumber: 0x370b, writeLatch: 0x37e1, readLatch: 0x00c2 };
const COMM_STATUS_BYTES = 19;
/** The latch after power-on. */
const ALL_HIGH = 0b111;
/** Five-bit bytes have no place here; parity and stop bits as the request codes them. */
const PARITY_BITS = (value: number) => ((value >> 4) & 0xf ? 1 : 0);
const STOP_BITS = (value: number) => (value & 0xf ? 2 : 1);

function port(number: number, packetBytes: number): InterfaceSpec {
  const endpoints = [
    { address: 0x81 + number, type: 'bulk', packetBytes },
    { address: 0x01 + number, type: 'bulk', packetBytes },
  ] as const;
  return { class: [0xff, 0, 0], endpoints, string: 2 };
}

export function cp2102Spec(strings: Strings): DeviceSpec {
  const ids = { vendorId: 0x10c4, productId: 0xea60, release: 0x0100, usb: 0x0110, class: [0, 0, 0], controlPacketBytes: 64 } as const;
  return { ...ids, ...strings, maxPower: 100, attributes: 0x80, interfaces: [port(0, 64)] };
}

export function cp2105Spec(strings: Strings): DeviceSpec {
  const ids = { vendorId: 0x10c4, productId: 0xea70, release: 0x0100, usb: 0x0200, class: [0, 0, 0], controlPacketBytes: 64 } as const;
  return { ...ids, ...strings, maxPower: 100, attributes: 0x80, interfaces: [port(0, 64), port(1, 32)] };
}

interface Port {
  readonly wire: SerialWire;
  isEnabled: boolean;
  line: number;
  /** DTR bit 0, RTS bit 1. */
  lines: number;
  readonly packetBytes: number;
}

export class Cp210x implements UsbFunction {
  readonly spec: DeviceSpec;
  readonly shortReads = new ShortReads();
  readonly #ports: readonly Port[];
  readonly #setLatch: ((pins: number) => void) | undefined;
  #latch = ALL_HIGH;

  /** `wires`: one a UART. `setLatch` (CP2105): pins 0–2; all low = power on. */
  constructor(spec: DeviceSpec, wires: readonly SerialWire[], setLatch?: (pins: number) => void) {
    this.spec = spec;
    this.#setLatch = setLatch;
    this.#ports = wires.map((wire, index) => ({ wire, isEnabled: false, line: 0x0800, lines: 0, packetBytes: index === 0 ? 64 : 32 }));
  }

  get latch(): number {
    return this.#latch;
  }

  /** Line control words and handshake lines, as a test may want to see them. */
  get lines(): readonly { readonly line: number; readonly lines: number; readonly isEnabled: boolean }[] {
    return this.#ports;
  }

  /** The bus has let it down: the latch is open again. */
  losePower(): void {
    this.#latch = ALL_HIGH;
    this.#setLatch?.(ALL_HIGH);
  }

  reset(_now: number): void {
    for (const each of this.#ports) {
      each.isEnabled = false;
      each.wire.purgeReceived();
      each.wire.purgeSent();
    }
  }

  advance(now: number): void {
    for (const { wire } of this.#ports) wire.advance(now);
  }

  control(setup: Setup, data: Uint8Array, _now: number): Uint8Array | undefined {
    if ((setup.requestType & 0x60) !== 0x40) return undefined;
    if (setup.request === requests.vendor) return this.#vendor(setup, data);
    const each = this.#ports[setup.index];
    if (each === undefined) return undefined;
    return setup.requestType & 0x80 ? this.#get(each, setup) : this.#set(each, setup, data);
  }

  out(endpoint: number, packet: Uint8Array, now: number): boolean {
    const each = this.#ports[(endpoint & 0x7f) - 1] as Port;
    if (!each.isEnabled) return true;
    if (each.wire.room < packet.length) return false;
    each.wire.send(packet, now);
    return true;
  }

  in(endpoint: number, _now: number): Uint8Array | undefined {
    const each = this.#ports[(endpoint & 0x7f) - 1] as Port;
    if (!each.isEnabled || each.wire.waiting === 0) return undefined;
    const packet = each.wire.take(this.shortReads.limit(each.packetBytes));
    this.shortReads.made();
    return packet;
  }

  #get(each: Port, setup: Setup): Uint8Array | undefined {
    const baud = each.wire.hostBaud;
    const answers: Record<number, readonly number[]> = {
      [requests.getLine]: [each.line & 0xff, each.line >> 8],
      [requests.modem]: [each.lines],
      [requests.commStatus]: new Array<number>(COMM_STATUS_BYTES).fill(0),
      [requests.getBaud]: [baud & 0xff, (baud >> 8) & 0xff, (baud >> 16) & 0xff, baud >>> 24],
    };
    const answer = answers[setup.request];
    return answer === undefined ? undefined : Uint8Array.from(answer);
  }

  #set(each: Port, { request, value }: Setup, data: Uint8Array): Uint8Array | undefined {
    switch (request) {
      case requests.enable:
        each.isEnabled = value === 1;
        return EMPTY;
      case requests.line:
        each.line = value;
        each.wire.bitsPerByte = 1 + (value >> 8) + PARITY_BITS(value) + STOP_BITS(value);
        return EMPTY;
      case requests.handshake: {
        const mask = value >> 8;
        each.lines = (each.lines & ~mask) | (value & mask);
        return EMPTY;
      }
      case requests.baud:
        if (data.length < 4) return undefined;
        each.wire.hostBaud = new DataView(data.buffer, data.byteOffset).getUint32(0, true);
        return EMPTY;
      case requests.purge:
        if (value & 0b1010) each.wire.purgeReceived();
        if (value & 0b0101) each.wire.purgeSent();
        return EMPTY;
      case requests.setFlow:
        return EMPTY;
      default:
        return undefined;
    }
  }

  #vendor({ value, requestType }: Setup, data: Uint8Array): Uint8Array | undefined {
    const hasLatch = this.#setLatch !== undefined;
    if (requestType & 0x80) {
      if (value === vendorValues.partNumber) return Uint8Array.of(hasLatch ? 0x05 : 0x02);
      return value === vendorValues.readLatch && hasLatch ? Uint8Array.of(this.#latch) : undefined;
    }
    if (value !== vendorValues.writeLatch || !hasLatch || data.length < 2) return undefined;
    const [mask, state] = data as unknown as [number, number];
    this.#latch = (this.#latch & ~mask & 7) | (state & mask & 7);
    this.#setLatch?.(this.#latch);
    return EMPTY;
  }
}
