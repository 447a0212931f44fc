/**
 * The template distribution protocol, server side, for one connection (specification 7; what TDC-1 … TDC-17 expect). It
 * says nothing before CoinbaseOutputConstraints; each of them, and each new tip, is answered by a future template and
 * SetNewPrevHash; a better template on the same tip comes alone. What was sent stays available for a while after.
 */
import { equal } from '../bytes.ts';
import { AppError } from '../errors.ts';
import type { KeyPair } from '../noise/key-pair.ts';
import type { Random } from '../ports.ts';
import type { MessageOf } from '../wire/message.ts';
import { broken } from './broken.ts';
import { type TemplateFromClient, type TemplateFromServer, templateServerCodec } from './codec.ts';
import { protocolIds } from './messages/common.ts';
import type { SubmitSolution } from './messages/template-distribution.ts';
import { type OwnMessage, ServerConnection, type ServerConnectionEvent } from './server-connection.ts';
import type { CoinbaseConstraints, ServedTemplate, TemplateServerEvent } from './template-server-events.ts';

/** Nobody's coinbase outputs are larger than a block (TDC-2). */
const MAX_OUTPUT_BYTES = 4_000_000;
/** Templates of the present tip that can still be asked for or solved; the oldest go first. */
const MAX_TEMPLATES = 32;
/** A replaced tip's templates stay this long: a client may be about to ask for their transactions (TDC-15). */
const KEEP_STALE_MS = 10_000;
/** Clients of this protocol say a few words a minute; solutions on an easy chain come faster. */
const FRAME_RATE = { perSecond: 100, burst: 1000 } as const;

export interface TemplateServerOptions {
  /** The best template now, with room for what the client adds; called when it is about to be sent. */
  readonly template: (constraints: CoinbaseConstraints) => ServedTemplate;
  readonly random: Random;
  readonly staticKeyPair: KeyPair;
  /** 74 bytes. */
  readonly certificate: Uint8Array;
  /** Monotonic milliseconds. */
  readonly now: number;
}

type Message = OwnMessage<TemplateFromClient>;

interface Sent {
  readonly template: ServedTemplate;
  /** Since then it belongs to a tip that was replaced. */
  staleSince: number | undefined;
}

export class TemplateServer {
  readonly #options: TemplateServerOptions;
  readonly #connection: ServerConnection<TemplateFromClient, TemplateFromServer>;
  readonly #sent = new Map<bigint, Sent>();
  #constraints: CoinbaseConstraints | undefined;
  #newest: ServedTemplate | undefined;

