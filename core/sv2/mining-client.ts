/**
 * The client of a mining connection (specification 5.3): opens channels, routes messages to them by channel or group id,
 * sends shares. Sans I/O, like the connection below it; one instance is one connection. Obeys MIN-1, MIN-8 … MIN-15, MIN-29,
 * COM-7, COM-9, COM-15, COM-19, EXT-10, SEC-7 … SEC-10, SEC-18, SEC-35.
 */
import { faultOf } from '../errors.ts';
import type { Random } from '../ports.ts';
import type { MessageOf } from '../wire/message.ts';
import { broken } from './broken.ts';
import { ChannelTable } from './channel-table.ts';
import { ClientConnection, type ConnectionEvent, type Own } from './client-connection.ts';
import { type MiningFromClient, type MiningFromServer, miningClientCodec } from './codec.ts';
import type { ExtensionWishes } from './extension-negotiation.ts';
import { setupFlags, setupSuccessFlags } from './messages/common.ts';
import { extensionIds } from './messages/extensions.ts';
import type { NewExtendedMiningJob, SetGroupChannel } from './messages/mining.ts';
import { type ChannelWishes, MiningChannel, type OpenSuccess } from './mining-channel.ts';
import type { MiningEvent } from './mining-event.ts';
import type { MiningJob, NotSent, Submission } from './mining-job.ts';
import { printableCode } from './printable.ts';
import { encodeUserIdentity } from './tlv.ts';

/** Every request is timed (rule 6 of 13.4). */
export const OPEN_TIMEOUT_MS = 10_000;
/** MIN-21: the old job is probably stale, so the server has this long to name a new one. */
export const ORPHAN_TIMEOUT_MS = 5_000;
/** MIN-14: at most once a second. */
export const UPDATE_INTERVAL_MS = 1_000;
const MOST_HASH_RATE = 3.4e38; // F32

export interface MiningClientOptions {
  readonly random: Random;
  /** 32 bytes. */
  readonly authorityKey?: Uint8Array;
  /** `standard` sets REQUIRES_STANDARD_JOBS: only merkle roots come, no coinbases. */
  readonly channels: 'standard' | 'extended';
  readonly requiresVersionRolling?: boolean;
  readonly endpointHost: string;
  readonly endpointPort: number;
  readonly vendor: string;
  readonly hardwareVersion: string;
  readonly firmware: string;
  readonly extensions: ExtensionWishes;
  /** Monotonic milliseconds. */
  readonly now: number;
}

interface OpenRequest {
  readonly wishes: ChannelWishes;
  readonly sentAt: number;
}

type OwnMessage = Own<MiningFromServer>;
type ForChannels = Exclude<
  OwnMessage,
  | OpenSuccess
  | {
      readonly name:
        | 'OpenMiningChannelError'
        | 'SetGroupChannel'
        | 'CloseChannel'
        | 'SetCustomMiningJobSuccess'
        | 'SetCustomMiningJobError';
    }
>;

export class MiningClient {
  readonly #connection: ClientConnection<MiningFromServer, MiningFromClient>;
  readonly #kind: 'standard' | 'extended';
  readonly #table = new ChannelTable();
  readonly #requests = new Map<number, OpenRequest>();
  readonly #orphanedAt = new Map<number, number>();
  readonly #updatedAt = new Map<number, number>();
  #fixedVersion = false;
  #extendedOnly = false;
  #requestId = 0;
  #serial = 0;

  constructor(options: MiningClientOptions) {
    const { channels, requiresVersionRolling, endpointHost, endpointPort, vendor, hardwareVersion, firmware, ...rest } = options;
    this.#kind = channels;
    const flags =
      (channels === 'standard' ? setupFlags.requiresStandardJobs : 0) | (requiresVersionRolling ? setupFlags.requiresVersionRolling : 0);
    const setup = { protocol: 'mining', flags, endpointHost, endpointPort, vendor, hardwareVersion, firmware } as const;
    this.#connection = new ClientConnection({ codec: miningClientCodec, setup, ...rest });
  }

