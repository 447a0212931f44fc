/** SHA-256's compression (FIPS 180-4) and what a chip makes of it: a midstate, and the hash of a header's last 16 bytes. */

const K = roots(64, 3);
const INITIAL = roots(8, 2);

/** Fractional parts of the square or cube roots of the first primes, 32 bits each. */
function roots(count: number, degree: 2 | 3): Uint32Array {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n += 1) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return Uint32Array.from(primes, (prime) => Number(rootOf(BigInt(prime) << BigInt(32 * degree), degree) & 0xffff_ffffn));
}

function rootOf(value: bigint, degree: number): bigint {
  let [low, high] = [0n, 1n << 64n];
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** BigInt(degree) <= value) low = middle;
    else high = middle;
  }
  return low;
}

const rotate = (x: number, by: number) => (x >>> by) | (x << (32 - by));
const schedule = new Uint32Array(64);

/** One compression of sixteen big-endian words. */
export function compress(state: Uint32Array, block: Uint32Array): Uint32Array {
  const w = schedule;
  w.set(block);
  for (let t = 16; t < 64; t += 1) {
    const [x, y] = [w[t - 15] as number, w[t - 2] as number];
    const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    w[t] = (w[t - 16] as number) + s0 + (w[t - 7] as number) + s1;
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number];
  for (let t = 0; t < 64; t += 1) {
    const t1 = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + (K[t] as number) + (w[t] as number)) | 0;
    const t2 = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
  }
  return Uint32Array.of(a, b, c, d, e, f, g, h).map((word, index) => word + (state[index] as number));
}

/** Big-endian words of `bytes` (a multiple of four). */
export function words(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, index) => view.getUint32(index * 4));
}

/** State after the first 64 bytes of a header: h0…h7. */
export function midstateOf(header: Uint8Array): Uint32Array {
  return compress(INITIAL, words(header.subarray(0, 64)));
}

export function swapBytes(n: number): number {
  return (((n & 0xff) << 24) | ((n & 0xff00) << 8) | ((n >>> 8) & 0xff00) | (n >>> 24)) >>> 0;
}

/** Top 64 bits (as a number is shown) of the double hash, from the midstate, header bytes 64–75 as words, and the nonce. */
export function hashTop(midstate: Uint32Array, tail: Uint32Array, nonce: number): { readonly high: number; readonly low: number } {
  const last = Uint32Array.of(...tail, swapBytes(nonce), 0x8000_0000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 640);
  const first = compress(midstate, last);
  const hash = compress(INITIAL, Uint32Array.of(...first, 0x8000_0000, 0, 0, 0, 0, 0, 0, 256));
  return { high: swapBytes(hash[7] as number), low: swapBytes(hash[6] as number) };
}
