/** A Bitcoin node's JSON-RPC in memory, behind the Http port: its chain, tip and moods are in the test's hand. */
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { base64 } from '@scure/base';
import { showHash } from '../../core/bytes.ts';
import { AppError } from '../../core/errors.ts';
import type { Http, HttpAnswer, HttpCall, HttpFailure, HttpRequest } from '../../core/ports.ts';

export interface FakeCall {
  readonly method: string;
  readonly params: readonly unknown[];
  readonly authorization: string | undefined;
}

/** Thrown by an answer: the node's own error. */
export class NodeSays extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export class FakeNode implements Http {
  readonly calls: FakeCall[] = [];
  /** What `user:password` must be; undefined takes everybody. */
  credentials: string | undefined = '__cookie__:right';
  /** Answers every request with this failure of the way there. */
  failure: HttpFailure | undefined;
  chain = 'regtest';
  initialDownload = false;
  headers: number | undefined;
  height = 200;
  tip = hashOf('tip 200');
  /** Unix seconds. */
  curtime = 1_800_000_000;
  /** Fields of the next templates. */
  readonly change: Record<string, unknown> = {};
  submitted: string[] = [];
  submitAnswer: (hex: string) => unknown = () => null;
  confirmations: (hash: string) => number = () => 1;
  cancelled = 0;
  readonly #polls = new Set<() => void>();

  /** Long polls that wait. */
  get polls(): number {
    return this.#polls.size;
  }

  count(method: string): number {
    return this.calls.filter((call) => call.method === method).length;
  }

  /** Somebody found a block. */
  newTip(height = this.height + 1, name = `tip ${height}`): void {
    this.height = height;
    this.tip = hashOf(name);
    this.answerPolls();
  }

  answerPolls(): void {
    for (const answer of this.#polls) answer();
    this.#polls.clear();
  }

  template(): Record<string, unknown> {
    return {
      version: 0x20000000,
      rules: ['csv', '!segwit', 'taproot'],
      vbavailable: {},
      vbrequired: 0,
      previousblockhash: this.tip,
      transactions: [],
      coinbaseaux: {},
      coinbasevalue: 2_500_000_000,
      longpollid: `${this.tip}1`,
      mintime: this.curtime - 600,
      curtime: this.curtime,
      bits: '207fffff',
      height: this.height + 1,
      ...this.change,
    };
  }

  request(request: HttpRequest): HttpCall {
    let cancel: () => void = () => {};
    const cancelling = new Promise<never>((_, reject) => {
      cancel = () => {
        this.cancelled += 1;
        reject(new AppError<HttpFailure>({ code: 'request-cancelled' }));
      };
    });
    cancelling.catch(() => {});
    return { answer: Promise.race([this.#answer(request), cancelling]), cancel };
  }

  async #answer({ headers, body = '' }: HttpRequest): Promise<HttpAnswer> {
    const { id, method, params } = JSON.parse(body) as { id: unknown; method: string; params: unknown[] };
    const authorization = headers['authorization'];
    this.calls.push({ method, params, authorization });
    if (this.failure) throw new AppError(this.failure, 'machine');
    if (this.credentials !== undefined && authorization !== `Basic ${base64.encode(utf8ToBytes(this.credentials))}`)
      return { status: 401, body: '' };
    try {
      return { status: 200, body: JSON.stringify({ result: (await this.#result(method, params)) ?? null, error: null, id }) };
    } catch (error) {
      if (!(error instanceof NodeSays)) throw error;
      return { status: 500, body: JSON.stringify({ result: null, error: { code: error.code, message: error.message }, id }) };
    }
  }

  async #result(method: string, params: readonly unknown[]): Promise<unknown> {
    const [first] = params;
    switch (method) {
      case 'getblockchaininfo':
        return {
          chain: this.chain,
          blocks: this.height,
          headers: this.headers ?? this.height,
          bestblockhash: this.tip,
          verificationprogress: 0.5,
          initialblockdownload: this.initialDownload,
        };
      case 'getnetworkinfo':
        return { subversion: '/Fake:1.0/', connections: 8 };
      case 'getbestblockhash':
        return this.tip;
      case 'getblocktemplate':
        if ((first as { longpollid?: string }).longpollid === `${this.tip}1`)
          await new Promise<void>((resolve) => this.#polls.add(resolve));
        return this.template();
      case 'submitblock':
        this.submitted.push(first as string);
        return this.submitAnswer(first as string);
      case 'getblockheader':
        return { confirmations: this.confirmations(first as string), height: this.height };
      default:
        throw new NodeSays(-32601, 'Method not found');
    }
  }
}

/** A hash as nodes show it, of any text. */
export function hashOf(text: string): string {
  return showHash(sha256(utf8ToBytes(text)));
}
