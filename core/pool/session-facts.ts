/** What one connection proved so far, as evidence: who signed, until when, how far the clocks are apart. */
import type { Certificate } from '../noise/certificate.ts';

/** The only suite there is (NOI-1). */
export const CIPHER = 'Noise NX, secp256k1 with ElligatorSwift, ChaCha20-Poly1305, SHA-256';

export interface SessionFacts {
  /** By an authority key whose secret half is not public. */
  readonly authenticated?: boolean;
  readonly certificate?: Certificate;
  /** Ours minus the nearest date of the certificate; 0 inside. */
  readonly clockOffsetSeconds?: number;
  readonly channel?: 'standard' | 'extended';
  readonly extensions?: readonly number[];
  readonly roundTripMs?: number;
}

/** The end of a handshake. */
export interface Established {
  readonly certificate?: Certificate;
  readonly authenticated: boolean;
}

export function establishedFacts({ certificate, authenticated }: Established, unixSeconds: number): SessionFacts {
  if (certificate === undefined) return { authenticated };
  return { authenticated, certificate, clockOffsetSeconds: offsetOf(certificate, unixSeconds) };
}

/** @param pinned an authority key was given, so the certificate was checked */
export function certificateText({ authenticated }: Established, pinned: boolean): string {
  if (!pinned) return 'not checked: no key';
  return authenticated ? 'signed by the pinned key' : 'signed by a key whose secret half is public';
}

export function clockText(offsetSeconds: number, pinned: boolean): string {
  if (!pinned) return 'not checked: no key';
  return offsetSeconds === 0 ? 'inside the certificate’s dates' : `${Math.abs(offsetSeconds)} s outside the certificate’s dates`;
}

function offsetOf({ validFrom, notValidAfter }: Certificate, unixSeconds: number): number {
  if (unixSeconds < validFrom) return unixSeconds - validFrom;
  return unixSeconds > notValidAfter ? unixSeconds - notValidAfter : 0;
}
