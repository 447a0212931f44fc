/**
 * JSON-RPC of a Bitcoin node over the Http port. One request, one answer; no batches. The cookie file is read at the first
 * call and again whenever the node refuses what it said, because a node writes a new one at every start.
 * Credentials never appear in a failure.
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { base64 } from '@scure/base';
import * as z from 'zod';
import { AppError, faultOf, PeerError } from '../errors.ts';
import type { Endpoint, Files, Http, HttpAnswer, HttpCall, HttpFailure } from '../ports.ts';
import { MAX_NODE_TEXT, type NodeFailure, rpcFailure } from './node-failure.ts';
import { parsePoolUrl, type UrlFailure } from './pool-url.ts';

export type NodeAuth =
  | { readonly kind: 'cookie'; readonly path: string }
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  | { readonly kind: 'nothing' };

export interface NodeRpcOptions {
  readonly http: Http;
  readonly files: Files;
  /** `http://host:port`, without user and password. */
  readonly url: string;
  readonly auth: NodeAuth;
}

export interface RpcLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** Answers within a moment, and is small. */
export const SHORT_CALL: RpcLimits = { timeoutMs: 15_000, maxBytes: 1 << 20 };

/** A call under way. `cancel` makes `result` throw; it does nothing once the answer is there. */
export interface RpcCall {
  readonly result: Promise<unknown>;
  cancel(): void;
}

/** A cookie is `__cookie__:` and 64 digits; whatever is much longer is some other file. */
const MAX_COOKIE_LENGTH = 512;

const answerShape = z.object({
  result: z.unknown(),
  error: z.object({ code: z.number(), message: z.string() }).nullish(),
  id: z.unknown(),
});

export class NodeRpc {
  readonly endpoint: Endpoint;
  bytesIn = 0;
  bytesOut = 0;
  readonly #options: NodeRpcOptions;
  #cookie: string | undefined;
  #nextId = 1;

  /** @throws AppError<UrlFailure> when the address is not `http://host:port`. */
  constructor(options: NodeRpcOptions) {
    this.#options = options;
    this.endpoint = nodeEndpoint(options.url);
  }

  /** `result` of the answer, unchecked: callers parse it. `result` @throws AppError<NodeFailure> */
  call(method: string, params: readonly unknown[], limits: RpcLimits = SHORT_CALL): RpcCall {
    let cancelled = false;
    let under: HttpCall | undefined;
    const send = (credentials: string | undefined, body: string): Promise<HttpAnswer> => {
      if (cancelled) throw new AppError<HttpFailure>({ code: 'request-cancelled' });
      under = this.#options.http.request(this.#request(credentials, body, limits));
      this.bytesOut += body.length;
      return under.answer;
    };
    return {
      result: this.#exchange(method, params, send).catch((error) => {
        throw failureOf(error);
      }),
      cancel: () => {
        cancelled = true;
        under?.cancel();
      },
    };
  }

  async #exchange(
    method: string,
    params: readonly unknown[],
    send: (credentials: string | undefined, body: string) => Promise<HttpAnswer>,
  ): Promise<unknown> {
    const id = this.#nextId;
    this.#nextId += 1;
    const body = JSON.stringify({ jsonrpc: '1.0', id, method, params });
    const first = await this.#credentials();
    let answer = await send(first, body);
    if (answer.status === 401 && this.#options.auth.kind === 'cookie') {
      this.#cookie = undefined;
      const second = await this.#credentials();
      if (second !== first) answer = await send(second, body);
    }
    this.bytesIn += answer.body.length;
    return this.#read(answer, id);
  }

  #request(credentials: string | undefined, body: string, limits: RpcLimits) {
    const authorization = credentials === undefined ? {} : { authorization: `Basic ${base64.encode(utf8ToBytes(credentials))}` };
    return {
      url: this.#options.url,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization },
      body,
      ...limits,
    } as const;
  }

  async #credentials(): Promise<string | undefined> {
    const { auth, files } = this.#options;
    if (auth.kind === 'nothing') return undefined;
    if (auth.kind === 'password') return `${auth.user}:${auth.password}`;
    this.#cookie ??= await readCookie(files, auth.path);
    return this.#cookie;
  }

  #read({ status, body }: HttpAnswer, id: number): unknown {
    const by = this.#options.auth.kind;
    if (status === 401 || status === 403) throw new AppError<NodeFailure>({ code: 'node-unauthorised', status, by }, 'user');
    const answer = answerShape.safeParse(parseJson(body));
    // A busy node answers 503 in plain words; its errors come with 404 or 500, and as JSON.
    if (!answer.success && status === 503) throw nodeError({ code: 'node-error', rpcCode: status, text: body.slice(0, MAX_NODE_TEXT) });
    if (!answer.success) throw nodeError({ code: 'node-answer-bad', text: `HTTP ${status}, not an answer of a node` });
    const { result, error } = answer.data;
    if (error) throw nodeError(rpcFailure(error.code, error.message));
    if (answer.data.id !== id) throw nodeError({ code: 'node-answer-bad', text: 'the answer belongs to another question' });
    return result;
  }
}

/** @throws AppError<UrlFailure> when the address is not `http://host:port`. */
function nodeEndpoint(url: string): Endpoint {
  const { protocol, host, port } = parsePoolUrl(url);
  if (protocol !== 'node-rpc') throw new AppError<UrlFailure>({ code: 'url-malformed' }, 'user');
  return { host, port };
}

async function readCookie(files: Files, path: string): Promise<string> {
  const unreadable = (text: string) => new AppError<NodeFailure>({ code: 'cookie-not-readable', path, text }, 'user');
  const text = await files.read(path).catch((error) => {
    throw unreadable(faultOf(error).code);
  });
  const cookie = text.trim();
  if (cookie.length > MAX_COOKIE_LENGTH || !/^[^:\s]+:\S+$/.test(cookie)) throw unreadable('not a cookie file');
  return cookie;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function nodeError(fault: NodeFailure): PeerError<NodeFailure> {
  return new PeerError(fault);
}

/** Failures of the way there, in the words of a node. */
function failureOf(error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  const fault = error.fault as HttpFailure;
  if (fault.code === 'answer-timeout') return nodeError({ code: 'node-silent', timeoutMs: fault.timeoutMs });
  if (fault.code === 'answer-too-long') return nodeError({ code: 'node-answer-bad', text: `longer than ${fault.maxBytes} bytes` });
  if (fault.code === 'connection-broken') return nodeError({ code: 'stream-lost', text: fault.text.slice(0, MAX_NODE_TEXT) });
  return error;
}
