/**
 * A full-speed USB device as the host's controller sees it: standard requests (USB 2.0 chapter 9), halted endpoints,
 * transfers that stay pending until the function behind them has something to say. No I/O: transfers go in, completions
 * come out of `advance`.
 */
import { concat, EMPTY } from '../../../../core/bytes.ts';
import { configurationDescriptor, type DeviceSpec, deviceDescriptor, stringDescriptor } from './descriptors.ts';
import { TouchRecord } from './touch-record.ts';

export interface Setup {
  readonly requestType: number;
  readonly request: number;
  readonly value: number;
  readonly index: number;
  readonly length: number;
}

/** The vendor's half of a device: class and vendor requests, and its pipes. */
export interface UsbFunction {
  readonly spec: DeviceSpec;
  /** IN: the data (cut to what the host asked for). OUT: anything for success. undefined: STALL. */
  control(setup: Setup, data: Uint8Array, now: number): Uint8Array | undefined;
  /** Takes all of one packet, or none now (NAK). */
  out(endpoint: number, packet: Uint8Array, now: number): boolean;
  /** The next packet, of at most the endpoint's size; undefined: nothing yet (NAK). */
  in(endpoint: number, now: number): Uint8Array | undefined;
  advance(now: number): void;
  /** Bus reset, or plugged in. */
  reset(now: number): void;
}

export interface Transfer {
  readonly id: number;
  /** Direction in bit 7; 0 and 80: control. */
  readonly endpoint: number;
  readonly setup?: Setup;
  /** OUT. */
  readonly data: Uint8Array;
  /** IN: room. */
  readonly length: number;
}

export interface Completion {
  readonly id: number;
  readonly status: 'ok' | 'stall' | 'overflow';
  /** IN. */
  readonly data: Uint8Array;
  /** Bytes moved. */
  readonly moved: number;
}

interface Pending {
  readonly transfer: Transfer;
  moved: number;
  parts: Uint8Array[];
}

const standard = {
  getStatus: 0,
  clearFeature: 1,
  setFeature: 3,
  setAddress: 5,
  getDescriptor: 6,
  getConfiguration: 8,
  setConfiguration: 9,
  getInterface: 10,
  setInterface: 11,
};
const DONE = EMPTY;

export class UsbDevice {
  readonly spec: DeviceSpec;
  /** What hosts did to it beyond enumeration. */
  readonly touches = new TouchRecord();
  readonly #function: UsbFunction;
  readonly #queues = new Map<number, Pending[]>();
  readonly #halted = new Set<number>();
  readonly #sizes: ReadonlyMap<number, number>;
  #configuration = 0;
  #done: Completion[] = [];

  constructor(func: UsbFunction) {
    this.#function = func;
    this.spec = func.spec;
    this.#sizes = new Map(func.spec.interfaces.flatMap((each) => each.endpoints.map((end) => [end.address, end.packetBytes] as const)));
  }

  get configuration(): number {
    return this.#configuration;
  }

  /** Plugged in again: as after power-on. */
  plugIn(now: number): void {
    this.#queues.clear();
    this.#halted.clear();
    this.#done = [];
    this.#configuration = 0;
    this.touches.plugIn();
    this.#function.reset(now);
  }

  /** The endpoint answers STALL until the host clears it. */
  halt(endpoint: number): void {
    this.#halted.add(endpoint);
  }

  submit(transfer: Transfer, now: number): void {
    this.touches.note(transfer);
    if ((transfer.endpoint & 0x7f) === 0) return this.#control(transfer, now);
    const queue = this.#queues.get(transfer.endpoint) ?? [];
    queue.push({ transfer, moved: 0, parts: [] });
    this.#queues.set(transfer.endpoint, queue);
  }

  /** False when it is no longer pending. Nothing is said about it afterwards. */
  unlink(id: number): boolean {
    for (const queue of this.#queues.values()) {
      const at = queue.findIndex((pending) => pending.transfer.id === id);
      if (at >= 0) return queue.splice(at, 1).length > 0;
    }
    return false;
  }

