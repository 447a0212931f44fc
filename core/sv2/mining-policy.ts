/**
 * How a mining server treats its clients. Read again each time it matters, so that an owner may change it while
 * connections are open. The limits bound what one connection can make the server hold (COM-16, SEC-4).
 */
import type { ExtensionPolicy } from './extensions-answer.ts';
import { protocolIds, setupFlags, setupSuccessFlags } from './messages/common.ts';
import { extensionIds } from './messages/extensions.ts';
import type { SetupPolicy } from './setup-answer.ts';
import { type AckPolicy, IMMEDIATE_ACKS } from './share-acks.ts';
import { DEFAULT_VARDIFF, type VardiffOptions } from './vardiff.ts';

export interface MiningPolicy {
  readonly acks: AckPolicy;
  readonly vardiff: VardiffOptions;
  readonly extensions: ExtensionPolicy;
  /** Where jobs after a channel's first go: to each channel, or once to the group (never to clients that need standard jobs). */
  readonly addressing: 'channel' | 'group';
  /** No version rolling: REQUIRES_FIXED_VERSION, and clients that need to roll are refused (POOL-10). */
  readonly fixedVersion: boolean;
  /** REQUIRES_EXTENDED_CHANNELS: standard channels and clients that need standard jobs are refused. */
  readonly extendedOnly: boolean;
  /** Refuses every SetupConnection, with this error code. */
  readonly setupRefusal: string | undefined;
  readonly maxChannels: number;
  /** A connection without a channel is closed after this long (COM-16). */
  readonly channelTimeoutMs: number;
}

export const DEFAULT_MINING_POLICY: MiningPolicy = {
  acks: IMMEDIATE_ACKS,
  vardiff: DEFAULT_VARDIFF,
  extensions: { supported: [extensionIds.workerHashrate], required: [] },
  addressing: 'channel',
  fixedVersion: false,
  extendedOnly: false,
  setupRefusal: undefined,
  maxChannels: 256, // more miners than one house, or one proxy in front of it, has
  channelTimeoutMs: 60_000,
};

/** The part of the policy that SetupConnection speaks of. */
export function miningSetup({ fixedVersion, extendedOnly, setupRefusal }: MiningPolicy): SetupPolicy {
  return {
    protocol: protocolIds.mining,
    supportedFlags: (extendedOnly ? 0 : setupFlags.requiresStandardJobs) | (fixedVersion ? 0 : setupFlags.requiresVersionRolling),
    serverFlags:
      (fixedVersion ? setupSuccessFlags.requiresFixedVersion : 0) | (extendedOnly ? setupSuccessFlags.requiresExtendedChannels : 0),
    refusal: setupRefusal,
  };
}
