/**
 * Noise's CipherState over ChaCha20-Poly1305 (Noise 5.1; specification 4.4.1; NOI-11, NOI-13, NOI-14, SEC-37). The nonce
 * is four zero bytes and a 64-bit little-endian counter, kept as two 32-bit words because a double would stick at 2^53.
 */
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { AppError } from '../errors.ts';

export const TAG_BYTES = 16;
const LAST_WORD = 0xffffffff;
const COUNTER_AT = 4;

/** Where a counter stands. Only tests start anywhere but at zero. */
export interface Counter {
  readonly low: number;
  readonly high: number;
}

/** One direction's key and counter. */
export class CipherState {
  readonly #key: Uint8Array;
  readonly #nonce = new Uint8Array(12);
  readonly #words: DataView;
  #low: number;
  #high: number;

  constructor(key: Uint8Array, start: Counter = { low: 0, high: 0 }) {
    this.#key = key;
    this.#words = new DataView(this.#nonce.buffer);
    this.#low = start.low;
    this.#high = start.high;
  }

  /**
   * Ciphertext and tag: 16 bytes more than the plaintext.
   * @param output where to write; exactly that long. A new array without it.
   * @throws AppError `cipher-exhausted` before the reserved counter 2^64−1 would be used
   */
  encryptWithAd(ad: Uint8Array, plaintext: Uint8Array, output?: Uint8Array): Uint8Array {
    const sealed = chacha20poly1305(this.#key, this.#nextNonce(), ad).encrypt(plaintext, output);
    this.#advance();
    return sealed;
  }

  /**
   * The plaintext, or undefined when the tag is wrong. A wrong tag does not advance the counter (Noise 5.1), and ends the
   * connection (NOI-12): the caller names the fault.
   * @param output where to write; exactly 16 bytes shorter than `ciphertext`. Untouched when the tag is wrong.
   * @throws AppError `cipher-exhausted` as above
   */
  decryptWithAd(ad: Uint8Array, ciphertext: Uint8Array, output?: Uint8Array): Uint8Array | undefined {
    if (ciphertext.length < TAG_BYTES) return undefined;
    const cipher = chacha20poly1305(this.#key, this.#nextNonce(), ad);
    const plaintext = openOrUndefined(() => cipher.decrypt(ciphertext, output));
    if (plaintext !== undefined) this.#advance();
    return plaintext;
  }

  #nextNonce(): Uint8Array {
    // Noise reserves 2^64−1; no rekey is defined in Stratum V2, so the connection ends here.
    if (this.#low === LAST_WORD && this.#high === LAST_WORD) throw new AppError({ code: 'cipher-exhausted' });
    this.#words.setUint32(COUNTER_AT, this.#low, true);
    this.#words.setUint32(COUNTER_AT + 4, this.#high, true);
    return this.#nonce;
  }

  #advance(): void {
    this.#low = (this.#low + 1) >>> 0;
    if (this.#low === 0) this.#high += 1;
  }
}

/** Lengths are checked before, so the only thing the cipher can refuse is the tag. */
function openOrUndefined(open: () => Uint8Array): Uint8Array | undefined {
  try {
    return open();
  } catch {
    return undefined;
  }
}
