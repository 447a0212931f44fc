/**
 * The USB serial/JTAG port inside an ESP32-S3: one CDC-ACM port, on which a Bitaxe with its own firmware prints its log, and a vendor
 * interface for a debugger. Endpoint numbers are the chip's; no part of it leads to the mining chip.
 */
import { EMPTY } from '../../../../core/bytes.ts';
import type { SerialWire } from '../serial-wire.ts';
import type { DeviceSpec } from '../usb/descriptors.ts';
import type { Setup, UsbFunction } from '../usb/usb-device.ts';
import { ShortReads } from './short-reads.ts';

const PACKET = 64;
const pipes = { notify: 0x82, in: 0x81, out: 0x01, debugIn: 0x83, debugOut: 0x02 };
const requests = { setLineCoding: 0x20, getLineCoding: 0x21, setControlLines: 0x22 };
const LINE_CODING = Uint8Array.of(0x00, 0xc2, 0x01, 0x00, 0, 0, 8);

export function debugPortSpec(serial: string): DeviceSpec {
  const bulk = (address: number) => ({ address, type: 'bulk', packetBytes: PACKET }) as const;
  const functions = Uint8Array.from([5, 0x24, 0x00, 0x10, 0x01, 5, 0x24, 0x01, 0x00, 1, 4, 0x24, 0x02, 0x02, 5, 0x24, 0x06, 0, 1]);
  return {
    ...{ vendorId: 0x303a, productId: 0x1001, release: 0x0101, usb: 0x0200, class: [0xef, 0x02, 0x01], controlPacketBytes: 64 },
    ...{ manufacturer: 'Espressif', product: 'USB JTAG/serial debug unit', serial, maxPower: 500, attributes: 0xc0 },
    interfaces: [
      {
        class: [0x02, 0x02, 0x00],
        association: { count: 2, class: [0x02, 0x02, 0x00] },
        extra: functions,
        endpoints: [{ address: pipes.notify, type: 'interrupt', packetBytes: PACKET }],
      },
      { class: [0x0a, 0x02, 0x00], endpoints: [bulk(pipes.out), bulk(pipes.in)] },
      { class: [0xff, 0xff, 0x01], endpoints: [bulk(pipes.debugOut), bulk(pipes.debugIn)] },
    ],
  };
}

export class DebugPort implements UsbFunction {
  readonly spec: DeviceSpec;
  readonly shortReads = new ShortReads();
  readonly #wire: SerialWire;

  constructor(spec: DeviceSpec, wire: SerialWire) {
    this.spec = spec;
    this.#wire = wire;
  }

  reset(): void {
    this.#wire.purgeReceived();
    this.#wire.purgeSent();
  }

  advance(now: number): void {
    this.#wire.advance(now);
  }

  control({ requestType, request }: Setup): Uint8Array | undefined {
    if ((requestType & 0x60) !== 0x20) return undefined;
    if (request === requests.getLineCoding) return LINE_CODING;
    return request === requests.setLineCoding || request === requests.setControlLines ? EMPTY : undefined;
  }

  /** What the debugger's pipe takes goes nowhere. */
  out(endpoint: number, packet: Uint8Array, now: number): boolean {
    if (endpoint !== pipes.out) return true;
    if (this.#wire.room < packet.length) return false;
    this.#wire.send(packet, now);
    return true;
  }

  in(endpoint: number): Uint8Array | undefined {
    if (endpoint !== pipes.in || this.#wire.waiting === 0) return undefined;
    const packet = this.#wire.take(this.shortReads.limit(PACKET));
    this.shortReads.made();
    return packet;
  }
}
