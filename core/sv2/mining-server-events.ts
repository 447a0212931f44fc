/** What a mining server asks its owner, and what it tells: types only. */
import type { Failure } from '../errors.ts';
import type { ChannelKind } from './server-channel.ts';
import type { SetupMessage } from './server-connection.ts';
import type { MiningTemplate } from './server-job.ts';

export interface ChannelRequest {
  readonly kind: ChannelKind;
  readonly userIdentity: string;
  /** Hashes a second, as the client says; finite and not negative. */
  readonly nominalHashRate: number;
}

/** Who may mine, and what the coinbase of their jobs pays. */
export type Admission = { readonly ok: true; readonly payoutScript: Uint8Array } | { readonly ok: false; readonly errorCode: string };

export interface AcceptedShare {
  readonly channelId: number;
  readonly sequenceNumber: number;
  readonly jobId: number;
  readonly userIdentity: string;
  /** Negotiated extension 0x0002: the bytes of the worker's name as they came. */
  readonly worker?: Uint8Array;
  /** 32 bytes, wire order. */
  readonly hash: Uint8Array;
  /** Asked for by the job. */
  readonly difficulty: number;
  /** Reached by the hash. */
  readonly reached: number;
  readonly isBlock: boolean;
}

/** A share that is a block, and what is needed to build the rest of it. */
export interface FoundBlock {
  readonly template: MiningTemplate;
  /** 80 bytes. */
  readonly header: Uint8Array;
  /** Serialised without witness. */
  readonly coinbase: Uint8Array;
  /** 32 bytes, wire order. */
  readonly hash: Uint8Array;
  readonly userIdentity: string;
}

export interface RefusedShare {
  readonly channelId: number;
  readonly sequenceNumber: number;
  readonly errorCode: string;
}

export type MiningServerEvent =
  | { readonly type: 'setup'; readonly setup: SetupMessage }
  | { readonly type: 'channel-opened'; readonly channelId: number; readonly request: ChannelRequest }
  | { readonly type: 'channel-refused'; readonly request: ChannelRequest; readonly errorCode: string }
  | { readonly type: 'channel-closed'; readonly channelId: number }
  | { readonly type: 'share-accepted'; readonly share: AcceptedShare }
  | { readonly type: 'share-refused'; readonly refused: RefusedShare }
  /** Comes before the `share-accepted` of the same share. */
  | { readonly type: 'block'; readonly block: FoundBlock }
  /** The last one. */
  | { readonly type: 'ended'; readonly fault: Failure };
