/**
 * The control port of a board with bitaxe-raw firmware, without I/O: one request at a time, each answered, refused or given
 * up after a second. After anything odd the line must be silent before the next request goes out.
 */
import { concat, EMPTY } from '../../bytes.ts';
import { type ControlDialect, type ControlFailure, readControlAnswer } from './raw-control-answer.ts';
import { type ControlRequest, encodeControlRequest } from './raw-control-request.ts';

export const ANSWER_TIMEOUT_MS = 1000;
/** The firmware sends an answer in one piece; what is over after so much silence is over. */
export const SILENCE_MS = 10;
/** Boards ask for a handful of things a second; more means that nobody reads the answers. */
export const MAX_QUEUED_REQUESTS = 64;
/** Longer than any answer; beyond it the port is sending something else. */
const MAX_ANSWER_BYTES = 512;

export type ControlEvent =
  /** To be sent as one transfer. */
  | { readonly type: 'write'; readonly bytes: Uint8Array }
  | { readonly type: 'answer'; readonly key: number; readonly data: Uint8Array }
  | { readonly type: 'failed'; readonly key: number; readonly fault: ControlFailure | { readonly code: 'control-busy' } };

interface Queued {
  readonly key: number;
  readonly request: ControlRequest;
}

type ControlState =
  | { readonly at: 'free' }
  | {
      readonly at: 'asked';
      readonly asked: Queued;
      readonly id: number;
      readonly sentMs: number;
      bytes: Uint8Array;
      heardMs: number | undefined;
    }
  | { readonly at: 'resync'; untilMs: number };

export class RawControl {
  readonly #dialect: ControlDialect;
  readonly #queue: Queued[] = [];
  #state: ControlState = { at: 'free' };
  #nextId = 0;

  constructor(dialect: ControlDialect) {
    this.#dialect = dialect;
  }

  get deadline(): number | undefined {
    const state = this.#state;
    if (state.at === 'free') return undefined;
    if (state.at === 'resync') return state.untilMs;
    return Math.min(state.sentMs + ANSWER_TIMEOUT_MS, (state.heardMs ?? Number.POSITIVE_INFINITY) + SILENCE_MS);
  }

  /** Asks; `answer` or `failed` with the same `key` follows. */
  send(key: number, request: ControlRequest, nowMs: number): ControlEvent[] {
    if (this.#queue.length >= MAX_QUEUED_REQUESTS) return [{ type: 'failed', key, fault: { code: 'control-busy' } }];
    this.#queue.push({ key, request });
    return this.#ask(nowMs);
  }

  receive(bytes: Uint8Array, nowMs: number): ControlEvent[] {
    if (bytes.length === 0) return [];
    const state = this.#state;
    // Unasked-for bytes: whatever they are, the next request waits until they end.
    if (state.at !== 'asked') this.#state = { at: 'resync', untilMs: nowMs + SILENCE_MS };
    else {
      state.bytes = concat(state.bytes, bytes.subarray(0, MAX_ANSWER_BYTES - state.bytes.length));
      state.heardMs = nowMs;
    }
    return this.#judge(nowMs);
  }

  tick(nowMs: number): ControlEvent[] {
    const state = this.#state;
    if (state.at === 'resync' && nowMs >= state.untilMs) this.#state = { at: 'free' };
    return [...this.#judge(nowMs), ...this.#ask(nowMs)];
  }

  #ask(nowMs: number): ControlEvent[] {
    if (this.#state.at !== 'free') return [];
    const asked = this.#queue.shift();
    if (asked === undefined) return [];
    const id = this.#nextId;
    this.#nextId = (id + 1) & 0xff;
    this.#state = { at: 'asked', asked, id, sentMs: nowMs, bytes: EMPTY, heardMs: undefined };
    return [{ type: 'write', bytes: encodeControlRequest(asked.request, id) }];
  }

  #judge(nowMs: number): ControlEvent[] {
    const state = this.#state;
    if (state.at !== 'asked') return [];
    const { key, request } = state.asked;
    const silent = state.heardMs !== undefined && nowMs - state.heardMs >= SILENCE_MS;
    const answer = readControlAnswer(state.bytes, { dialect: this.#dialect, id: state.id, dataBytes: request.answerBytes }, silent);
    if (answer.kind === 'success') {
      this.#state = { at: 'free' };
      return [{ type: 'answer', key, data: answer.data }, ...this.#ask(nowMs)];
    }
    const timedOut = nowMs - state.sentMs >= ANSWER_TIMEOUT_MS;
    if (answer.kind === 'unfinished' && !timedOut) return [];
    const fault: ControlFailure = answer.kind === 'failure' ? answer.fault : { code: 'control-silent', timeoutMs: ANSWER_TIMEOUT_MS };
    this.#state = { at: 'resync', untilMs: nowMs + SILENCE_MS };
    return [{ type: 'failed', key, fault }];
  }
}
