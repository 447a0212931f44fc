/**
 * What a server answers to SetupConnection (specification 3.6; COM-2, COM-3, COM-8, COM-10, COM-17, POOL-10). Pure.
 * Error.flags carries the complete set of flags that are not supported; 0 means another reason.
 */
import { PROTOCOL_VERSION } from './messages/common.ts';

export interface SetupOffer {
  readonly protocol: number;
  readonly minVersion: number;
  readonly maxVersion: number;
  readonly flags: number;
}

export interface SetupPolicy {
  readonly protocol: number;
  /** Client flags this server can live with. */
  readonly supportedFlags: number;
  /** Flags to put into Success. */
  readonly serverFlags: number;
  /** Refuses everybody, with this error code. */
  readonly refusal?: string | undefined;
}

export type SetupAnswer =
  | { readonly ok: true; readonly usedVersion: number; readonly flags: number }
  | { readonly ok: false; readonly flags: number; readonly errorCode: string };

export function answerSetup(offer: SetupOffer, policy: SetupPolicy): SetupAnswer {
  if (offer.protocol !== policy.protocol) return { ok: false, flags: 0, errorCode: 'unsupported-protocol' };
  const versionFits = offer.minVersion <= PROTOCOL_VERSION && PROTOCOL_VERSION <= offer.maxVersion;
  if (!versionFits) return { ok: false, flags: 0, errorCode: 'protocol-version-mismatch' };
  const unsupported = (offer.flags & ~policy.supportedFlags) >>> 0;
  if (unsupported !== 0) return { ok: false, flags: unsupported, errorCode: 'unsupported-feature-flags' };
  if (policy.refusal !== undefined) return { ok: false, flags: 0, errorCode: policy.refusal };
  return { ok: true, usedVersion: PROTOCOL_VERSION, flags: policy.serverFlags };
}
