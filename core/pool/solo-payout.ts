/**
 * Does this work pay me, and only me? Reads the coinbase that would be hashed, as a node would, and compares it with the
 * address as the person typed it. Runs before hashing begins and whenever the coinbase changes.
 */
import { decodeAddressFor } from '../bitcoin/address.ts';
import type { Network } from '../bitcoin/network.ts';
import type { JobRoot } from '../work/job.ts';
import { payoutOf } from './payout.ts';
import type { PayoutProof } from './source.ts';

export interface SoloPayoutQuestion {
  readonly root: JobRoot;
  readonly address: string;
  readonly network: Network;
  /** What the block earns: all of it has to be paid. */
  readonly satoshi: bigint;
}

export interface PayoutMismatch {
  readonly code: 'payout-mismatch';
  readonly address: string;
  readonly text: string;
  /** Decimal satoshi. */
  readonly expected: string;
  readonly paid: string;
}

/** `fault` is absent when exactly the whole reward goes to the address and nothing to anybody else. */
export function soloPayout({ root, address, network, satoshi }: SoloPayoutQuestion): { proof: PayoutProof; fault?: PayoutMismatch } {
  const decoded = decodeAddressFor(address, network);
  const proof = payoutOf(root, { network, ...(decoded.ok ? { mine: decoded.address.script } : {}) });
  const outputs = proof.kind === 'outputs' ? proof.outputs : [];
  const sum = (mine: boolean): bigint => outputs.reduce((total, output) => total + (output.mine === mine ? output.satoshi : 0n), 0n);
  const paid = sum(true);
  if (proof.kind === 'outputs' && paid === satoshi && sum(false) === 0n) return { proof };
  const text = proof.kind === 'unknown' ? 'the coinbase cannot be read' : sum(false) > 0n ? 'somebody else is paid' : 'the amount is wrong';
  return { proof, fault: { code: 'payout-mismatch', address, text, expected: String(satoshi), paid: String(paid) } };
}
