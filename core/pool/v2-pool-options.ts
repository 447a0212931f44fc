/** What a V2 pool is made from: see `v2-pool.ts`. */
import type { Network } from '../bitcoin/network.ts';
import type { Clock, Dialer, Log, Random } from '../ports.ts';
import type { ExpectedPayout } from './payout.ts';
import type { V2Url } from './pool-url.ts';

export interface V2PoolOptions {
  readonly id: string;
  readonly url: V2Url;
  /** `user_identity`, as the pool wants it. */
  readonly user: string;
  readonly channel: 'standard' | 'extended';
  readonly dialer: Dialer;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Of the app; sent as `firmware`. */
  readonly version: string;
  /** For showing addresses of the coinbase. */
  readonly network: Network;
  /** Where known at the start; `setHashrate` follows. */
  readonly hashesPerSecond?: number;
  /** Names a device to the pool (extension 0x0002); without it nothing of the kind is asked for or told (SEC-40). */
  readonly workerName?: (deviceId: string) => string;
  /** Solo through a pool: jobs that do not pay this are not mined. Found by itself in identities that say so (MIN-47a). */
  readonly expectedPayout?: ExpectedPayout;
}
