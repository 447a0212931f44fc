/**
 * An encrypted connection, one machine for both sides (specification 4; NOI-12, NOI-17 to NOI-20, NOI-25 to NOI-28, SEC-1
 * to SEC-3). Bytes and the time go in, events and bytes come out; the owner moves the bytes and keeps the timer:
 *
 *     for (const event of connection.receive(bytes, monotonicMs, unixSeconds)) …
 *     stream.write(connection.outgoing())
 *     at connection.deadline: connection.tick(monotonicMs)
 *
 * A failure is thrown as a coded PeerError, ends the connection, and is thrown again by every later `receive` and `tick`.
 */
import { concat, EMPTY } from '../bytes.ts';
import { AppError, PeerError } from '../errors.ts';
import type { Random } from '../ports.ts';
import type { Frame } from '../wire/frame.ts';
import { isPublishedKey } from './authority-key.ts';
import { type Certificate, type CertificateFailure, checkCertificate, decodeCertificate } from './certificate.ts';
import {
  ACT_1_BYTES,
  ACT_2_BYTES,
  type AwaitingAct2,
  answerAct1,
  type HandshakeFailure,
  readAct2,
  type Transport,
  writeAct1,
} from './handshake.ts';
import { generateKeyPair, type KeyPair } from './key-pair.ts';
import { PieceBuffer } from './piece-buffer.ts';
import { type FrameFailure, FrameReader, type FrameStart, FrameWriter, MAX_CHUNK_BYTES, type PayloadLimit } from './secure-frames.ts';

/** For the whole handshake. The reference pool gives up after the same time. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;
/** For a frame that is half there (SEC-3) … */
export const FRAME_TIMEOUT_MS = 30_000;
/** … plus this for each chunk of its payload: 64 KiB a second, so that a full 16 MiB frame passes a slow line. */
export const CHUNK_TIMEOUT_MS = 1_000;
/** Sealed bytes that `outgoing` has not taken: two of the largest frames. More means that the owner forgot to take them. */
export const MAX_QUEUED_BYTES = 1 << 25;

export type NoiseEvent =
  /**
   * The handshake is done. `certificate`: the peer's, on the initiator's side. `authenticated`: it was checked against an
   * authority key whose secret half is not public; always false on the responder's side, as initiators have no name.
   */
  | { readonly type: 'established'; readonly certificate?: Certificate; readonly authenticated: boolean }
  | { readonly type: 'frame'; readonly frame: Frame };

export type ConnectionFailure =
  | HandshakeFailure
  | CertificateFailure
  | FrameFailure
  | { readonly code: 'handshake-timeout' | 'frame-timeout'; readonly received: number; readonly timeoutMs: number };

interface CommonOptions {
  readonly random: Random;
  /** Monotonic milliseconds. */
  readonly now: number;
  readonly limitFor: PayloadLimit;
  readonly handshakeTimeoutMs?: number;
}

export interface InitiatorOptions extends CommonOptions {
  /** 32 bytes. Without it nothing is checked, and `established` says `authenticated: false` (NOI-20). */
  readonly authorityKey?: Uint8Array;
}

export interface ResponderOptions extends CommonOptions {
  readonly staticKeyPair: KeyPair;
  /** 74 bytes, sent as they are. */
  readonly certificate: Uint8Array;
}

type State =
  | { readonly at: 'awaiting-act-1'; readonly keys: ResponderOptions; readonly wait: Wait }
  | { readonly at: 'awaiting-act-2'; readonly awaiting: AwaitingAct2; readonly authorityKey: Uint8Array | undefined; readonly wait: Wait }
  | { readonly at: 'open'; readonly writer: FrameWriter; readonly reader: FrameReader; readonly frameWait: Wait | undefined }
  | { readonly at: 'failed'; readonly error: unknown };

/** Something that has to be whole by `until` (monotonic milliseconds). */
interface Wait {
  readonly since: number;
  readonly timeoutMs: number;
}

