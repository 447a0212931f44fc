/**
 * Double SHA-256 of a block header (FIPS 180-4, 6.2.2), as far as a miner needs it: from the midstate of the first
 * 64 bytes to the most significant word of the hash. That word is final after round 60 of the second hash, so the last
 * three rounds, and everything only they need, are left out.
 */
import type { Word, WordGraph } from './word-graph.ts';

const K = [
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
  0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
  0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
  0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
  0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
  0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
] as const;
const INITIAL = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19] as const;

/** The round of the second hash after which its word e, plus the initial h, is the last word of the digest. */
const LAST_ROUND = 60;

export interface HeaderWords {
  /** State after the first 64 bytes. */
  readonly midstate: readonly Word[];
  /** Bytes 64–76 as three big-endian words: end of the merkle root, ntime, nbits. */
  readonly tail: readonly Word[];
}

/** The hash's most significant 32 bits, as a number compares (bytes 28–31 of the wire order, last byte first). */
export function topWord(graph: WordGraph, header: HeaderWords): Word {
  const nonceWord = graph.swapBytes(graph.nonce());
  const first = padded(graph, [...header.tail, nonceWord], 640);
  const digest = rounds(graph, header.midstate, first, 63).map((word, index) => graph.add(word, header.midstate[index] as Word));
  const initial = INITIAL.map((value) => graph.known(value));
  const [, , , , e] = rounds(graph, initial, padded(graph, digest, 256), LAST_ROUND);
  return graph.swapBytes(graph.add(e as Word, initial[7] as Word));
}

/** The last block of a message whose end is `words`: a one bit, zeros, the message's length in bits. */
function padded(graph: WordGraph, words: readonly Word[], bits: number): Word[] {
  const zeros = Array.from({ length: 14 - words.length }, () => graph.known(0));
  return [...words, graph.known(0x80000000), ...zeros, graph.known(bits)];
}

/** State a…h after rounds 0 to `last`. */
function rounds(graph: WordGraph, start: readonly Word[], block: readonly Word[], last: number): Word[] {
  const schedule = [...block];
  let state = [...start];
  let bXorC: Word | undefined;
  for (let t = 0; t <= last; t += 1) {
    if (t >= 16) schedule[t] = scheduled(graph, schedule, t);
    const [a, b, c, d, e, f, g, h] = state as [Word, Word, Word, Word, Word, Word, Word, Word];
    const temp1 = graph.add(h, graph.known(K[t] as number), schedule[t] as Word, graph.mix(e, [6, 11, 25]), choose(graph, e, f, g));
    // Maj(a,b,c) = ((a^b) & (b^c)) ^ b; this round's a^b is the next one's b^c
    const aXorB = graph.xor(a, b);
    const majority = graph.xor(graph.and(aXorB, bXorC ?? graph.xor(b, c)), b);
    bXorC = aXorB;
    state = [graph.add(temp1, graph.mix(a, [2, 13, 22]), majority), a, b, c, graph.add(d, temp1), e, f, g];
    graph.endRound();
  }
  return state;
}

function scheduled(graph: WordGraph, w: readonly Word[], t: number): Word {
  const [before16, before15, before7, before2] = [w[t - 16], w[t - 15], w[t - 7], w[t - 2]] as [Word, Word, Word, Word];
  return graph.add(graph.mix(before15, [7, 18], 3), before7, before16, graph.mix(before2, [17, 19], 10));
}

/** Ch(e,f,g) = ((f ^ g) & e) ^ g: one operation less than its definition. */
function choose(graph: WordGraph, e: Word, f: Word, g: Word): Word {
  return graph.xor(graph.and(graph.xor(f, g), e), g);
}
