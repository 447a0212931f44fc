/** The first four bytes as an unsigned big-endian integer: how registers stand on the wire. */
export function u32Be(bytes: Uint8Array): number {
  return (((bytes[0] as number) << 24) | ((bytes[1] as number) << 16) | ((bytes[2] as number) << 8) | (bytes[3] as number)) >>> 0;
}
