/** Serves the built pages and a scripted door on loopback, under the same strict content policy as the real host. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type WebSocket, WebSocketServer } from 'ws';
import type { DoorMessage, DoorRequest } from '../../renderer/door-protocol.ts';
import type { DemoDoor } from '../fake/demo-door.ts';

const dist = fileURLToPath(new URL('../../dist/renderer', import.meta.url));
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
export const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export interface RendererHost {
  readonly url: string;
  /** Cuts every door, as when the miner ends; new ones are refused until `open`. */
  cut(): void;
  open(): void;
  close(): Promise<void>;
}

/** `pages`: the folder the pages were built into. */
export async function hostRenderer(door: DemoDoor, pages = dist): Promise<RendererHost> {
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://x').pathname);
    const file = join(pages, path === '/' ? 'index.html' : path);
    try {
      const body = await readFile(file);
      response.writeHead(200, {
        'content-type': `${types[extname(file)] ?? 'text/plain'}; charset=utf-8`,
        'content-security-policy': policy,
      });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  const sockets = new WebSocketServer({ noServer: true });
  let refused = false;
  server.on('upgrade', (request, socket, head) => {
    if (refused || request.url !== '/door') socket.destroy();
    else sockets.handleUpgrade(request, socket, head, (open) => carry(open, door));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const cut = () => {
    refused = true;
    for (const client of sockets.clients) client.terminate();
  };
  return {
    url: `http://127.0.0.1:${port}/`,
    cut,
    open: () => {
      refused = false;
    },
    close: async () => {
      cut();
      door.stop();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function carry(socket: WebSocket, door: DemoDoor): void {
  const send = (message: DoorMessage) => socket.send(JSON.stringify(message));
  const unwatch = door.watch(
    (snapshot) => send({ snapshot }),
    (event) => send({ event }),
  );
  socket.on('close', unwatch);
  socket.on('message', async (data) => {
    const { id, name, args } = JSON.parse(String(data)) as DoorRequest;
    send({ id, result: await door.command(name, args as never) });
  });
}
