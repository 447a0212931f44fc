/**
 * A pool's authority key as text (specification 4.7; NOI-21 to NOI-24): base58check of `01 00` and the 32-byte x
 * coordinate. What a person pasted wrong is named by a `key-*` fault. Also the keys that prove nothing, because their
 * secret half is published.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { base58, createBase58check } from '@scure/base';
import { concat, equal } from '../bytes.ts';
import { AppError } from '../errors.ts';
import type { Random } from '../ports.ts';
import { generateSecret, isOnCurve, isSecretKey, SECRET_KEY_BYTES, xOnlyOf } from './key-pair.ts';

const VERSION = Uint8Array.of(1, 0);
const KEY_BYTES = 32;
const CHECKSUM_BYTES = 4;
/** 38 bytes make at most 52 letters; base58 takes quadratic time, so nothing much longer is tried. */
const MAX_LETTERS = 100;

const base58check = createBase58check(sha256);

/**
 * Keys whose secret half is printed in public: encrypted, not authenticated. The first is the reference implementation's
 * example pair, which its community test pool really uses; the second is the test vector of its key library.
 */
const PUBLISHED_KEYS = ['9auqWEzQDVyd2oe1JVGFLMLHZtCo2FFqZwtKA5gd9xbuEu7PH72', '9bDuixKmZqAJnrmP746n8zU1wyAQRrus7th9dxnkPg6RzQvCnan'].map(
  parseAuthorityKey,
);

export type KeyFailure =
  | { readonly code: 'key-malformed' | 'key-checksum' | 'key-not-on-curve' }
  | { readonly code: 'key-version'; readonly version: number }
  /** A key from before versions; `newForm` is the same key as it is written today. */
  | { readonly code: 'key-old-form'; readonly newForm: string };

/** The 32-byte key of a text. @throws AppError<KeyFailure> (the user's): every text that is not today's form */
export function parseAuthorityKey(text: string): Uint8Array {
  const payload = payloadOf(text);
  if (payload.length === KEY_BYTES) throw refused({ code: 'key-old-form', newForm: showAuthorityKey(onCurve(payload)) });
  if (payload.length !== VERSION.length + KEY_BYTES) throw refused({ code: 'key-malformed' });
  const [low, high] = payload as unknown as [number, number];
  if (low !== VERSION[0] || high !== VERSION[1]) throw refused({ code: 'key-version', version: low | (high << 8) });
  return onCurve(payload.slice(VERSION.length));
}

/** Today's text form of a 32-byte key. */
export function showAuthorityKey(key: Uint8Array): string {
  if (key.length !== KEY_BYTES) throw new RangeError('an authority key has 32 bytes');
  return base58check.encode(concat(VERSION, key));
}

/** An authority: its secret signs certificates, its key goes into the address that is handed out. */
export interface Authority {
  /** 32 bytes; never in logs or snapshots. */
  readonly secret: Uint8Array;
  /** 32 bytes, x coordinate. */
  readonly key: Uint8Array;
}

export function generateAuthority(random: Random): Authority {
  return authorityOf(generateSecret(random));
}

/** The authority of a known secret. */
export function authorityOf(secret: Uint8Array): Authority {
  return { secret, key: xOnlyOf(secret) };
}

/** The text form of a secret: base58check of the bare 32 bytes (NOI-23). */
export function showSecretKey(secret: Uint8Array): string {
  if (secret.length !== SECRET_KEY_BYTES) throw new RangeError('a secret key has 32 bytes');
  return base58check.encode(secret);
}

/** @throws AppError<KeyFailure> (the user's); the text itself is never part of it */
export function parseSecretKey(text: string): Uint8Array {
  const payload = payloadOf(text);
  if (payload.length !== SECRET_KEY_BYTES) throw refused({ code: 'key-malformed' });
  if (!isSecretKey(payload)) throw refused({ code: 'key-not-on-curve' });
  return payload;
}

/** True for keys that anybody can sign for. */
export function isPublishedKey(key: Uint8Array): boolean {
  return PUBLISHED_KEYS.some((published) => equal(published, key));
}

/** The bytes inside base58check, with the two kinds of mistake told apart. */
function payloadOf(text: string): Uint8Array {
  const bytes = text.length <= MAX_LETTERS ? fromBase58(text) : undefined;
  if (bytes === undefined || bytes.length <= CHECKSUM_BYTES) throw refused({ code: 'key-malformed' });
  const payload = bytes.slice(0, -CHECKSUM_BYTES);
  const checksum = sha256(sha256(payload)).subarray(0, CHECKSUM_BYTES);
  if (!equal(checksum, bytes.subarray(-CHECKSUM_BYTES))) throw refused({ code: 'key-checksum' });
  return payload;
}

function fromBase58(text: string): Uint8Array | undefined {
  try {
    return base58.decode(text);
  } catch {
    return undefined;
  }
}

function onCurve(key: Uint8Array): Uint8Array {
  if (!isOnCurve(key)) throw refused({ code: 'key-not-on-curve' });
  return key;
}

function refused(failure: KeyFailure): AppError<KeyFailure> {
  return new AppError(failure, 'user');
}
