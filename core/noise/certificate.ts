/**
 * The responder's certificate, SIGNATURE_NOISE_MESSAGE (specification 4.5.2, 4.5.3; NOI-15 to NOI-20, SEC-1, SEC-38): an
 * authority vouches with a BIP 340 signature for a static key from one Unix second to another.
 */
import { schnorr } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat } from '../bytes.ts';
import type { Random } from '../ports.ts';
import { decodeKey } from './key-pair.ts';

const DATES_BYTES = 10;
export const CERTIFICATE_BYTES = DATES_BYTES + 64;
/** The only version there is. */
export const CERTIFICATE_VERSION = 0;
/** Servers often issue `valid_from` = now while we connect, so a clock a few seconds slow must not fail (NOI-17). */
export const CLOCK_LEEWAY_SECONDS = 10;
/** `not_valid_after` of certificates that do not end before 2106. */
export const FOREVER = 0xffffffff;

export interface Certificate {
  readonly version: number;
  /** Unix seconds, u32. */
  readonly validFrom: number;
  /** Unix seconds, u32, inclusive. */
  readonly notValidAfter: number;
  /** 64 bytes, BIP 340. */
  readonly signature: Uint8Array;
}

/** Dates and `clock` (ours) are Unix seconds, so that a user interface can tell a wrong clock from an old certificate. */
export type CertificateFailure =
  | { readonly code: 'certificate-wrong-key' }
  | { readonly code: 'certificate-version'; readonly version: number }
  | ({ readonly code: 'certificate-expired' | 'certificate-not-yet-valid' } & CertificateDates);

export interface CertificateDates {
  readonly validFrom: number;
  readonly notValidAfter: number;
  readonly clock: number;
}

/** @param bytes exactly 74; every value of them is a certificate of some kind */
export function decodeCertificate(bytes: Uint8Array): Certificate {
  if (bytes.length !== CERTIFICATE_BYTES) throw new RangeError('a certificate has 74 bytes');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    version: view.getUint16(0, true),
    validFrom: view.getUint32(2, true),
    notValidAfter: view.getUint32(6, true),
    signature: bytes.slice(DATES_BYTES),
  };
}

/** 74 bytes. @throws RangeError when a number does not fit its field */
export function encodeCertificate(certificate: Certificate): Uint8Array {
  if (certificate.signature.length !== 64) throw new RangeError('a signature has 64 bytes');
  return concat(signedDates(certificate), certificate.signature);
}

/** What an authority signs. */
export interface CertificateOrder {
  /** 32 bytes. */
  readonly authoritySecret: Uint8Array;
  /** 64-byte encoding of the static key it vouches for. */
  readonly staticKey: Uint8Array;
  readonly validFrom: number;
  readonly notValidAfter: number;
  /** 0 without it. */
  readonly version?: number;
}

/** Signs and gives the 74 bytes. @throws RangeError when a number does not fit its field */
export function issueCertificate(order: CertificateOrder, random: Random): Uint8Array {
  const dates = signedDates({ ...order, version: order.version ?? CERTIFICATE_VERSION });
  return concat(dates, schnorr.sign(digest(dates, order.staticKey), order.authoritySecret, random.bytes(32)));
}

/**
 * What is wrong with a certificate; undefined = nothing. The signature comes first: until it holds, the version and the
 * dates are the words of a stranger, and an impostor must not be able to look like a clock problem.
 */
export function checkCertificate(
  certificate: Certificate,
  against: { readonly authorityKey: Uint8Array; readonly staticKey: Uint8Array; readonly unixSeconds: number },
): CertificateFailure | undefined {
  const message = digest(signedDates(certificate), against.staticKey);
  if (!isSignedBy(certificate.signature, message, against.authorityKey)) return { code: 'certificate-wrong-key' };
  if (certificate.version !== CERTIFICATE_VERSION) return { code: 'certificate-version', version: certificate.version };
  return checkDates(certificate, against.unixSeconds);
}

function checkDates({ validFrom, notValidAfter }: Certificate, clock: number): CertificateFailure | undefined {
  // Plain numbers hold u32 plus leeway exactly: nothing wraps at 0xffffffff (NOI-19).
  const dates = { validFrom, notValidAfter, clock };
  if (clock > notValidAfter + CLOCK_LEEWAY_SECONDS) return { code: 'certificate-expired', ...dates };
  if (clock < validFrom - CLOCK_LEEWAY_SECONDS) return { code: 'certificate-not-yet-valid', ...dates };
  return undefined;
}

function signedDates({ version, validFrom, notValidAfter }: Omit<Certificate, 'signature'>): Uint8Array {
  if (!fits(version, 0xffff) || !fits(validFrom, FOREVER) || !fits(notValidAfter, FOREVER)) {
    throw new RangeError('a certificate field does not fit');
  }
  const bytes = new Uint8Array(DATES_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, version, true);
  view.setUint32(2, validFrom, true);
  view.setUint32(6, notValidAfter, true);
  return bytes;
}

function fits(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= most;
}

/** The digest covers the x coordinate, not the encoding: any encoding of the same static key will do (NOI-16). */
function digest(dates: Uint8Array, staticKey: Uint8Array): Uint8Array {
  return sha256(concat(dates, decodeKey(staticKey)));
}

function isSignedBy(signature: Uint8Array, message: Uint8Array, authorityKey: Uint8Array): boolean {
  try {
    return schnorr.verify(signature, message, authorityKey);
  } catch {
    return false;
  }
}
