/**
 * Finds boards on USB, at start and later, and tells them when they are unplugged. Devices that are no boards are left alone.
 * On a computer without USB it finds nothing and says so in the log only.
 */
import { describe, faultOf } from '../errors.ts';
import type { Clock, Log, UsbBus, UsbDevice } from '../ports.ts';
import { BoardDevice } from './board/board-device.ts';
import type { BoardModel } from './board/board-model.ts';
import { identify, mayBeBoard } from './board/identify.ts';
import { type PowerGate, powerGate } from './board/power-gate.ts';
import type { Device, DeviceFinder } from './device.ts';

/** A board that fell silent although the bus still has it is tried again after so long; doubled each time. */
export const FIRST_RETURN_MS = 5_000;
export const MAX_RETURN_MS = 60_000;

export interface UsbFinderOptions {
  readonly bus: UsbBus;
  readonly clock: Clock;
  readonly log: Log;
}

interface Place {
  readonly usb: UsbDevice;
  readonly id: string;
  board: BoardDevice | undefined;
  returnMs: number;
  cancelReturn: () => void;
}

export class UsbFinder implements DeviceFinder {
  readonly #options: UsbFinderOptions;
  readonly #gate: PowerGate;
  /** By key of the USB device. */
  readonly #places = new Map<string, Place>();
  /** Keys that left while their strings were being read. */
  readonly #present = new Set<string>();
  #onDevice: (device: Device) => void = () => {};
  #watching: Promise<(() => void) | undefined> = Promise.resolve(undefined);
  #stopped = false;

  constructor(options: UsbFinderOptions) {
    this.#options = options;
    this.#gate = powerGate((ms, callback) => void options.clock.after(ms, callback));
  }

  /** Looks in the background: nothing else waits for USB. */
  async start(onDevice: (device: Device) => void): Promise<void> {
    this.#onDevice = onDevice;
    this.#watching = this.#watch();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const place of this.#places.values()) place.cancelReturn();
    (await this.#watching)?.();
  }

  async #watch(): Promise<(() => void) | undefined> {
    try {
      return await this.#options.bus.watch({ onArrive: (device) => this.#arrived(device), onLeave: (device) => this.#left(device) });
    } catch (error) {
      this.#options.log.write('info', 'usb-unavailable', { text: describe(faultOf(error)) });
      return undefined;
    }
  }

  #arrived(usb: UsbDevice): void {
    if (this.#stopped || !mayBeBoard(usb)) return;
    this.#present.add(usb.key);
    this.#offer(usb).catch((error: unknown) => {
      this.#options.log.write('warn', 'usb-device-unreadable', { location: usb.location, text: describe(faultOf(error)) });
    });
  }

  #left(usb: UsbDevice): void {
    this.#present.delete(usb.key);
    const place = this.#places.get(usb.key);
    this.#places.delete(usb.key);
    place?.cancelReturn();
    place?.board?.unplugged();
  }

  async #offer(usb: UsbDevice): Promise<void> {
    const strings = await usb.strings();
    const identification = identify(usb, strings);
    if (identification.kind !== 'board' || this.#stopped || !this.#present.has(usb.key)) return;
    const { model } = identification;
    const id = this.#idOf(model, usb, strings.serial);
    const place: Place = { usb, id, board: undefined, returnMs: FIRST_RETURN_MS, cancelReturn: () => {} };
    this.#places.set(usb.key, place);
    this.#begin(place, model, strings.serial);
  }

  #begin(place: Place, model: BoardModel, serial: string | undefined): void {
    const { usb, id } = place;
    place.board = new BoardDevice({
      model,
      usb,
      clock: this.#options.clock,
      gate: this.#gate,
      identity: { id, location: usb.location, ...(serial !== undefined && { serial }) },
      onOver: (why) => {
        place.board = undefined;
        if (why === 'gone') this.#returnLater(place, () => this.#begin(place, model, serial));
      },
    });
    this.#onDevice(place.board);
  }

  /** The bus still has it: a cable that gave way for a moment, a hub that reset. */
  #returnLater(place: Place, begin: () => void): void {
    if (this.#stopped || !this.#places.has(place.usb.key)) return;
    place.cancelReturn = this.#options.clock.after(place.returnMs, begin);
    place.returnMs = Math.min(MAX_RETURN_MS, place.returnMs * 2);
  }

  /** By serial number, so that settings follow a stick to another port; by port where two have the same, or none. */
  #idOf(model: BoardModel, { location }: UsbDevice, serial: string | undefined): string {
    const port = location.replace(/^usb /, '');
    if (serial === undefined || serial === '') return `${model.slug}@${port}`;
    const id = `${model.slug}-${serial}`;
    return [...this.#places.values()].some((place) => place.id === id) ? `${id}@${port}` : id;
  }
}
