/**
 * Moves bytes between a stream and one server machine, and keeps its timer. Whatever goes wrong ends this connection and
 * nothing else. What is written passes a gate, where faults can hold it back or cut it.
 */
import { describe, type Failure, faultOf } from '../errors.ts';
import type { ByteStream, Clock, Log } from '../ports.ts';

/** A machine of `sv2/`, server side. */
export interface ServerMachine<E> {
  readonly deadline: number | undefined;
  readonly isOver: boolean;
  receive(bytes: Uint8Array, now: number, unixSeconds: number): E[];
  tick(now: number): E[];
  outgoing(): Uint8Array;
  release(): void;
}

/** What happens to bytes on their way out: `hold` keeps them for later, `cut` sends a part and ends the stream. */
export type Gate = (bytes: Uint8Array) => 'pass' | 'hold' | { readonly cut: Uint8Array };

/** A peer that reads so slowly is gone: hours of messages. */
const MAX_QUEUED_BYTES = 1 << 22;

export interface ServedStreamOptions<E> {
  readonly stream: ByteStream;
  readonly machine: ServerMachine<E>;
  readonly clock: Clock;
  readonly log: Log;
  readonly gate: Gate;
  readonly onEvent: (event: E) => void;
  /** Called once. */
  readonly onEnd: () => void;
}

export class ServedStream<E> {
  readonly #options: ServedStreamOptions<E>;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #cancelTimer: () => void = () => {};
  #armedFor: number | undefined;
  #ended = false;

  constructor(options: ServedStreamOptions<E>) {
    this.#options = options;
    options.stream.listen({
      onBytes: (bytes) => this.act((now) => options.machine.receive(bytes, now, Math.floor(options.clock.now() / 1000))),
      onEnd: () => this.#end(),
    });
    this.#arm();
  }

  get name(): string {
    return this.#options.stream.name;
  }

  /** Does something with the machine at this moment, then sends what came of it. */
  act(step: (now: number) => readonly E[]): void {
    if (this.#ended) return;
    const { machine, clock, onEvent } = this.#options;
    try {
      for (const event of step(clock.monotonic())) onEvent(event);
      this.flush();
    } catch (error) {
      this.#fail(faultOf(error));
      return;
    }
    if (machine.isOver) this.close();
    else this.#arm();
  }

  /** Writes what waits, as far as the gate lets it. */
  flush(): void {
    const fresh = this.#options.machine.outgoing();
    if (fresh.length > 0) this.#hold(fresh);
    while (this.#held.length > 0 && !this.#ended) {
      const [bytes] = this.#held as [Uint8Array];
      const passage = this.#options.gate(bytes);
      if (passage === 'hold') return;
      this.#held.shift();
      this.#heldBytes -= bytes.length;
      this.#options.stream.write(passage === 'pass' ? bytes : passage.cut);
      if (passage !== 'pass') this.close();
    }
    if (this.#options.stream.queuedBytes > MAX_QUEUED_BYTES) this.#fail({ code: 'peer-too-slow' });
  }

  /** Flushes and closes. Idempotent. */
  close(): void {
    if (this.#ended) return;
    this.#options.stream.close();
    this.#end();
  }

  #hold(bytes: Uint8Array): void {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > MAX_QUEUED_BYTES) this.#fail({ code: 'peer-too-slow' });
  }

  #fail(fault: Failure): void {
    this.#options.log.write('warn', 'practice-connection-ended', { peer: this.name, fault: describe(fault) });
    this.close();
  }

  #arm(): void {
    const { machine, clock } = this.#options;
    const { deadline } = machine;
    if (deadline === this.#armedFor) return;
    this.#cancelTimer();
    this.#armedFor = deadline;
    this.#cancelTimer = () => {};
    if (deadline === undefined) return;
    this.#cancelTimer = clock.after(Math.max(0, deadline - clock.monotonic()), () => {
      this.#armedFor = undefined;
      this.act((now) => machine.tick(now));
    });
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelTimer();
    this.#held = [];
    this.#options.machine.release();
    this.#options.onEnd();
  }
}
