/**
 * Finds boards on USB, at start and later, and tells them when they are unplugged. Devices that are no boards are left alone.
 * On a computer without USB it finds nothing, says so once in the log and in its sights, and looks again now and then.
 */
import { describe, type Failure, faultOf } from '../errors.ts';
import type { Clock, Log, UsbBus, UsbDevice } from '../ports.ts';
import { BoardDevice, type BoardOver } from './board/board-device.ts';
import type { BoardModel } from './board/board-model.ts';
import { Consent } from './board/consent.ts';
import { identify, mayBeBoard } from './board/identify.ts';
import { type PowerGate, powerGate } from './board/power-gate.ts';
import { sleep } from './board/wait.ts';
import type { Device, DeviceFinder } from './device.ts';
import { blindSight, sightOf, type UsbEyes } from './doctor.ts';
import { UsbSightBook, watched } from './usb-sights.ts';

/** A board that fell silent although the bus still has it is tried again after so long; doubled each time. */
export const FIRST_RETURN_MS = 5_000;
export const MAX_RETURN_MS = 60_000;
/** A board that was there for so long has nothing to do with its earlier losses. */
const STEADY_MS = 600_000;
/** A computer without a bus may get one: a driver that loads late, a dock, a virtual machine that is handed a stick. */
export const BUS_AGAIN_MS = 60_000;
/** From guess to board is one step or two; a board that says something else each time is tried again later. */
const MAX_CHANGES = 3;
/**
 * A stick that was moved may be seen in its new port before it is missed in the old one: a hub looks at its ports in order, and takes
 * a third of a second for each that has something new. A twin is still there after this.
 */
const TWIN_MS = 5_000;
const LOOK_MS = 250;
/** A device that calls itself something new at every plug must not fill the memory. */
const MAX_KNOWN = 1_000;
/** What bridges are sold with in place of a serial number of their own. */
const NO_SERIALS = ['', '0', '0001'];

export interface UsbFinderOptions {
  readonly bus: UsbBus;
  readonly clock: Clock;
  readonly log: Log;
  /** Hashes behind a nonce of difficulty 1, for benches of emulated boards; default: the network's. */
  readonly difficultyOne?: number;
}

interface Place {
  readonly usb: UsbDevice;
  readonly id: string;
  readonly serial: string | undefined;
  readonly consent: Consent;
  /** How often it turned out to be another board. */
  changes: number;
  board: BoardDevice | undefined;
  beganAt: number;
  returnMs: number;
  cancelReturn: () => void;
}

export class UsbFinder implements DeviceFinder {
  readonly #options: UsbFinderOptions;
  readonly #gate: PowerGate;
  /** By key of the USB device. */
  readonly #places = new Map<string, Place>();
  /** By key of everything that is plugged in and may be a board: how to cancel that it is asked again who it is. */
  readonly #present = new Map<string, () => void>();
  readonly #sights: UsbSightBook;
  /** Ids that were given before: in earlier runs, and in this one. */
  readonly #known = new Set<string>();
  #onDevice: (device: Device) => void = () => {};
  #watching: Promise<(() => void) | undefined> = Promise.resolve(undefined);
  #cancelAgain: () => void = () => {};
  #stopped = false;

  constructor(options: UsbFinderOptions) {
    this.#options = options;
    this.#sights = new UsbSightBook(options.clock);
    this.#gate = powerGate((ms, callback) => void options.clock.after(ms, callback));
  }

  /** What is plugged in, and what is in the way. */
  get eyes(): UsbEyes {
    return this.#sights;
  }

