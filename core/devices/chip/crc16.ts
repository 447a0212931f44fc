/** CRC16 of BM1387-and-later jobs: CCITT-FALSE (polynomial 1021, register FFFF), from the byte 21 to the last data byte. */

const table = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000) !== 0 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc & 0xffff;
});

/** CRC16 of `bytes` from `from` up to, not including, `until`. It is sent big-endian. */
export function crc16(bytes: Uint8Array, from = 0, until: number = bytes.length): number {
  let crc = 0xffff;
  for (let at = from; at < until; at += 1) crc = ((crc << 8) & 0xffff) ^ (table[(crc >> 8) ^ (bytes[at] as number)] as number);
  return crc;
}
