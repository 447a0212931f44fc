/**
 * Frames to typed messages and back, one codec per subprotocol and side. What a peer may send in a subprotocol is a list
 * of the message tables; everything else comes back as `unknown-type` or `unknown-extension` for the caller to count or
 * drop (FRM-12, FRM-15, SEC-7). The channel bit is sent as the tables say and ignored on receipt (FRM-10).
 */
import { concat } from '../bytes.ts';
import { type Frame, type FrameHeader, MAX_PAYLOAD_BYTES } from '../wire/frame.ts';
import { decodePayload, encodePayload, type MessageDef, type MessageOf } from '../wire/message.ts';
import { commonFromClient, commonFromServer } from './messages/common.ts';
import { extensionsFromClient, extensionsFromServer } from './messages/extensions.ts';
import { jobDeclarationFromClient, jobDeclarationFromServer } from './messages/job-declaration.ts';
import { miningFromClient, miningFromServer } from './messages/mining.ts';
import { templateDistributionFromClient, templateDistributionFromServer } from './messages/template-distribution.ts';

/** Bytes after the last field that are still read, and ignored unless they are a negotiated TLV (FRM-16, FRM-17). */
export const MOST_TLV_BYTES = 64;
/** Cap on a frame whose type means nothing here: it is dropped unread, so it need not be long (FRM-17, SEC-3). */
export const MOST_UNKNOWN_BYTES = 65_535;

/** `tlvs` are the bytes after the last field, as they came. */
export type Decoded<M> =
  | { readonly kind: 'message'; readonly message: M; readonly tlvs: Uint8Array }
  /** Core or a known extension, but no type that this peer may send here. */
  | { readonly kind: 'unknown-type' }
  /** An extension nobody here knows: drop it, keep the connection. */
  | { readonly kind: 'unknown-extension' };

/** Where encoded messages go: `NoiseConnection`. */
export interface FrameSink {
  send(header: Omit<FrameHeader, 'payloadBytes'>, payload: Uint8Array): void;
}

export interface Codec<In, Out> {
  /** Largest payload in bytes that is read for this header; to be asked before anything is allocated. */
  limitFor(header: FrameHeader): number;
  /** @throws PeerError<DecodeFailure> when the payload does not hold what its type promises */
  decode(frame: Frame): Decoded<In>;
  /** Encodes `message`, adds `tlvs` after its last field, hands the frame to `sink`. @throws Error when a value does not fit */
  send(sink: FrameSink, message: Out, tlvs?: Uint8Array): void;
}

function codec<const R extends readonly MessageDef[], const S extends readonly MessageDef[]>(
  receives: R,
  sends: S,
): Codec<MessageOf<R[number]>, MessageOf<S[number]>> {
  const byType = new Map(receives.map((def) => [keyOf(def.extension, def.id), def as MessageDef]));
  const byName = new Map(sends.map((def) => [def.name, def as MessageDef]));
  const extensions = new Set(receives.map((def) => def.extension));
  return {
    limitFor: (header) => {
      const def = byType.get(keyOf(header.extension, header.messageType));
      return def === undefined ? MOST_UNKNOWN_BYTES : Math.min(def.most + MOST_TLV_BYTES, MAX_PAYLOAD_BYTES);
    },
    decode: ({ header, payload }) => {
      const def = byType.get(keyOf(header.extension, header.messageType));
      if (def === undefined) return extensions.has(header.extension) ? UNKNOWN_TYPE : UNKNOWN_EXTENSION;
      const { message, rest } = decodePayload(def, payload);
      return { kind: 'message', message: message as MessageOf<R[number]>, tlvs: rest };
    },
    send: (sink, message, tlvs) => {
      const def = byName.get((message as { name: string }).name) as MessageDef;
      const payload = encodePayload(def, message as MessageOf<MessageDef>);
      sink.send({ extension: def.extension, bit: def.bit, messageType: def.id }, tlvs === undefined ? payload : concat(payload, tlvs));
    },
  };
}

const UNKNOWN_TYPE = { kind: 'unknown-type' } as const;
const UNKNOWN_EXTENSION = { kind: 'unknown-extension' } as const;
const keyOf = (extension: number, messageType: number) => (extension << 8) | messageType;

const fromClient = [...commonFromClient, ...extensionsFromClient] as const;
const fromServer = [...commonFromServer, ...extensionsFromServer] as const;

const miningUp = [...fromClient, ...miningFromClient] as const;
const miningDown = [...fromServer, ...miningFromServer] as const;
export type MiningFromClient = MessageOf<(typeof miningUp)[number]>;
export type MiningFromServer = MessageOf<(typeof miningDown)[number]>;
export const miningClientCodec: Codec<MiningFromServer, MiningFromClient> = codec(miningDown, miningUp);
export const miningServerCodec: Codec<MiningFromClient, MiningFromServer> = codec(miningUp, miningDown);

const declarationUp = [...fromClient, ...jobDeclarationFromClient] as const;
const declarationDown = [...fromServer, ...jobDeclarationFromServer] as const;
export type JobDeclarationFromClient = MessageOf<(typeof declarationUp)[number]>;
export type JobDeclarationFromServer = MessageOf<(typeof declarationDown)[number]>;
export const jobDeclarationClientCodec: Codec<JobDeclarationFromServer, JobDeclarationFromClient> = codec(declarationDown, declarationUp);
export const jobDeclarationServerCodec: Codec<JobDeclarationFromClient, JobDeclarationFromServer> = codec(declarationUp, declarationDown);

const templatesUp = [...fromClient, ...templateDistributionFromClient] as const;
const templatesDown = [...fromServer, ...templateDistributionFromServer] as const;
export type TemplateFromClient = MessageOf<(typeof templatesUp)[number]>;
export type TemplateFromServer = MessageOf<(typeof templatesDown)[number]>;
export const templateClientCodec: Codec<TemplateFromServer, TemplateFromClient> = codec(templatesDown, templatesUp);
export const templateServerCodec: Codec<TemplateFromClient, TemplateFromServer> = codec(templatesUp, templatesDown);
