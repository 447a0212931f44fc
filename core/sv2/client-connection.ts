/**
 * One connection of a client, any subprotocol: Noise, SetupConnection, extensions, and the common messages (specification
 * 3.6; COM-1 … COM-5, COM-8, COM-9, COM-14, EXT-1 … EXT-5, FRM-12, FRM-15, SEC-1 … SEC-8). Bytes and the time go in, bytes
 * and events come out. Whatever ends the connection is thrown as a PeerError.
 */
import { utf8 } from '@scure/base';
import { PeerError } from '../errors.ts';
import type { Certificate } from '../noise/certificate.ts';
import { NoiseConnection } from '../noise/connection.ts';
import type { Random } from '../ports.ts';
import type { Frame } from '../wire/frame.ts';
import type { MessageOf } from '../wire/message.ts';
import { broken } from './broken.ts';
import type { Codec } from './codec.ts';
import { ExtensionNegotiation, type ExtensionWishes } from './extension-negotiation.ts';
import {
  commonFromServer,
  PROTOCOL_VERSION,
  protocolIds,
  type SetupConnection,
  type SetupConnectionSuccess,
  setupFlags,
  setupSuccessFlags,
} from './messages/common.ts';
import { extensionsFromServer, type RequestExtensions, type RequestExtensionsError } from './messages/extensions.ts';
import { printableCode } from './printable.ts';
import { RateBudget } from './rate-budget.ts';
import { cutUtf8 } from './tlv.ts';

/** A server that has no template yet may take a while; beyond this it is stuck (COM-3, rule 6 of 13.4). */
export const SETUP_TIMEOUT_MS = 10_000;
/** A pool sends a few messages a minute; this many a second is an attack on the processor (SEC-4). */
export const FRAME_RATE = { perSecond: 200, burst: 2000 } as const;
/** Messages that mean nothing here are let pass, but not for ever (FRM-15, SEC-7). */
export const IGNORED_RATE = { perSecond: 0.2, burst: 64 } as const;
/** The C++ template provider reads the length byte as CompactSize: 253 and more break (TYP-10). */
const MOST_SETUP_STRING_BYTES = 252;

export interface SetupWishes {
  readonly protocol: keyof typeof protocolIds;
  readonly flags: number;
  /** The address we believe we dial (COM-6). */
  readonly endpointHost: string;
  readonly endpointPort: number;
  /** Not empty (COM-5). */
  readonly vendor: string;
  readonly hardwareVersion: string;
  readonly firmware: string;
}

export interface ClientConnectionOptions<In, Out> {
  readonly codec: Codec<In, Out>;
  readonly random: Random;
  /** 32 bytes, x coordinate. Without it nobody is authenticated. */
  readonly authorityKey?: Uint8Array;
  readonly setup: SetupWishes;
  readonly extensions: ExtensionWishes;
  /** Monotonic milliseconds. */
  readonly now: number;
}

type Common = MessageOf<(typeof commonFromServer)[number] | (typeof extensionsFromServer)[number]>;
/** Messages of the subprotocol itself. */
export type Own<In> = Exclude<In, { readonly name: Common['name'] }>;

export type IgnoredReason = 'unknown-type' | 'unknown-extension' | 'too-early' | 'unasked';

export type ConnectionEvent<In> =
  /** The handshake is done. `certificate` is absent only if none could be read and none was needed. */
  | { readonly type: 'established'; readonly certificate?: Certificate; readonly authenticated: boolean }
  | { readonly type: 'setup'; readonly flags: number; readonly roundTripMs: number }
  /** Messages of the subprotocol may be sent from here on. */
  | { readonly type: 'open'; readonly extensions: ReadonlySet<number> }
  | { readonly type: 'message'; readonly message: Own<In> }
  /** Negotiated anew after `endpoint-changed`. */
  | { readonly type: 'extensions'; readonly extensions: ReadonlySet<number> }
  /** COM-14: `newHost` '' = same host, `newPort` 0 = same port. Not yet validated. */
  | { readonly type: 'reconnect'; readonly newHost: string; readonly newPort: number }
  /** COM-15: extensions are being negotiated anew. */
  | { readonly type: 'endpoint-changed'; readonly channelId: number }
  /** EXT-5: the server has no negotiation; what was wanted cannot be had on this connection. */
  | { readonly type: 'extensions-unanswered' }
  | { readonly type: 'ignored'; readonly reason: IgnoredReason };

