/**
 * All channels of one connection of a mining server, and who gets which job: the first job and tip of a channel go to
 * the channel, later ones to it or to its group (specification 5.2; POOL-2, POOL-4, POOL-5, POOL-7, POOL-13, POOL-15).
 */
import { equal, toHex } from '../bytes.ts';
import type { Random } from '../ports.ts';
import type { MiningFromServer } from './codec.ts';
import { type ExtranoncePrefixes, extranoncePrefixes } from './extranonce-prefixes.ts';
import type { MiningPolicy } from './mining-policy.ts';
import type { ChannelRequest } from './mining-server-events.ts';
import { ServerChannel } from './server-channel.ts';
import type { MiningTemplate } from './server-job.ts';
import { announceJob, announcePrevHash } from './server-job-messages.ts';
import type { ShareAck } from './share-acks.ts';

/** What the connections of one server have in common, so that no two channels ever search the same space. */
export interface MiningServerCommons {
  readonly prefixes: ExtranoncePrefixes;
  /** Grows by one: ids of channels, groups and jobs are unique together. */
  nextId(): number;
}

export function miningServerCommons(random: Random): MiningServerCommons {
  let id = 0;
  const nextId = () => {
    id = (id + 1) >>> 0 || 1;
    return id;
  };
  return { prefixes: extranoncePrefixes(random), nextId };
}

export interface ServerChannelsOptions {
  readonly commons: MiningServerCommons;
  readonly policy: MiningPolicy;
  readonly template: MiningTemplate;
  /** Drops the message when the connection is over. */
  readonly send: (message: MiningFromServer) => void;
}

export interface OpenOrder {
  readonly requestId: number;
  readonly request: ChannelRequest;
  readonly payoutScript: Uint8Array;
  readonly maxTarget: Uint8Array;
  readonly now: number;
}

export class ServerChannels {
  /** REQUIRES_STANDARD_JOBS: no groups, no extended jobs on this connection (POOL-13). */
  standardJobsOnly = false;
  readonly #options: ServerChannelsOptions;
  readonly #channels = new Map<number, ServerChannel>();
  /** Payout script in hex → group: its members share one coinbase. */
  readonly #groups = new Map<string, number>();
  #template: MiningTemplate;

  constructor(options: ServerChannelsOptions) {
    this.#options = options;
    this.#template = options.template;
  }

  get size(): number {
    return this.#channels.size;
  }

  get(channelId: number): ServerChannel | undefined {
    return this.#channels.get(channelId);
  }

  [Symbol.iterator](): IterableIterator<ServerChannel> {
    return this.#channels.values();
  }

  /** The channel and all members of the group with this id. */
  named(id: number): ServerChannel[] {
    return [...this.#channels.values()].filter((channel) => channel.id === id || channel.groupId === id);
  }

  get deadline(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const { acks, vardiff } of this) earliest = Math.min(earliest, acks.deadline, vardiff.deadline);
    return earliest;
  }

  tick(now: number): void {
    for (const channel of this) {
      this.sendAck(channel, channel.acks.due(now));
      if (channel.vardiff.tick(now)) this.retarget(channel);
    }
  }

  /** Says Success, then the first job and tip, all to the channel itself. */
  open({ requestId, request, payoutScript, maxTarget, now }: OpenOrder): ServerChannel {
    const { commons, policy } = this.#options;
    const channel = new ServerChannel({
      ...request,
      id: commons.nextId(),
      groupId: this.#groupOf(payoutScript),
      payoutScript,
      prefix: commons.prefixes.take(),
      maxTarget,
      template: this.#template,
      policy,
      now,
    });
    this.#channels.set(channel.id, channel);
    this.#sendOpened(channel, requestId);
    this.#work(channel, true);
    return channel;
  }

