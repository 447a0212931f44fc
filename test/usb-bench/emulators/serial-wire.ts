/**
 * The UART between a bridge and its chips, with time: bytes arrive when their bits have passed, and arrive as garbage
 * when the two ends are set more than 5 % apart (4.17 % is what real sticks run with). Faults on command live here,
 * because here is where real ones do: in what the host hears.
 */
import { EMPTY } from '../../../core/bytes.ts';
import type { WireFaults } from './wire-faults.ts';

/** What hangs on the far end. */
export interface SerialMachine {
  /** Bits per second that it listens and talks at now. */
  readonly baud: number;
  receive(bytes: Uint8Array, now: number): void;
  /** Goes on to `now`; what it has to say is handed to `say`, each frame with the moment at which it began. */
  advance(now: number, say: (frame: Uint8Array, at: number) => void): void;
}

const TOLERANCE = 0.05;
/** A bridge's buffers: a full one holds the host off (OUT), or loses what comes (IN), as the real ones do. */
const TRANSMIT_BYTES = 512;
const RECEIVE_BYTES = 4_096;

interface InFlight {
  readonly bytes: Uint8Array;
  readonly doneAt: number;
}

export class SerialWire {
  readonly #far: SerialMachine;
  readonly #faults: WireFaults;
  #toFar: InFlight[] = [];
  #toHost: InFlight[] = [];
  #received: number[] = [];
  #farBusyUntil = 0;
  #hostBusyUntil = 0;
  hostBaud = 115_200;
  /** Start, data, parity and stop bits of a byte. */
  bitsPerByte = 10;
  /** Bytes that came in while the receive buffer was full. */
  overrun = 0;

  constructor(far: SerialMachine, faults: WireFaults) {
    this.#far = far;
    this.#faults = faults;
  }

  get room(): number {
    return TRANSMIT_BYTES - this.#toFar.reduce((sum, each) => sum + each.bytes.length, 0);
  }

  /** Bytes that the host may read now. */
  get waiting(): number {
    return this.#received.length;
  }

  get isMatched(): boolean {
    return Math.abs(this.hostBaud / this.#far.baud - 1) <= TOLERANCE;
  }

  send(bytes: Uint8Array, now: number): void {
    if (bytes.length === 0) return;
    const doneAt = Math.max(now, this.#farBusyUntil) + this.#airTimeMs(bytes.length, this.hostBaud);
    this.#farBusyUntil = doneAt;
    this.#toFar.push({ bytes: bytes.slice(), doneAt });
  }

  take(most: number): Uint8Array {
    return most > 0 ? Uint8Array.from(this.#received.splice(0, most)) : EMPTY;
  }

  purgeReceived(): void {
    this.#received = [];
    this.#toHost = [];
  }

  purgeSent(): void {
    this.#toFar = [];
    this.#farBusyUntil = 0;
  }

  advance(now: number): void {
    while (this.#toFar[0] !== undefined && this.#toFar[0].doneAt <= now) {
      const { bytes, doneAt } = this.#toFar.shift() as InFlight;
      this.#run(doneAt);
      this.#far.receive(this.isMatched ? bytes : garbled(bytes), doneAt);
    }
    this.#run(now);
    while (this.#toHost[0] !== undefined && this.#toHost[0].doneAt <= now) this.#keep((this.#toHost.shift() as InFlight).bytes);
  }

  #run(now: number): void {
    this.#far.advance(now, (frame, at) => this.#say(frame, at));
  }

  #say(frame: Uint8Array, at: number): void {
    for (const bytes of this.#faults.apply(frame, at)) {
      const doneAt = Math.max(at, this.#hostBusyUntil) + this.#airTimeMs(bytes.length, this.#far.baud);
      this.#hostBusyUntil = doneAt;
      this.#toHost.push({ bytes: this.isMatched ? bytes : garbled(bytes), doneAt });
    }
  }

  #keep(bytes: Uint8Array): void {
    const fits = Math.min(bytes.length, RECEIVE_BYTES - this.#received.length);
    this.overrun += bytes.length - fits;
    this.#received.push(...bytes.subarray(0, fits));
  }

  #airTimeMs(bytes: number, baud: number): number {
    return (bytes * this.bitsPerByte * 1000) / baud;
  }
}

/** What a UART makes of bits that it samples at the wrong moments: as many bytes, none of them right. */
function garbled(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, index) => ((byte << 3) | (byte >> 5)) ^ (0x80 | ((index * 37) & 0x7f)));
}
