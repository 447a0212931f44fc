/** Damage to bytes, as a hostile or broken line does it. */
import { concat } from '../../core/bytes.ts';
import type { SeededRandom } from './random.ts';

const MOST_INSERTED = 40;

type Mutation = (bytes: Uint8Array, random: SeededRandom) => Uint8Array;

const mutations: readonly Mutation[] = [
  function flipBit(bytes, random) {
    const copy = bytes.slice();
    const at = random.below(copy.length);
    copy[at] = (copy[at] as number) ^ (1 << random.below(8));
    return copy;
  },
  function setByte(bytes, random) {
    const copy = bytes.slice();
    copy[random.below(copy.length)] = random.pick([0, 1, 0x7f, 0x80, 0xfe, 0xff]);
    return copy;
  },
  function cutOff(bytes, random) {
    return bytes.slice(0, random.below(bytes.length));
  },
  function remove(bytes, random) {
    const at = random.below(bytes.length);
    return concat(bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(MOST_INSERTED)));
  },
  function insert(bytes, random) {
    const at = random.below(bytes.length + 1);
    return concat(bytes.subarray(0, at), random.bytes(1 + random.below(MOST_INSERTED)), bytes.subarray(at));
  },
  function repeat(bytes, random) {
    const at = random.below(bytes.length);
    return concat(bytes.subarray(0, at + 1), bytes.subarray(random.below(at + 1)));
  },
  function replace(bytes, random) {
    return random.bytes(bytes.length);
  },
];

/** `bytes` damaged in one to three ways; it may happen to be the same. */
export function mutated(bytes: Uint8Array, random: SeededRandom): Uint8Array {
  let result = bytes;
  for (let round = random.below(3); round >= 0 && result.length > 0; round -= 1) result = random.pick(mutations)(result, random);
  return result;
}

/** `bytes` in order, in pieces of random size; sometimes one byte at a time. */
export function pieces(bytes: Uint8Array, random: SeededRandom): Uint8Array[] {
  const largest = random.pick([1, 7, 64, 1024, bytes.length + 1]);
  const most = largest < 64 && bytes.length > 4096 ? 1024 : largest; // a long stream byte by byte would only be slow
  const result: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + random.below(most);
    result.push(bytes.subarray(at, at + size));
    at += size;
  }
  return result;
}
