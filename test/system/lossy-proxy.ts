/** A TCP proxy that treats its connections badly: byte by byte, merged, late, or cut after an exact number of bytes. */
import { connect, createServer, type Server, type Socket } from 'node:net';

/** How one connection is treated. Bytes of `cut` count from the start; `up` is from the client. */
export type Treatment =
  | { readonly kind: 'fair' }
  | { readonly kind: 'bytes' }
  | { readonly kind: 'merged'; readonly ms: number }
  | { readonly kind: 'late'; readonly mostMs: number }
  | { readonly kind: 'cut'; readonly direction: 'up' | 'down'; readonly after: number };

export interface Passed {
  up: number;
  down: number;
}

const SOCKET_ENDS = ['error', 'close'] as const;

export class LossyProxy {
  /** Asked for at each new connection. */
  treat: () => Treatment = () => ({ kind: 'fair' });
  /** Bytes that went through the newest connection. */
  passed: Passed = { up: 0, down: 0 };
  cuts = 0;
  onCut: () => void = () => {};
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #random: () => number;

  private constructor(targetPort: number, random: () => number) {
    this.#random = random;
    this.#server = createServer({ noDelay: true }, (client) =>
      this.#accept(client, connect({ port: targetPort, host: '127.0.0.1', noDelay: true })),
    );
  }

  static async start(targetPort: number, random: () => number): Promise<LossyProxy> {
    const proxy = new LossyProxy(targetPort, random);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #accept(client: Socket, pool: Socket): void {
    const treatment = this.treat();
    const passed: Passed = { up: 0, down: 0 };
    this.passed = passed;
    const end = () => {
      for (const socket of [client, pool]) socket.destroy();
    };
    for (const socket of [client, pool]) {
      this.#sockets.add(socket);
      for (const event of SOCKET_ENDS) socket.on(event, end);
      socket.on('close', () => this.#sockets.delete(socket));
    }
    const cut = () => {
      end();
      this.cuts += 1;
      this.onCut();
    };
    client.on('data', this.#pipe(treatment, 'up', passed, pool, cut));
    pool.on('data', this.#pipe(treatment, 'down', passed, client, cut));
  }

  #pipe(treatment: Treatment, direction: 'up' | 'down', passed: Passed, to: Socket, cut: () => void): (bytes: Buffer) => void {
    const send = (bytes: Buffer) => {
      if (to.destroyed) return;
      passed[direction] += bytes.length;
      to.write(bytes);
    };
    switch (treatment.kind) {
      case 'fair':
        return send;
      case 'bytes':
        return byteByByte(send);
      case 'late':
        return late(() => this.#random() * treatment.mostMs, send);
      case 'merged':
        return merged(treatment.ms, send);
      case 'cut':
        return (bytes) => {
          const room = treatment.direction === direction ? treatment.after - passed[direction] : Number.POSITIVE_INFINITY;
          if (bytes.length < room) return send(bytes);
          send(bytes.subarray(0, room));
          // What was let through arrives before the end does.
          setTimeout(cut, 5);
        };
    }
  }
}

/** Each byte a packet of its own, as far as the system allows. */
function byteByByte(send: (bytes: Buffer) => void): (bytes: Buffer) => void {
  const queue: number[] = [];
  const next = () => {
    const byte = queue.shift();
    if (byte === undefined) return;
    send(Buffer.of(byte));
    setImmediate(next);
  };
  return (bytes) => {
    const idle = queue.length === 0;
    queue.push(...bytes);
    if (idle) next();
  };
}

/** Each packet late by another time, in their order. */
function late(drawMs: () => number, send: (bytes: Buffer) => void): (bytes: Buffer) => void {
  const queue: Buffer[] = [];
  return (bytes) => {
    queue.push(bytes);
    // Timers do not keep an order; each sends the oldest.
    setTimeout(() => send(queue.shift() as Buffer), drawMs());
  };
}

function merged(ms: number, send: (bytes: Buffer) => void): (bytes: Buffer) => void {
  let held: Buffer[] = [];
  return (bytes) => {
    if (held.length === 0)
      setTimeout(() => {
        send(Buffer.concat(held));
        held = [];
      }, ms);
    held.push(bytes);
  };
}
