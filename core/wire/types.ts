/**
 * The data types of Stratum V2 (specification 3.1), as micro-packed coders. Integers are little-endian, hashes stay in
 * wire order. Every length is checked against the bytes that are there before anything is allocated.
 */
import { utf8 } from '@scure/base';
import * as P from 'micro-packed';

export const U8 = P.U8;
export const U16 = P.U16LE;
export const U24 = P.int(3, true);
export const U32 = P.U32LE;
export const U64 = P.U64LE;

const LARGEST_SINGLE = 2 ** 128 - 2 ** 104;

/**
 * IEEE 754 single precision: what is sent is rounded to 24 bits (micro-packed's own refuses most hash rates), a finite
 * number stays finite. Receivers reject NaN, infinities and negatives where they use it (TYP-11).
 */
export const F32: P.CoderType<number> = P.apply(P.F32LE, { encode: (single: number) => single, decode: toSingle });

/** Senders write 0 or 1, receivers look at bit 0 only (TYP-2); micro-packed's own bool would refuse the rest. */
export const Bool: P.CoderType<boolean> = P.apply(P.U8, {
  encode: (byte: number) => (byte & 1) === 1,
  decode: (flag: boolean) => (flag ? 1 : 0),
});

/** A 256-bit little-endian number or a hash in wire order: 32 bytes as they are. */
export const U256 = P.bytes(32);

export const B0_255 = P.bytes(P.U8);
export const B0_64K = P.bytes(U16);
export const B0_16M = P.bytes(U24);

/** At most 32 bytes; a length byte of 33–255 is an error (TYP-4). */
export const B0_32: P.CoderType<Uint8Array> = P.validate(B0_255, (value) => {
  if (value.length > 32) throw new RangeError('B0_32 longer than 32 bytes');
  return value;
});

/** Text of at most 255 bytes. Whatever a peer sends decodes without failing (TYP-4); half a surrogate pair goes as U+FFFD. */
export const Str0_255: P.CoderType<string> = P.apply(B0_255, {
  encode: lenientUtf8,
  decode: (text: string) => utf8.decode(text.toWellFormed()),
});

/** A list with a one-byte count. */
export function seq0_255<T>(element: P.CoderType<T>): P.CoderType<T[]> {
  return list(P.U8, element);
}

/** A list with a two-byte count. */
export function seq0_64K<T>(element: P.CoderType<T>): P.CoderType<T[]> {
  return list(U16, element);
}

/** Nothing or one element: count byte 0 or 1, anything else is an error (TYP-6). */
export function option<T>(element: P.CoderType<T>): P.CoderType<T | undefined> {
  return P.wrap({
    encodeStream: (writer, value: T | undefined) => {
      U8.encodeStream(writer, value === undefined ? 0 : 1);
      if (value !== undefined) element.encodeStream(writer, value);
    },
    decodeStream: (reader) => {
      const count = U8.decodeStream(reader);
      if (count > 1) throw reader.err(`option with ${count} elements`);
      return count === 1 ? element.decodeStream(reader) : undefined;
    },
  });
}

/** Elements are read one by one, so a count that lies costs nothing (TYP-8). */
function list<T>(count: P.CoderType<number>, element: P.CoderType<T>): P.CoderType<T[]> {
  return P.wrap({
    encodeStream: (writer, values: T[]) => {
      count.encodeStream(writer, values.length);
      for (const value of values) element.encodeStream(writer, value);
    },
    decodeStream: (reader) => {
      const length = count.decodeStream(reader);
      if (length * (element.size ?? 1) > reader.leftBytes) throw reader.err(`list of ${length} runs past the end`);
      return Array.from({ length }, () => element.decodeStream(reader));
    },
  });
}

function toSingle(value: number): number {
  return Number.isFinite(value) ? Math.fround(Math.max(-LARGEST_SINGLE, Math.min(LARGEST_SINGLE, value))) : value;
}

/**
 * Of text that is not UTF-8 the ASCII stays and every other byte becomes a question mark: one byte again, so that a peer's
 * text never outgrows its field when it is passed on.
 */
function lenientUtf8(bytes: Uint8Array): string {
  try {
    return utf8.encode(bytes);
  } catch {
    return Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : '?')).join('');
  }
}
