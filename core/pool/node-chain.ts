/** What a node says of its chain and of itself, checked; and whether one may mine on it. */
import * as z from 'zod';
import type { Network } from '../bitcoin/network.ts';
import { PeerError } from '../errors.ts';
import type { NodeFailure } from './node-failure.ts';

const HASH = /^[0-9a-f]{64}$/;
const count = z.int().min(0).max(0x7fffffff);

const chainShape = z.object({
  chain: z.string().max(40),
  blocks: count,
  headers: count,
  bestblockhash: z.string().regex(HASH),
  verificationprogress: z.number().min(0).max(2).default(1),
  initialblockdownload: z.boolean().default(false),
});
const selfShape = z.object({ subversion: z.string().max(300), connections: count });
const headerShape = z.object({ confirmations: z.int().min(-1).max(0x7fffffff), height: count });

const bestHashShape = z.string().regex(HASH);
const submitShape = z.string().max(10_000).nullable();

export type NodeChain = z.infer<typeof chainShape>;
export type NodeSelf = z.infer<typeof selfShape>;
export type NodeHeader = z.infer<typeof headerShape>;

/** Bitcoin Core's names (BIP 70 and later), and ours. */
const networkNames: ReadonlyMap<string, Network> = new Map([
  ['main', 'main'],
  ['test', 'testnet3'],
  ['testnet4', 'testnet4'],
  ['signet', 'signet'],
  ['regtest', 'regtest'],
]);

/** getblockchaininfo. @throws PeerError<NodeFailure> */
export const chainOf = (result: unknown): NodeChain => checked(chainShape, result, 'getblockchaininfo');
/** getnetworkinfo. @throws PeerError<NodeFailure> */
export const selfOf = (result: unknown): NodeSelf => checked(selfShape, result, 'getnetworkinfo');
/** getblockheader, verbose: -1 confirmations mean that another block won. @throws PeerError<NodeFailure> */
export const headerOfNode = (result: unknown): NodeHeader => checked(headerShape, result, 'getblockheader');
/** getbestblockhash: explorers' order. @throws PeerError<NodeFailure> */
export const bestHashOf = (result: unknown): string => checked(bestHashShape, result, 'getbestblockhash');
/** submitblock: null when the block is on the chain, else the node's word for it. @throws PeerError<NodeFailure> */
export const submitAnswerOf = (result: unknown): string | null => checked(submitShape, result, 'submitblock');

/** undefined for a chain that is none of ours. */
export function networkOf(chain: NodeChain): Network | undefined {
  return networkNames.get(chain.chain);
}

/** Why one may not mine on this chain yet; undefined when one may. */
export function whyNotYet(chain: NodeChain, network: Network): NodeFailure | undefined {
  if (!chain.initialblockdownload || network === 'regtest') return undefined;
  // A signet of one's own stands still until somebody mines on it; a node that knows of nothing newer is not behind.
  if (network === 'signet' && chain.headers <= chain.blocks) return undefined;
  const { blocks, headers } = chain;
  const percent = (Math.min(chain.verificationprogress, 1) * 100).toFixed(1);
  return { code: 'node-syncing', text: `block ${blocks} of ${Math.max(headers, blocks)}`, blocks, headers, percent };
}

function checked<T>(shape: z.ZodType<T>, result: unknown, method: string): T {
  const parsed = shape.safeParse(result);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new PeerError<NodeFailure>({ code: 'node-answer-bad', text: `${method} ${where}`.trim() });
}
