/**
 * One connection of a server, any subprotocol: Noise, SetupConnection, extensions, and the limits on what a peer may say
 * (specification 3.6; COM-1 … COM-3, COM-8, COM-10, COM-16 … COM-18, EXT-2, EXT-4, FRM-12, FRM-15, SEC-2 … SEC-7). Bytes
 * and the time go in, bytes and events come out. A peer that breaks a rule ends its connection by an `ended` event, which
 * is the last; what happened before it in the same bytes is told first.
 */
import { AppError, type Failure, PeerError } from '../errors.ts';
import { NoiseConnection } from '../noise/connection.ts';
import type { KeyPair } from '../noise/key-pair.ts';
import type { Random } from '../ports.ts';
import type { Frame } from '../wire/frame.ts';
import type { MessageOf } from '../wire/message.ts';
import { broken } from './broken.ts';
import type { Codec } from './codec.ts';
import { answerExtensions, type ExtensionPolicy } from './extensions-answer.ts';
import type { commonFromServer, SetupConnection } from './messages/common.ts';
import type { extensionsFromServer, RequestExtensions } from './messages/extensions.ts';
import { type BudgetRate, RateBudget } from './rate-budget.ts';
import { answerSetup, type SetupPolicy } from './setup-answer.ts';

/** From act 1 to SetupConnection.Success, however it is dripped (SEC-2). */
export const OPEN_TIMEOUT_MS = 20_000;
/** A miner whose difficulty is far too low sends hundreds of shares a second; more than this is an attack (SEC-4). */
export const FRAME_RATE: BudgetRate = { perSecond: 2000, burst: 10_000 };
/** Messages that mean nothing here are let pass, but not for ever (FRM-15, SEC-7). */
export const IGNORED_RATE: BudgetRate = { perSecond: 0.2, burst: 64 };

export interface ServerConnectionOptions<In, Out> {
  readonly codec: Codec<In, Out>;
  readonly random: Random;
  readonly staticKeyPair: KeyPair;
  /** 74 bytes. */
  readonly certificate: Uint8Array;
  readonly setup: SetupPolicy;
  readonly extensions: ExtensionPolicy;
  readonly frameRate?: BudgetRate;
  /** Monotonic milliseconds. */
  readonly now: number;
}

export type SetupMessage = MessageOf<typeof SetupConnection>;
type CommonIn = MessageOf<typeof SetupConnection | typeof RequestExtensions>;
type CommonOut = MessageOf<(typeof commonFromServer)[number] | (typeof extensionsFromServer)[number]>;
/** Messages of the subprotocol itself. */
export type OwnMessage<In> = Exclude<In, { readonly name: CommonIn['name'] }>;

export type ServerConnectionEvent<In> =
  /** Success is queued: messages of the subprotocol may be sent from here on. */
  | { readonly type: 'setup'; readonly setup: SetupMessage }
  | { readonly type: 'message'; readonly message: OwnMessage<In>; readonly tlvs: Uint8Array }
  | { readonly type: 'ended'; readonly fault: Failure };

type State =
  | { readonly at: 'setup'; readonly deadline: number }
  /** `awaitsExtensions`: nothing else is taken until the required ones are negotiated (EXT-4). */
  | { readonly at: 'open'; readonly awaitsExtensions: boolean; readonly extensions: ReadonlySet<number> }
  | { readonly at: 'ended' };

export type ServerSetupFailure =
  | { readonly code: 'setup-refused'; readonly errorCode: string; readonly flags: number }
  | { readonly code: 'setup-timeout'; readonly timeoutMs: number };

const NONE: ReadonlySet<number> = new Set();

export class ServerConnection<In extends { readonly name: string }, Out extends { readonly name: string }> {
  readonly #options: ServerConnectionOptions<In, Out>;
  readonly #noise: NoiseConnection;
  readonly #frames: RateBudget;
  readonly #ignored: RateBudget;
  #state: State;

  constructor(options: ServerConnectionOptions<In, Out>) {
    const { codec, now } = options;
    this.#options = options;
    this.#noise = NoiseConnection.responder({ ...options, limitFor: codec.limitFor });
    this.#frames = new RateBudget(options.frameRate ?? FRAME_RATE, now);
    this.#ignored = new RateBudget(IGNORED_RATE, now);
    this.#state = { at: 'setup', deadline: now + OPEN_TIMEOUT_MS };
  }

