/** An emulated board of the USB bench as a USB device in memory: the judges of the drivers, without a kernel between them. */
import { AppError } from '../../../core/errors.ts';
import type {
  Clock,
  UsbControl,
  UsbDevice,
  UsbFailure,
  UsbInListener,
  UsbInterface,
  UsbLink,
  UsbPower,
  UsbStrings,
} from '../../../core/ports.ts';
import type { Board } from '../../usb-bench/emulators/board.ts';
import type { Completion } from '../../usb-bench/emulators/usb/usb-device.ts';

const PACKET_BYTES = 64;

export class EmulatedUsb implements UsbDevice {
  readonly key = 'emulated';
  readonly location = 'usb 1-1';
  readonly #board: Board;
  readonly #clock: Clock;
  readonly #done = new Map<number, (completion: Completion) => void>();
  #listeners = new Map<number, UsbInListener>();
  #id = 0;
  #isOpen = false;

  readonly #everyMs: number;

  /** @param everyMs how often the emulation moves on by itself */
  constructor(board: Board, clock: Clock, everyMs: number) {
    this.#board = board;
    this.#everyMs = everyMs;
    this.#clock = clock;
    board.plugIn(clock.monotonic());
    this.#pump();
  }

  get vendorId(): number {
    return this.#board.usb.spec.vendorId;
  }

  get productId(): number {
    return this.#board.usb.spec.productId;
  }

  get version(): number {
    return this.#board.usb.spec.release;
  }

  async strings(): Promise<UsbStrings> {
    const { manufacturer, product, serial } = this.#board.usb.spec;
    return { manufacturer, product, serial };
  }

  async power(): Promise<UsbPower> {
    return {};
  }

  async open(): Promise<UsbLink> {
    this.#isOpen = true;
    return {
      transport: 'usb',
      interfaces: this.#interfaces(),
      control: (transfer) => this.#control(transfer),
      write: (endpoint, bytes) => this.#transfer({ endpoint, data: bytes, length: 0 }).then(() => {}),
      listen: (endpoint, listener) => this.#listen(endpoint, listener),
      reset: async () => this.#board.plugIn(this.#clock.monotonic()),
      close: async () => {
        this.#isOpen = false;
        this.#listeners = new Map();
        for (const id of this.#done.keys()) this.#board.usb.unlink(id);
        this.#done.clear();
      },
    };
  }

  #interfaces(): readonly UsbInterface[] {
    return this.#board.usb.spec.interfaces.map(({ class: [interfaceClass, interfaceSubclass], endpoints }, interfaceNumber) => ({
      interfaceNumber,
      interfaceClass,
      interfaceSubclass,
      endpoints: endpoints.map(({ address, type, packetBytes }) => ({
        endpointNumber: address & 0x0f,
        direction: address & 0x80 ? ('in' as const) : ('out' as const),
        type,
        packetSize: packetBytes,
      })),
    }));
  }

  async #control({ requestType, recipient, request, value, index, data }: UsbControl): Promise<void> {
    const type = (requestType === 'vendor' ? 0x40 : 0x20) | (recipient === 'interface' ? 0x01 : 0x00);
    const setup = { requestType: type, request, value, index, length: data.length };
    const { status } = await this.#transfer({ endpoint: 0, setup, data, length: 0 });
    if (status !== 'ok') throw new AppError<UsbFailure>({ code: 'usb-transfer-failed', location: this.location, text: status }, 'machine');
  }

  #listen(endpoint: number, listener: UsbInListener): void {
    this.#listeners.set(endpoint, listener);
    const next = (): void => {
      void this.#transfer({ endpoint: endpoint | 0x80, data: new Uint8Array(0), length: PACKET_BYTES }).then(({ status, data }) => {
        if (!this.#isOpen || this.#listeners.get(endpoint) !== listener) return;
        if (status === 'ok') listener.onPacket(data);
        next();
      });
    };
    next();
  }

  #transfer(transfer: Omit<Parameters<Board['usb']['submit']>[0], 'id'>): Promise<Completion> {
    this.#id += 1;
    const id = this.#id;
    return new Promise((resolve) => {
      this.#done.set(id, resolve);
      this.#board.usb.submit({ id, ...transfer }, this.#clock.monotonic());
      this.#advance();
    });
  }

  #advance(): void {
    for (const completion of this.#board.advance(this.#clock.monotonic())) {
      const resolve = this.#done.get(completion.id);
      this.#done.delete(completion.id);
      resolve?.(completion);
    }
  }

  #pump(): void {
    this.#clock.after(this.#everyMs, () => {
      this.#advance();
      this.#pump();
    });
  }
}
