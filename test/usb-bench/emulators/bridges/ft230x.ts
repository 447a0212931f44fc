/**
 * FTDI FT230X: one UART, four CBUS pins (CB1 is the chips' reset, CB0 leads the UART away from them), and two status bytes at the
 * head of every packet to the host, data or none.
 */
import { EMPTY } from '../../../../core/bytes.ts';
import type { SerialWire } from '../serial-wire.ts';
import type { DeviceSpec } from '../usb/descriptors.ts';
import type { Setup, UsbFunction } from '../usb/usb-device.ts';
import { ShortReads } from './short-reads.ts';

export const FT230X_IN = 0x81;
export const FT230X_OUT = 0x02;
const PACKET = 64;
const STATUS_BYTES = 2;
const FIRST_STATUS = [0x01, 0x00];
const STATUS = [0x01, 0x60];
const LATENCY_MS = 16;
const BASE_BAUD = 3_000_000;
const EIGHTHS = [0, 4, 2, 1, 3, 5, 6, 7];
const CBUS_MODE = 0x20;
const requests = {
  reset: 0x00,
  flow: 0x02,
  baud: 0x03,
  line: 0x04,
  status: 0x05,
  setLatency: 0x09,
  getLatency: 0x0a,
  bitMode: 0x0b,
  pins: 0x0c,
  eeprom: 0x90,
};

/** What of a stick is its own: the strings. */
export function ft230xSpec(strings: Pick<DeviceSpec, 'manufacturer' | 'product' | 'serial'>): DeviceSpec {
  const endpoints = [
    { address: FT230X_IN, type: 'bulk', packetBytes: PACKET },
    { address: FT230X_OUT, type: 'bulk', packetBytes: PACKET },
  ] as const;
  return {
    ...{ vendorId: 0x0403, productId: 0x6015, release: 0x1000, usb: 0x0200, class: [0, 0, 0], controlPacketBytes: 8 },
    ...strings,
    ...{ maxPower: 90, attributes: 0xa0, interfaces: [{ class: [0xff, 0xff, 0xff], endpoints, string: 2 }] },
  };
}

export class Ft230x implements UsbFunction {
  readonly spec: DeviceSpec;
  readonly shortReads = new ShortReads();
  readonly #wire: SerialWire;
  readonly #setReset: (isLow: boolean) => void;
  #latencyMs = LATENCY_MS;
  #lastPacketAt = 0;
  #isFirst = true;
  #pins = 0;

  constructor(spec: DeviceSpec, wire: SerialWire, setReset: (isLow: boolean) => void) {
    this.spec = spec;
    this.#wire = wire;
    this.#setReset = setReset;
  }

  /** A bus reset leaves the CBUS pins alone: without bit-banging they float high, and the chips run. */
  reset(now: number): void {
    this.#isFirst = true;
    this.#latencyMs = LATENCY_MS;
    this.#lastPacketAt = now;
    this.#wire.purgeReceived();
    this.#wire.purgeSent();
    this.#wire.hostBaud = 9_600;
    this.#setPins(0b10);
  }

  advance(now: number): void {
    this.#wire.advance(now);
  }

  control(setup: Setup, _data: Uint8Array, _now: number): Uint8Array | undefined {
    const isIn = (setup.requestType & 0x80) !== 0;
    if ((setup.requestType & 0x7f) !== 0x40) return undefined;
    return isIn ? this.#get(setup) : this.#set(setup);
  }

  out(endpoint: number, packet: Uint8Array, now: number): boolean {
    if (endpoint !== FT230X_OUT || this.#wire.room < packet.length) return false;
    if ((this.#pins & 1) === 0) this.#wire.send(packet, now);
    return true;
  }

  /** A full packet at once; a shorter one, or the bare status, when the latency timer has run out. */
  in(_endpoint: number, now: number): Uint8Array | undefined {
    const room = PACKET - STATUS_BYTES;
    if (this.#wire.waiting < room && now < this.#lastPacketAt + this.#latencyMs) return undefined;
    this.#lastPacketAt = now;
    const status = this.#isFirst ? FIRST_STATUS : STATUS;
    this.#isFirst = false;
    const data = this.#wire.take(this.shortReads.limit(room));
    if (data.length > 0) this.shortReads.made();
    return Uint8Array.of(...status, ...data);
  }

  #get(setup: Setup): Uint8Array | undefined {
    switch (setup.request) {
      case requests.status:
        return Uint8Array.from(STATUS);
      case requests.getLatency:
        return Uint8Array.of(this.#latencyMs);
      case requests.pins:
        return Uint8Array.of(this.#pins);
      case requests.eeprom:
        return Uint8Array.of(0xff, 0xff);
      default:
        return undefined;
    }
  }

  #set({ request, value, index }: Setup): Uint8Array | undefined {
    switch (request) {
      case requests.reset:
        if (value !== 2) this.#wire.purgeReceived();
        if (value !== 1) this.#wire.purgeSent();
        return EMPTY;
      case requests.baud:
        this.#wire.hostBaud = baudOf(value, index);
        return EMPTY;
      case requests.flow:
        return EMPTY;
      case requests.line:
        this.#wire.bitsPerByte = 1 + (value & 0xff) + ((value >> 8) & 7 ? 1 : 0) + ((value >> 11) & 3 ? 2 : 1);
        return EMPTY;
      case requests.setLatency:
        this.#latencyMs = Math.max(1, value & 0xff);
        return EMPTY;
      case requests.bitMode:
        // All pins as outputs with their levels, or (mode 0) let go.
        this.#setPins(value >> 8 === CBUS_MODE ? value & (value >> 4) & 0xf : 0b10);
        return EMPTY;
      default:
        return undefined;
    }
  }

  #setPins(pins: number): void {
    this.#pins = pins;
    this.#setReset((pins & 0b10) === 0);
  }
}

/** 3 MHz over a divisor with eighths; 0 and 1 stand for 3 and 2 million. */
function baudOf(value: number, index: number): number {
  const whole = value & 0x3fff;
  const eighths = EIGHTHS[(value >> 14) | ((index & 1) << 2)] as number;
  if (eighths === 0 && whole <= 1) return whole === 0 ? BASE_BAUD : 2_000_000;
  return BASE_BAUD / (whole + eighths / 8);
}
