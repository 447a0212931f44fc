/** How a session speaks to a pool: what Hearth says of itself, and what it wants of a channel (COM-5, MIN-2 … MIN-4). */
import { MAX_TARGET } from '../bitcoin/target.ts';
import type { ChannelWishes } from '../sv2/mining-channel.ts';
import { MiningClient } from '../sv2/mining-client.ts';
import type { SessionOptions } from './session-contract.ts';

/** Room to roll: four bytes, with nonce and version bits, last any home device for hours a job. */
const MIN_EXTRANONCE_SIZE = 4;

export function clientOf(options: SessionOptions, now: number): MiningClient {
  const { random, channels, endpoint, firmware, extensions, authorityKey } = options;
  return new MiningClient({
    random,
    channels,
    endpointHost: endpoint.host,
    endpointPort: endpoint.port,
    vendor: 'Hearth',
    hardwareVersion: 'desktop',
    firmware,
    extensions: { ...extensions, usable: extensions.wanted },
    now,
    ...(authorityKey === undefined ? {} : { authorityKey }),
  });
}

/** Any target is taken: the job's share target is capped where it is made (SEC-11). */
export function channelWishes(userIdentity: string, nominalHashRate: number): ChannelWishes {
  return { userIdentity, nominalHashRate, maxTarget: MAX_TARGET, minExtranonceSize: MIN_EXTRANONCE_SIZE };
}
