/** The USB/IP server: emulated boards on a loopback TCP port, and the clock that moves them. */
import { createServer, type Server, type Socket } from 'node:net';
import type { Board, BoardFault } from '../emulators/board.ts';
import { type Slot, UsbipConnection } from './connection.ts';

/** How often boards are moved on: a USB frame. */
const TICK_MS = 1;
const LOOPBACK = '127.0.0.1';

export class UsbipServer {
  readonly #slots: Slot[] = [];
  readonly #clients = new Map<Socket, UsbipConnection>();
  readonly #server: Server;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;

  /** `now` in milliseconds; it is the emulated clock. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#server = createServer({ noDelay: true }, (socket) => this.#serve(socket));
  }

  get slots(): readonly Slot[] {
    return this.#slots;
  }

  /** Gives the board the next place on the emulated bus; returns its bus id. */
  add(board: Board): string {
    const device = this.#slots.length + 1;
    const busid = `1-${device}`;
    this.#slots.push({ busid, bus: 1, device, board, isImported: false });
    return busid;
  }

  inject(busid: string, fault: BoardFault): void {
    this.#slots.find((slot) => slot.busid === busid)?.board.inject(fault, this.#now());
    this.#tick();
  }

  async listen(port = 0): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, LOOPBACK, resolve);
    });
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const socket of this.#clients.keys()) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: Socket): void {
    const client = new UsbipConnection(this.#slots);
    this.#clients.set(socket, client);
    socket.on('data', (bytes) => {
      client.receive(bytes, this.#now());
      client.advance(this.#now());
      this.#flush(socket, client);
    });
    socket.on('error', () => {}); // a guest that goes away takes its sockets with it; 'close' follows
    socket.on('close', () => {
      client.close();
      this.#clients.delete(socket);
    });
  }

  /** Boards that nobody has imported run too: they stay warm, or cool down. */
  #tick(): void {
    const now = this.#now();
    for (const [socket, client] of this.#clients) {
      client.advance(now);
      this.#flush(socket, client);
    }
    for (const slot of this.#slots) if (!slot.isImported) slot.board.advance(now);
  }

  #flush(socket: Socket, client: UsbipConnection): void {
    const bytes = client.take();
    if (bytes.length > 0) socket.write(bytes);
    if (client.isClosed) socket.destroy();
  }
}
