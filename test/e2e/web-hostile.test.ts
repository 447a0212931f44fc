/** Others in the same browser and on the same machine, and people who paste a book: refused or held, and mining goes on. */
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { button, practise } from './web-acts.ts';
import { Program } from './web-program.ts';
import { type Miner, missing, Stage } from './web-stage.ts';

describe.skipIf(missing)('hostile', () => {
  const stage = new Stage();
  let miner: Miner;
  let page: Page;
  let foreign: Server;
  let foreignUrl: string;

  beforeAll(async () => {
    miner = await stage.miner();
    foreign = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<!doctype html><title>elsewhere</title>'));
    await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve));
    foreignUrl = `http://127.0.0.1:${(foreign.address() as AddressInfo).port}`;
    page = await stage.open(miner);
    await practise(page);
  });
  afterAll(async () => {
    await stage.close();
    foreign.closeAllConnections();
    await new Promise((resolve) => foreign.close(resolve));
  });

  /** As seen by somebody who is signed in: the miner is there and mines. */
  async function minesOn(): Promise<void> {
    expect(miner.program.running).toBe(true);
    await page.goto(`${miner.origin}/#/mine`);
    await page.getByRole('heading', { name: /Practising/ }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  }

  test('another page of the same browser, cookie and all, opens no door and reads nothing', async () => {
    const other = await page.context().newPage();
    await other.goto(foreignUrl);
    const socket = await other.evaluate(
      (url) =>
        new Promise<string>((resolve) => {
          const socket = new WebSocket(url);
          socket.onopen = () => resolve('open');
          socket.onerror = () => resolve('refused');
        }),
      `${miner.origin.replace('http', 'ws')}/door`,
    );
    expect(socket).toBe('refused');
    const read = await other.evaluate(
      (url) =>
        fetch(url, { credentials: 'include' }).then(
          () => 'read',
          () => 'refused',
        ),
      miner.origin,
    );
    expect(read).toBe('refused');
    const framed = await other.evaluate(
      (url) =>
        new Promise<string>((resolve) => {
          const frame = document.body.appendChild(document.createElement('iframe'));
          frame.onload = () => resolve(frame.contentDocument === null ? 'shows nothing of ours' : String(frame.contentDocument.title));
          frame.src = url;
        }),
      miner.origin,
    );
    expect(framed).not.toContain('Hearth');
    await other.close();
    await minesOn();
  });

  test('under another name for this machine nothing is served, cookie and all', async () => {
    const [cookie] = await page.context().cookies();
    const header = `Cookie: ${cookie?.name}=${cookie?.value}`;
    expect(await raw(miner, `GET / HTTP/1.1\r\nHost: rebound.example\r\n${header}\r\n\r\n`)).toMatch(/^HTTP\/1.1 421 /);
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==';
    expect(
      await raw(miner, `GET /door HTTP/1.1\r\nHost: rebound.example\r\nOrigin: http://rebound.example\r\n${upgrade}\r\n${header}\r\n\r\n`),
    ).toMatch(/^HTTP\/1.1 403 /);
  });

  test('without a link, or with one that was used, a new browser gets a sentence and no page', async () => {
    const stranger = await (await stage.browser()).newPage();
    expect((await stranger.goto(miner.origin))?.status()).toBe(401);
    expect(await stranger.locator('body').textContent()).toContain('Open the link that Hearth printed');
    const link = miner.link();
    const guest = await stage.browser();
    const invited = await guest.newPage();
    expect((await invited.goto(link))?.status()).toBe(200);
    expect((await stranger.goto(link))?.status()).toBe(401);
    expect(await stranger.locator('body').textContent()).toContain('This link was used already');
    // The one it was used by may click it again.
    expect((await invited.goto(link))?.status()).toBe(200);
    await guest.close();
  });

  test.each([
    ['no address at all', 'GET // HTTP/1.1\r\nHost: HOST\r\n\r\n'],
    ['an address of another kind', 'GET http://[ HTTP/1.1\r\nHost: HOST\r\n\r\n'],
    ['a door that hangs up at once', 'GET /door HTTP/1.1\r\nHost: HOST\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
    ['a tunnel', 'CONNECT example.org:443 HTTP/1.1\r\nHost: HOST\r\n\r\n'],
    ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00'],
    ['a header without an end', `GET / HTTP/1.1\r\nHost: HOST\r\nX: ${'x'.repeat(100_000)}`],
  ])('what no browser sends ends that connection and nothing else: %s', async (_, bytes) => {
    for (let times = 0; times < 5; times += 1) await hangUp(miner, bytes.replaceAll('HOST', new URL(miner.origin).host));
    await minesOn();
  });

  test('ten megabytes pasted into a field are told at the field, and what was typed stays', async () => {
    await page.goto(`${miner.origin}/#/add/own`);
    const field = page.getByLabel('Pool address');
    await field.fill('stratum2+tcp://kept.example');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.evaluate(() => navigator.clipboard.writeText('x'.repeat(10_000_000)));
    await field.focus();
    await page.keyboard.press('Control+V');
    await page.getByText(/That is too long/).waitFor();
    expect(await field.inputValue()).toBe('stratum2+tcp://kept.example');
    await page.evaluate(() => navigator.clipboard.writeText(''));
    await minesOn();
  });

  test('ten megabytes sent past the form end that page’s door, which opens again by itself', async () => {
    const closed = await page.evaluate(
      (url) =>
        new Promise<number>((resolve) => {
          const socket = new WebSocket(url);
          socket.onopen = () => socket.send(JSON.stringify({ id: 1, name: 'check.url', args: { text: 'x'.repeat(10_000_000) } }));
          socket.onclose = ({ code }) => resolve(code);
        }),
      `${miner.origin.replace('http', 'ws')}/door`,
    );
    // 1009 is “too big”; 1006 when the rest of what was sent met a connection that is gone.
    expect([1006, 1009]).toContain(closed);
    await minesOn();
  });
});

