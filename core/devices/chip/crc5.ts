/**
 * CRC5 of all BM13xx commands and replies: polynomial x^5+x^2+1, register 1F, bits MSB first, no reflection, no final
 * XOR. It covers everything after the preamble. Run over a whole valid reply, CRC included, it gives 0.
 */

const START = 0x1f;
const POLYNOMIAL = 0x05;

/** CRC5 of the first `bits` bits of `bytes` (all of them when left out). */
export function crc5(bytes: Uint8Array, bits: number = bytes.length * 8): number {
  let crc = START;
  for (let bit = 0; bit < bits; bit += 1) {
    const data = ((bytes[bit >> 3] as number) >> (7 - (bit & 7))) & 1;
    const feedback = (crc >> 4) ^ data;
    crc = (crc << 1) & 0x1f;
    if (feedback !== 0) crc ^= POLYNOMIAL;
  }
  return crc;
}
