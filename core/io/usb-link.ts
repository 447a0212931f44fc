/**
 * A USB device that is open: transfers in order, one at a time on each endpoint (the `usb` package fails the second),
 * interfaces released before the device is closed (its `close` does not), kernel drivers given back.
 */
import { AppError } from '../errors.ts';
import type { Clock, UsbControl, UsbEndpoint, UsbFailure, UsbInListener, UsbInterface, UsbLink } from '../ports.ts';
import { attempt, isStall, isTimeout, isUnsupported, transferFailure } from './usb-failure.ts';
import type { NativeConfiguration, NativeDevice } from './usb-native.ts';
import type { UsbResets } from './usb-resets.ts';

/** A UART bridge takes what fits its buffer at once and the rest at its own rate; nothing Hearth writes takes longer. */
const WRITE_TIMEOUT_MS = 2000;
const CONTROL_TIMEOUT_MS = 1000;
/** A read waits so long for data before it is begun anew; closing waits for it. */
const READ_TIMEOUT_MS = 200;
/** Of full-speed bulk endpoints. */
const USUAL_PACKET_BYTES = 64;
/** Endpoint 0; its queue. */
const CONTROL = 0;
/** The end of patience with a device that does not end its transfers. */
const CLOSE_MS = 1000;
/** Failed reads in a row, on a device that is still there, before the endpoint is given up. */
const MAX_READ_FAILURES = 5;
/** Between such reads, so that a device on its way out does not keep the processor busy. */
const READ_RETRY_MS = 20;

export interface UsbLinkOptions {
  readonly device: NativeDevice;
  readonly clock: Clock;
  readonly resets: UsbResets;
  readonly location: string;
  readonly interfaces: readonly UsbInterface[];
  readonly claimed: readonly number[];
  /** Interfaces whose kernel driver is to be given back. */
  readonly detached: readonly number[];
}

export class NodeUsbLink implements UsbLink {
  readonly transport = 'usb';
  readonly interfaces: readonly UsbInterface[];
  readonly #options: UsbLinkOptions;
  /** End of the queue of each endpoint; 0 is control. */
  readonly #queues = new Map<number, Promise<unknown>>();
  readonly #readers: Promise<void>[] = [];
  /** Transfers under way. */
  readonly #reads = new Set<Promise<void>>();
  /** While it is shut no read begins. */
  #gate: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #isGivenBack = false;

  constructor(options: UsbLinkOptions) {
    this.#options = options;
    this.interfaces = options.interfaces;
  }

  /** False: something that was under way when it was closed still holds the device. */
  get isGivenBack(): boolean {
    return this.#isGivenBack;
  }

