/** TCP over loopback: delivery, back-pressure, ends and coded failures. */
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { faultOf } from '../../core/errors.ts';
import { tcpDialer, tcpListeners } from '../../core/io/tcp.ts';
import type { ByteStream, Listener, StreamEnd } from '../../core/ports.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0 };
const TIMEOUT_MS = 5_000;
const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

/** Both ends of one connection, and the listener that accepted it. */
async function pair(): Promise<{ client: ByteStream; server: ByteStream; listener: Listener }> {
  let accept: (stream: ByteStream) => void = () => {};
  const accepted = new Promise<ByteStream>((resolve) => {
    accept = resolve;
  });
  const listener = await tcpListeners.listen(LOOPBACK, (stream) => accept(stream));
  open.push(listener);
  const client = await tcpDialer.dial(listener.endpoint, TIMEOUT_MS);
  return { client, server: await accepted, listener };
}

/** Collects what a stream says. */
function record(stream: ByteStream): { bytes: number[]; ends: StreamEnd[]; ended: Promise<StreamEnd>; first: Promise<void> } {
  const bytes: number[] = [];
  const ends: StreamEnd[] = [];
  let first = () => {};
  let ended: (end: StreamEnd) => void = () => {};
  const record = {
    bytes,
    ends,
    first: new Promise<void>((resolve) => {
      first = resolve;
    }),
    ended: new Promise<StreamEnd>((resolve) => {
      ended = resolve;
    }),
  };
  stream.listen({
    onBytes(part) {
      bytes.push(...part);
      first();
    },
    onEnd(end) {
      ends.push(end);
      ended(end);
    },
  });
  return record;
}

test('bytes sent before anybody listens are delivered first, then the rest, then the end', async () => {
  const { client, server } = await pair();
  client.write(Uint8Array.of(1, 2, 3));
  await new Promise((resolve) => setTimeout(resolve, 30));
  const heard = record(server);
  client.write(Uint8Array.of(4, 5));
  client.close();
  expect(await heard.ended).toEqual({ code: 'closed-by-peer' });
  expect(heard.bytes).toEqual([1, 2, 3, 4, 5]);
});

test('bytes arrive as plain Uint8Arrays, whose slice copies', async () => {
  const { client, server } = await pair();
  const kind = new Promise<string>((resolve) => {
    server.listen({ onBytes: (bytes) => resolve(bytes.constructor.name), onEnd: () => {} });
  });
  client.write(Uint8Array.of(1));
  expect(await kind).toBe('Uint8Array');
});

test('a stream that nobody listens to holds its sender back instead of buffering without end', async () => {
  const { client } = await pair();
  const CHUNK = new Uint8Array(1 << 20);
  const CHUNKS = 24; // more than both kernels' windows take
  for (let sent = 0; sent < CHUNKS; sent += 1) client.write(CHUNK);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(client.queuedBytes).toBeGreaterThan(0);
});

test('close flushes what is queued, and says closed-by-us exactly once', async () => {
  const { client, server } = await pair();
  const here = record(client);
  const there = record(server);
  client.write(new Uint8Array(300_000).fill(7));
  client.close();
  client.close();
  client.write(Uint8Array.of(9)); // after the end: ignored
  await there.ended;
  expect(there.bytes.length).toBe(300_000);
  expect(await here.ended).toEqual({ code: 'closed-by-us' });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(here.ends.length).toBe(1);
});

test('a peer that resets is told apart from one that closes', async () => {
  let accept: (stream: ByteStream) => void = () => {};
  const accepted = new Promise<ByteStream>((resolve) => {
    accept = resolve;
  });
  const listener = await tcpListeners.listen(LOOPBACK, (stream) => accept(stream));
  open.push(listener);
  const socket = connect(listener.endpoint);
  const heard = record(await accepted);
  socket.resetAndDestroy();
  expect(await heard.ended).toEqual({ code: 'stream-reset', text: 'ECONNRESET' });
});

test('a listener that throws loses its connection and nothing else', async () => {
  const { client, server } = await pair();
  const ended = new Promise<StreamEnd>((resolve) => {
    server.listen({
      onBytes: () => {
        throw new Error('a fault of ours');
      },
      onEnd: resolve,
    });
  });
  client.write(Uint8Array.of(1));
  expect(await ended).toEqual({ code: 'stream-reset', text: 'a fault of ours' });
});

test('a refused port, an unknown name and a taken port are named by code', async () => {
  const { listener } = await pair();
  await listener.close();
  const { port } = listener.endpoint;
  await expect(tcpDialer.dial(listener.endpoint, TIMEOUT_MS).catch(faultOf)).resolves.toEqual({
    code: 'connection-refused',
    host: '127.0.0.1',
    port,
  });
  await expect(tcpDialer.resolve('no such host.invalid', TIMEOUT_MS).catch(faultOf)).resolves.toMatchObject({ code: 'name-not-found' });
  const first = await tcpListeners.listen(LOOPBACK, () => {});
  open.push(first);
  await expect(tcpListeners.listen(first.endpoint, () => {}).catch(faultOf)).resolves.toEqual({
    code: 'port-in-use',
    port: first.endpoint.port,
  });
});

test('a host that never completes the connection times out', async () => {
  const full = await fullBacklog();
  await expect(tcpDialer.dial(full, 150).catch(faultOf)).resolves.toEqual({ code: 'dial-timeout', ...full, timeoutMs: 150 });
});

test('a name resolves to numbers', async () => {
  expect(await tcpDialer.resolve('127.0.0.1', TIMEOUT_MS)).toEqual(['127.0.0.1']);
});

test('a listener closes the streams it accepted and frees its port', async () => {
  const { client, server, listener } = await pair();
  const heard = record(client);
  record(server);
  await listener.close();
  expect(await heard.ended).toEqual({ code: 'closed-by-peer' });
  open.push(await tcpListeners.listen(listener.endpoint, () => {}));
});

/** A port that never accepts: its thread sleeps, and its queue of two is full, so the kernel drops further attempts. */
async function fullBacklog(): Promise<{ host: string; port: number }> {
  const source = `const { parentPort } = require('node:worker_threads');
    const server = require('node:net').createServer();
    server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
      parentPort.postMessage(server.address().port);
      setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 5);
    });`;
  const worker = new Worker(source, { eval: true });
  open.push({ close: () => worker.terminate() });
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const fillers = Array.from({ length: 4 }, () => connect({ host: '127.0.0.1', port }).on('error', () => {}));
  open.push({ close: () => fillers.forEach((socket) => void socket.destroy()) });
  await new Promise((resolve) => setTimeout(resolve, 50));
  return { host: '127.0.0.1', port };
}
