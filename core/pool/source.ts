/**
 * One interface for all work: a source gives jobs and takes shares. A V2 pool, the user's own node, the practice pool
 * and everything to come stand behind it. A source reconnects by itself; it never falls back from encrypted to plain.
 */
import type { Failure } from '../errors.ts';
import type { Job, Share } from '../work/job.ts';

/** The steps on the way to the first job, in order. `test before save` shows exactly these. */
export const sourceSteps = ['name', 'address', 'tcp', 'noise', 'certificate', 'clock', 'setup', 'channel', 'job'] as const;
export type SourceStep = (typeof sourceSteps)[number];

export type SourceState =
  | { readonly at: 'idle' }
  | { readonly at: 'connecting'; readonly step: SourceStep }
  | { readonly at: 'open' }
  /** Will try again by itself at `retryAtMs` (monotonic). */
  | { readonly at: 'waiting'; readonly fault: Failure; readonly step: SourceStep; readonly retryAtMs: number }
  /** Will not try again: a person has to act (wrong key, wrong address). */
  | { readonly at: 'refused'; readonly fault: Failure; readonly step: SourceStep }
  | { readonly at: 'stopped' };

/** What can be shown of a connection as evidence; grows as steps pass. */
export interface SourceProof {
  readonly protocol: 'stratum-v2' | 'stratum-v1' | 'node-rpc';
  readonly endpoint: string;
  /** `authenticated`: Noise with a pinned key that matched; `encrypted`: key published or absent; `plain`. */
  readonly privacy: 'authenticated' | 'encrypted' | 'plain' | 'local';
  readonly authorityKey?: string;
  /** Unix seconds. */
  readonly certificateFrom?: number;
  readonly certificateUntil?: number;
  readonly cipher?: string;
  /** Our clock minus the nearest clock bound the peer showed, seconds; 0 inside the certificate's dates. */
  readonly clockOffsetSeconds?: number;
  readonly channel?: 'standard' | 'extended';
  /** Negotiated extensions, as ids. */
  readonly extensions?: readonly number[];
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** What Stratum V1 would have moved for the same jobs and shares; estimated, see pool/v1-equivalent.ts. */
  readonly v1BytesIn?: number;
  readonly v1BytesOut?: number;
  readonly roundTripMs?: number;
  /** What the coinbase pays, as far as the job shows it. */
  readonly payout?: PayoutProof;
}

/** `unknown`: the pool gave only a merkle root. Scripts are hex, values satoshi. */
export type PayoutProof =
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'outputs';
      readonly outputs: readonly { readonly script: string; readonly address?: string; readonly satoshi: bigint; readonly mine: boolean }[];
    };

export type SourceEvent =
  | { readonly type: 'state'; readonly state: SourceState }
  /** Evidence changed; read `proof()`. */
  | { readonly type: 'step'; readonly step: SourceStep; readonly text: string }
  /** Mine this now. `clean`: every earlier job of this source is stale. */
  | { readonly type: 'job'; readonly job: Job; readonly clean: boolean }
  /** Nothing of this source may be mined until its next job. */
  | { readonly type: 'no-work' }
  | { readonly type: 'accepted'; readonly shareIds: readonly number[] }
  /** May follow `accepted` for the same share: the pool took it back. */
  | { readonly type: 'refused'; readonly shareId: number; readonly code: string }
  /** The connection ended before the pool answered; whether it counted them is unknown. */
  | { readonly type: 'unanswered'; readonly shareIds: readonly number[] }
  /** A block found here was taken (or not) by the node or pool. */
  | { readonly type: 'block'; readonly shareId: number; readonly accepted: boolean; readonly text?: string }
  | { readonly type: 'notice'; readonly fault: Failure };

export interface WorkSource {
  readonly id: string;
  /** Called once. Events come until `stop` resolves. */
  start(listener: (event: SourceEvent) => void): void;
  /** Sends a share of one of this source's jobs. A stale one is answered by `refused` with code `stale-share`, locally. */
  submit(share: Share): void;
  /** What the devices together do now; the source tells the pool when it matters. */
  setHashrate(hashesPerSecond: number): void;
  proof(): SourceProof;
  /** Waits for pending answers up to `graceMs`, closes channels, then the connection. Idempotent. */
  stop(graceMs: number): Promise<void>;
}
