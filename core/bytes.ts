/** Bytes: joining, comparing, hex. Bytes are `Uint8Array` everywhere; hashes are in wire order, `showHash` reverses. */

export const EMPTY = new Uint8Array(0);

/** One array of all parts, in order. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Same length and same bytes. Not constant time: for public data only. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Lower-case hex, two digits a byte. */
export function toHex(bytes: Uint8Array): string {
  // Joined, not added up: the engine keeps a text that grew piece by piece as all its pieces, fifteen times its size.
  return Array.from(bytes, (byte) => HEX[byte]).join('');
}

/** Bytes of a hex text of even length. @throws RangeError when it is not hex. */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0 || /[^0-9a-f]/i.test(text)) throw new RangeError('not hexadecimal');
  return Uint8Array.from({ length: text.length / 2 }, (_, index) => Number.parseInt(text.slice(index * 2, index * 2 + 2), 16));
}

/** A reversed copy. */
export function reversed(bytes: Uint8Array): Uint8Array {
  return bytes.slice().reverse();
}

/** A hash as block explorers print it: reversed, hex. The only place where byte order changes for display. */
export function showHash(hash: Uint8Array): string {
  return toHex(reversed(hash));
}

/** A little-endian number of any length. */
export function toNumberLe(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${showHash(bytes)}`);
}

/** `value` as `length` little-endian bytes. @throws RangeError when it does not fit. */
export function fromNumberLe(value: bigint, length: number): Uint8Array {
  const text = value.toString(16).padStart(length * 2, '0');
  if (value < 0n || text.length > length * 2) throw new RangeError('number does not fit');
  return reversed(fromHex(text));
}

/** Compares two little-endian numbers of equal length: negative, zero or positive. No bigint, for hot paths. */
export function compareLe(a: Uint8Array, b: Uint8Array): number {
  for (let index = a.length - 1; index >= 0; index -= 1) {
    const difference = (a[index] as number) - (b[index] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}
