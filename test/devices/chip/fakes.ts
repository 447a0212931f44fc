/** Works and chains for the chip tests. */

import { writeU32Le } from '../../../core/bitcoin/u32.ts';
import { fromHex, toHex } from '../../../core/bytes.ts';
import type { ChainCommand, ChainEvent } from '../../../core/devices/chip/chain-events.ts';
import type { ChipChain } from '../../../core/devices/chip/chip-chain.ts';
import type { Work } from '../../../core/devices/device.ts';
import { blocks } from './vectors.ts';

/** A target that a difficulty-1 hash does not meet: only 32 zero bits count. */
export const HARD_TARGET = new Uint8Array(32);

let lastId = 0;

export function blockNamed(name: string) {
  const block = blocks.find((each) => each.name === name);
  if (block === undefined) throw new Error(`no block ${name}`);
  return block;
}

/** Work of a block's header with another version and no nonce. */
export function workOf(name: string, version: number, versionMask: number, target = HARD_TARGET): Work {
  const header = fromHex(blockNamed(name).header);
  writeU32Le(header, 0, version);
  writeU32Le(header, 76, 0);
  lastId += 1;
  return { id: lastId, header, versionMask, ntimeRolls: 0, target };
}

export interface Sent {
  readonly atMs: number;
  readonly hex: string;
  readonly baud?: number;
}

/** Plays a chain's clock, answers discovery, and keeps all that it wrote and said. */
export class ChainBench {
  readonly chain: ChipChain;
  readonly sent: Sent[] = [];
  readonly events: ChainEvent[] = [];
  nowMs = 1000;

  constructor(chain: ChipChain) {
    this.chain = chain;
  }

  send(command: ChainCommand): void {
    this.#take(this.chain.send(command, this.nowMs));
  }

  receive(hex: string): void {
    this.#take(this.chain.receive(fromHex(hex), this.nowMs));
  }

  wait(ms: number): void {
    const until = this.nowMs + ms;
    for (let deadline = this.chain.deadline; deadline !== undefined && deadline <= until; deadline = this.chain.deadline) {
      this.nowMs = Math.max(this.nowMs, deadline);
      this.#take(this.chain.tick(this.nowMs));
    }
    this.nowMs = until;
  }

  /** Waits until the chain says `type`. */
  until(type: ChainEvent['type'], limitMs = 60_000): void {
    const from = this.events.length;
    for (const start = this.nowMs; this.nowMs - start < limitMs; this.wait(1)) {
      if (this.events.slice(from).some((event) => event.type === type)) return;
    }
    throw new Error(`no ${type} within ${limitMs} ms; heard ${JSON.stringify(this.events.slice(from))}`);
  }

  /** Discovery answered by chips with these replies. */
  discover(...replies: readonly string[]): void {
    this.send({ type: 'discover' });
    this.wait(100);
    for (const reply of replies) this.receive(reply);
    this.until('discovered');
  }

  of<T extends ChainEvent['type']>(type: T): Extract<ChainEvent, { type: T }>[] {
    return this.events.filter((event) => event.type === type) as Extract<ChainEvent, { type: T }>[];
  }

  #take(events: readonly ChainEvent[]): void {
    for (const event of events) {
      if (event.type === 'write') this.sent.push({ atMs: this.nowMs, hex: toHex(event.bytes) });
      if (event.type === 'host-baud') this.sent.push({ atMs: this.nowMs, hex: '', baud: event.baud });
      this.events.push(event);
    }
  }
}