  /** Stops serving it (POOL-7). */
  forget(channel: ServerChannel): void {
    if (this.#channels.delete(channel.id)) this.#options.commons.prefixes.give(channel.allottedPrefix);
  }

  /** New work for all: another tip is told by SetNewPrevHash, the same one by an active job. */
  setTemplate(template: MiningTemplate): void {
    const newTip = !equal(template.prevHash, this.#template.prevHash);
    this.#template = template;
    if (newTip) for (const channel of this) if (channel.beginTip(template)) this.#sendTarget(channel);
    if (this.#options.policy.addressing === 'channel' || this.standardJobsOnly) for (const channel of this) this.#work(channel, newTip);
    else for (const groupId of this.#groups.values()) this.#workForGroup(groupId, newTip);
  }

  /** Another extranonce prefix, and a job that uses it. */
  changePrefix(channel: ServerChannel): void {
    const { prefixes } = this.#options.commons;
    prefixes.give(channel.changePrefix(prefixes.take()));
    this.#options.send({ name: 'SetExtranoncePrefix', channelId: channel.id, extranoncePrefix: channel.extranoncePrefix });
    this.#work(channel, false);
  }

  /** POOL-15: the target goes first, then a job that it governs; jobs already active keep theirs. */
  retarget(channel: ServerChannel): void {
    this.#sendTarget(channel);
    this.#work(channel, false);
  }

  /** Every group gets a new id. Nothing happens where only standard jobs are understood. */
  regroup(): void {
    if (this.standardJobsOnly) return;
    for (const [payout, old] of [...this.#groups]) {
      const groupChannelId = this.#options.commons.nextId();
      this.#groups.set(payout, groupChannelId);
      const members = this.named(old);
      for (const channel of members) channel.groupId = groupChannelId;
      this.#options.send({ name: 'SetGroupChannel', groupChannelId, channelIds: members.map(({ id }) => id) });
    }
  }

  sendAck({ id: channelId }: ServerChannel, ack: ShareAck | undefined): void {
    if (ack !== undefined) this.#options.send({ name: 'SubmitSharesSuccess', channelId, ...ack });
  }

  #groupOf(payoutScript: Uint8Array): number {
    const payout = toHex(payoutScript);
    const known = this.#groups.get(payout);
    if (known !== undefined) return known;
    const groupId = this.#options.commons.nextId();
    this.#groups.set(payout, groupId);
    return groupId;
  }

  #sendOpened(channel: ServerChannel, requestId: number): void {
    const { id: channelId, target, extranoncePrefix, extranonceSize, groupId: groupChannelId } = channel;
    const common = { requestId, channelId, target, extranoncePrefix, groupChannelId };
    if (channel.kind === 'standard') this.#options.send({ name: 'OpenStandardMiningChannelSuccess', ...common });
    else this.#options.send({ name: 'OpenExtendedMiningChannelSuccess', ...common, extranonceSize });
  }

  #sendTarget({ id: channelId, target: maximumTarget }: ServerChannel): void {
    this.#options.send({ name: 'SetTarget', channelId, maximumTarget });
  }

  /** POOL-4, POOL-5: a new tip is a future job first, then SetNewPrevHash that names it. */
  #work(channel: ServerChannel, newTip: boolean): void {
    const job = channel.addJob(this.#options.commons.nextId(), this.#template);
    this.#options.send(announceJob(channel.id, job, newTip ? 'future' : 'now'));
    if (newTip) this.#options.send(announcePrevHash(channel.id, job));
  }

  /** One job for all members; each remembers it with its own prefix and target. */
  #workForGroup(groupId: number, newTip: boolean): void {
    const jobId = this.#options.commons.nextId();
    const [job] = this.named(groupId).map((channel) => channel.addJob(jobId, this.#template));
    if (job === undefined) return;
    this.#options.send(announceJob(groupId, { ...job, merkleRoot: undefined }, newTip ? 'future' : 'now'));
    if (newTip) this.#options.send(announcePrevHash(groupId, job));
  }
}