  /** What must be done by this monotonic moment is done by `tick`. */
  get deadline(): number | undefined {
    const all = [
      this.#connection.deadline,
      ...Array.from(this.#requests.values(), ({ sentAt }) => sentAt + OPEN_TIMEOUT_MS),
      ...Array.from(this.#orphanedAt.values(), (at) => at + ORPHAN_TIMEOUT_MS),
    ].filter((at) => at !== undefined);
    return all.length === 0 ? undefined : Math.min(...all);
  }

  get bytesIn(): number {
    return this.#connection.bytesIn;
  }

  get bytesOut(): number {
    return this.#connection.bytesOut;
  }

  get channels(): ReadonlyMap<number, MiningChannel> {
    return this.#table.all;
  }

  outgoing(): Uint8Array {
    return this.#connection.outgoing();
  }

  /** @throws PeerError when the connection is over */
  receive(bytes: Uint8Array, now: number, unixSeconds: number): MiningEvent[] {
    return this.#connection.receive(bytes, now, unixSeconds).flatMap((event) => this.#onConnection(event, now));
  }

  /** @throws PeerError when the server let a deadline pass */
  tick(now: number): MiningEvent[] {
    const events = this.#connection.tick(now).flatMap((event) => this.#onConnection(event, now));
    for (const at of this.#orphanedAt.values()) if (now >= at + ORPHAN_TIMEOUT_MS) throw broken('prevhash-without-job');
    for (const [requestId, { sentAt }] of this.#requests) {
      if (now < sentAt + OPEN_TIMEOUT_MS) continue;
      this.#requests.delete(requestId);
      events.push({ type: 'channel-timeout', requestId, timeoutMs: OPEN_TIMEOUT_MS });
    }
    return events;
  }

  /** Asks for a channel of the connection's kind; the answer comes with the returned request id. Only after `open`. */
  openChannel(wishes: ChannelWishes, now: number): number {
    this.#requestId += 1;
    const requestId = this.#requestId;
    const { userIdentity, maxTarget, minExtranonceSize } = wishes;
    const fields = { requestId, userIdentity, nominalHashRate: sendable(wishes.nominalHashRate), maxTarget };
    this.#requests.set(requestId, { wishes, sentAt: now });
    this.#connection.send(
      this.#kind === 'standard'
        ? { name: 'OpenStandardMiningChannel', ...fields }
        : { name: 'OpenExtendedMiningChannel', ...fields, minExtranonceSize },
    );
    return requestId;
  }

  /** Tells the server a new speed; false when the last time was less than a second ago, or the channel is gone. */
  updateChannel(channelId: number, nominalHashRate: number, now: number): boolean {
    const channel = this.#table.get(channelId);
    const last = this.#updatedAt.get(channelId);
    if (channel === undefined || (last !== undefined && now < last + UPDATE_INTERVAL_MS)) return false;
    this.#updatedAt.set(channelId, now);
    this.#connection.send({
      name: 'UpdateChannel',
      channelId,
      nominalHashRate: sendable(nominalHashRate),
      maximumTarget: channel.maxTarget,
    });
    return true;
  }

  /**
   * Sends a share, or says why not; `unanswered` names a share that was given up for it.
   * @param worker named in the share where extension 0x0002 is negotiated (EXT-10)
   */
  submit(job: MiningJob, share: Submission, worker: string, now: number): NotSent | { readonly unanswered: number | undefined } {
    const channel = this.#table.get(job.channelId);
    if (channel === undefined) return 'stale-share';
    const result = channel.submit(job, share, now);
    if (typeof result === 'string') return result;
    const named = channel.kind === 'extended' && this.#connection.extensions.has(extensionIds.workerHashrate);
    this.#connection.send(result.message, named ? encodeUserIdentity(worker) : undefined);
    return { unanswered: result.givenUp };
  }

  /** Ends a channel of ours (MIN-13); gives the shares that stay without an answer. */
  closeChannel(channelId: number, reasonCode: string): number[] {
    if (this.#table.get(channelId) === undefined) return [];
    this.#connection.send({ name: 'CloseChannel', channelId, reasonCode });
    return this.#forget(channelId);
  }

  #onConnection(event: ConnectionEvent<MiningFromServer>, now: number): MiningEvent[] {
    switch (event.type) {
      case 'message':
        return this.#onMessage(event.message, now) ?? this.#ignored(now);
      case 'setup':
        return [this.#onSetup(event.flags, event.roundTripMs)];
      case 'open':
        return [this.#extendedOnly && this.#kind === 'standard' ? { type: 'cannot-serve' } : event];
      default:
        return [event];
    }
  }

  #onSetup(flags: number, roundTripMs: number): MiningEvent {
    this.#fixedVersion = (flags & setupSuccessFlags.requiresFixedVersion) !== 0;
    this.#extendedOnly = (flags & setupSuccessFlags.requiresExtendedChannels) !== 0;
    return { type: 'setup', fixedVersion: this.#fixedVersion, extendedOnly: this.#extendedOnly, roundTripMs };
  }

  /** What a message leads to; undefined when it has no place here. */
  #onMessage(message: OwnMessage, now: number): MiningEvent[] | undefined {
    switch (message.name) {
      case 'OpenStandardMiningChannelSuccess':
      case 'OpenExtendedMiningChannelSuccess':
        return this.#onOpened(message, now);
      case 'OpenMiningChannelError':
        if (!this.#requests.delete(message.requestId)) return undefined;
        return [{ type: 'channel-refused', requestId: message.requestId, errorCode: printableCode(message.errorCode) }];
      case 'SetGroupChannel':
        return this.#onSetGroupChannel(message);
      case 'CloseChannel':
        return this.#onClosed(message.channelId, message.reasonCode);
      case 'SetCustomMiningJobSuccess':
      case 'SetCustomMiningJobError':
        return undefined; // never asked for on such a connection
      default:
        return this.#onChannelMessage(message, now);
    }
  }

  #onChannelMessage(message: ForChannels, now: number): MiningEvent[] | undefined {
    // MIN-11: these three (and CloseChannel) may name a group …
    switch (message.name) {
      case 'NewExtendedMiningJob':
        return this.#onExtendedJob(message, now);
      case 'SetNewPrevHash':
        return this.#forEach(message.channelId, (channel) => this.#noteOrphan(channel, channel.onSetNewPrevHash(message, now), now));
      case 'SetTarget':
        return this.#forEach(message.channelId, (channel) => channel.onSetTarget(message.maximumTarget));
    }
    // … and these never.
    const channel = this.#table.get(message.channelId);
    if (channel === undefined) return undefined;
    switch (message.name) {
      case 'NewMiningJob':
        return channel.kind === 'standard' ? this.#noteOrphan(channel, channel.onNewMiningJob(message, now), now) : undefined;
      case 'SetExtranoncePrefix':
        return this.#onExtranoncePrefix(channel, message.extranoncePrefix);
      case 'SubmitSharesSuccess':
        return channel.onSubmitSharesSuccess(message);
      case 'SubmitSharesError':
        return channel.onSubmitSharesError(message);
      case 'UpdateChannelError':
        return [{ type: 'update-refused', channelId: channel.id, errorCode: printableCode(message.errorCode) }];
    }
  }

  /** MIN-29: on its own only for extended channels; through a group also for the standard ones in it. */
  #onExtendedJob(message: MessageOf<typeof NewExtendedMiningJob>, now: number): MiningEvent[] | undefined {
    if (this.#table.get(message.channelId)?.kind === 'standard') return undefined;
    return this.#forEach(message.channelId, (channel) => this.#noteOrphan(channel, channel.onNewExtendedMiningJob(message, now), now));
  }

  #forEach(id: number, act: (channel: MiningChannel) => MiningEvent[] | undefined): MiningEvent[] | undefined {
    const channels = this.#table.addressed(id);
    const results = channels.map(act).filter((events) => events !== undefined);
    return results.length === 0 ? undefined : results.flat();
  }

