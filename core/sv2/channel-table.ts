/**
 * The channels of one connection and their groups (specification 5.2.3; MIN-8 … MIN-11, MIN-13, SEC-9): ids are unique and
 * never double as group ids; a message for a group id reaches every member.
 */
import { broken } from './broken.ts';
import type { MiningChannel } from './mining-channel.ts';

export class ChannelTable {
  readonly #channels = new Map<number, MiningChannel>();

  get all(): ReadonlyMap<number, MiningChannel> {
    return this.#channels;
  }

  get(channelId: number): MiningChannel | undefined {
    return this.#channels.get(channelId);
  }

  /** @throws PeerError when an id is taken, or the group has another extranonce length */
  add(channel: MiningChannel): void {
    const { id, groupId } = channel;
    if (this.#channels.has(id) || this.#isGroup(id) || id === groupId) throw broken('channel-id-not-unique', { channelId: id });
    if (groupId !== undefined) this.#checkGroup(groupId, [channel]);
    this.#channels.set(id, channel);
  }

  delete(channelId: number): void {
    this.#channels.delete(channelId);
  }

  /** The channel of this id, or all members of the group of this id; empty when there is neither. */
  addressed(id: number): readonly MiningChannel[] {
    const channel = this.#channels.get(id);
    return channel === undefined ? this.#members(id) : [channel];
  }

  /** Moves channels into a group; ids of no channel are passed over. False when none was known. @throws PeerError as `add` */
  setGroup(groupId: number, channelIds: readonly number[]): boolean {
    const moved = channelIds.map((id) => this.#channels.get(id)).filter((channel) => channel !== undefined);
    if (moved.length === 0) return false;
    this.#checkGroup(groupId, moved);
    for (const channel of moved) channel.groupId = groupId;
    return true;
  }

  #checkGroup(groupId: number, joining: readonly MiningChannel[]): void {
    if (this.#channels.has(groupId)) throw broken('group-id-is-a-channel-id', { groupId });
    const lengths = new Set([...this.#members(groupId), ...joining].map((channel) => channel.fullExtranonceBytes));
    if (lengths.size > 1) throw broken('group-of-unequal-extranonce-lengths', { groupId });
  }

  #isGroup(id: number): boolean {
    for (const channel of this.#channels.values()) if (channel.groupId === id) return true;
    return false;
  }

  #members(groupId: number): MiningChannel[] {
    return Array.from(this.#channels.values()).filter((channel) => channel.groupId === groupId);
  }
}
