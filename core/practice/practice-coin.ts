/**
 * The money of the practice chain: outputs that anybody may spend by showing the script they commit to. Transactions
 * that spend them are valid by every rule of consensus, and need no keys.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { scriptOf } from '../bitcoin/script.ts';
import { concat, equal, toHex } from '../bytes.ts';
import type { Random } from '../ports.ts';

const TAG_BYTES = 4;
const OP_DROP = 0x75;
const OP_TRUE = 0x51;

/** An output that can be spent. */
export interface PracticeCoin {
  /** Of the transaction that made it; wire order. */
  readonly txid: Uint8Array;
  readonly index: number;
  readonly satoshi: bigint;
  readonly lock: PracticeLock;
}

/** A witness script `<tag> OP_DROP OP_TRUE`, and the output script (P2WSH) that commits to it. Each has its own address. */
export interface PracticeLock {
  readonly witnessScript: Uint8Array;
  readonly script: Uint8Array;
}

export function practiceLock(random: Random): PracticeLock {
  return lockOf(random.bytes(TAG_BYTES));
}

/** The lock with these four bytes in it. */
export function lockOf(tag: Uint8Array): PracticeLock {
  const witnessScript = concat(Uint8Array.of(tag.length), tag, Uint8Array.of(OP_DROP, OP_TRUE));
  return { witnessScript, script: scriptOf({ kind: 'p2wsh', version: 0, program: sha256(witnessScript) }) };
}

/** Whether this witness stack opens this output script: the last item is the script committed to, and it lets everybody pass. */
export function opens(script: Uint8Array, stack: readonly Uint8Array[] | undefined): boolean {
  const [witnessScript, ...rest] = stack ?? [];
  if (witnessScript === undefined || rest.length > 0) return false;
  const lock = lockOf(witnessScript.subarray(1, 1 + TAG_BYTES));
  return equal(lock.witnessScript, witnessScript) && equal(lock.script, script);
}

/** A key for maps: `txid:index`. */
export function outpointKey(txid: Uint8Array, index: number): string {
  return `${toHex(txid)}:${index}`;
}
