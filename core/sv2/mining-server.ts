/**
 * The mining protocol, server side, for one connection (specification 5; POOL-1 … POOL-15, COM-8, COM-16, EXT-10, SEC-7,
 * SEC-25, SEC-36). Bytes, templates and the time go in; bytes and events come out. Custom jobs are refused.
 */
import { joinCoinbase } from '../bitcoin/coinbase.ts';
import { difficultyOf } from '../bitcoin/target.ts';
import { EMPTY } from '../bytes.ts';
import { AppError } from '../errors.ts';
import type { KeyPair } from '../noise/key-pair.ts';
import type { Random } from '../ports.ts';
import type { MessageOf } from '../wire/message.ts';
import { type MiningFromClient, type MiningFromServer, miningServerCodec } from './codec.ts';
import { setupFlags } from './messages/common.ts';
import { extensionIds } from './messages/extensions.ts';
import type { UpdateChannel } from './messages/mining.ts';
import { type MiningPolicy, miningSetup } from './mining-policy.ts';
import type { Admission, ChannelRequest, MiningServerEvent } from './mining-server-events.ts';
import { openError, rateOrTargetError } from './open-channel-rules.ts';
import type { JudgedShare, ServerChannel } from './server-channel.ts';
import { type MiningServerCommons, ServerChannels } from './server-channels.ts';
import { type OwnMessage, ServerConnection, type ServerConnectionEvent } from './server-connection.ts';
import type { MiningTemplate } from './server-job.ts';
import { readUserIdentity, type UserIdentity } from './tlv.ts';

export interface MiningServerOptions {
  readonly commons: MiningServerCommons;
  readonly policy: MiningPolicy;
  readonly template: MiningTemplate;
  readonly random: Random;
  readonly staticKeyPair: KeyPair;
  /** 74 bytes. */
  readonly certificate: Uint8Array;
  readonly admit: (request: ChannelRequest) => Admission;
  /** Refuses a share that is good otherwise (but never a block), by its error code; undefined takes it. */
  readonly veto?: (channelId: number) => string | undefined;
  /** Monotonic milliseconds. */
  readonly now: number;
}

type Message = OwnMessage<MiningFromClient>;
type OpenMessage = Extract<Message, { name: 'OpenStandardMiningChannel' | 'OpenExtendedMiningChannel' }>;
type SubmitMessage = Extract<Message, { name: 'SubmitSharesStandard' | 'SubmitSharesExtended' }>;
type GoodShare = Extract<JudgedShare, { ok: true }>;

/** When and in whose events something happens. */
interface Moment {
  readonly now: number;
  readonly unixSeconds: number;
  readonly events: MiningServerEvent[];
}

const ABSENT: UserIdentity = { kind: 'absent' };

export class MiningServer {
  readonly channels: ServerChannels;
  readonly #options: MiningServerOptions;
  readonly #connection: ServerConnection<MiningFromClient, MiningFromServer>;
  /** Since then the connection has had no channel; undefined before setup and while it has one. */
  #idleSince: number | undefined;