export type SetupFailure =
  | { readonly code: 'setup-refused'; readonly errorCode: string; readonly flags: number }
  | { readonly code: 'setup-timeout'; readonly timeoutMs: number };

type State =
  | { readonly at: 'handshake' }
  | { readonly at: 'setup'; readonly sentAt: number }
  | { readonly at: 'negotiating' }
  | { readonly at: 'open' };

export class ClientConnection<In extends { readonly name: string }, Out> {
  readonly #options: ClientConnectionOptions<In, Out>;
  readonly #noise: NoiseConnection;
  readonly #extensions: ExtensionNegotiation;
  readonly #frames: RateBudget;
  readonly #ignored: RateBudget;
  #state: State = { at: 'handshake' };

  constructor(options: ClientConnectionOptions<In, Out>) {
    const { random, authorityKey, now, codec } = options;
    this.#options = options;
    this.#noise = NoiseConnection.initiator({
      random,
      now,
      limitFor: codec.limitFor,
      ...(authorityKey === undefined ? {} : { authorityKey }),
    });
    this.#extensions = new ExtensionNegotiation(options.extensions);
    this.#frames = new RateBudget(FRAME_RATE, now);
    this.#ignored = new RateBudget(IGNORED_RATE, now);
  }

  /** What must be done by this monotonic moment is done by `tick`. */
  get deadline(): number | undefined {
    const own = this.#state.at === 'setup' ? this.#state.sentAt + SETUP_TIMEOUT_MS : this.#extensions.deadline;
    const noise = this.#noise.deadline;
    return own === undefined || noise === undefined ? (own ?? noise) : Math.min(own, noise);
  }

  get bytesIn(): number {
    return this.#noise.bytesIn;
  }

  get bytesOut(): number {
    return this.#noise.bytesOut;
  }

  /** Extensions in force now; empty while they are being negotiated (EXT-12). */
  get extensions(): ReadonlySet<number> {
    return this.#extensions.granted;
  }

  /** Bytes for the stream since the last call. */
  outgoing(): Uint8Array {
    return this.#noise.outgoing();
  }

  /** Takes bytes cut anywhere. @throws PeerError when the peer broke a rule or refused; the connection is over then */
  receive(bytes: Uint8Array, now: number, unixSeconds: number): ConnectionEvent<In>[] {
    return this.#noise.receive(bytes, now, unixSeconds).flatMap((event) => {
      if (event.type === 'frame') return this.#onFrame(event.frame, now);
      this.#sendSetup(now);
      return [event];
    });
  }

  /** Only after `open`. @throws Error when a value does not fit its field */
  send(message: Out, tlvs?: Uint8Array): void {
    this.#options.codec.send(this.#noise, message, tlvs);
  }

  /** @throws PeerError when the peer let a deadline pass */
  tick(now: number): ConnectionEvent<In>[] {
    this.#noise.tick(now);
    if (this.#state.at === 'setup' && now >= this.#state.sentAt + SETUP_TIMEOUT_MS) {
      throw new PeerError<SetupFailure>({ code: 'setup-timeout', timeoutMs: SETUP_TIMEOUT_MS });
    }
    if (!this.#extensions.tick(now)) return [];
    return this.#state.at === 'negotiating' ? [{ type: 'extensions-unanswered' }, this.#open()] : [{ type: 'extensions-unanswered' }];
  }

  /** Counts a message that had no place; the subprotocol's machine calls it too. @throws PeerError when there were too many */
  countIgnored(now: number): void {
    if (!this.#ignored.spend(now)) throw broken('too-many-unusable-messages');
  }

  #sendSetup(now: number): void {
    const { setup } = this.#options;
    this.#state = { at: 'setup', sentAt: now };
    this.#sendCommon({
      name: 'SetupConnection',
      protocol: protocolIds[setup.protocol],
      minVersion: PROTOCOL_VERSION,
      maxVersion: PROTOCOL_VERSION,
      flags: setup.flags,
      endpointHost: short(setup.endpointHost),
      endpointPort: setup.endpointPort,
      vendor: short(setup.vendor),
      hardwareVersion: short(setup.hardwareVersion),
      firmware: short(setup.firmware),
      // COM-5: stays empty unless the person agreed to telemetry; Hearth has none.
      deviceId: '',
    } satisfies MessageOf<typeof SetupConnection>);
  }

  #onFrame(frame: Frame, now: number): readonly ConnectionEvent<In>[] {
    if (!this.#frames.spend(now)) throw broken('too-many-messages');
    const decoded = this.#options.codec.decode(frame);
    if (decoded.kind !== 'message') return this.#ignore(decoded.kind, now);
    const common = commonOf(decoded.message);
    if (common !== undefined) return this.#onCommon(common, now);
    if (this.#state.at !== 'open') return this.#ignore('too-early', now);
    return [{ type: 'message', message: decoded.message as Own<In> }];
  }

  #onCommon(message: Common, now: number): readonly ConnectionEvent<In>[] {
    switch (message.name) {
      case 'SetupConnectionSuccess':
        return this.#state.at === 'setup' ? this.#onSetup(message, this.#state.sentAt, now) : this.#ignore('unasked', now);
      case 'SetupConnectionError':
        if (this.#state.at !== 'setup') return this.#ignore('unasked', now);
        throw new PeerError<SetupFailure>({ code: 'setup-refused', errorCode: printableCode(message.errorCode), flags: message.flags });
      case 'RequestExtensionsSuccess':
        return this.#extensions.onSuccess(message) ? this.#settled() : this.#ignore('unasked', now);
      case 'RequestExtensionsError':
        return this.#onExtensionsError(message, now);
      case 'Reconnect':
        return this.#state.at === 'handshake' ? [] : [{ type: 'reconnect', newHost: message.newHost, newPort: message.newPort }];
      case 'ChannelEndpointChanged':
        return this.#state.at === 'open' ? this.#onEndpointChanged(message.channelId, now) : this.#ignore('too-early', now);
    }
  }

  #onSetup(success: MessageOf<typeof SetupConnectionSuccess>, sentAt: number, now: number): readonly ConnectionEvent<In>[] {
    const { setup } = this.#options;
    if (success.usedVersion !== PROTOCOL_VERSION) throw broken('used-version-not-offered', { usedVersion: success.usedVersion });
    const askedRolling = setup.protocol === 'mining' && (setup.flags & setupFlags.requiresVersionRolling) !== 0;
    if (askedRolling && (success.flags & setupSuccessFlags.requiresFixedVersion) !== 0) throw broken('fixed-version-against-request');
    const done: ConnectionEvent<In> = { type: 'setup', flags: success.flags, roundTripMs: now - sentAt };
    const question = this.#extensions.begin(now);
    if (question === undefined) return [done, this.#open()];
    this.#state = { at: 'negotiating' };
    this.#sendCommon(question);
    return [done];
  }

  #onExtensionsError(message: MessageOf<typeof RequestExtensionsError>, now: number): readonly ConnectionEvent<In>[] {
    const next = this.#extensions.onError(message, now);
    if (next === 'ignored') return this.#ignore('unasked', now);
    if (next === 'settled') return this.#settled();
    this.#sendCommon(next);
    return [];
  }

  #onEndpointChanged(channelId: number, now: number): readonly ConnectionEvent<In>[] {
    const question = this.#extensions.begin(now);
    if (question !== undefined) this.#sendCommon(question);
    return [{ type: 'endpoint-changed', channelId }];
  }

  #settled(): readonly ConnectionEvent<In>[] {
    return this.#state.at === 'negotiating' ? [this.#open()] : [{ type: 'extensions', extensions: this.#extensions.granted }];
  }

  #open(): ConnectionEvent<In> {
    this.#state = { at: 'open' };
    return { type: 'open', extensions: this.#extensions.granted };
  }

  #ignore(reason: IgnoredReason, now: number): readonly ConnectionEvent<In>[] {
    this.countIgnored(now);
    return [{ type: 'ignored', reason }];
  }

  /** Every subprotocol's client may send these. */
  #sendCommon(message: MessageOf<typeof SetupConnection | typeof RequestExtensions>): void {
    this.#options.codec.send(this.#noise, message as unknown as Out);
  }
}

const commonNames: ReadonlySet<string> = new Set([...commonFromServer, ...extensionsFromServer].map((def) => def.name));

function commonOf(message: { readonly name: string }): Common | undefined {
  return commonNames.has(message.name) ? (message as unknown as Common) : undefined;
}

/** Cut on a character boundary to what every known server can read (TYP-10). */
function short(text: string): string {
  return utf8.encode(cutUtf8(text, MOST_SETUP_STRING_BYTES));
}
