/** The fault of a peer that breaks a rule of the protocol; `what` names the rule, for evidence. */
import { PeerError } from '../errors.ts';

export type ProtocolFailure = { readonly code: 'protocol-broken'; readonly what: string; readonly [fact: string]: string | number };

/** To be thrown: it ends the connection. */
export function broken(what: string, facts: Readonly<Record<string, string | number>> = {}): PeerError<ProtocolFailure> {
  return new PeerError<ProtocolFailure>({ code: 'protocol-broken', what, ...facts });
}
