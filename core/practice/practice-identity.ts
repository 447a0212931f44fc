/**
 * Who the practice servers say they are: an authority, and a certificate for a static key that lives as long as the
 * server. A certificate begins a little in the past, because a client's clock may be slow, and is renewed before it ends.
 */
import { type Authority, generateAuthority, showAuthorityKey } from '../noise/authority-key.ts';
import { issueCertificate } from '../noise/certificate.ts';
import { generateKeyPair, type KeyPair } from '../noise/key-pair.ts';
import type { Clock, Random } from '../ports.ts';

const BACKDATED_S = 3600;
const VALID_FOR_S = 30 * 24 * 3600;
/** A certificate is handed out until half its life is over. */
const RENEW_AFTER_S = VALID_FOR_S / 2;

/** Dates of the certificates of later connections: `now` is right, the others are faults to practise with. */
export type CertificateDates = 'now' | 'expired' | 'not-yet-valid';

export interface IdentityFaults {
  readonly certificateDates: CertificateDates;
  /** Sign with the secret of another authority. */
  readonly wrongKey: boolean;
}

export interface PracticeIdentity {
  /** As it stands in addresses. */
  readonly key: string;
  readonly staticKeyPair: KeyPair;
  /** 74 bytes, for a connection that begins now. */
  certificate(faults: IdentityFaults): Uint8Array;
}

export function practiceIdentity(
  { clock, random }: { clock: Clock; random: Random },
  authority: Authority = generateAuthority(random),
): PracticeIdentity {
  const staticKeyPair = generateKeyPair(random);
  const impostor = generateAuthority(random);
  let current: { readonly since: number; readonly bytes: Uint8Array } | undefined;

  function issue(signer: Authority, validFrom: number): Uint8Array {
    const order = { authoritySecret: signer.secret, staticKey: staticKeyPair.encoding, validFrom, notValidAfter: validFrom + VALID_FOR_S };
    return issueCertificate(order, random);
  }

  return {
    key: showAuthorityKey(authority.key),
    staticKeyPair,
    certificate({ certificateDates, wrongKey }) {
      const now = Math.floor(clock.now() / 1000);
      if (certificateDates === 'expired') return issue(authority, now - VALID_FOR_S - BACKDATED_S);
      if (certificateDates === 'not-yet-valid') return issue(authority, now + BACKDATED_S);
      if (wrongKey) return issue(impostor, now - BACKDATED_S);
      if (current === undefined || now - current.since > RENEW_AFTER_S || now < current.since) {
        current = { since: now, bytes: issue(authority, now - BACKDATED_S) };
      }
      return current.bytes;
    },
  };
}
