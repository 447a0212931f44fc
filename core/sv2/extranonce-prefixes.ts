/**
 * Extranonce prefixes, unique over the whole server, so that no two channels ever search the same space (POOL-2).
 * Every channel's full extranonce has the same length, so all of them fit one group (MIN-9): an extended channel gets
 * the four allotted bytes as its prefix and rolls the rest; a standard channel's prefix fills the rest with zeros.
 */
import { concat } from '../bytes.ts';
import type { Random } from '../ports.ts';

/** Prefix ‖ rolled part: the split that the reference pool uses. */
export const FULL_EXTRANONCE_BYTES = 20;
export const PREFIX_BYTES = 4;
export const ROLLED_BYTES = FULL_EXTRANONCE_BYTES - PREFIX_BYTES;

export interface ExtranoncePrefixes {
  /** A prefix that nobody holds. */
  take(): Uint8Array;
  give(prefix: Uint8Array): void;
  readonly held: number;
}

/** Counts up from a random start, so that a restarted server does not hand out the same prefixes at once. */
export function extranoncePrefixes(random: Random): ExtranoncePrefixes {
  const held = new Set<number>();
  let next = readU32(random.bytes(PREFIX_BYTES));
  return {
    take() {
      while (held.has(next)) next = (next + 1) >>> 0;
      held.add(next);
      const prefix = writeU32(next);
      next = (next + 1) >>> 0;
      return prefix;
    },
    give(prefix) {
      held.delete(readU32(prefix));
    },
    get held() {
      return held.size;
    },
  };
}

/** The whole extranonce of a standard channel. */
export function fullPrefix(prefix: Uint8Array): Uint8Array {
  return concat(prefix, new Uint8Array(ROLLED_BYTES));
}

function readU32(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
}

function writeU32(value: number): Uint8Array {
  const bytes = new Uint8Array(PREFIX_BYTES);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
