/** An emulated board: its USB device, its chips, the physics between them, and everything that can be made to go wrong. */
import type { Chain } from './chips/chain.ts';
import type { SearchOptions } from './chips/nonce-search.ts';
import type { Completion, UsbDevice } from './usb/usb-device.ts';
import type { WireFault, WireFaults } from './wire-faults.ts';

export type BoardFault =
  | WireFault
  /** The device is pulled out (true) or put back (false). */
  | { readonly kind: 'unplug'; readonly isOut: boolean }
  /** The endpoint answers STALL until the host clears it. */
  | { readonly kind: 'stall'; readonly endpoint: number }
  /** The next packets to the host hold so many bytes. */
  | { readonly kind: 'short-reads'; readonly pieces: readonly number[] }
  /** Only the first `alive` chips answer from now on. */
  | { readonly kind: 'dead-chips'; readonly alive: number }
  /** Held at a temperature; undefined: let go. */
  | { readonly kind: 'temperature'; readonly tempC: number | undefined }
  | { readonly kind: 'regulator'; readonly fault: 'over-current' | 'under-voltage' | 'over-temperature' | 'over-voltage' }
  | { readonly kind: 'fan-stop'; readonly isStopped: boolean }
  | { readonly kind: 'sensor-silence'; readonly isSilent: boolean }
  /** The I2C device at `address` is not there any more, while everything else goes on. */
  | { readonly kind: 'i2c-silence'; readonly address: number; readonly isSilent: boolean }
  /** The chip's thermometer diode. */
  | { readonly kind: 'diode'; readonly state: 'ok' | 'open' | 'short' }
  /** What the board measures of its current is held at this many amperes; undefined: let go. */
  | { readonly kind: 'current'; readonly amps: number | undefined };

/** What a kind of board does of its own; false: it has nothing of the kind. */
export interface BoardBody {
  /** Heat, currents, and what follows from them, up to `now`. */
  advance?(now: number): void;
  inject?(fault: Exclude<BoardFault, WireFault>, now: number): boolean;
  /** Pulled out: what the bus had fed is as after power-on. */
  losePower?(): void;
}

export interface BoardParts {
  readonly name: string;
  readonly usb: UsbDevice;
  readonly chain: Chain;
  readonly wireFaults: WireFaults;
  readonly shortReads: { plan(pieces: readonly number[]): void };
  readonly body?: BoardBody;
}

/** What a board is built with. */
export interface BoardOptions {
  readonly serial: string;
  readonly search: SearchOptions;
  /** Bytes that the document leaves open are 0. */
  readonly plain?: boolean;
}

const wireKinds: readonly string[] = ['flip-bit', 'drop-bytes', 'stray-status', 'noise', 'duplicate', 'stale', 'silence'];
const isWireFault = (fault: BoardFault): fault is WireFault => wireKinds.includes(fault.kind);

export class Board {
  readonly name: string;
  readonly usb: UsbDevice;
  readonly chain: Chain;
  readonly #parts: BoardParts;
  #isPlugged = true;
  #backAt: number | undefined;

  constructor(parts: BoardParts) {
    this.#parts = parts;
    this.name = parts.name;
    this.usb = parts.usb;
    this.chain = parts.chain;
  }

  get isPlugged(): boolean {
    return this.#isPlugged;
  }

  /** Power from the bus: pulling it out takes the chips' power where the bus feeds them. */
  plugIn(now: number): void {
    this.#isPlugged = true;
    this.#backAt = undefined;
    this.usb.plugIn(now);
  }

  /** It restarts itself: gone from the bus for `ms`. */
  leave(now: number, ms: number): void {
    this.#isPlugged = false;
    this.#backAt = now + ms;
  }

  advance(now: number): Completion[] {
    if (this.#backAt !== undefined && now >= this.#backAt) this.plugIn(now);
    this.#parts.body?.advance?.(now);
    return this.usb.advance(now);
  }

  /** @throws Error when the board has nothing that could fail so. */
  inject(fault: BoardFault, now: number): void {
    if (isWireFault(fault)) return this.#parts.wireFaults.inject(fault, now);
    if (fault.kind === 'unplug') return this.#plug(!fault.isOut, now);
    if (fault.kind === 'stall') return this.usb.halt(fault.endpoint);
    if (fault.kind === 'short-reads') return this.#parts.shortReads.plan(fault.pieces);
    if (fault.kind === 'dead-chips') return this.chain.setAlive(fault.alive);
    if (this.#parts.body?.inject?.(fault, now) !== true) throw new Error(`${this.name} knows no fault ${fault.kind}`);
  }

  #plug(isIn: boolean, now: number): void {
    if (isIn) return this.plugIn(now);
    this.#isPlugged = false;
    this.chain.setPower(false);
    this.chain.setPower(true);
    this.#parts.body?.losePower?.();
  }
}
