/** What a template distribution server is given and what it tells: types only. */
import type { Failure } from '../errors.ts';
import type { SetupMessage } from './server-connection.ts';

/** What the client is going to add to the coinbase: bytes of all its outputs, and their sigops. */
export interface CoinbaseConstraints {
  readonly outputBytes: number;
  readonly outputSigops: number;
}

/** A template as this protocol carries it. Hashes in wire order, the target little-endian. */
export interface ServedTemplate {
  /** Grows from template to template, over all clients (TDC-7). */
  readonly id: bigint;
  readonly version: number;
  readonly prevHash: Uint8Array;
  /** Where hashing may start, Unix seconds. */
  readonly ntime: number;
  readonly nbits: number;
  readonly target: Uint8Array;
  readonly coinbaseVersion: number;
  /** Begins the coinbase script, at most 8 bytes. */
  readonly coinbasePrefix: Uint8Array;
  readonly coinbaseSequence: number;
  /** Satoshi that the client's outputs may take: subsidy and fees. */
  readonly coinbaseValue: bigint;
  readonly coinbaseOutputsCount: number;
  /** Serialised one after the other, without a count (TYP-9). */
  readonly coinbaseOutputs: Uint8Array;
  readonly coinbaseLockTime: number;
  readonly merklePath: readonly Uint8Array[];
  /** Serialised with witness, in block order, without the coinbase. */
  readonly transactions: readonly Uint8Array[];
  /** The witness reserved value (TDC-15). */
  readonly excessData: Uint8Array;
}

export interface Solution {
  readonly template: ServedTemplate;
  readonly version: number;
  readonly ntime: number;
  readonly nonce: number;
  /** Serialised with witness. */
  readonly coinbase: Uint8Array;
}

export type TemplateServerEvent =
  | { readonly type: 'setup'; readonly setup: SetupMessage }
  | { readonly type: 'solution'; readonly solution: Solution }
  /** The last one. */
  | { readonly type: 'ended'; readonly fault: Failure };
