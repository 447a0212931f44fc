/** What a block may create: 50 bitcoin, halved every 210,000 blocks (150 on regtest). */
import type { Network } from './network.ts';

const FIRST_SUBSIDY = 5_000_000_000n;
const HALVING_BLOCKS = 210_000;
const REGTEST_HALVING_BLOCKS = 150;
const LAST_HALVING = 64; // Bitcoin Core: a shift of 64 or more is zero

/** Satoshi created at `height`, fees not counted. */
export function subsidyAt(height: number, network: Network): bigint {
  const halvings = Math.floor(height / (network === 'regtest' ? REGTEST_HALVING_BLOCKS : HALVING_BLOCKS));
  return halvings >= LAST_HALVING ? 0n : FIRST_SUBSIDY >> BigInt(halvings);
}
