/** The HTTP client against a server on loopback: answers, limits, deadlines, cancelling. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { faultOf } from '../../core/errors.ts';
import { nodeHttp } from '../../core/io/http.ts';
import type { HttpRequest } from '../../core/ports.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function serve(handle: RequestListener): Promise<HttpRequest> {
  const server = createServer(handle);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}/`, method: 'POST', headers: {}, body: '{}', timeoutMs: 5_000, maxBytes: 1_000 };
}

test('status, body and headers travel; no status throws', async () => {
  const request = await serve((incoming, answer) => {
    let body = '';
    incoming.on('data', (part) => {
      body += part;
    });
    incoming.on('end', () => answer.writeHead(500).end(`${incoming.headers['x-a']} ${incoming.headers['content-length']} ${body}`));
  });
  const call = nodeHttp.request({ ...request, headers: { 'x-a': 'b' }, body: 'grüße' });
  expect(await call.answer).toEqual({ status: 500, body: 'b 7 grüße' });
});

test('connections are not kept, so a restarted server is met afresh', async () => {
  const connections: (string | undefined)[] = [];
  const request = await serve((incoming, answer) => {
    connections.push(incoming.headers.connection);
    answer.end('x');
  });
  await nodeHttp.request(request).answer;
  await nodeHttp.request(request).answer;
  expect(connections).toEqual(['close', 'close']);
});

test('an answer of exactly maxBytes passes; one byte more is cut off', async () => {
  const request = await serve((incoming, answer) => answer.end('x'.repeat(Number(incoming.headers['x-length']))));
  const ask = (length: number) => nodeHttp.request({ ...request, headers: { 'x-length': String(length) } }).answer;
  expect((await ask(1_000)).body.length).toBe(1_000);
  await expect(ask(1_001).catch(faultOf)).resolves.toEqual({ code: 'answer-too-long', maxBytes: 1_000 });
});

test('a server that is silent, or slow within its answer, runs into the deadline', async () => {
  const silent = await serve(() => {});
  const fault = { code: 'answer-timeout', timeoutMs: 60 };
  await expect(nodeHttp.request({ ...silent, timeoutMs: 60 }).answer.catch(faultOf)).resolves.toEqual(fault);
  const slow = await serve((_, answer) => {
    const timer = setInterval(() => answer.write('x'), 10);
    answer.on('close', () => clearInterval(timer));
  });
  await expect(nodeHttp.request({ ...slow, timeoutMs: 60 }).answer.catch(faultOf)).resolves.toEqual(fault);
});

test('cancel ends a request under way; cancelling after the answer does nothing', async () => {
  const silent = await serve(() => {});
  const call = nodeHttp.request(silent);
  setTimeout(call.cancel, 20);
  await expect(call.answer.catch(faultOf)).resolves.toEqual({ code: 'request-cancelled' });
  const quick = await serve((_, answer) => answer.end('done'));
  const answered = nodeHttp.request(quick);
  expect((await answered.answer).body).toBe('done');
  answered.cancel();
  expect((await answered.answer).body).toBe('done');
});

test('an answer that breaks off is not an answer', async () => {
  const request = await serve((_, answer) => {
    answer.writeHead(200, { 'content-length': '100' });
    answer.write('half');
    setTimeout(() => answer.socket?.destroy(), 10);
  });
  await expect(nodeHttp.request(request).answer.catch(faultOf)).resolves.toMatchObject({ code: 'connection-broken' });
});

test('something that is not HTTP is a broken connection; nothing there is a refused one', async () => {
  const { createServer: createTcp } = await import('node:net');
  const server = createTcp((socket) =>
    socket
      .on('error', () => {})
      .resume()
      .end('SSH-2.0-x\r\n'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const request = { url: `http://127.0.0.1:${port}/`, method: 'GET', headers: {}, timeoutMs: 5_000, maxBytes: 10 } as const;
  await expect(nodeHttp.request(request).answer.catch(faultOf)).resolves.toMatchObject({ code: 'connection-broken' });
  await new Promise((resolve) => server.close(resolve));
  await expect(nodeHttp.request(request).answer.catch(faultOf)).resolves.toEqual({
    code: 'connection-refused',
    host: '127.0.0.1',
    port,
  });
});

test('a redirect is handed back and not followed', async () => {
  let asked = 0;
  const request = await serve((_, answer) => {
    asked += 1;
    answer.writeHead(302, { location: '/elsewhere' }).end();
  });
  expect((await nodeHttp.request(request).answer).status).toBe(302);
  expect(asked).toBe(1);
});

test('an address that is not http is refused before anything is sent', async () => {
  const request = { url: 'file:///etc/passwd', method: 'GET', headers: {}, timeoutMs: 100, maxBytes: 10 } as const;
  await expect(nodeHttp.request(request).answer.catch(faultOf)).resolves.toMatchObject({ code: 'host-unreachable' });
});