export class NoiseConnection {
  readonly #limitFor: PayloadLimit;
  readonly #acts = new PieceBuffer();
  #state: State;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #bytesIn = 0;
  #bytesOut = 0;

  private constructor(state: State, limitFor: PayloadLimit) {
    this.#state = state;
    this.#limitFor = limitFor;
  }

  /** The side that dials. Act 1 is ready in `outgoing` at once. */
  static initiator(options: InitiatorOptions): NoiseConnection {
    const { act1, awaiting } = writeAct1(generateKeyPair(options.random));
    const { authorityKey, limitFor } = options;
    const connection = new NoiseConnection({ at: 'awaiting-act-2', awaiting, authorityKey, wait: handshakeWait(options) }, limitFor);
    connection.#enqueue(act1);
    return connection;
  }

  /** The side that listens. It may send as soon as it has answered act 1. */
  static responder(options: ResponderOptions): NoiseConnection {
    return new NoiseConnection({ at: 'awaiting-act-1', keys: options, wait: handshakeWait(options) }, options.limitFor);
  }

  /** True between `established` and a failure: `send` is allowed. */
  get isOpen(): boolean {
    return this.#state.at === 'open';
  }

  /** Monotonic milliseconds at which `tick` has to be called; undefined = nothing is awaited. */
  get deadline(): number | undefined {
    const wait = waitOf(this.#state);
    return wait === undefined ? undefined : wait.since + wait.timeoutMs;
  }

  /** Bytes received so far, handshake included. */
  get bytesIn(): number {
    return this.#bytesIn;
  }

  /** Bytes handed out by `outgoing` so far, handshake included. */
  get bytesOut(): number {
    return this.#bytesOut;
  }

  /**
   * Takes received bytes, cut anywhere, and gives what they complete.
   * @param now monotonic milliseconds
   * @param unixSeconds the wall clock, for the dates of the certificate
   * @throws PeerError<ConnectionFailure>; frames before the fault in the same bytes are lost with the connection
   */
  receive(bytes: Uint8Array, now: number, unixSeconds: number): NoiseEvent[] {
    return this.#orFail(() => {
      this.#bytesIn += bytes.length;
      const events = this.#state.at === 'open' ? [] : this.#receiveAct(bytes, unixSeconds);
      if (this.#state.at === 'open') this.#receiveFrames(events.length > 0 ? this.#acts.take(this.#acts.length) : bytes, now, events);
      this.#checkDeadline(now);
      return events;
    });
  }

