/**
 * One HTTP request, one connection, one deadline. Implements `Http` of core/ports.ts on node:http and node:https.
 * Connections are not kept: a node restarts, and a reused socket would then fail one request for nothing; long polls
 * would hold theirs anyway. Redirects are not followed: a node's RPC has none, and credentials must not travel.
 */
import { type ClientRequest, type IncomingMessage, request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { AppError } from '../errors.ts';
import type { Endpoint, Http, HttpAnswer, HttpFailure, HttpRequest } from '../ports.ts';
import { dialFailure } from './dial-failure.ts';

/** Headers of a sane server fit many times over. */
const MAX_HEADER_BYTES = 16_384;

export const nodeHttp: Http = {
  request(request) {
    let cancel: () => void = () => {};
    const answer = new Promise<HttpAnswer>((resolve, reject) => {
      cancel = start(request, resolve, (fault) => reject(new AppError<HttpFailure>(fault, 'machine')));
    });
    return { answer, cancel: () => cancel() };
  },
};

type Refuse = (fault: HttpFailure) => void;

/** Sends the request; returns what cancels it. Exactly one of the two callbacks has an effect. */
function start(request: HttpRequest, resolve: (answer: HttpAnswer) => void, refuse: Refuse): () => void {
  const url = URL.parse(request.url);
  if (!url || !/^https?:$/.test(url.protocol)) {
    refuse({ code: 'host-unreachable', host: request.url.slice(0, 80), port: 0, text: 'not an http address' });
    return () => {};
  }
  const endpoint = endpointOf(url);
  let connected = false;
  const call = open(request, url);
  const fail = (fault: HttpFailure): void => {
    clearTimeout(deadline);
    refuse(fault);
    call.destroy();
  };
  const deadline = setTimeout(() => {
    const { timeoutMs } = request;
    fail(connected ? { code: 'answer-timeout', timeoutMs } : { code: 'dial-timeout', ...endpoint, timeoutMs });
  }, request.timeoutMs);
  call.on('socket', (socket) => {
    socket.setNoDelay(true);
    socket.once('connect', () => {
      connected = true;
    });
  });
  call.on('error', (error) => fail(connected ? broken(error) : dialFailure(error, endpoint, request.timeoutMs)));
  call.on('response', (response) => {
    read(response, request.maxBytes, fail, (body) => {
      clearTimeout(deadline);
      resolve({ status: response.statusCode ?? 0, body });
    });
  });
  call.end(request.body);
  return () => fail({ code: 'request-cancelled' });
}

function open(request: HttpRequest, url: URL): ClientRequest {
  const length = request.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(request.body)) };
  return (url.protocol === 'https:' ? secure : plain)(url, {
    method: request.method,
    headers: { ...request.headers, ...length, connection: 'close' },
    agent: false,
    maxHeaderSize: MAX_HEADER_BYTES,
  });
}

function read(response: IncomingMessage, maxBytes: number, fail: Refuse, done: (body: string) => void): void {
  const parts: Buffer[] = [];
  let length = 0;
  response.on('data', (part: Buffer) => {
    length += part.length;
    if (length > maxBytes) fail({ code: 'answer-too-long', maxBytes });
    else parts.push(part);
  });
  response.on('error', (error) => fail(broken(error)));
  response.on('close', () => response.complete || fail({ code: 'connection-broken', text: 'the answer ended early' }));
  response.on('end', () => response.complete && done(Buffer.concat(parts).toString('utf8')));
}

function broken(error: unknown): HttpFailure {
  return { code: 'connection-broken', text: error instanceof Error ? error.message : String(error) };
}

function endpointOf(url: URL): Endpoint {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { host, port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80) };
}
