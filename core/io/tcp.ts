/**
 * TCP: opens connections (RFC 8305: address families interleaved, attempts staggered, the first to connect wins) and
 * accepts them. Implements `Dialer` and `Listeners` of core/ports.ts.
 */
import { lookup } from 'node:dns/promises';
import { connect, createServer, isIPv6, type Socket } from 'node:net';
import { AppError } from '../errors.ts';
import type { Dialer, DialFailure, Endpoint, Listeners, ListenFailure } from '../ports.ts';
import { dialFailure, systemCode } from './dial-failure.ts';
import { SocketStream } from './socket-stream.ts';

/** RFC 8305 section 8: delay before the next address is tried beside the first. */
const ATTEMPT_DELAY_MS = 250;
/** More addresses than any pool has; a hostile name server may send hundreds. */
const MAX_ADDRESSES = 8;
/** More connections than the miners of a house open. */
const MAX_CONNECTIONS = 1_024;

export const tcpDialer: Dialer = {
  resolve: addresses,
  async dial(endpoint, timeoutMs) {
    const deadline = performance.now() + timeoutMs;
    const found = await addresses(endpoint.host, timeoutMs, endpoint.port);
    return race(found, endpoint, Math.max(deadline - performance.now(), 1), timeoutMs);
  },
};

export const tcpListeners: Listeners = {
  async listen(endpoint, onStream) {
    const open = new Set<SocketStream>();
    const server = createServer({ pauseOnConnect: true }, (socket) => {
      const stream = new SocketStream(socket, showEndpoint(socket.remoteAddress ?? 'gone', socket.remotePort ?? 0));
      open.add(stream);
      socket.on('close', () => open.delete(stream));
      try {
        onStream(stream);
      } catch {
        stream.destroy(); // whoever could not take it loses this one connection
      }
    });
    server.maxConnections = MAX_CONNECTIONS;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(new AppError<ListenFailure>(listenFailure(error, endpoint.port), 'machine')));
      server.listen({ host: endpoint.host, port: endpoint.port, exclusive: true }, resolve);
    });
    server.removeAllListeners('error').on('error', () => {}); // a failed accept (no descriptors left) costs that connection only
    const bound = server.address();
    const port = typeof bound === 'object' && bound ? bound.port : endpoint.port;
    return {
      endpoint: { host: endpoint.host, port },
      /** Frees the port and closes what was accepted; resolves within the streams' linger time. */
      close: () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          for (const stream of open) stream.close();
        }),
    };
  },
};

async function addresses(host: string, timeoutMs: number, port = 0): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(failed({ code: 'dial-timeout', host, port, timeoutMs })), timeoutMs);
  });
  const search = lookup(host, { all: true, order: 'verbatim' }).then(
    (found) => interleave(found.map(({ address }) => address)).slice(0, MAX_ADDRESSES),
    () => [],
  );
  const found = await Promise.race([search, late]).finally(() => clearTimeout(timer));
  if (found.length === 0) throw failed({ code: 'name-not-found', host });
  return found;
}

/** RFC 8305 section 4: the first family stays first, then they alternate. */
function interleave(found: readonly string[]): string[] {
  const first = found.filter((address) => isIPv6(address) === isIPv6(found[0] ?? ''));
  const second = found.filter((address) => !first.includes(address));
  return Array.from({ length: Math.max(first.length, second.length) }, (_, index) => [first[index], second[index]])
    .flat()
    .filter((address) => address !== undefined);
}

/** Connects to the first address that answers; all other attempts are dropped. */
function race(found: readonly string[], endpoint: Endpoint, leftMs: number, timeoutMs: number): Promise<SocketStream> {
  return new Promise((resolve, reject) => {
    const attempts = new Set<Socket>();
    const errors: unknown[] = [];
    let next = 0;
    let stagger: NodeJS.Timeout | undefined;
    const settle = (winner?: Socket): void => {
      clearTimeout(stagger);
      clearTimeout(deadline);
      for (const socket of attempts) if (socket !== winner) socket.destroy();
    };
    const deadline = setTimeout(() => {
      settle();
      reject(failed({ code: 'dial-timeout', ...endpoint, timeoutMs }));
    }, leftMs);
    const attempt = (): void => {
      clearTimeout(stagger);
      const host = found[next];
      if (host === undefined) return;
      next += 1;
      const socket = connect({ host, port: endpoint.port });
      attempts.add(socket);
      socket.on('error', onError);
      socket.once('connect', () => {
        settle(socket);
        socket.off('error', onError);
        resolve(new SocketStream(socket, showEndpoint(endpoint.host, endpoint.port)));
      });
      stagger = setTimeout(attempt, ATTEMPT_DELAY_MS);
      function onError(error: unknown): void {
        attempts.delete(socket);
        errors.push(error);
        if (next < found.length) attempt();
        else if (attempts.size === 0) {
          settle();
          reject(failed(dialFailure(new AggregateError(errors), endpoint, timeoutMs)));
        }
      }
    };
    attempt();
  });
}

function failed(fault: DialFailure): AppError<DialFailure> {
  return new AppError(fault, 'machine');
}

function listenFailure(error: unknown, port: number): ListenFailure {
  const code = systemCode(error);
  return code === 'EADDRINUSE' ? { code: 'port-in-use', port } : { code: 'listen-failed', port, text: code || String(error) };
}

function showEndpoint(host: string, port: number): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}
