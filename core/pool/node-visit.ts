/**
 * One stay at a node, from the first look at its name to the first failure. Three loops run at once: the long poll, a look
 * at the tip every few seconds (for what a long poll misses), and with it a fresh template every minute. Templates are
 * handed on as they came; whoever listens parses them and may throw, which ends the visit.
 */
import { decodeAddress } from '../bitcoin/address.ts';
import type { Network } from '../bitcoin/network.ts';
import { AppError, faultOf } from '../errors.ts';
import type { Clock, Dialer } from '../ports.ts';
import { gbtRequest } from '../templates/from-gbt.ts';
import { MAX_TEMPLATE_TRANSACTIONS, MAX_TEMPLATE_WEIGHT } from '../templates/template.ts';
import { bestHashOf, chainOf, type NodeChain, networkOf, selfOf, whyNotYet } from './node-chain.ts';
import type { NodeFailure } from './node-failure.ts';
import { type NodeRpc, type RpcCall, type RpcLimits, SHORT_CALL } from './node-rpc.ts';
import type { SourceStep } from './source.ts';

const DIAL_TIMEOUT_MS = 10_000;
/** Transactions as hex, their ids and some words about each. */
const TEMPLATE_BYTES = MAX_TEMPLATE_WEIGHT * 2 + MAX_TEMPLATE_TRANSACTIONS * 400 + (1 << 16);
const TEMPLATE: RpcLimits = { timeoutMs: 30_000, maxBytes: TEMPLATE_BYTES };
/** A node keeps a thread for a long poll until its tip moves, even when nobody listens any more: it is not given up for less. */
const LONG_POLL: RpcLimits = { timeoutMs: 3_600_000, maxBytes: TEMPLATE_BYTES };
/** A node that answers its long poll at once, and with nothing new, is not asked without end. */
const LONG_POLL_PAUSE_MS = 1_000;
export const TIP_LOOK_MS = 3_000;
/** Where no long poll may run. */
export const TIP_LOOK_ALONE_MS = 500;
/** Fees that came in meanwhile. */
export const TEMPLATE_AGE_MS = 60_000;
/** Looks at the tip that may stay without an answer in a row: a node that validates a block is slow for a while. */
const MAX_SILENT_LOOKS = 3;
/** Tips left, to tell a late answer from a reorganisation. */
const MAX_LEFT_TIPS = 16;

export interface VisitOptions {
  readonly rpc: NodeRpc;
  readonly dialer: Dialer;
  readonly clock: Clock;
  /** Has to be of the node's network. */
  readonly address: string;
  /** Earlier visits left too many long polls behind on this tip. */
  readonly withoutLongPoll: boolean;
}

export interface VisitListener {
  /** This step has begun. */
  onStep(step: SourceStep): void;
  onPassed(step: SourceStep, text: string): void;
  /** A getblocktemplate result; gives what to ask with for the next one (BIP 22). */
  onTemplate(result: unknown, network: Network): string | undefined;
}

export class NodeVisit {
  readonly #options: VisitOptions;
  readonly #listener: VisitListener;
  readonly #cancels = new Set<() => void>();
  readonly #left = new Set<string>();
  #over = false;
  #polling = false;
  #network: Network = 'main';
  #tip: string | undefined;
  #longpollId: string | undefined;
  #templateAtMs = 0;
  /** Of one small question and its answer. */
  roundTripMs: number | undefined;

