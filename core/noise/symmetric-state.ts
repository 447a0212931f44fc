/**
 * Noise's SymmetricState (Noise 5.2; specification 4.4.2, 4.5.1; NOI-1, NOI-2, NOI-5, NOI-6, NOI-10). The protocol name is
 * the only cipher suite there is; nothing is negotiated.
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { concat, EMPTY } from '../bytes.ts';
import { CipherState } from './cipher-state.ts';

export const PROTOCOL_NAME = 'Noise_NX_Secp256k1+EllSwift_ChaChaPoly_SHA256';
const FIRST = Uint8Array.of(1);
const SECOND = 2;

/** Chaining key, handshake hash and, after the first MixKey, a cipher. */
export class SymmetricState {
  #chainingKey: Uint8Array;
  #hash: Uint8Array;
  #cipher: CipherState | undefined;

  /** InitializeSymmetric with the protocol name, then MixHash of the empty prologue. */
  constructor() {
    this.#chainingKey = sha256(utf8ToBytes(PROTOCOL_NAME));
    this.#hash = this.#chainingKey;
    this.mixHash(EMPTY);
  }

  /** `h`: 32 bytes; after the handshake it names the session. A copy. */
  get handshakeHash(): Uint8Array {
    return this.#hash.slice();
  }

  /** `ck`, 32 bytes. A copy. */
  get chainingKey(): Uint8Array {
    return this.#chainingKey.slice();
  }

  mixHash(data: Uint8Array): void {
    this.#hash = sha256(concat(this.#hash, data));
  }

  mixKey(inputKeyMaterial: Uint8Array): void {
    const [chainingKey, key] = hkdf2(this.#chainingKey, inputKeyMaterial);
    this.#chainingKey = chainingKey;
    this.#cipher = new CipherState(key);
  }

  /** Before the first MixKey there is no key: the bytes stay plain and are only mixed in. */
  encryptAndHash(plaintext: Uint8Array): Uint8Array {
    const sealed = this.#cipher === undefined ? plaintext : this.#cipher.encryptWithAd(this.#hash, plaintext);
    this.mixHash(sealed);
    return sealed;
  }

  /** The plaintext, or undefined when the tag is wrong; then nothing was mixed. */
  decryptAndHash(ciphertext: Uint8Array): Uint8Array | undefined {
    const opened = this.#cipher === undefined ? ciphertext : this.#cipher.decryptWithAd(this.#hash, ciphertext);
    if (opened !== undefined) this.mixHash(ciphertext);
    return opened;
  }

  /** Two ciphers with counters at zero: initiator to responder, then responder to initiator. */
  split(): [initiatorToResponder: CipherState, responderToInitiator: CipherState] {
    const [first, second] = hkdf2(this.#chainingKey, EMPTY);
    return [new CipherState(first), new CipherState(second)];
  }
}

/** Noise 4.3 with two outputs of 32 bytes. */
function hkdf2(chainingKey: Uint8Array, inputKeyMaterial: Uint8Array): [Uint8Array, Uint8Array] {
  const temporary = hmac(sha256, chainingKey, inputKeyMaterial);
  const first = hmac(sha256, temporary, FIRST);
  return [first, hmac(sha256, temporary, concat(first, Uint8Array.of(SECOND)))];
}
