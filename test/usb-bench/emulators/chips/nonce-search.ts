/**
 * What the cores of a chain do between two jobs: walk through nonces and versions as fast as the emulated clock allows.
 *
 * At a test difficulty every hash counts as 2^shift hashes: difficulty 1 is then 32 - shift leading zero bits, the chain
 * spends rate / 2^shift real hashes a second, and the rate of nonces is that of the real board. Nonces are walked in
 * pieces whose order is a permutation, so that all of a nonce's bits vary (chips and cores are told apart by them)
 * although only few are tried; none is tried twice in a sweep.
 */
import type { HashEngine } from '../hash-engine.ts';
import { hashTop } from '../sha256.ts';

export interface SearchJob {
  /** Midstates, or versions that the chip rolls through. */
  readonly variants: number;
  readonly tail: Uint32Array;
  midstate(variant: number): Uint32Array;
  /** `together`: all variants at each nonce (midstates of the host). `in turn`: all nonces of one, then the next (rolling). */
  readonly order: 'together' | 'in turn';
  /** Hashes after which the cores fall silent; undefined: they begin again. */
  readonly hashLimit: number | undefined;
}

export interface Found {
  readonly variant: number;
  readonly nonce: number;
  /** Zero bits beyond what was asked for. */
  readonly excess: number;
}

export interface SearchOptions {
  readonly engine: HashEngine;
  /** Powers of two by which difficulty 1 is easier than on the network: 0…31. */
  readonly shift: number;
  /** Nonces of one piece: 2^pieceBits. */
  readonly pieceBits: number;
  /** Real hashes that one call may cost; what the clock would allow beyond is lost and counted. */
  readonly mostHashesAtOnce: number;
}

const SPREAD = 0x9e37_79b1; // odd: multiplication by it permutes the pieces
const NEXT_JOB = 4_099;

export class NonceSearch {
  readonly #options: SearchOptions;
  #job: SearchJob | undefined;
  #jobs = 0;
  #owed = 0;
  #spent = 0;
  #piece = 0;
  /** Emulated hashes done, lost because this machine is too slow, and not done because the job was through and no new one there. */
  hashes = 0;
  lost = 0;
  starved = 0;

  constructor(options: SearchOptions) {
    this.#options = options;
  }

  load(job: SearchJob | undefined): void {
    this.#job = job;
    this.#jobs += 1;
    this.#piece = this.#jobs * NEXT_JOB;
    this.#spent = 0;
    this.#owed = Math.min(this.#owed, 2 ** this.#options.pieceBits);
  }

  /** `hashes` emulated ones have become due. `mask`: difficulty - 1, bit i asks for the (i+1)th bit after the zeros to be 0. */
  spend(hashes: number, mask: number): Found[] {
    const scale = 2 ** this.#options.shift;
    if (this.#job === undefined) return [];
    if (this.#isOver(this.#job)) {
      this.starved += hashes;
      return [];
    }
    this.#owed += hashes / scale;
    const excess = this.#owed - Math.max(this.#options.mostHashesAtOnce, 2 ** this.#options.pieceBits);
    if (excess > 0) {
      this.#owed -= excess;
      this.lost += excess * scale;
    }
    const found: Found[] = [];
    while (this.#owed >= 2 ** this.#options.pieceBits && !this.#isOver(this.#job)) found.push(...this.#searchPiece(this.#job, mask));
    return found;
  }

  #isOver(job: SearchJob): boolean {
    return job.hashLimit !== undefined && this.#spent * 2 ** this.#options.shift >= job.hashLimit;
  }

  #searchPiece(job: SearchJob, mask: number): Found[] {
    const { engine, shift, pieceBits } = this.#options;
    const size = 2 ** pieceBits;
    const piece = this.#piece;
    const done = this.#spent / size;
    const sweep = Math.max(1, 2 ** (32 - shift - pieceBits));
    const variant = (job.order === 'together' ? done : Math.floor(done / sweep)) % job.variants;
    const together = job.order === 'together' ? Math.floor(done / job.variants) : done;
    const count = 2 ** (32 - pieceBits);
    const first = (Math.imul(piece + together, SPREAD) >>> 0) % count;
    this.#spent += size;
    this.#owed -= size;
    this.hashes += size * 2 ** shift;
    const midstate = job.midstate(variant);
    const zeroBits = 32 - shift;
    const nonces = engine.search({ midstate, tail: job.tail }, first * size, size, topLimit(zeroBits, mask));
    return nonces.flatMap((nonce) => {
      const excess = excessBits(hashTop(midstate, job.tail, nonce), zeroBits, mask);
      return excess === undefined ? [] : [{ variant, nonce, excess }];
    });
  }
}

function leadingOnes(mask: number): number {
  let bits = 0;
  while ((mask >>> bits) & 1) bits += 1;
  return bits;
}

function topLimit(zeroBits: number, mask: number): number {
  return 2 ** Math.max(0, 32 - zeroBits - leadingOnes(mask)) - 1;
}

/** undefined when the hash does not pass; else how many more zero bits it has than `zeroBits` and the mask's run of ones. */
function excessBits(top: { readonly high: number; readonly low: number }, zeroBits: number, mask: number): number | undefined {
  if (zeroBits > 0 && top.high >>> (32 - zeroBits) !== 0) return undefined;
  const next = zeroBits === 32 ? top.low : ((top.high << zeroBits) | (top.low >>> (32 - zeroBits))) >>> 0;
  if ((next & reverseBits(mask)) !== 0) return undefined;
  return Math.clz32(next) - leadingOnes(mask);
}

export function reverseBits(word: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 32; bit += 1) reversed |= ((word >>> bit) & 1) << (31 - bit);
  return reversed >>> 0;
}