  constructor(options: MiningServerOptions) {
    const { policy } = options;
    this.#options = options;
    const setup = miningSetup(policy);
    this.#connection = new ServerConnection({ ...options, codec: miningServerCodec, setup, extensions: policy.extensions });
    this.channels = new ServerChannels({ ...options, send: (message) => this.#send(message) });
  }

  /** Monotonic milliseconds by which `tick` is to be called; undefined = nothing is awaited. */
  get deadline(): number | undefined {
    if (this.isOver) return undefined;
    const idle = this.#idleSince === undefined ? Number.POSITIVE_INFINITY : this.#idleSince + this.#options.policy.channelTimeoutMs;
    const earliest = Math.min(this.#connection.deadline ?? Number.POSITIVE_INFINITY, this.channels.deadline, idle);
    return earliest === Number.POSITIVE_INFINITY ? undefined : earliest;
  }

  /** After `ended`: flush `outgoing`, then close the stream. */
  get isOver(): boolean {
    return this.#connection.isOver;
  }

  get bytesIn(): number {
    return this.#connection.bytesIn;
  }

  get bytesOut(): number {
    return this.#connection.bytesOut;
  }

  /** Bytes for the stream since the last call. */
  outgoing(): Uint8Array {
    return this.#connection.outgoing();
  }

  /** Takes bytes cut anywhere. @param unixSeconds the wall clock, for the upper bound of ntime */
  receive(bytes: Uint8Array, now: number, unixSeconds: number): MiningServerEvent[] {
    const moment: Moment = { now, unixSeconds, events: [] };
    for (const event of this.#connection.receive(bytes, now, unixSeconds)) this.#onEvent(event, moment);
    return moment.events;
  }

  tick(now: number): MiningServerEvent[] {
    const moment: Moment = { now, unixSeconds: 0, events: [] };
    for (const event of this.#connection.tick(now)) this.#onEvent(event, moment);
    if (this.#idleSince !== undefined && now >= this.#idleSince + this.#options.policy.channelTimeoutMs) {
      this.#onEvent(this.#connection.end({ code: 'no-channel-opened' }), moment);
    }
    this.channels.tick(now);
    return moment.events;
  }

  /** New work for every channel. */
  setTemplate(template: MiningTemplate): void {
    this.channels.setTemplate(template);
  }

  /** Asks the client to connect elsewhere: '' and 0 mean the same host and port (COM-14). */
  reconnect(newHost: string, newPort: number): void {
    this.#send({ name: 'Reconnect', newHost, newPort });
  }

  /** Ends a channel from this side. */
  closeChannel(channelId: number, reasonCode: string, now: number): MiningServerEvent[] {
    const channel = this.channels.get(channelId);
    if (channel === undefined) return [];
    this.channels.sendAck(channel, channel.acks.flush());
    this.#send({ name: 'CloseChannel', channelId, reasonCode });
    return [this.#forget(channel, now)];
  }

  /** The stream is gone, or shall be: frees what the connection held. Idempotent. */
  release(): void {
    if (!this.isOver) this.#connection.end({ code: 'released' });
    for (const channel of [...this.channels]) this.channels.forget(channel);
    this.#idleSince = undefined;
  }

  #onEvent(event: ServerConnectionEvent<MiningFromClient>, moment: Moment): void {
    if (event.type === 'message') return this.#guarded(moment, () => this.#onMessage(event.message, event.tlvs, moment));
    moment.events.push(event);
    if (event.type === 'ended') return this.release();
    this.channels.standardJobsOnly = (event.setup.flags & setupFlags.requiresStandardJobs) !== 0;
    this.#idleSince = moment.now;
  }

  /** A rule broken in a message ends this connection and nothing else. */
  #guarded(moment: Moment, step: () => void): void {
    if (this.isOver) return;
    try {
      step();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#onEvent(this.#connection.end(error.fault), moment);
    }
  }

  #onMessage(message: Message, tlvs: Uint8Array, moment: Moment): void {
    switch (message.name) {
      case 'OpenStandardMiningChannel':
      case 'OpenExtendedMiningChannel':
        return this.#onOpen(message, moment);
      case 'UpdateChannel':
        return this.#onUpdate(message, moment.now);
      case 'CloseChannel':
        return this.#onClose(message.channelId, moment);
      case 'SubmitSharesStandard':
      case 'SubmitSharesExtended':
        return this.#onSubmit(message, this.#workerOf(tlvs), moment);
      case 'SetCustomMiningJob':
        return this.#onCustomJob(message.channelId, message.requestId);
      default:
        return message satisfies never;
    }
  }

  #onOpen(message: OpenMessage, { now, events }: Moment): void {
    const { requestId, userIdentity, nominalHashRate, maxTarget } = message;
    const kind = message.name === 'OpenStandardMiningChannel' ? 'standard' : 'extended';
    const request: ChannelRequest = { kind, userIdentity, nominalHashRate };
    const { policy, admit } = this.#options;
    const wrong = openError(message, { policy, standardJobsOnly: this.channels.standardJobsOnly, channels: this.channels.size });
    const admission: Admission = wrong === undefined ? admit(request) : { ok: false, errorCode: wrong };
    if (!admission.ok) {
      this.#send({ name: 'OpenMiningChannelError', requestId, errorCode: admission.errorCode });
      events.push({ type: 'channel-refused', request, errorCode: admission.errorCode });
      return;
    }
    const { id } = this.channels.open({ requestId, request, payoutScript: admission.payoutScript, maxTarget, now });
    this.#idleSince = undefined;
    events.push({ type: 'channel-opened', channelId: id, request });
  }

  /** POOL-6: nothing is said when the new limits need no new target. */
  #onUpdate({ channelId, nominalHashRate, maximumTarget }: MessageOf<typeof UpdateChannel>, now: number): void {
    const channel = this.channels.get(channelId);
    if (channel === undefined) return this.#send({ name: 'UpdateChannelError', channelId, errorCode: 'invalid-channel-id' });
    const errorCode = rateOrTargetError(nominalHashRate, maximumTarget);
    if (errorCode !== undefined) return this.#send({ name: 'UpdateChannelError', channelId, errorCode });
    if (channel.update(nominalHashRate, maximumTarget, now)) this.channels.retarget(channel);
  }

  /** A group id closes every member (POOL-7). */
  #onClose(id: number, { now, events }: Moment): void {
    const closing = this.channels.named(id);
    if (closing.length === 0) return this.#connection.countIgnored(now);
    for (const channel of closing) events.push(this.#forget(channel, now));
  }

  #forget(channel: ServerChannel, now: number): MiningServerEvent {
    this.channels.forget(channel);
    if (this.channels.size === 0) this.#idleSince = now;
    return { type: 'channel-closed', channelId: channel.id };
  }