  #noteOrphan(channel: MiningChannel, events: MiningEvent[], now: number): MiningEvent[] {
    if (!channel.orphaned) this.#orphanedAt.delete(channel.id);
    else if (!this.#orphanedAt.has(channel.id)) this.#orphanedAt.set(channel.id, now);
    return events;
  }

  #onExtranoncePrefix(channel: MiningChannel, extranoncePrefix: Uint8Array): MiningEvent[] {
    channel.onSetExtranoncePrefix(extranoncePrefix);
    return [];
  }

  #onOpened(success: OpenSuccess, now: number): MiningEvent[] | undefined {
    const request = this.#requests.get(success.requestId);
    const asked = success.name === 'OpenStandardMiningChannelSuccess' ? 'standard' : 'extended';
    // SEC-8: an answer nobody asked for never makes a channel.
    if (request === undefined || asked !== this.#kind) return undefined;
    this.#requests.delete(success.requestId);
    const channel = this.#channelOf(success, request.wishes);
    if (!(channel instanceof MiningChannel)) return [channel];
    this.#table.add(channel);
    return [{ type: 'channel', requestId: success.requestId, channel, roundTripMs: now - request.sentAt }];
  }

  #channelOf(success: OpenSuccess, wishes: ChannelWishes): MiningChannel | MiningEvent {
    const { requestId, channelId } = success;
    try {
      return new MiningChannel(success, wishes, { fixedVersion: this.#fixedVersion, nextSerial: () => ++this.#serial });
    } catch (error) {
      const fault = faultOf(error);
      this.#connection.send({ name: 'CloseChannel', channelId, reasonCode: 'unusable-channel' });
      return { type: 'channel-unusable', requestId, fault };
    }
  }

  #onSetGroupChannel({ groupChannelId, channelIds }: MessageOf<typeof SetGroupChannel>): MiningEvent[] | undefined {
    return this.#table.setGroup(groupChannelId, channelIds) ? [] : undefined;
  }

  #onClosed(channelId: number, reasonCode: string): MiningEvent[] | undefined {
    return this.#forEach(channelId, (channel) => [
      { type: 'channel-closed', channelId: channel.id, reasonCode: printableCode(reasonCode), unanswered: this.#forget(channel.id) },
    ]);
  }

  #forget(channelId: number): number[] {
    const unanswered = this.#table.get(channelId)?.pending.giveUp() ?? [];
    this.#table.delete(channelId);
    this.#orphanedAt.delete(channelId);
    this.#updatedAt.delete(channelId);
    return unanswered;
  }

  #ignored(now: number): MiningEvent[] {
    this.#connection.countIgnored(now);
    return [{ type: 'ignored', reason: 'no-place' }];
  }
}

/** TYP-11: what cannot be told in single precision is not sent. */
function sendable(hashesPerSecond: number): number {
  return Number.isFinite(hashesPerSecond) && hashesPerSecond > 0 ? Math.min(hashesPerSecond, MOST_HASH_RATE) : 0;
}