  /** Monotonic milliseconds by which `tick` is to be called; undefined = nothing is awaited. */
  get deadline(): number | undefined {
    if (this.#state.at === 'ended') return undefined;
    const noise = this.#noise.deadline;
    if (this.#state.at !== 'setup') return noise;
    return Math.min(this.#state.deadline, noise ?? Number.POSITIVE_INFINITY);
  }

  /** Between `setup` and `ended`: `send` is allowed. */
  get isOpen(): boolean {
    return this.#state.at === 'open';
  }

  /** After `ended`: flush `outgoing`, then close the stream. */
  get isOver(): boolean {
    return this.#state.at === 'ended';
  }

  /** Extensions negotiated on this connection. */
  get extensions(): ReadonlySet<number> {
    return this.#state.at === 'open' ? this.#state.extensions : NONE;
  }

  get bytesIn(): number {
    return this.#noise.bytesIn;
  }

  get bytesOut(): number {
    return this.#noise.bytesOut;
  }

  /** Bytes for the stream since the last call. */
  outgoing(): Uint8Array {
    return this.#noise.outgoing();
  }

  /** Takes bytes cut anywhere. Nothing is read after `ended`. */
  receive(bytes: Uint8Array, now: number, unixSeconds: number): ServerConnectionEvent<In>[] {
    const events: ServerConnectionEvent<In>[] = [];
    this.#guard(events, () => {
      for (const event of this.#noise.receive(bytes, now, unixSeconds)) {
        if (event.type === 'frame' && !this.isOver) this.#onFrame(event.frame, now, events);
      }
    });
    return events;
  }

  /** Only while `isOpen`. @throws Error when a value does not fit its field */
  send(message: Out): void {
    this.#options.codec.send(this.#noise, message);
  }

  /** Ends what a peer let run out. */
  tick(now: number): ServerConnectionEvent<In>[] {
    const events: ServerConnectionEvent<In>[] = [];
    this.#guard(events, () => {
      this.#noise.tick(now);
      if (this.#state.at === 'setup' && now >= this.#state.deadline) {
        throw new PeerError<ServerSetupFailure>({ code: 'setup-timeout', timeoutMs: OPEN_TIMEOUT_MS });
      }
    });
    return events;
  }

  /** Counts a message that had no place here; the subprotocol's machine calls it too. @throws PeerError when there were too many */
  countIgnored(now: number): void {
    if (!this.#ignored.spend(now)) throw broken('too-many-unusable-messages');
  }

  /** Ends the connection for a reason of the subprotocol; what is queued still goes out. */
  end(fault: Failure): { readonly type: 'ended'; readonly fault: Failure } {
    this.#state = { at: 'ended' };
    return { type: 'ended', fault };
  }

  #guard(events: ServerConnectionEvent<In>[], step: () => void): void {
    if (this.isOver) return;
    try {
      step();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      events.push(this.end(error.fault));
    }
  }

  #onFrame(frame: Frame, now: number, events: ServerConnectionEvent<In>[]): void {
    if (!this.#frames.spend(now)) throw broken('too-many-messages');
    const decoded = this.#options.codec.decode(frame);
    if (this.#state.at === 'setup') return this.#onFirst(decoded.kind === 'message' ? decoded.message : undefined, events);
    if (decoded.kind === 'unknown-extension') return; // FRM-12: dropped in silence; the frame budget bounds it
    if (decoded.kind === 'unknown-type') return this.countIgnored(now);
    const message = decoded.message as CommonIn | OwnMessage<In>;
    if (message.name === 'SetupConnection') return this.countIgnored(now); // COM-18
    if (message.name === 'RequestExtensions') return this.#onRequestExtensions(message as MessageOf<typeof RequestExtensions>);
    if (this.#state.at === 'open' && this.#state.awaitsExtensions) throw broken('required-extensions-not-negotiated');
    events.push({ type: 'message', message: message as OwnMessage<In>, tlvs: decoded.tlvs });
  }

  /** COM-1: nothing comes before SetupConnection. */
  #onFirst(message: In | undefined, events: ServerConnectionEvent<In>[]): void {
    if (message?.name !== 'SetupConnection') throw broken('first-message-not-setup');
    const setup = message as unknown as SetupMessage;
    const answer = answerSetup(setup, this.#options.setup);
    if (answer.ok) {
      this.#sendCommon({ name: 'SetupConnectionSuccess', usedVersion: answer.usedVersion, flags: answer.flags });
      this.#state = { at: 'open', awaitsExtensions: this.#options.extensions.required.length > 0, extensions: NONE };
      events.push({ type: 'setup', setup });
      return;
    }
    const { flags, errorCode } = answer;
    this.#sendCommon({ name: 'SetupConnectionError', flags, errorCode });
    throw new PeerError<ServerSetupFailure>({ code: 'setup-refused', errorCode, flags });
  }

  #onRequestExtensions({ requestId, requestedExtensions }: MessageOf<typeof RequestExtensions>): void {
    const answer = answerExtensions(requestedExtensions, this.#options.extensions);
    if (answer.ok) {
      this.#sendCommon({ name: 'RequestExtensionsSuccess', requestId, supportedExtensions: [...answer.supported] });
      this.#state = { at: 'open', awaitsExtensions: false, extensions: new Set(answer.supported) };
      return;
    }
    this.#sendCommon({
      name: 'RequestExtensionsError',
      requestId,
      unsupportedExtensions: [...answer.unsupported],
      requiredExtensions: [...answer.required],
    });
  }

  /** Every server codec sends the common messages. */
  #sendCommon(message: CommonOut): void {
    this.#options.codec.send(this.#noise, message as unknown as Out);
  }
}