  constructor(options: TemplateServerOptions) {
    this.#options = options;
    this.#connection = new ServerConnection({
      ...options,
      codec: templateServerCodec,
      setup: { protocol: protocolIds.templateDistribution, supportedFlags: 0, serverFlags: 0 },
      extensions: { supported: [], required: [] },
      frameRate: FRAME_RATE,
    });
  }

  /** Monotonic milliseconds by which `tick` is to be called; undefined = nothing is awaited. */
  get deadline(): number | undefined {
    return this.#connection.deadline;
  }

  /** After `ended`: flush `outgoing`, then close the stream. */
  get isOver(): boolean {
    return this.#connection.isOver;
  }

  /** The template the client works on. */
  get newest(): ServedTemplate | undefined {
    return this.#newest;
  }

  /** Bytes for the stream since the last call. */
  outgoing(): Uint8Array {
    return this.#connection.outgoing();
  }

  /** Takes bytes cut anywhere. */
  receive(bytes: Uint8Array, now: number, unixSeconds: number): TemplateServerEvent[] {
    const events: TemplateServerEvent[] = [];
    for (const event of this.#connection.receive(bytes, now, unixSeconds)) this.#onEvent(event, now, events);
    return events;
  }

  tick(now: number): TemplateServerEvent[] {
    const events: TemplateServerEvent[] = [];
    for (const event of this.#connection.tick(now)) this.#onEvent(event, now, events);
    return events;
  }

  /** There is something better to work on: another tip or more fees. Nothing is sent before the client's constraints. */
  refresh(now: number): void {
    if (this.#constraints === undefined || !this.#connection.isOpen) return;
    const template = this.#options.template(this.#constraints);
    if (template.id === this.#newest?.id) return;
    const newTip = this.#newest === undefined || !equal(template.prevHash, this.#newest.prevHash);
    if (newTip) this.#sendPair(template, now);
    else this.#sendTemplate(template, false);
  }

  /** The stream is gone, or shall be. Idempotent. */
  release(): void {
    if (!this.isOver) this.#connection.end({ code: 'released' });
    this.#sent.clear();
  }

  #onEvent(event: ServerConnectionEvent<TemplateFromClient>, now: number, events: TemplateServerEvent[]): void {
    if (event.type !== 'message') {
      events.push(event);
      if (event.type === 'ended') this.release();
      return;
    }
    if (this.isOver) return;
    try {
      this.#onMessage(event.message, now, events);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#onEvent(this.#connection.end(error.fault), now, events);
    }
  }

  #onMessage(message: Message, now: number, events: TemplateServerEvent[]): void {
    switch (message.name) {
      case 'CoinbaseOutputConstraints':
        return this.#onConstraints(message.coinbaseOutputMaxAdditionalSize, message.coinbaseOutputMaxAdditionalSigops, now);
      case 'RequestTransactionData':
        return this.#onRequest(message.templateId, now);
      case 'SubmitSolution':
        return this.#onSolution(message, now, events);
      default:
        return message satisfies never;
    }
  }

  /** TDC-4: answered by a whole pair every time, also on an unchanged tip. */
  #onConstraints(outputBytes: number, outputSigops: number, now: number): void {
    if (outputBytes > MAX_OUTPUT_BYTES) throw broken('coinbase-outputs-too-large', { outputBytes });
    this.#constraints = { outputBytes, outputSigops };
    this.#sendPair(this.#options.template(this.#constraints), now);
  }

  #onRequest(templateId: bigint, now: number): void {
    this.#dropStale(now);
    const sent = this.#sent.get(templateId);
    if (sent === undefined) {
      return this.#connection.send({ name: 'RequestTransactionDataError', templateId, errorCode: 'template-id-not-found' });
    }
    if (sent.staleSince !== undefined) {
      return this.#connection.send({ name: 'RequestTransactionDataError', templateId, errorCode: 'stale-template-id' });
    }
    const { excessData, transactions } = sent.template;
    this.#connection.send({ name: 'RequestTransactionDataSuccess', templateId, excessData, transactionList: [...transactions] });
  }

  #onSolution(message: MessageOf<typeof SubmitSolution>, now: number, events: TemplateServerEvent[]): void {
    const { templateId, version, headerTimestamp, headerNonce, coinbaseTx } = message;
    const sent = this.#sent.get(templateId);
    if (sent === undefined) return this.#connection.countIgnored(now);
    const { template } = sent;
    events.push({ type: 'solution', solution: { template, version, ntime: headerTimestamp, nonce: headerNonce, coinbase: coinbaseTx } });
  }

  #sendPair(template: ServedTemplate, now: number): void {
    for (const sent of this.#sent.values()) {
      if (!equal(sent.template.prevHash, template.prevHash)) sent.staleSince ??= now;
    }
    this.#dropStale(now);
    this.#sendTemplate(template, true);
    const { id: templateId, prevHash, ntime: headerTimestamp, nbits: nBits, target } = template;
    this.#connection.send({ name: 'SetNewPrevHash', templateId, prevHash, headerTimestamp, nBits, target });
  }

  #sendTemplate(template: ServedTemplate, futureTemplate: boolean): void {
    this.#newest = template;
    this.#sent.set(template.id, { template, staleSince: undefined });
    if (this.#sent.size > MAX_TEMPLATES) this.#sent.delete(this.#sent.keys().next().value as bigint);
    this.#connection.send({
      name: 'NewTemplate',
      templateId: template.id,
      futureTemplate,
      version: template.version,
      coinbaseTxVersion: template.coinbaseVersion,
      coinbasePrefix: template.coinbasePrefix,
      coinbaseTxInputSequence: template.coinbaseSequence,
      coinbaseTxValueRemaining: template.coinbaseValue,
      coinbaseTxOutputsCount: template.coinbaseOutputsCount,
      coinbaseTxOutputs: template.coinbaseOutputs,
      coinbaseTxLocktime: template.coinbaseLockTime,
      merklePath: [...template.merklePath],
    });
  }

  #dropStale(now: number): void {
    for (const [id, { staleSince }] of this.#sent) {
      if (staleSince !== undefined && now - staleSince > KEEP_STALE_MS) this.#sent.delete(id);
    }
  }
}
