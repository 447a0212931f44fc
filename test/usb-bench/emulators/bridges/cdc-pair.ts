/**
 * Two CDC-ACM functions in one device: the first carries a control protocol, the second is the chips' UART. The endpoint
 * addresses are this emulator's choice; hosts have to read the descriptors.
 */
import { EMPTY } from '../../../../core/bytes.ts';
import type { SerialWire } from '../serial-wire.ts';
import type { DeviceSpec, InterfaceSpec } from '../usb/descriptors.ts';
import type { Setup, UsbFunction } from '../usb/usb-device.ts';
import { ShortReads } from './short-reads.ts';

const PACKET = 64;
const CONTROL = { in: 0x82, out: 0x01 };
const DATA = { in: 0x84, out: 0x02 };
const requests = { setLineCoding: 0x20, getLineCoding: 0x21, setControlLines: 0x22, sendBreak: 0x23 };

/** What answers on the control port; takes pieces as they come. */
export interface ControlPort {
  receive(bytes: Uint8Array, now: number): void;
  advance(now: number): void;
  /** At most `most` bytes of what it has to say. */
  take(most: number): Uint8Array;
  reset(): void;
}

interface Identity extends Pick<DeviceSpec, 'vendorId' | 'productId' | 'manufacturer' | 'product' | 'serial'> {
  /** bcdDevice */
  readonly release: number;
}

export function cdcPairSpec(identity: Identity): DeviceSpec {
  const interfaces = [...acm(0, 0x81, CONTROL), ...acm(2, 0x83, DATA)];
  const rest = { usb: 0x0210, class: [0xef, 0x02, 0x01], controlPacketBytes: 64, maxPower: 100, attributes: 0x80 } as const;
  return { ...identity, ...rest, interfaces };
}

function acm(first: number, notify: number, pipe: { readonly in: number; readonly out: number }): InterfaceSpec[] {
  const header = [5, 0x24, 0x00, 0x10, 0x01];
  const acmCapabilities = [4, 0x24, 0x02, 0x02];
  const union = [5, 0x24, 0x06, first, first + 1];
  return [
    {
      class: [0x02, 0x02, 0x00],
      association: { count: 2, class: [0x02, 0x02, 0x00] },
      extra: Uint8Array.from([...header, ...acmCapabilities, ...union]),
      endpoints: [{ address: notify, type: 'interrupt', packetBytes: PACKET }],
    },
    {
      class: [0x0a, 0x00, 0x00],
      endpoints: [
        { address: pipe.out, type: 'bulk', packetBytes: PACKET },
        { address: pipe.in, type: 'bulk', packetBytes: PACKET },
      ],
    },
  ];
}

export class CdcPair implements UsbFunction {
  readonly spec: DeviceSpec;
  readonly shortReads = new ShortReads();
  readonly #control: ControlPort;
  readonly #wire: SerialWire;
  readonly #lineCodings = [coding(115_200), coding(115_200)];
  /** DTR bit 0, RTS bit 1, of both ports. */
  readonly lines = [0, 0];

  constructor(spec: DeviceSpec, control: ControlPort, wire: SerialWire) {
    this.spec = spec;
    this.#control = control;
    this.#wire = wire;
  }

  reset(_now: number): void {
    this.#control.reset();
    this.#wire.purgeReceived();
    this.#wire.purgeSent();
    this.#wire.hostBaud = 115_200;
    this.lines.fill(0);
  }

  advance(now: number): void {
    this.#control.advance(now);
    this.#wire.advance(now);
  }

  control(setup: Setup, data: Uint8Array, _now: number): Uint8Array | undefined {
    const port = setup.index === 0 ? 0 : setup.index === 2 ? 1 : undefined;
    if ((setup.requestType & 0x7f) !== 0x21 || port === undefined) return undefined;
    switch (setup.request) {
      case requests.setLineCoding:
        return this.#setLineCoding(port, data);
      case requests.getLineCoding:
        return this.#lineCodings[port];
      case requests.setControlLines:
        this.lines[port] = setup.value & 3;
        return EMPTY;
      case requests.sendBreak:
        return EMPTY;
      default:
        return undefined;
    }
  }

  out(endpoint: number, packet: Uint8Array, now: number): boolean {
    if (endpoint === CONTROL.out) this.#control.receive(packet, now);
    else if (this.#wire.room < packet.length) return false;
    else this.#wire.send(packet, now);
    return true;
  }

  in(endpoint: number, _now: number): Uint8Array | undefined {
    if (endpoint !== CONTROL.in && endpoint !== DATA.in) return undefined;
    const most = this.shortReads.limit(PACKET);
    const packet = endpoint === CONTROL.in ? this.#control.take(most) : this.#wire.take(most);
    if (packet.length === 0) return undefined;
    this.shortReads.made();
    return packet;
  }

  #setLineCoding(port: number, data: Uint8Array): Uint8Array | undefined {
    if (data.length !== 7) return undefined;
    this.#lineCodings[port] = data.slice();
    const baud = new DataView(data.buffer, data.byteOffset).getUint32(0, true);
    if (port === 1 && baud > 0) this.#wire.hostBaud = baud;
    return EMPTY;
  }
}

function coding(baud: number): Uint8Array {
  const bytes = Uint8Array.of(0, 0, 0, 0, 0, 0, 8);
  new DataView(bytes.buffer).setUint32(0, baud, true);
  return bytes;
}
