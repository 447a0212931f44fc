/** What a mining connection's client tells its owner: see `mining-client.ts` for when. */
import type { Failure } from '../errors.ts';
import type { ConnectionEvent } from './client-connection.ts';
import type { MiningFromServer } from './codec.ts';
import type { ChannelEvent, MiningChannel } from './mining-channel.ts';

type FromConnection = Exclude<ConnectionEvent<MiningFromServer>, { type: 'message' | 'setup' | 'open' }>;

export type MiningEvent =
  | FromConnection
  | ChannelEvent
  | { readonly type: 'setup'; readonly fixedVersion: boolean; readonly extendedOnly: boolean; readonly roundTripMs: number }
  /** Channels may be opened. `cannot-serve`: the server has no standard channels, and only those were asked for. */
  | { readonly type: 'open'; readonly extensions: ReadonlySet<number> }
  | { readonly type: 'cannot-serve' }
  | { readonly type: 'channel'; readonly requestId: number; readonly channel: MiningChannel; readonly roundTripMs: number }
  | { readonly type: 'channel-refused'; readonly requestId: number; readonly errorCode: string }
  | { readonly type: 'channel-timeout'; readonly requestId: number; readonly timeoutMs: number }
  /** What the server granted cannot be mined; it was told so. */
  | { readonly type: 'channel-unusable'; readonly requestId: number; readonly fault: Failure }
  | { readonly type: 'channel-closed'; readonly channelId: number; readonly reasonCode: string; readonly unanswered: readonly number[] }
  /** Known to the tables, but with no place in this state or for this channel. */
  | { readonly type: 'ignored'; readonly reason: 'no-place' }
  | { readonly type: 'update-refused'; readonly channelId: number; readonly errorCode: string };
