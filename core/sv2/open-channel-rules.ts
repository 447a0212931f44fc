/** What is wrong with a request to open or update a channel, whoever asks (specification 5.3.2 … 5.3.6). Pure. */
import { ROLLED_BYTES } from './extranonce-prefixes.ts';
import type { MiningPolicy } from './mining-policy.ts';

export interface OpenRequest {
  readonly nominalHashRate: number;
  readonly maxTarget: Uint8Array;
  /** Asked for by an extended channel; absent on a standard one. */
  readonly minExtranonceSize?: number;
}

export interface OpenCircumstances {
  readonly policy: MiningPolicy;
  readonly standardJobsOnly: boolean;
  readonly channels: number;
}

/** An error code; undefined when nothing is wrong. */
export function openError(request: OpenRequest, { policy, standardJobsOnly, channels }: OpenCircumstances): string | undefined {
  if (channels >= policy.maxChannels) return 'channel-capacity-exhausted';
  if (request.minExtranonceSize === undefined) {
    if (policy.extendedOnly) return 'standard-channels-not-supported';
  } else {
    if (standardJobsOnly) return 'extended-channels-not-supported-for-standard-jobs';
    if (request.minExtranonceSize > ROLLED_BYTES) return 'min-extranonce-size-too-large';
  }
  return rateOrTargetError(request.nominalHashRate, request.maxTarget);
}

/** SEC-25, TYP-11, POOL-3: a rate is a finite number not below zero; no hash meets a target of zero. */
export function rateOrTargetError(nominalHashRate: number, maxTarget: Uint8Array): string | undefined {
  if (!Number.isFinite(nominalHashRate) || nominalHashRate < 0) return 'invalid-nominal-hashrate';
  return maxTarget.every((byte) => byte === 0) ? 'max-target-out-of-range' : undefined;
}
