/** Parts of the 80-byte header as chips want them: 4-byte words in header order, the last word first. */

/** Copies `length` bytes of `from` into `into`, its words reversed and the bytes within each word kept. */
export function putWordsReversed(into: Uint8Array, at: number, from: Uint8Array, fromAt: number, length: number): void {
  for (let word = 0; word < length; word += 4) {
    const source = fromAt + length - 4 - word;
    for (let byte = 0; byte < 4; byte += 1) into[at + word + byte] = from[source + byte] as number;
  }
}

/** Where the tail begins that is not in the midstate: last four bytes of the merkle root, ntime, nbits. */
export const TAIL_AT = 64;
/** nbits, ntime, merkle tail on the wire. */
export const TAIL_BYTES = 12;
