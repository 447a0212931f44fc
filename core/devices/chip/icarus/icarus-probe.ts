/** Asks a port which Icarus device it is, without I/O: write `GOLDEN_JOB`, feed bytes and time, read `result`. */
import { concat, EMPTY } from '../../../bytes.ts';
import { type IcarusKind, kindOfAnswer, PROBE_IDLE_MS, PROBE_MS } from './probe.ts';

/** No device answers with more; what does is something else. */
const MAX_ANSWER_BYTES = 64;

export type ProbeResult = { readonly at: 'waiting' } | { readonly at: 'found'; readonly kind: IcarusKind } | { readonly at: 'nothing' };

export class IcarusProbe {
  #answer: Uint8Array = EMPTY;
  #until: number;
  #result: ProbeResult = { at: 'waiting' };

  /** The golden job was written at `nowMs`. */
  constructor(nowMs: number) {
    this.#until = nowMs + PROBE_MS;
  }

  get result(): ProbeResult {
    return this.#result;
  }

  get deadline(): number | undefined {
    return this.#result.at === 'waiting' ? this.#until : undefined;
  }

  receive(bytes: Uint8Array, nowMs: number): void {
    if (this.#result.at !== 'waiting' || bytes.length === 0) return;
    this.#answer = concat(this.#answer, bytes.subarray(0, MAX_ANSWER_BYTES - this.#answer.length));
    this.#until = nowMs + PROBE_IDLE_MS;
  }

  tick(nowMs: number): void {
    if (this.#result.at !== 'waiting' || nowMs < this.#until) return;
    const kind = kindOfAnswer(this.#answer);
    this.#result = kind === undefined ? { at: 'nothing' } : { at: 'found', kind };
  }
}