  /** Looks in the background: nothing else waits for USB. */
  async start(
    onDevice: (device: Device) => void,
    _onFault: (fault: Failure) => void = () => {},
    knownIds: readonly string[] = [],
  ): Promise<void> {
    for (const id of knownIds) this.#remember(id);
    this.#onDevice = onDevice;
    this.#watching = this.#watch();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelAgain();
    for (const place of this.#places.values()) place.cancelReturn();
    for (const cancelAgain of this.#present.values()) cancelAgain();
    (await this.#watching)?.();
  }

  async #watch(): Promise<(() => void) | undefined> {
    try {
      const end = await this.#options.bus.watch({ onArrive: (device) => this.#arrived(device), onLeave: (device) => this.#left(device) });
      this.#sights.unavailable(undefined);
      return end;
    } catch (error) {
      this.#missing(faultOf(error));
      return undefined;
    }
  }

  #missing(fault: Failure): void {
    if (this.#sights.now().fault === undefined) this.#options.log.write('info', 'usb-unavailable', { text: describe(fault) });
    this.#sights.unavailable(fault);
    if (this.#stopped) return;
    this.#cancelAgain = this.#options.clock.after(BUS_AGAIN_MS, () => {
      this.#watching = this.#watch();
    });
  }

  #arrived(usb: UsbDevice): void {
    if (this.#stopped || !mayBeBoard(usb)) return;
    this.#present.set(usb.key, () => {});
    this.#tryOffer(usb, FIRST_RETURN_MS);
  }

  /** A device that cannot say who it is, is asked again, later and later: it may be waking up. */
  #tryOffer(usb: UsbDevice, againMs: number): void {
    this.#offer(usb).catch((error: unknown) => {
      this.#options.log.write('warn', 'usb-device-unreadable', { location: usb.location, text: describe(faultOf(error)) });
      if (this.#stopped || !this.#present.has(usb.key)) return;
      this.#sights.put(blindSight(usb, faultOf(error)));
      const again = () => this.#tryOffer(usb, Math.min(MAX_RETURN_MS, againMs * 2));
      this.#present.set(usb.key, this.#options.clock.after(againMs, again));
    });
  }

  #left(usb: UsbDevice): void {
    const cancelAgain = this.#present.get(usb.key);
    if (cancelAgain === undefined) return;
    cancelAgain();
    this.#present.delete(usb.key);
    this.#sights.left(usb);
    this.#sights.drop(usb.key);
    const place = this.#places.get(usb.key);
    this.#places.delete(usb.key);
    place?.cancelReturn();
    place?.board?.unplugged();
  }

  async #offer(usb: UsbDevice): Promise<void> {
    const strings = await usb.strings();
    const power = await usb.power();
    if (this.#stopped || !this.#present.has(usb.key)) return;
    this.#sights.put(sightOf(usb, strings, power));
    const identification = identify(usb, strings);
    if (identification.kind !== 'board') return;
    const { model } = identification;
    const { serial } = strings;
    await this.#freed(`${model.slug}-${serial}`, usb);
    if (this.#stopped || !this.#present.has(usb.key)) return;
    const place: Place = {
      usb,
      id: this.#idOf(model, usb, serial),
      serial,
      consent: new Consent({ eachPlug: model.isGuess === true && NO_SERIALS.includes(serial ?? '') }),
      changes: 0,
      board: undefined,
      beganAt: 0,
      returnMs: FIRST_RETURN_MS,
      cancelReturn: () => {},
    };
    this.#places.set(usb.key, place);
    this.#begin(place, model);
  }

  #begin(place: Place, model: BoardModel): void {
    const { usb, id, serial, consent } = place;
    const { clock, difficultyOne } = this.#options;
    place.beganAt = clock.monotonic();
    place.board = new BoardDevice({
      model,
      usb: watched(usb, ({ error }) => this.#sights.opened(usb.key, error === undefined ? undefined : faultOf(error))),
      clock,
      gate: this.#gate,
      ...(difficultyOne !== undefined && { difficultyOne }),
      consent,
      identity: { id, location: usb.location, ...(serial !== undefined && { serial }) },
      onOver: (why) => this.#over(place, model, why),
    });
    this.#sights.offered(usb.key, id, model.name);
    this.#onDevice(place.board);
  }

  #over(place: Place, model: BoardModel, why: BoardOver): void {
    place.board = undefined;
    if (why === 'stopped') return;
    if (why === 'gone') {
      if (this.#places.has(place.usb.key)) this.#sights.left(place.usb);
      return this.#returnLater(place, () => this.#begin(place, model));
    }
    place.changes += 1;
    if (place.changes > MAX_CHANGES) return this.#returnLater(place, () => this.#begin(place, model));
    this.#options.log.write('info', 'usb-device-is', { location: place.usb.location, was: model.slug, is: why.other.slug });
    if (!this.#stopped && this.#places.has(place.usb.key)) this.#begin(place, why.other);
  }

  /** The bus still has it: a cable that gave way for a moment, a hub that reset. */
  #returnLater(place: Place, begin: () => void): void {
    if (this.#stopped || !this.#places.has(place.usb.key)) return;
    const { clock } = this.#options;
    if (clock.monotonic() - place.beganAt >= STEADY_MS) place.returnMs = FIRST_RETURN_MS;
    place.cancelReturn = clock.after(place.returnMs, begin);
    place.returnMs = Math.min(MAX_RETURN_MS, place.returnMs * 2);
  }

  /**
   * By serial number, so that settings follow a stick to another port; by port where it has none. Where two have the same, one
   * goes by the number alone and the other by its port, and who was which is known from before.
   */
  #idOf(model: BoardModel, usb: UsbDevice, serial: string | undefined): string {
    const port = portOf(usb);
    if (serial === undefined || serial === '') return `${model.slug}@${port}`;
    const id = `${model.slug}-${serial}`;
    const here = `${id}@${port}`;
    const own = this.#isTaken(id) || this.#known.has(here) ? here : id;
    this.#remember(own);
    return own;
  }

  /** Until nothing has the id, or it is a twin that has; of a twin from before that is known. */
  async #freed(id: string, usb: UsbDevice): Promise<void> {
    if (this.#known.has(`${id}@${portOf(usb)}`)) return;
    for (let waited = 0; waited <= TWIN_MS && !this.#stopped && this.#present.has(usb.key); waited += LOOK_MS) {
      this.#clearSilent(id);
      if (!this.#isTaken(id)) return;
      await sleep(this.#options.clock, LOOK_MS);
    }
  }

  /** What fell silent has most likely left, and is here again. Should the bus keep it, it is asked again who it is. */
  #clearSilent(id: string): void {
    for (const [key, { usb, board, cancelReturn, returnMs, ...place }] of this.#places) {
      if (place.id !== id || board !== undefined) continue;
      cancelReturn();
      this.#places.delete(key);
      this.#present.set(
        key,
        this.#options.clock.after(returnMs, () => this.#tryOffer(usb, returnMs)),
      );
    }
  }

  #isTaken(id: string): boolean {
    return [...this.#places.values()].some((place) => place.id === id);
  }

  #remember(id: string): void {
    if (this.#known.size < MAX_KNOWN) this.#known.add(id);
  }
}

function portOf({ location }: UsbDevice): string {
  return location.replace(/^usb /, '');
}
