/**
 * The two checksums of the BM13xx serial protocol, written from their published definitions and from nothing in core/.
 * CRC5: x^5+x^2+1, register 1F, most significant bit first. CRC16: CCITT-FALSE, 1021, register FFFF.
 */

/** CRC5 of the first `bits` bits. Over a whole valid response (all but its preamble) it is 0. */
export function crc5(bytes: Uint8Array, bits = bytes.length * 8): number {
  let crc = 0x1f;
  for (let bit = 0; bit < bits; bit += 1) {
    const data = ((bytes[bit >> 3] as number) >> (7 - (bit & 7))) & 1;
    const feedback = (crc >> 4) ^ data;
    crc = ((crc << 1) & 0x1f) ^ (feedback === 1 ? 0x05 : 0);
  }
  return crc;
}

export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}

/** A response body with its last byte made: type bits (80 nonce, 00 register) and a CRC5 that makes the whole come to 0. */
export function sealed(body: readonly number[], type: number): Uint8Array {
  const frame = Uint8Array.from([...body, type]);
  frame[body.length] = type | crc5(frame, frame.length * 8 - 5);
  return frame;
}
