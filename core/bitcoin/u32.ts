/** 32-bit little-endian integers in byte arrays, without a DataView: these run on the share path. */

/** The unsigned integer of the four bytes from `at`. */
export function readU32Le(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)) >>> 0
  );
}

/** Writes the low 32 bits of `value` into the four bytes from `at`. */
export function writeU32Le(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}
