/**
 * Moves bytes and time between a chain of chips and its wires. Waits of the chain's plans begin when their bytes are
 * written, not when they were meant to be: while a plan's write is under way its clock stands still, so a stalled bus can
 * only lengthen the silence that chips need, never shorten it.
 */
import { type AppError, faultOf } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import type { ChainCommand, ChainEvent } from '../chip/chain-events.ts';
import type { ChipChain } from '../chip/chip-chain.ts';
import type { BoardFault } from './board-fault.ts';
import type { BoardWires } from './wires.ts';

export type PumpEvent = Exclude<ChainEvent, { type: 'write' } | { type: 'host-baud' }>;

export interface PumpOptions {
  readonly chain: ChipChain;
  readonly wires: Pick<BoardWires, 'write' | 'setBaud'>;
  readonly clock: Clock;
  onEvent(event: PumpEvent): void;
  /** A write failed; the pump has stopped. */
  onFault(fault: BoardFault): void;
  /** All that was to be written has been. */
  onDrained(): void;
}

export class ChainPump {
  readonly #options: PumpOptions;
  #tail: Promise<void> = Promise.resolve();
  #underWay = 0;
  /** Time that the chain must not see. */
  #stalledMs = 0;
  #stoodStillAt: number | undefined;
  #cancelTick: () => void = () => {};
  #stopped = false;

  constructor(options: PumpOptions) {
    this.#options = options;
  }

  /** Writes that have not gone out yet. */
  get underWay(): number {
    return this.#underWay;
  }

  /** The chain's time. */
  now(): number {
    return this.#stoodStillAt ?? this.#options.clock.monotonic() - this.#stalledMs;
  }

  send(command: ChainCommand): void {
    if (!this.#stopped) this.#play(this.#options.chain.send(command, this.now()));
  }

  receive(bytes: Uint8Array): void {
    if (!this.#stopped && bytes.length > 0) this.#play(this.#options.chain.receive(bytes, this.now()));
  }

  /** Calls back when all that was said so far is written out; never after `stop`. */
  whenWritten(callback: () => void): void {
    void this.#tail.then(() => {
      if (!this.#stopped) callback();
    });
  }

  /** Nothing more is written or heard. */
  stop(): void {
    this.#stopped = true;
    this.#cancelTick();
  }

  #play(events: readonly ChainEvent[]): void {
    for (const event of events) {
      if (this.#stopped) return;
      if (event.type === 'write') this.#queue(() => this.#options.wires.write(event.bytes));
      else if (event.type === 'host-baud') this.#queue(() => this.#options.wires.setBaud(event.baud));
      else this.#options.onEvent(event);
    }
    this.#arm();
  }

  #queue(act: () => Promise<void>): void {
    this.#underWay += 1;
    if (!this.#options.chain.takesWork) this.#stoodStillAt ??= this.now();
    this.#tail = this.#tail
      .then(() => (this.#stopped ? undefined : act()))
      .then(
        () => this.#written(),
        (error: unknown) => this.#failed(error),
      );
  }

  #written(): void {
    this.#underWay -= 1;
    if (this.#underWay > 0 || this.#stopped) return;
    if (this.#stoodStillAt !== undefined) this.#stalledMs = this.#options.clock.monotonic() - this.#stoodStillAt;
    this.#stoodStillAt = undefined;
    this.#arm();
    this.#options.onDrained();
  }

  #failed(error: unknown): void {
    if (this.#stopped) return;
    this.stop();
    this.#options.onFault(faultOf(error as AppError) as BoardFault);
  }

  #arm(): void {
    this.#cancelTick();
    const { deadline } = this.#options.chain;
    if (this.#stopped || deadline === undefined || this.#stoodStillAt !== undefined) return;
    this.#cancelTick = this.#options.clock.after(deadline - this.now(), () => this.#play(this.#options.chain.tick(this.now())));
  }
}
