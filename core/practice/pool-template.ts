/** A template of the practice chain as the practice pool hands it out: its coinbase says PRACTICE and pays whom it should. */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { type SplitCoinbase, splitCoinbase } from '../bitcoin/coinbase.ts';
import { concat, toHex } from '../bytes.ts';
import { FULL_EXTRANONCE_BYTES } from '../sv2/extranonce-prefixes.ts';
import type { MiningTemplate } from '../sv2/server-job.ts';
import type { PracticeTemplate } from './practice-template.ts';

/** In every coinbase script, after the height, for anybody who looks. */
export const POOL_SIGNATURE = '/PRACTICE/';
/** Coinbases kept per template: one for each payout in use, not for every user ever seen. */
const MAX_COINBASES = 1_000;

export interface PoolTemplate extends MiningTemplate {
  readonly practice: PracticeTemplate;
}

/** @param insteadOf pays this script whatever is asked for: a fault to practise with */
export function poolTemplate(practice: PracticeTemplate, insteadOf?: Uint8Array): PoolTemplate {
  const coinbases = new Map<string, SplitCoinbase>();
  return {
    practice,
    id: practice.id,
    height: practice.height,
    version: practice.version,
    prevHash: practice.prevHash,
    ntime: practice.ntime,
    nbits: practice.nbits,
    networkTarget: practice.target,
    merklePath: practice.merklePath,
    coinbaseFor(payoutScript) {
      const key = toHex(payoutScript);
      const known = coinbases.get(key);
      if (known !== undefined) return known;
      const split = splitCoinbaseFor(practice, insteadOf ?? payoutScript);
      if (coinbases.size < MAX_COINBASES) coinbases.set(key, split);
      return split;
    },
  };
}

function splitCoinbaseFor({ coinbase }: PracticeTemplate, payoutScript: Uint8Array): SplitCoinbase {
  const { version, scriptPrefix, sequence, lockTime, value, commitment } = coinbase;
  const outputs = [{ satoshi: value, script: payoutScript }, commitment];
  // The signature and the extranonce are script pushes, so that the whole reads as a script.
  const script = concat(scriptPrefix, push(utf8ToBytes(POOL_SIGNATURE)), Uint8Array.of(FULL_EXTRANONCE_BYTES));
  return splitCoinbase({ version, scriptPrefix: script, extranonceBytes: FULL_EXTRANONCE_BYTES, sequence, outputs, lockTime });
}

function push(bytes: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(bytes.length), bytes);
}