describe.skipIf(missing)('ten thousand events a second', () => {
  const stage = new Stage();
  let program: Program;

  afterEach(() => program.stop());
  afterAll(() => stage.close());

  test('do not stop the page: it answers to clicks, draws frames, and holds no more than the eye can follow', async () => {
    program = new Program('test/e2e/web-flood.ts', []);
    const [link] = await program.line(/http:\S+token=\S+/);
    const page = await (await stage.browser()).newPage();
    await page.goto(link);
    await page.locator('.route').waitFor();
    const from = program.output.length;
    program.type('flood');
    await page.evaluate(() => {
      const count = { frames: 0 };
      Object.assign(globalThis, { count });
      const next = () => {
        count.frames += 1;
        requestAnimationFrame(next);
      };
      next();
    });
    const frames = () => page.evaluate(() => (globalThis as unknown as { count: { frames: number } }).count.frames);
    await page.locator('.pulse').first().waitFor({ state: 'attached' });
    expect(await page.locator('.pulse').count()).toBeLessThanOrEqual(16);
    const isOver = () => /\{"events":100000\}/.test(program.output.slice(from));
    while (!isOver())
      for (const screen of ['Devices', 'Pools', 'Mine']) {
        const drawn = await frames();
        await page.getByRole('link', { name: screen, exact: true }).click();
        await page.locator('nav [aria-current=page]', { hasText: screen }).waitFor();
        await expect.poll(frames).toBeGreaterThan(drawn);
      }
    expect(await button(page, 'Pause').isEnabled()).toBe(true);
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});

/** Sends bytes and gives back all that comes until the other side ends, or half a second of silence. */
function raw(miner: Miner, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(new URL(miner.origin).port), '127.0.0.1', () => socket.write(bytes));
    const done = () => {
      socket.destroy();
      resolve(text);
    };
    socket.setTimeout(500, done);
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    socket.on('close', done);
    socket.on('error', reject);
  });
}

/** Sends bytes and breaks the connection off without reading: what is answered meets a reset. */
function hangUp(miner: Miner, bytes: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(miner.origin).port), '127.0.0.1', () =>
      socket.write(bytes, 'latin1', () => setTimeout(() => socket.resetAndDestroy(), 5)),
    );
    socket.on('error', () => {});
    socket.on('close', () => resolve());
  });
}
