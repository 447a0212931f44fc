/** From the bytes of a job to what is hashed: the three byte-order rules that hold for every chip of the family. */
import { concat } from '../../../../core/bytes.ts';
import { midstateOf, words } from '../sha256.ts';
import type { SearchJob } from './nonce-search.ts';

/** Words in reverse order, bytes inside each as they are. */
export function wordsReversed(bytes: Uint8Array): Uint8Array {
  return concat(
    ...Array.from({ length: bytes.length / 4 }, (_, index) => bytes.subarray(bytes.length - 4 * index - 4, bytes.length - 4 * index)),
  );
}

/** A job of midstates: h7…h0 on the wire, tail = nbits, ntime, last word of the merkle root. */
export function midstateJob(midstates: readonly Uint8Array[], tail: Uint8Array, hashLimit: number | undefined): SearchJob {
  const states = midstates.map((wire) => words(wordsReversed(wire)));
  return {
    variants: states.length,
    tail: words(wordsReversed(tail)),
    midstate: (index) => states[index] as Uint32Array,
    order: 'together',
    hashLimit,
  };
}

/** A job of a whole header (from nbits on, 76 bytes); version k of those in `mask` (as >> 13) is tried in turn. */
export function headerJob(fields: Uint8Array, mask: number): SearchJob & { rolled(variant: number): number } {
  const tail = words(wordsReversed(concat(fields.subarray(0, 8), fields.subarray(8, 12))));
  const header = concat(fields.subarray(72, 76), wordsReversed(fields.subarray(40, 72)), wordsReversed(fields.subarray(8, 40)));
  const view = new DataView(header.buffer);
  const base = view.getUint32(0, true);
  const rolled = (variant: number) => deposit(variant, mask);
  let known: { variant: number; state: Uint32Array } | undefined;
  return {
    variants: 2 ** ones(mask),
    tail,
    order: 'in turn',
    hashLimit: undefined,
    rolled,
    midstate(variant) {
      if (known?.variant === variant) return known.state;
      view.setUint32(0, (base | (rolled(variant) << 13)) >>> 0, true);
      known = { variant, state: midstateOf(header) };
      return known.state;
    },
  };
}

function ones(mask: number): number {
  let count = 0;
  for (let bit = 0; bit < 16; bit += 1) count += (mask >> bit) & 1;
  return count;
}

/** The low bits of `value` laid into the set bits of `mask`. */
function deposit(value: number, mask: number): number {
  let [from, result] = [0, 0];
  for (let bit = 0; bit < 16; bit += 1) if ((mask >> bit) & 1) result |= ((value >> from++) & 1) << bit;
  return result;
}
