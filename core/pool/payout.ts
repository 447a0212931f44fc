/**
 * What the coinbase of a job pays, and to whom (MIN-47a, SEC-14). The bytes are a peer's: what does not parse is `unknown`,
 * never an exception. Standard channels show only a merkle root, so nothing can be known there.
 */
import { decodeAddress, encodeAddress } from '../bitcoin/address.ts';
import { heightOf } from '../bitcoin/height-push.ts';
import type { Network } from '../bitcoin/network.ts';
import { parseTransaction, type TransactionOutput } from '../bitcoin/transaction.ts';
import { concat, equal, toHex } from '../bytes.ts';
import type { JobRoot } from '../work/job.ts';
import type { PayoutProof } from './source.ts';

/** Version, input count, outpoint and a one-byte script length come before the script of a coinbase. */
const SCRIPT_AT = 4 + 1 + 36 + 1;
/** Pools that pay the finder take fees of a few per cent from the coinbase; more than this is not what was promised. */
export const FEE_ALLOWANCE = 0.1;

/** Whom the coinbase has to pay, and which part of it (0–1) at least. */
export interface ExpectedPayout {
  readonly script: Uint8Array;
  readonly leastPart: number;
}

export interface PayoutView {
  readonly network: Network;
  /** The person's own script, where one is known. */
  readonly mine?: Uint8Array;
}

/** The outputs of a job's coinbase. */
export function payoutOf(root: JobRoot, view: PayoutView): PayoutProof {
  const outputs = outputsOf(root);
  if (outputs === undefined) return { kind: 'unknown' };
  return {
    kind: 'outputs',
    outputs: outputs.map(({ satoshi, script }) => {
      const address = encodeAddress(script, view.network);
      const mine = view.mine !== undefined && equal(script, view.mine);
      return { script: toHex(script), satoshi, mine, ...(address === undefined ? {} : { address }) };
    }),
  };
}

/** Whether a job pays as expected; `unknown` when its coinbase cannot be seen. */
export function checkPayout(root: JobRoot, expected: ExpectedPayout): 'pays' | 'mismatch' | 'unknown' {
  if (root.kind === 'fixed') return 'unknown';
  const outputs = outputsOf(root);
  // A coinbase that is shown and cannot be read pays nobody for sure.
  if (outputs === undefined) return 'mismatch';
  const total = outputs.reduce((sum, { satoshi }) => sum + satoshi, 0n);
  const mine = outputs.filter(({ script }) => equal(script, expected.script)).reduce((sum, { satoshi }) => sum + satoshi, 0n);
  return mine > 0n && Number(mine) >= Number(total) * expected.leastPart ? 'pays' : 'mismatch';
}

/**
 * Patterns of user_identity that make a pool pay the finder in the coinbase: `sri/solo/ADDRESS[/worker]` and
 * `sri/donate/PERCENT/ADDRESS[/worker]`. Undefined for every other identity.
 */
export function payoutInIdentity(identity: string): ExpectedPayout | undefined {
  const [, solo, percent, donor] = /^sri\/(?:solo\/([^/]+)|donate\/(\d{1,3})\/([^/]+))(?:\/.*)?$/.exec(identity) ?? [];
  const script = scriptOfIdentity(solo ?? donor ?? '');
  if (script === undefined) return undefined;
  return { script, leastPart: Math.max(0, 1 - Number(percent ?? 0) / 100 - FEE_ALLOWANCE) };
}

/** The script of an identity that is an address, alone or as `ADDRESS.worker`. */
export function scriptOfIdentity(identity: string): Uint8Array | undefined {
  const decoded = decodeAddress(identity.split('.')[0] as string);
  return decoded.ok ? decoded.address.script : undefined;
}

/** Block height in the coinbase (BIP 34), when it can be seen. */
export function heightIn(root: JobRoot): number | undefined {
  return root.kind === 'extranonce' && root.coinbasePrefix.length > SCRIPT_AT
    ? heightOf(root.coinbasePrefix.subarray(SCRIPT_AT))
    : undefined;
}

function outputsOf(root: JobRoot): readonly TransactionOutput[] | undefined {
  if (root.kind === 'fixed') return undefined;
  try {
    const { coinbasePrefix, extranoncePrefix, extranonceSize, coinbaseSuffix } = root;
    return parseTransaction(concat(coinbasePrefix, extranoncePrefix, new Uint8Array(extranonceSize), coinbaseSuffix)).outputs;
  } catch {
    return undefined;
  }
}