  /** What has been completed since the last call, in the order of completion. */
  advance(now: number): Completion[] {
    this.#function.advance(now);
    for (const [endpoint, queue] of this.#queues) {
      while (queue[0] !== undefined && this.#move(endpoint, queue[0], now)) queue.shift();
    }
    this.#function.advance(now);
    return this.#done.splice(0);
  }

  #finish(id: number, status: Completion['status'], data: Uint8Array, moved: number): true {
    this.#done.push({ id, status, data, moved });
    return true;
  }

  /** True when the transfer is over. */
  #move(endpoint: number, pending: Pending, now: number): boolean {
    const { transfer } = pending;
    const size = this.#sizes.get(endpoint);
    if (size === undefined || this.#halted.has(endpoint)) return this.#finish(transfer.id, 'stall', EMPTY, 0);
    return endpoint & 0x80 ? this.#moveIn(endpoint, pending, size, now) : this.#moveOut(endpoint, pending, size, now);
  }

  #moveOut(endpoint: number, pending: Pending, size: number, now: number): boolean {
    const { transfer } = pending;
    do {
      const packet = transfer.data.subarray(pending.moved, pending.moved + size);
      if (!this.#function.out(endpoint, packet, now)) return false;
      pending.moved += packet.length;
    } while (pending.moved < transfer.data.length);
    return this.#finish(transfer.id, 'ok', EMPTY, pending.moved);
  }

  #moveIn(endpoint: number, pending: Pending, size: number, now: number): boolean {
    const { transfer } = pending;
    while (pending.moved < transfer.length) {
      const packet = this.#function.in(endpoint, now);
      if (packet === undefined) return false;
      if (pending.moved + packet.length > transfer.length) return this.#finish(transfer.id, 'overflow', EMPTY, pending.moved);
      pending.parts.push(packet);
      pending.moved += packet.length;
      if (packet.length < size) break;
    }
    return this.#finish(transfer.id, 'ok', concat(...pending.parts), pending.moved);
  }

  #control(transfer: Transfer, now: number): void {
    const setup = transfer.setup as Setup;
    const isStandard = (setup.requestType & 0x60) === 0;
    const answer = isStandard ? this.#standard(setup, now) : this.#function.control(setup, transfer.data, now);
    if (answer === undefined) this.#finish(transfer.id, 'stall', EMPTY, 0);
    else if (setup.requestType & 0x80) {
      const data = answer.slice(0, Math.min(setup.length, transfer.length));
      this.#finish(transfer.id, 'ok', data, data.length);
    } else this.#finish(transfer.id, 'ok', EMPTY, transfer.data.length);
  }

  #standard(setup: Setup, now: number): Uint8Array | undefined {
    const isEndpoint = (setup.requestType & 0x1f) === 2;
    switch (setup.request) {
      case standard.getStatus:
        return Uint8Array.of(isEndpoint && this.#halted.has(setup.index & 0xff) ? 1 : 0, 0);
      case standard.clearFeature:
        if (isEndpoint) this.#halted.delete(setup.index & 0xff);
        return DONE;
      case standard.setFeature:
        if (isEndpoint) this.#halted.add(setup.index & 0xff);
        return DONE;
      case standard.getDescriptor:
        return this.#descriptor(setup.value >> 8, setup.value & 0xff);
      case standard.getConfiguration:
        return Uint8Array.of(this.#configuration);
      case standard.setConfiguration:
        return this.#configure(setup.value, now);
      case standard.getInterface:
        return Uint8Array.of(0);
      case standard.setInterface:
        return setup.value === 0 ? DONE : undefined;
      case standard.setAddress:
        return DONE;
      default:
        return undefined;
    }
  }

  #descriptor(type: number, index: number): Uint8Array | undefined {
    if (type === 1) return deviceDescriptor(this.spec);
    if (type === 2) return index === 0 ? configurationDescriptor(this.spec) : undefined;
    return type === 3 ? stringDescriptor(this.spec, index) : undefined;
  }

  #configure(value: number, now: number): Uint8Array | undefined {
    if (value > 1) return undefined;
    this.#configuration = value;
    this.#halted.clear();
    this.#function.advance(now);
    return DONE;
  }
}