  /**
   * Seals a frame and queues it.
   * @throws RangeError when the payload is empty (FRM-5) or too long: a bug of ours
   * @throws AppError `not-open` before `established` and after a failure, `queue-full` above MAX_QUEUED_BYTES
   */
  send(start: FrameStart, payload: Uint8Array): void {
    if (this.#state.at !== 'open') throw new AppError({ code: 'not-open', at: this.#state.at });
    if (payload.length === 0) throw new RangeError('no message has an empty payload');
    if (this.#queuedBytes > MAX_QUEUED_BYTES) throw new AppError({ code: 'queue-full', bytes: this.#queuedBytes });
    this.#enqueue(this.#state.writer.seal(start, payload));
  }

  /** Takes all queued bytes, in order; empty when there are none. */
  outgoing(): Uint8Array {
    const taken = this.#queue.length === 1 ? (this.#queue[0] as Uint8Array) : concat(...this.#queue);
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#bytesOut += taken.length;
    return taken;
  }

  /** @throws PeerError `handshake-timeout` or `frame-timeout` once the deadline has passed, or the earlier failure again */
  tick(now: number): void {
    this.#orFail(() => this.#checkDeadline(now));
  }

  #receiveAct(bytes: Uint8Array, unixSeconds: number): NoiseEvent[] {
    this.#acts.push(bytes);
    if (this.#state.at === 'awaiting-act-1') return this.#receiveAct1(this.#state.keys);
    if (this.#state.at === 'awaiting-act-2') return this.#receiveAct2(this.#state, unixSeconds);
    return [];
  }

  #receiveAct1(keys: ResponderOptions): NoiseEvent[] {
    const act1 = this.#acts.take(ACT_1_BYTES);
    if (act1 === undefined) return [];
    const { act2, transport } = answerAct1(act1, { ...keys, ephemeral: generateKeyPair(keys.random) });
    this.#enqueue(act2);
    this.#open(transport);
    return [{ type: 'established', authenticated: false }];
  }

  #receiveAct2(state: Extract<State, { at: 'awaiting-act-2' }>, unixSeconds: number): NoiseEvent[] {
    const act2 = this.#acts.take(ACT_2_BYTES);
    if (act2 === undefined) return [];
    const opened = readAct2(state.awaiting, act2);
    const certificate = decodeCertificate(opened.certificate);
    const authenticated = isVouchedFor(certificate, { ...state, staticKey: opened.staticKey, unixSeconds });
    this.#open(opened.transport);
    return [{ type: 'established', certificate, authenticated }];
  }

  #open({ send, receive }: Transport): void {
    const reader = new FrameReader(receive, this.#limitFor);
    this.#state = { at: 'open', writer: new FrameWriter(send), reader, frameWait: undefined };
  }

  #receiveFrames(bytes: Uint8Array = EMPTY, now: number, events: NoiseEvent[]): void {
    if (this.#state.at !== 'open') return;
    const { reader, frameWait } = this.#state;
    const before = events.length;
    reader.push(bytes);
    for (let frame = reader.next(); frame !== undefined; frame = reader.next()) events.push({ type: 'frame', frame });
    const since = frameWait !== undefined && events.length === before ? frameWait.since : now;
    this.#state = { ...this.#state, frameWait: waitForFrame(reader, since) };
  }

  #checkDeadline(now: number): void {
    const wait = waitOf(this.#state);
    if (wait === undefined || now < wait.since + wait.timeoutMs) return;
    const code = this.#state.at === 'open' ? 'frame-timeout' : 'handshake-timeout';
    throw new PeerError<ConnectionFailure>({ code, received: this.#bytesIn, timeoutMs: wait.timeoutMs });
  }

  #enqueue(bytes: Uint8Array): void {
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
  }

  #orFail<T>(step: () => T): T {
    if (this.#state.at === 'failed') throw this.#state.error;
    try {
      return step();
    } catch (error) {
      this.#state = { at: 'failed', error };
      throw error;
    }
  }
}

interface Vouching {
  readonly authorityKey: Uint8Array | undefined;
  readonly staticKey: Uint8Array;
  readonly unixSeconds: number;
}

/** @throws PeerError<CertificateFailure> when there is a key and the certificate does not hold against it */
function isVouchedFor(certificate: Certificate, { authorityKey, staticKey, unixSeconds }: Vouching): boolean {
  if (authorityKey === undefined) return false;
  const failure = checkCertificate(certificate, { authorityKey, staticKey, unixSeconds });
  if (failure !== undefined) throw new PeerError(failure);
  return !isPublishedKey(authorityKey);
}

function handshakeWait({ now, handshakeTimeoutMs }: CommonOptions): Wait {
  return { since: now, timeoutMs: handshakeTimeoutMs ?? HANDSHAKE_TIMEOUT_MS };
}

function waitForFrame(reader: FrameReader, since: number): Wait | undefined {
  const half = reader.halfFrame;
  if (half === undefined) return undefined;
  return { since, timeoutMs: FRAME_TIMEOUT_MS + Math.ceil(half.payloadBytes / MAX_CHUNK_BYTES) * CHUNK_TIMEOUT_MS };
}

function waitOf(state: State): Wait | undefined {
  if (state.at === 'open') return state.frameWait;
  return state.at === 'failed' ? undefined : state.wait;
}
