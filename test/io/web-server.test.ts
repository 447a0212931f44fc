import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { serveWeb, type WebServer } from '../../core/io/web-server.ts';

let server: WebServer;
let folder: string;
const links: string[] = [];
const received: string[] = [];
let draws = 0;
const random = {
  bytes: (length: number) => {
    draws += 1;
    return new Uint8Array(length).fill(draws);
  },
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hearth-web-'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Hearth</title>');
  writeFileSync(join(folder, 'secret.key'), 'not for the web');
  const onClient = () => ({ onMessage: (text: string) => void received.push(text), onEnd: () => undefined });
  server = await serveWeb({ folder, port: 0, random, onLink: (url) => links.push(url), onClient });
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: Record<string, string | string[] | undefined>;
}

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: server.port, path, method, headers: { host: `127.0.0.1:${server.port}`, ...headers } };
    request(options, (response) => {
      let body = '';
      response.on('data', (chunk) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode as number, body, headers: response.headers }));
    })
      .on('error', reject)
      .end();
  });
}

/** The newest link's path, exchanged for a cookie. */
async function signIn(): Promise<string> {
  const link = new URL(links.at(-1) as string);
  const answer = await get(link.pathname + link.search);
  return ((answer.headers['set-cookie'] as string[])[0] as string).split(';')[0] as string;
}

function dial(headers: Record<string, string>, path = '/door'): Promise<WebSocket | number> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers });
  return new Promise((resolve) => {
    socket.on('open', () => resolve(socket));
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode as number));
    socket.on('error', () => undefined);
  });
}

/** Asks for the door without a cookie and resets the connection, so that the answer meets a closed one. */
function hangUp(): Promise<void> {
  return new Promise((resolve) => {
    const text = `GET /door HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
    const socket = connect(server.port, '127.0.0.1', () => socket.write(text, () => socket.resetAndDestroy()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
  });
}

const ours = () => `http://127.0.0.1:${server.port}`;

test('without a token or cookie no page is given', async () => {
  expect(await get('/')).toMatchObject({ status: 401 });
});

test('a token is exchanged once for a cookie, and is void from then on', async () => {
  const link = new URL(links.at(-1) as string);
  const first = await get(link.pathname + link.search);
  expect(first).toMatchObject({ status: 303, headers: { location: '/' } });
  expect(first.headers['set-cookie']?.[0]).toMatch(/^hearth-\d+=[\w-]{32}; Path=\/; HttpOnly; SameSite=Strict$/);
  expect(await get(link.pathname + link.search)).toMatchObject({ status: 401 });
  expect(links.at(-1)).not.toBe(link.href);
});

test('a wrong token does not spend the right one', async () => {
  expect(await get('/?token=guess')).toMatchObject({ status: 401 });
  expect(await signIn()).toContain('hearth-');
});

test('with the cookie the page comes, under a policy that allows nothing foreign', async () => {
  const answer = await get('/', { cookie: await signIn() });
  expect(answer).toMatchObject({ status: 200, body: expect.stringContaining('<title>Hearth') });
  const policy = String(answer.headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|\*/);
  expect(answer.headers['x-frame-options']).toBe('DENY');
});

test.each(['evil.example', 'evil.example:80', '127.0.0.1', `localhost.evil.example`])(
  'Host %s is refused even with the cookie',
  async (host) => {
    expect(await get('/', { cookie: await signIn(), host })).toMatchObject({ status: 421 });
  },
);

test.each(['/../secret.key', '/secret.key', '/..%2fsecret.key', '/%00'])('%s leads nowhere', async (path) => {
  const answer = await get(path, { cookie: await signIn() });
  expect(answer.status).not.toBe(200);
  expect(answer.body).not.toContain('not for the web');
});

test.each(['//', 'http://['])('%s as an address ends that request and nothing else', async (path) => {
  expect(await get(path)).toMatchObject({ status: 400 });
  expect(await get('/')).toMatchObject({ status: 401 });
});

test('a link that was used leads whom it let in to the page, and nobody else', async () => {
  const link = new URL(links.at(-1) as string);
  const cookie = await signIn();
  expect(await get(link.pathname + link.search, { cookie })).toMatchObject({ status: 303, headers: { location: '/' } });
  expect(await get(link.pathname + link.search)).toMatchObject({ status: 401 });
});

test('a door that is refused and hangs up at once ends nothing else', async () => {
  for (let times = 0; times < 20; times += 1) await hangUp();
  expect(await get('/')).toMatchObject({ status: 401 });
});

test('pages that were built anew are served after they are read again', async () => {
  const cookie = await signIn();
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Hearth, anew</title>');
  expect((await get('/', { cookie })).body).not.toContain('anew');
  await server.reload();
  expect((await get('/', { cookie })).body).toContain('anew');
});

test('only reading is allowed', async () => {
  expect(await get('/', { cookie: await signIn() }, 'POST')).toMatchObject({ status: 405 });
});

test('the door opens with cookie and our origin only', async () => {
  const cookie = await signIn();
  expect(await dial({ origin: ours() })).toBe(403);
  expect(await dial({ origin: ours(), cookie: 'hearth-1=x' })).toBe(403);
  expect(await dial({ origin: 'http://evil.example', cookie })).toBe(403);
  expect(await dial({ cookie })).toBe(403);
  expect(await dial({ origin: ours(), cookie }, '/other')).toBe(403);
  const open = (await dial({ origin: ours(), cookie })) as WebSocket;
  open.send('hello');
  await expect.poll(() => received).toContain('hello');
  open.close();
});

test('ten megabytes pasted end that connection and nothing else', async () => {
  const cookie = await signIn();
  const socket = (await dial({ origin: ours(), cookie })) as WebSocket;
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  socket.send('x'.repeat(10_000_000));
  expect(await closed).toBe(1009);
  expect(await get('/', { cookie })).toMatchObject({ status: 200 });
});
