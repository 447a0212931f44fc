/**
 * The extranonces of this run of the app: one counter for all jobs, sources and connections, so that no value comes
 * twice, whatever is reconnected or resumed. It is written big-endian at the very end of the extranonce; its low bytes
 * therefore differ even when a pool moves the border between its prefix and our part.
 */
import type { Random } from '../ports.ts';

/** Six bytes hold 2^48 values, more than can ever be drawn, and fit a JavaScript number. */
const COUNTER_BYTES = 6;
const COUNTER_VALUES = 2 ** (8 * COUNTER_BYTES);
/** An extranonce this long spares two bytes for leases; one this long spares one. */
const TWO_OWNER_BYTES_FROM = 8;
const ONE_OWNER_BYTE_FROM = 4;

/** Bytes at the beginning of an extranonce that say whose it is: 0 for the scheduler, others for leases. */
export function ownerBytes(extranonceSize: number): number {
  if (extranonceSize >= TWO_OWNER_BYTES_FROM) return 2;
  return extranonceSize >= ONE_OWNER_BYTE_FROM ? 1 : 0;
}

/** After so many draws a value can come again in an extranonce of this size. */
export function drawsUntilRepeat(extranonceSize: number): number {
  return 2 ** (8 * Math.min(COUNTER_BYTES, extranonceSize - ownerBytes(extranonceSize)));
}

export class ExtranonceCounter {
  readonly #start: number;
  #drawn = 0;

  /** Starts at a random point, so that a restart of the app does not repeat either. */
  constructor(random: Random) {
    this.#start = random.bytes(COUNTER_BYTES).reduce((value, byte) => value * 256 + byte, 0);
  }

  /** How many values were drawn so far; only grows. */
  get drawn(): number {
    return this.#drawn;
  }

  /** A value never drawn before, as `size` bytes; its owner bytes are zero. */
  draw(size: number): Uint8Array {
    let value = (this.#start + this.#drawn) % COUNTER_VALUES;
    this.#drawn += 1;
    const extranonce = new Uint8Array(size);
    const first = Math.max(ownerBytes(size), size - COUNTER_BYTES);
    for (let index = size - 1; index >= first; index -= 1) {
      extranonce[index] = value % 256;
      value = Math.floor(value / 256);
    }
    return extranonce;
  }
}