  constructor(options: VisitOptions, listener: VisitListener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** Ends only by failing. @throws AppError<NodeFailure | DialFailure>, and what the listener throws */
  async run(): Promise<never> {
    this.#network = await this.#arrive();
    this.#listener.onStep('job');
    await this.#fetch();
    return Promise.race([this.#lookAtTip(), this.#longPoll()]);
  }

  /** Nothing is heard after this. True when the node goes on holding a long poll for us. */
  end(): boolean {
    const polling = this.#polling && !this.#over;
    this.#over = true;
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
    return polling;
  }

  async #arrive(): Promise<Network> {
    const { dialer, clock, rpc } = this.#options;
    this.#begin('name');
    const addresses = await dialer.resolve(rpc.endpoint.host, DIAL_TIMEOUT_MS);
    this.#passed('name', rpc.endpoint.host);
    this.#begin('address');
    this.#passed('address', addresses.join(', '));
    this.#begin('tcp');
    const stream = await dialer.dial(rpc.endpoint, DIAL_TIMEOUT_MS);
    stream.listen({ onBytes: () => {}, onEnd: () => {} });
    stream.close();
    this.#passed('tcp', stream.name);
    this.#begin('setup');
    const chain = chainOf(await this.#call('getblockchaininfo'));
    const startedAt = clock.monotonic();
    const words = await this.#selfDescription();
    this.roundTripMs = clock.monotonic() - startedAt;
    const network = this.#mayMine(chain);
    this.#passed('setup', `${words}${network}, block ${chain.blocks}`);
    return network;
  }

  /** Where the node lets this user ask for it: `/Satoshi:29.0.0/, 10 connections, `. */
  async #selfDescription(): Promise<string> {
    try {
      const { subversion, connections } = selfOf(await this.#call('getnetworkinfo'));
      return `${subversion}, ${connections} connections, `;
    } catch (error) {
      // rpcwhitelist: this call may be forbidden where the others are not.
      const fault = faultOf(error) as NodeFailure;
      if (fault.code === 'node-unauthorised' && fault.status === 403) return '';
      throw error;
    }
  }

  #mayMine(chain: NodeChain): Network {
    const network = networkOf(chain);
    if (network === undefined) throw failed({ code: 'node-answer-bad', text: `unknown chain ${chain.chain}` });
    const decoded = decodeAddress(this.#options.address);
    if (!decoded.ok) throw new AppError(decoded.fault, 'user');
    const { networks } = decoded.address;
    if (!networks.includes(network)) throw failed({ code: 'node-other-network', network, address: networks.join(', ') });
    const notYet = whyNotYet(chain, network);
    if (notYet) throw failed(notYet);
    return network;
  }

  async #lookAtTip(): Promise<never> {
    for (let silent = 0; ; ) {
      await this.#sleep(this.#options.withoutLongPoll ? TIP_LOOK_ALONE_MS : TIP_LOOK_MS);
      try {
        const isOld = this.#options.clock.monotonic() - this.#templateAtMs >= TEMPLATE_AGE_MS;
        if (isOld || bestHashOf(await this.#call('getbestblockhash')) !== this.#tip) await this.#fetch();
        silent = 0;
      } catch (error) {
        silent += 1;
        if (!isSlow(error) || silent >= MAX_SILENT_LOOKS) throw error;
      }
    }
  }

  async #longPoll(): Promise<never> {
    const { clock, withoutLongPoll } = this.#options;
    for (;;) {
      const [longpollid, tip] = [this.#longpollId, this.#tip];
      if (longpollid === undefined || withoutLongPoll) {
        await this.#sleep(TEMPLATE_AGE_MS);
        continue;
      }
      const startedAt = clock.monotonic();
      const result = await this.#poll(longpollid);
      if (result !== undefined) await this.#offer(result);
      if (this.#tip === tip && clock.monotonic() - startedAt < LONG_POLL_PAUSE_MS) await this.#sleep(LONG_POLL_PAUSE_MS);
    }
  }

  /** undefined when the node had nothing new for the longest time. */
  async #poll(longpollid: string): Promise<unknown> {
    this.#polling = true;
    try {
      return await this.#call('getblocktemplate', [{ ...gbtRequest, longpollid }], LONG_POLL);
    } catch (error) {
      if (isSlow(error)) return undefined;
      throw error;
    } finally {
      this.#polling = false;
    }
  }

  async #fetch(): Promise<void> {
    await this.#offer(await this.#call('getblocktemplate', [gbtRequest], TEMPLATE));
  }

  /** An answer on a tip already left is late, unless the node itself went back there. */
  async #offer(result: unknown): Promise<void> {
    const tip = String((result as { previousblockhash?: unknown } | null)?.previousblockhash);
    if (this.#left.has(tip) && bestHashOf(await this.#call('getbestblockhash')) !== tip) return;
    if (this.#over) return;
    this.#longpollId = this.#listener.onTemplate(result, this.#network);
    this.#templateAtMs = this.#options.clock.monotonic();
    if (this.#tip !== undefined && this.#tip !== tip) this.#leaveTip(this.#tip);
    this.#left.delete(tip);
    this.#tip = tip;
  }

  #leaveTip(tip: string): void {
    this.#left.add(tip);
    if (this.#left.size > MAX_LEFT_TIPS) this.#left.delete(this.#left.values().next().value as string);
  }

  async #call(method: string, params: readonly unknown[] = [], limits: RpcLimits = SHORT_CALL): Promise<unknown> {
    if (this.#over) throw failed({ code: 'stream-lost', text: 'left' });
    const call: RpcCall = this.#options.rpc.call(method, params, limits);
    this.#cancels.add(call.cancel);
    return call.result.finally(() => this.#cancels.delete(call.cancel));
  }

  /** Never returns once the visit is over. */
  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#over) return;
      const done = (): void => {
        this.#cancels.delete(cancel);
        resolve();
      };
      const cancel = this.#options.clock.after(ms, done);
      this.#cancels.add(cancel);
    });
  }

  #begin(step: SourceStep): void {
    if (this.#over) throw failed({ code: 'stream-lost', text: 'left' });
    this.#listener.onStep(step);
  }

  #passed(step: SourceStep, text: string): void {
    if (!this.#over) this.#listener.onPassed(step, text);
  }
}

function isSlow(error: unknown): boolean {
  const fault = faultOf(error) as NodeFailure;
  return fault.code === 'node-silent' || (fault.code === 'node-error' && fault.rpcCode === 503);
}

function failed(fault: NodeFailure): AppError<NodeFailure> {
  return new AppError(fault, 'peer');
}
