/** The simplest host there is, for tests of the emulators: sends bytes written out by hand, keeps what comes back. */
import { concat, fromHex, toHex } from '../../core/bytes.ts';
import type { SearchOptions } from './emulators/chips/nonce-search.ts';
import { knownEngine } from './emulators/hash-engine.ts';
import type { SerialMachine } from './emulators/serial-wire.ts';
import type { Completion, Setup, UsbDevice } from './emulators/usb/usb-device.ts';

/** Wire bytes of a nonce → the integer. */
export function nonceOf(wire: string): number {
  return new DataView(fromHex(wire).buffer).getUint32(0, true);
}

/** Difficulty 1 of the network, all nonces at once: for jobs whose every nonce is known. */
export function knownSearch(wires: readonly string[]): SearchOptions {
  return { engine: knownEngine(wires.map(nonceOf)), shift: 0, pieceBits: 32, mostHashesAtOnce: Number.POSITIVE_INFINITY };
}

/** Talks to chips directly, without a bridge: any spacing in the hex is ignored. */
export class ChipHost {
  readonly #chain: SerialMachine;
  now = 0;

  constructor(chain: SerialMachine) {
    this.#chain = chain;
  }

  send(hex: string): string[] {
    this.#chain.receive(fromHex(hex.replaceAll(' ', '')), this.now);
    return this.run(0);
  }

  /** A command or job of the framed protocol: the preamble is put before it. */
  sendFramed(hex: string): string[] {
    return this.send(`55aa${hex}`);
  }

  /** What is heard in the next `ms`, frame by frame. */
  run(ms: number): string[] {
    this.now += ms;
    const heard: string[] = [];
    this.#chain.advance(this.now, (frame) => heard.push(toHex(frame)));
    return heard;
  }
}

/** Talks to a USB device; time passes only when told. */
export class UsbHost {
  readonly #device: UsbDevice;
  #id = 0;
  now = 0;

  constructor(device: UsbDevice) {
    this.#device = device;
    device.plugIn(0);
  }

  control(requestType: number, request: number, value: number, index: number, data: string | number = ''): string | 'stall' {
    const bytes = typeof data === 'string' ? fromHex(data) : new Uint8Array(0);
    const length = typeof data === 'number' ? data : bytes.length;
    const setup: Setup = { requestType, request, value, index, length };
    const id = this.#id++;
    this.#device.submit({ id, endpoint: requestType & 0x80, setup, data: bytes, length: requestType & 0x80 ? length : 0 }, this.now);
    const done = this.#device.advance(this.now).find((each) => each.id === id) as Completion;
    return done.status === 'ok' ? toHex(done.data) : 'stall';
  }

  write(endpoint: number, hex: string): Completion['status'] | 'pending' {
    const id = this.#id++;
    this.#device.submit({ id, endpoint, data: fromHex(hex.replaceAll(' ', '')), length: 0 }, this.now);
    return this.#device.advance(this.now).find((each) => each.id === id)?.status ?? 'pending';
  }

  /** One transfer of `length` bytes; waits for it at most `ms`, a millisecond at a time; '' when nothing came. */
  read(endpoint: number, length = 64, ms = 100): string {
    const id = this.#id++;
    this.#device.submit({ id, endpoint, data: new Uint8Array(0), length }, this.now);
    for (let passed = 0; passed <= ms; passed += 1) {
      const done = this.#device.advance(this.now).find((each) => each.id === id);
      if (done !== undefined) return done.status === 'ok' ? toHex(done.data) : done.status;
      this.now += 1;
    }
    this.#device.unlink(id);
    return '';
  }

  /** Lets time pass without asking for anything. */
  pass(ms: number): void {
    for (const end = this.now + ms; this.now < end; ) {
      this.now = Math.min(end, this.now + 1);
      this.#device.advance(this.now);
    }
  }

  /** Everything that comes in `ms`, `skip` bytes of each packet left out. */
  readAll(endpoint: number, ms: number, skip = 0): string {
    const end = this.now + ms;
    const parts: Uint8Array[] = [];
    while (this.now < end) parts.push(fromHex(this.read(endpoint, 64, end - this.now)).subarray(skip));
    return toHex(concat(...parts));
  }
}