  control({ data, requestType, recipient, request, value, index }: UsbControl): Promise<void> {
    const setup = { requestType, recipient, request, value, index };
    return this.#inTurn(CONTROL, async () => {
      await this.#options.device.nativeControlTransferOut(setup, CONTROL_TIMEOUT_MS, data.length === 0 ? null : data);
    });
  }

  reset(): Promise<void> {
    return this.#inTurn(CONTROL, () => this.#reset());
  }

  write(endpoint: number, bytes: Uint8Array): Promise<void> {
    return this.#inTurn(endpoint, () => this.#writeOnce(endpoint, bytes));
  }

  listen(endpoint: number, listener: UsbInListener): void {
    this.#readers.push(this.#read(endpoint, listener));
  }

  /** A reset takes claims away, and a claim is held by every transfer under way: reads rest until it is over. */
  async #reset(): Promise<void> {
    const { device, claimed, resets } = this.#options;
    let open: () => void = () => {};
    this.#gate = new Promise((resolve) => {
      open = resolve;
    });
    try {
      await Promise.all(this.#reads);
      for (const number of claimed) await device.releaseInterface(number);
      await resets
        .run(() => device.reset())
        .catch((error: unknown) => {
          if (!isUnsupported(error)) throw error; // WinUSB has no reset; what is sent next sets the bridge up anew all the same
        });
      for (const number of claimed) await device.claimInterface(number);
    } finally {
      this.#gate = undefined;
      open();
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #inTurn(queue: number, act: () => Promise<void>): Promise<void> {
    if (this.#closing !== undefined) return Promise.reject(this.#failure(new Error('invalid state: closed')));
    const turn = (this.#queues.get(queue) ?? Promise.resolve()).then(act).catch((error: unknown) => {
      throw this.#failure(error);
    });
    this.#queues.set(
      queue,
      turn.catch(() => {}),
    );
    return turn;
  }

  async #writeOnce(endpoint: number, bytes: Uint8Array): Promise<void> {
    const { device } = this.#options;
    const send = async () => {
      const sent = await device.nativeTransferOut(endpoint, WRITE_TIMEOUT_MS, bytes);
      if (sent !== bytes.length) throw new Error(`only ${sent} of ${bytes.length} bytes were taken`);
    };
    try {
      await send();
    } catch (error) {
      if (!isStall(error)) throw error;
      await device.clearHalt('out', endpoint);
      await send();
    }
  }

  async #read(endpoint: number, listener: UsbInListener): Promise<void> {
    for (let failures = 0; this.#closing === undefined; ) {
      while (this.#gate !== undefined) await this.#gate;
      try {
        const bytes = await this.#readPacket(endpoint);
        failures = 0;
        if (this.#closing === undefined && bytes !== null) listener.onPacket(bytes);
      } catch (error) {
        if (isTimeout(error)) continue;
        failures += 1;
        if (!(await this.#mend(error, endpoint, failures))) return this.#end(listener, error);
      }
    }
  }

  /** One packet a read: a longer one that runs into its timeout would lose the packets it has already. */
  async #readPacket(endpoint: number): Promise<Uint8Array | null> {
    const read = this.#options.device.nativeTransferIn(endpoint, READ_TIMEOUT_MS, this.#packetBytes(endpoint));
    const over = read.then(
      () => {},
      () => {},
    );
    this.#reads.add(over);
    try {
      return await read;
    } finally {
      this.#reads.delete(over);
    }
  }

  #packetBytes(endpoint: number): number {
    const all = this.interfaces.flatMap(({ endpoints }) => endpoints);
    return all.find((each) => each.endpointNumber === endpoint && each.direction === 'in')?.packetSize ?? USUAL_PACKET_BYTES;
  }

  /** Whether reading may go on after a failure. */
  async #mend(error: unknown, endpoint: number, failures: number): Promise<boolean> {
    const { device, location, clock } = this.#options;
    if (transferFailure(error, location).code === 'device-gone' || failures > MAX_READ_FAILURES) return false;
    if (isStall(error)) await attempt(() => device.clearHalt('in', endpoint));
    await new Promise<void>((resolve) => void clock.after(READ_RETRY_MS, resolve));
    return true;
  }

  #end(listener: UsbInListener, error: unknown): void {
    if (this.#closing === undefined) listener.onEnd(transferFailure(error, this.#options.location));
  }

  #failure(error: unknown): AppError<UsbFailure> {
    return new AppError<UsbFailure>(transferFailure(error, this.#options.location), 'machine');
  }

  /** What is under way holds the device: only after it can the device be given back, if need be later than anybody waits. */
  async #close(): Promise<void> {
    const quiet = Promise.allSettled([...this.#queues.values(), ...this.#readers]);
    await this.#within(quiet.then(() => this.#giveBack()));
  }

  async #giveBack(): Promise<void> {
    const { device, claimed, detached } = this.#options;
    for (const number of claimed) await attempt(() => device.releaseInterface(number));
    for (const number of detached) await attempt(() => device.attachKernelDriver(number));
    await attempt(() => device.close());
    this.#isGivenBack = true;
  }

  async #within(work: Promise<unknown>): Promise<void> {
    let cancel: () => void = () => {};
    const patience = new Promise<void>((resolve) => {
      cancel = this.#options.clock.after(CLOSE_MS, resolve);
    });
    await Promise.race([work, patience]);
    cancel();
  }
}

/** Interfaces with their first settings. */
export function describedInterfaces({ interfaces }: NativeConfiguration): readonly UsbInterface[] {
  return interfaces.map(({ interfaceNumber, alternate }) => {
    const { interfaceClass, interfaceSubclass } = alternate;
    const endpoints = alternate.endpoints.map<UsbEndpoint>(({ endpointNumber, direction, type, packetSize }) => ({
      endpointNumber,
      direction,
      type: type === 'bulk' || type === 'interrupt' ? type : 'isochronous',
      packetSize,
    }));
    return { interfaceNumber, interfaceClass, interfaceSubclass, endpoints };
  });
}
