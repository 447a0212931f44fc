/** USB devices of this process whose other end are emulated boards in another thread. */
import { Worker } from 'node:worker_threads';
import type {
  UsbBus,
  UsbBusListener,
  UsbControl,
  UsbDevice,
  UsbInListener,
  UsbInterface,
  UsbLink,
  UsbPower,
  UsbStrings,
} from '../../core/ports.ts';
import type { BoardName } from '../usb-bench/emulators/boards.ts';
import type { ChainStats } from '../usb-bench/emulators/chips/chain.ts';
import type { DeviceSpec } from '../usb-bench/emulators/usb/descriptors.ts';
import type { Completion, Setup } from '../usb-bench/emulators/usb/usb-device.ts';
import type { FromBoards, ToBoards, UsbWorkerData } from './usb-worker.ts';

/** IN transfers kept waiting at the device, as a driver of the system does. */
const READS_AT_ONCE = 2;
const SET_CONFIGURATION: Setup = { requestType: 0, request: 9, value: 1, index: 0, length: 0 };
const NOTHING = new Uint8Array(0);

export interface WireWatch {
  /** Bytes for an OUT endpoint are handed over now. */
  onWrite?(board: number, bytes: Uint8Array): void;
  /** A packet is handed over to the driver by calling `deliver`. */
  onPacket?(board: number, packet: Uint8Array, deliver: () => void): void;
}

export class UsbWire {
  readonly buses: readonly WireBus[];
  readonly #worker: Worker;
  readonly #bell: Int32Array;
  readonly #statsWanted: ((stats: readonly ChainStats[]) => void)[] = [];

  private constructor(worker: Worker, bell: Int32Array, specs: readonly DeviceSpec[], watch: WireWatch) {
    this.#worker = worker;
    this.#bell = bell;
    this.buses = specs.map((spec, board) => new WireBus(new WireDevice({ spec, board, watch, send: (message) => this.#send(message) })));
    worker.on('message', (message: FromBoards) => this.#hear(message));
  }

  static start(names: readonly BoardName[], shift: number, watch: WireWatch): Promise<UsbWire> {
    const bell = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(new URL('./usb-worker.ts', import.meta.url), { workerData: { names, shift, bell } satisfies UsbWorkerData });
    return new Promise((resolve, reject) => {
      worker.once('error', reject);
      worker.once('message', ({ specs }: Extract<FromBoards, { type: 'boards' }>) => resolve(new UsbWire(worker, bell, specs, watch)));
    });
  }

  /** What the chips did so far. */
  stats(): Promise<readonly ChainStats[]> {
    return new Promise((resolve) => {
      this.#statsWanted.push(resolve);
      this.#send({ type: 'stats' });
    });
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #send(message: ToBoards): void {
    this.#worker.postMessage(message);
    Atomics.add(this.#bell, 0, 1);
    Atomics.notify(this.#bell, 0);
  }

  #hear(message: FromBoards): void {
    if (message.type === 'stats') this.#statsWanted.shift()?.(message.stats);
    else if (message.type === 'done') for (const each of message.completions) this.buses[message.board]?.device.completed(each);
  }
}

/** One device, plugged in from the start. */
class WireBus implements UsbBus {
  readonly device: WireDevice;

  constructor(device: WireDevice) {
    this.device = device;
  }

  async list(): Promise<readonly UsbDevice[]> {
    return [this.device];
  }

  async watch(listener: UsbBusListener): Promise<() => void> {
    listener.onArrive(this.device);
    return () => {};
  }
}

interface WireDeviceOptions {
  readonly spec: DeviceSpec;
  readonly board: number;
  readonly watch: WireWatch;
  send(message: ToBoards): void;
}

class WireDevice implements UsbDevice, UsbLink {
  readonly transport = 'usb';
  readonly key: string;
  readonly vendorId: number;
  readonly productId: number;
  readonly version: number;
  readonly location: string;
  readonly interfaces: readonly UsbInterface[];
  readonly #options: WireDeviceOptions;
  readonly #waiting = new Map<number, (completion: Completion) => void>();
  readonly #reads = new Set<number>();
  #nextId = 1;

  constructor(options: WireDeviceOptions) {
    const { spec, board } = options;
    this.#options = options;
    this.key = `wire ${board}`;
    this.vendorId = spec.vendorId;
    this.productId = spec.productId;
    this.version = spec.release;
    this.location = `usb 1-${board + 1}`;
    this.interfaces = spec.interfaces.map((each, interfaceNumber) => ({
      interfaceNumber,
      interfaceClass: each.class[0],
      interfaceSubclass: each.class[1],
      endpoints: each.endpoints.map(({ address, type, packetBytes }) => ({
        endpointNumber: address & 0x7f,
        direction: address & 0x80 ? ('in' as const) : ('out' as const),
        type,
        packetSize: packetBytes,
      })),
    }));
  }

  async strings(): Promise<UsbStrings> {
    const { manufacturer, product, serial } = this.#options.spec;
    return { manufacturer, product, serial };
  }

  async power(): Promise<UsbPower> {
    return { speed: 'full' };
  }

  async open(): Promise<UsbLink> {
    await this.#transfer(0, NOTHING, SET_CONFIGURATION);
    return this;
  }

  async control({ requestType, recipient, request, value, index, data }: UsbControl): Promise<void> {
    const type = (requestType === 'vendor' ? 0x40 : 0x20) | (recipient === 'interface' ? 0x01 : 0x00);
    await this.#transfer(0, data, { requestType: type, request, value, index, length: data.length });
  }

  async write(endpointNumber: number, bytes: Uint8Array): Promise<void> {
    this.#options.watch.onWrite?.(this.#options.board, bytes);
    await this.#transfer(endpointNumber, bytes);
  }

  listen(endpointNumber: number, listener: UsbInListener): void {
    const { board, watch, send } = this.#options;
    const size = this.interfaces.flatMap(({ endpoints }) => endpoints).find((end) => end.endpointNumber === endpointNumber)?.packetSize;
    const read = () => {
      const id = this.#nextId++;
      this.#reads.add(id);
      this.#waiting.set(id, ({ data }) => {
        this.#reads.delete(id);
        read();
        const deliver = () => listener.onPacket(data);
        if (watch.onPacket) watch.onPacket(board, data, deliver);
        else deliver();
      });
      send({ type: 'submit', board, transfer: { id, endpoint: 0x80 | endpointNumber, data: NOTHING, length: size ?? 64 } });
    };
    for (let count = 0; count < READS_AT_ONCE; count += 1) read();
  }

  async reset(): Promise<void> {
    this.#options.send({ type: 'reset', board: this.#options.board });
  }

  async close(): Promise<void> {
    for (const id of this.#reads) {
      this.#waiting.delete(id);
      this.#options.send({ type: 'unlink', board: this.#options.board, id });
    }
    this.#reads.clear();
  }

  completed(completion: Completion): void {
    const settle = this.#waiting.get(completion.id);
    this.#waiting.delete(completion.id);
    settle?.(completion);
  }

  #transfer(endpoint: number, data: Uint8Array, setup?: Setup): Promise<Completion> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (completion) => (completion.status === 'ok' ? resolve(completion) : reject(new Error(completion.status))));
      this.#options.send({
        type: 'submit',
        board: this.#options.board,
        transfer: { id, endpoint, data, length: 0, ...(setup && { setup }) },
      });
    });
  }
}
