/**
 * Compact targets (`nbits`), as arith_uint256 SetCompact and GetCompact of Bitcoin Core define them: one byte of
 * exponent, a sign bit, 23 bits of mantissa. Peers send them, so nonsense never throws.
 */

const SIGN_BIT = 0x00800000;
const MANTISSA = 0x007fffff;

export interface DecodedNbits {
  /** 32 bytes, little-endian; what fits of it when it overflows. */
  readonly target: Uint8Array;
  readonly negative: boolean;
  readonly overflow: boolean;
}

/** The target of `nbits`, 32 bytes little-endian. Negative and overflowing ones give zero, which no hash meets. */
export function targetOfNbits(nbits: number): Uint8Array {
  const { target, negative, overflow } = decodeNbits(nbits);
  return negative || overflow ? new Uint8Array(32) : target;
}

/** SetCompact: the target and its two warnings. */
export function decodeNbits(nbits: number): DecodedNbits {
  const size = nbits >>> 24;
  const mantissa = nbits & MANTISSA;
  const word = size <= 3 ? mantissa >>> (8 * (3 - size)) : mantissa;
  return {
    target: placed(word, Math.max(size, 3) - 3),
    negative: word !== 0 && (nbits & SIGN_BIT) !== 0,
    overflow: word !== 0 && (size > 34 || (word > 0xff && size > 33) || (word > 0xffff && size > 32)),
  };
}

/** GetCompact: the smallest form whose target is at or below `target` (32 bytes, little-endian). */
export function nbitsOfTarget(target: Uint8Array): number {
  let size = target.length;
  while (size > 0 && target[size - 1] === 0) size -= 1;
  const byte = (index: number): number => (index >= 0 ? (target[index] ?? 0) : 0);
  const mantissa = (byte(size - 1) << 16) | (byte(size - 2) << 8) | byte(size - 3);
  // The sign bit must stay clear: shift the mantissa by a byte.
  return mantissa & SIGN_BIT ? (((size + 1) << 24) | (mantissa >>> 8)) >>> 0 : ((size << 24) | mantissa) >>> 0;
}

function placed(word: number, at: number): Uint8Array {
  const target = new Uint8Array(32);
  for (let index = 0; index < 3; index += 1) if (at + index < 32) target[at + index] = word >>> (8 * index);
  return target;
}