  /** POOL-11: there is no declarator behind this server. */
  #onCustomJob(channelId: number, requestId: number): void {
    this.#send({ name: 'SetCustomMiningJobError', channelId, requestId, errorCode: 'jd-not-supported' });
  }

  #workerOf(tlvs: Uint8Array): UserIdentity {
    return this.#connection.extensions.has(extensionIds.workerHashrate) ? readUserIdentity(tlvs) : ABSENT;
  }

  #onSubmit(message: SubmitMessage, worker: UserIdentity, moment: Moment): void {
    const { channelId, sequenceNumber } = message;
    const channel = this.channels.get(channelId);
    if (channel === undefined) return this.#refuse(channelId, sequenceNumber, 'invalid-channel-id', moment);
    const judged = this.#judge(channel, message, worker, moment.unixSeconds);
    if (judged.ok) this.#accept(channel, message, judged, worker, moment);
    else this.#refuse(channelId, sequenceNumber, judged.errorCode, moment);
  }

  #refuse(channelId: number, sequenceNumber: number, errorCode: string, { events }: Moment): void {
    this.#send({ name: 'SubmitSharesError', channelId, sequenceNumber, errorCode });
    events.push({ type: 'share-refused', refused: { channelId, sequenceNumber, errorCode } });
  }

  #judge(channel: ServerChannel, message: SubmitMessage, worker: UserIdentity, unixSeconds: number): JudgedShare {
    if ((message.name === 'SubmitSharesStandard') !== (channel.kind === 'standard')) return refusal('wrong-channel-kind'); // POOL-14
    if (worker.kind === 'too-long') return refusal('user-identity-too-long'); // EXT-8
    const judged = channel.submit(message.jobId, { ...message, extranonce: extranonceOf(message) }, unixSeconds);
    if (!judged.ok || judged.isBlock) return judged;
    const veto = this.#options.veto?.(channel.id);
    return veto === undefined ? judged : refusal(veto);
  }

  #accept(channel: ServerChannel, message: SubmitMessage, judged: GoodShare, worker: UserIdentity, { now, events }: Moment): void {
    const { job, header, hash, isBlock } = judged;
    const { id: channelId, userIdentity } = channel;
    const { sequenceNumber, jobId } = message;
    if (isBlock) {
      const coinbase = joinCoinbase(job.coinbase, job.extranoncePrefix, extranonceOf(message));
      events.push({ type: 'block', block: { template: job.template, header, coinbase, hash, userIdentity } });
    }
    const by = worker.kind === 'present' ? { worker: worker.bytes } : {};
    const { difficulty } = job;
    const reached = difficultyOf(hash);
    events.push({
      type: 'share-accepted',
      share: { channelId, sequenceNumber, jobId, userIdentity, ...by, hash, difficulty, reached, isBlock },
    });
    channel.acks.accept(sequenceNumber, difficulty, now);
    this.channels.sendAck(channel, isBlock ? channel.acks.flush() : channel.acks.due(now));
    if (channel.vardiff.accepted(job.hashesPerShare, now)) this.channels.retarget(channel);
  }

  #send(message: MiningFromServer): void {
    if (this.#connection.isOpen) this.#connection.send(message);
  }
}

function extranonceOf(message: SubmitMessage): Uint8Array {
  return message.name === 'SubmitSharesExtended' ? message.extranonce : EMPTY;
}

function refusal(errorCode: string): JudgedShare {
  return { ok: false, errorCode };
}
