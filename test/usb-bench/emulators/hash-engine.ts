/**
 * Where an emulated chip's hashes come from: the app's WebAssembly hasher (any job), or lists of known nonces (jobs whose
 * every nonce was found once by a search through all 2^32: then the emulator is as fast as the real chip).
 */

import { hashKernels } from '../../../core/devices/cpu/kernels.ts';
import { RunningKernel } from '../../../core/io/hash-kernel.ts';
import { hashTop } from './sha256.ts';

/** Half of the hashing of a header: h0…h7 after 64 bytes, and bytes 64–75 as three big-endian words. */
export interface HashInput {
  readonly midstate: Uint32Array;
  readonly tail: Uint32Array;
}

export interface HashEngine {
  /** Nonces in [first, first + count) whose hash has a most significant word at most `limit`. */
  search(input: HashInput, first: number, count: number, limit: number): readonly number[];
}

/** A search never returns more than this: an absurdly easy limit must not flood the emulated wire. */
const MOST_FOUND = 4_096;

/** Real searching. `count` is rounded down to whole blocks of the kernel's lanes; at least one block is done. */
export function kernelEngine(): HashEngine {
  const kernel = [...hashKernels]
    .reverse()
    .map((each) => RunningKernel.start(each))
    .find((started) => started !== undefined);
  if (kernel === undefined) throw new Error('this engine has no WebAssembly');
  return {
    search(input, first, count, limit) {
      kernel.load(Uint32Array.of(...input.midstate, ...input.tail, limit));
      const found: number[] = [];
      kernel.search({ first, blocks: Math.max(1, Math.ceil(count / kernel.lanes)), done: 0 }, found, MOST_FOUND);
      return found.filter((nonce) => nonce >= first && nonce < first + count);
    },
  };
}

/** Only these nonces (as integers) are ever hashed; right for jobs of which they are the complete list. */
export function knownEngine(nonces: readonly number[]): HashEngine {
  const isGood = (input: HashInput, nonce: number, limit: number) => hashTop(input.midstate, input.tail, nonce).high <= limit;
  return {
    search: (input, first, count, limit) =>
      nonces.filter((nonce) => nonce >= first && nonce < first + count && isGood(input, nonce, limit)),
  };
}
