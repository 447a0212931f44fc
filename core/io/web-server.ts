/**
 * The local web page: static files and one WebSocket, on loopback only. A one-time token in the URL becomes a session
 * cookie; Host and Origin are checked on every request, so neither another site in the same browser nor a rebound DNS name gets in.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { AppError } from '../errors.ts';
import type { ListenFailure, Random } from '../ports.ts';
import { type Assets, loadAssets } from './web-assets.ts';
import { hostIsOurs, originIsOurs, securityHeaders, targetOf } from './web-guard.ts';
import { WebSessions } from './web-sessions.ts';

/** A backup is at most 1 MiB of JSON text; twice that is never a command. */
const MAX_MESSAGE_BYTES = 2 << 20;
/** A reader that has so much before it has stopped reading: the largest answer is a year of history. */
const MAX_UNREAD_BYTES = 64 << 20;
/** Windows a person could have open. */
const MAX_CLIENTS = 16;
/** Those windows, each with a browser's six connections for its files. */
const MAX_CONNECTIONS = 128;
const CLOSE_LIMIT_MS = 1000; // a browser that does not answer a close
const HEADERS_LIMIT_MS = 10_000; // somebody who connects and says nothing

export interface WebClient {
  /** Bytes not yet taken by the browser. */
  queuedBytes(): number;
  send(text: string): void;
  close(): void;
}

export interface WebClientListener {
  onMessage(text: string): void;
  onEnd(): void;
}

export interface WebServerOptions {
  /** Folder of the built pages. */
  readonly folder: string;
  /** 0 asks for a free port. */
  readonly port: number;
  readonly random: Random;
  /** Digests of sessions of an earlier run that stay signed in, and the call that gets the new list to keep. */
  readonly sessions?: { readonly digests: readonly string[]; readonly onChange: (digests: readonly string[]) => void };
  /** A new link is valid: the first one, and another each time one was used. */
  readonly onLink: (url: string) => void;
  readonly onClient: (client: WebClient) => WebClientListener;
}

export interface WebServer {
  readonly port: number;
  /** Reads the built pages again. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

interface Room {
  readonly port: number;
  readonly sessions: WebSessions;
  readonly sockets: WebSocketServer;
  readonly options: WebServerOptions;
  readonly offer: () => void;
  assets: Assets;
}

/** Serves until `close`. @throws AppError<ListenFailure> */
export async function serveWeb(options: WebServerOptions): Promise<WebServer> {
  const { folder, random, onLink } = options;
  const assets = await loadAssets(folder);
  const sessions = new WebSessions(random, options.sessions?.digests, options.sessions?.onChange);
  const server = createServer({ headersTimeout: HEADERS_LIMIT_MS });
  server.maxConnections = MAX_CONNECTIONS;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
  const port = await listen(server, options.port);
  const offer = () => onLink(`http://127.0.0.1:${port}/?token=${sessions.newToken()}`);
  const room: Room = { port, sessions, sockets, options, offer, assets };
  server.on('request', (request, response) => respond(room, request, response));
  server.on('upgrade', (request, socket, head) => upgrade(room, request, socket, head));
  offer();
  const reload = async () => {
    room.assets = await loadAssets(folder);
  };
  return { port, reload, close: () => close(server, sockets) };
}

function respond(room: Room, request: IncomingMessage, response: ServerResponse): void {
  for (const [name, value] of Object.entries(securityHeaders(room.port))) response.setHeader(name, value);
  if (!hostIsOurs(room.port, request.headers.host)) return refuse(response, 421, 'This address is not served here.');
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'Only pages are served here.');
  const target = targetOf(request.url, room.port);
  if (!target) return refuse(response, 400, 'This is no address.');
  const known = room.sessions.admits(room.port, request.headers.cookie);
  if (target.token !== null) return admit(room, target.token, known, response);
  if (!known) return refuse(response, 401, 'Open the link that Hearth printed in its terminal.');
  const asset = room.assets.get(target.path);
  if (!asset) return refuse(response, 404, 'There is no such page.');
  response.setHeader('Content-Type', asset.type);
  response.setHeader('Cache-Control', asset.immutable ? 'public, max-age=31536000, immutable' : 'no-store');
  response.end(request.method === 'HEAD' ? undefined : asset.bytes);
}

/** `known`: this browser is signed in already, and an old link just leads to the page. */
function admit(room: Room, token: string, known: boolean, response: ServerResponse): void {
  const cookie = room.sessions.exchange(room.port, token);
  if (cookie === undefined && !known)
    return refuse(response, 401, 'This link was used already. Open the newest one that Hearth printed in its terminal.');
  response.writeHead(303, { Location: '/', 'Cache-Control': 'no-store', ...(cookie !== undefined && { 'Set-Cookie': cookie }) }).end();
  if (cookie !== undefined) room.offer();
}

function upgrade(room: Room, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  // From here on nobody else hears this socket's errors: a browser that hangs up must not end the miner.
  socket.on('error', () => socket.destroy());
  const { port, sessions, sockets, options } = room;
  const { host, origin, cookie } = request.headers;
  const ours = request.url === '/door' && hostIsOurs(port, host) && originIsOurs(port, origin);
  if (!ours || !sessions.admits(port, cookie) || sockets.clients.size >= MAX_CLIENTS) {
    socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n', () => socket.destroy());
    return;
  }
  sockets.handleUpgrade(request, socket, head, (webSocket) => attach(webSocket, options));
}

function attach(webSocket: WebSocket, options: WebServerOptions): void {
  webSocket.on('error', () => webSocket.terminate());
  const listener = options.onClient({
    queuedBytes: () => webSocket.bufferedAmount,
    send: (text) => {
      if (webSocket.bufferedAmount > MAX_UNREAD_BYTES) webSocket.terminate();
      else if (webSocket.readyState === WebSocket.OPEN) webSocket.send(text);
    },
    close: () => webSocket.close(),
  });
  webSocket.on('message', (data, isBinary) => (isBinary ? webSocket.close(1003) : listener.onMessage(String(data))));
  webSocket.on('close', () => listener.onEnd());
}

function refuse(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }).end(`${sentence}\n`);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const fault: ListenFailure =
        error.code === 'EADDRINUSE' ? { code: 'port-in-use', port } : { code: 'listen-failed', port, text: error.message };
      reject(new AppError(fault, 'machine'));
    });
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

async function close(server: Server, sockets: WebSocketServer): Promise<void> {
  for (const client of sockets.clients) client.close(1001);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const force = setTimeout(() => {
    for (const client of sockets.clients) client.terminate();
    server.closeAllConnections();
  }, CLOSE_LIMIT_MS);
  await closed;
  clearTimeout(force);
}
