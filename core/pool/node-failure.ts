/** All that can be wrong with a node, by the codes of core/faults.ts; and what its own error numbers mean. */
import type { DialFailure } from '../ports.ts';

export type NodeFailure =
  | DialFailure
  | { readonly code: 'stream-lost'; readonly text: string }
  | { readonly code: 'node-silent'; readonly timeoutMs: number }
  | { readonly code: 'cookie-not-readable'; readonly path: string; readonly text: string }
  | { readonly code: 'node-unauthorised'; readonly status: number; readonly by: 'cookie' | 'password' | 'nothing' }
  | { readonly code: 'node-warming-up'; readonly text: string }
  | { readonly code: 'node-syncing'; readonly text: string; readonly blocks?: number; readonly headers?: number; readonly percent?: string }
  | { readonly code: 'node-no-peers'; readonly text: string }
  | { readonly code: 'node-other-network'; readonly network: string; readonly address: string }
  | { readonly code: 'node-rule-unknown'; readonly rule: string }
  | { readonly code: 'node-signet-signed' }
  | { readonly code: 'node-error'; readonly rpcCode: number; readonly text: string }
  | { readonly code: 'node-answer-bad'; readonly text: string };

/** Words of a node that are shown as evidence; its help texts run to pages. */
export const MAX_NODE_TEXT = 200;

// Numbers of Bitcoin Core's rpc/protocol.h.
const RPC_CLIENT_NOT_CONNECTED = -9;
const RPC_CLIENT_IN_INITIAL_DOWNLOAD = -10;
const RPC_IN_WARMUP = -28;

/** The failure behind an `error` of a JSON-RPC answer. */
export function rpcFailure(rpcCode: number, message: string): NodeFailure {
  const text = message.slice(0, MAX_NODE_TEXT);
  // A node that ends answers its long polls with the number of "no connection".
  if (/shutting down/i.test(text)) return { code: 'stream-lost', text };
  if (rpcCode === RPC_IN_WARMUP) return { code: 'node-warming-up', text };
  if (rpcCode === RPC_CLIENT_IN_INITIAL_DOWNLOAD) return { code: 'node-syncing', text };
  if (rpcCode === RPC_CLIENT_NOT_CONNECTED) return { code: 'node-no-peers', text };
  return { code: 'node-error', rpcCode, text };
}
