/**
 * `message()` declares a Stratum V2 message once: name, id, channel bit and fields in wire order. The type, encoder,
 * decoder and limits all come from that literal (specification 3.2, 11 of the message tables in `sv2/messages`).
 */
import * as P from 'micro-packed';
import { PeerError } from '../errors.ts';

/** Whether bit 15 of `extension_type` is set when the message is sent. Receivers ignore it (FRM-10). */
export type ChannelBit = 'onChannel' | 'offChannel';

type Coders = Readonly<Record<string, P.CoderType<never>>> | Readonly<Record<string, unknown>>;
type Values<F> = { [K in keyof F]: F[K] extends P.CoderType<infer T> ? T : never };

export interface MessageDef<N extends string = string, F extends Coders = Coders> {
  readonly name: N;
  /** `msg_type`. */
  readonly id: number;
  /** Extension that defines the message; 0 = core. */
  readonly extension: number;
  readonly bit: ChannelBit;
  readonly fields: F;
  /** Smallest and largest legal payload in bytes; a frame beyond `most` is refused before it is read (FRM-17). */
  readonly least: number;
  readonly most: number;
  /** The fields as one struct; typed by `encodePayload`. */
  readonly coder: P.CoderType<object>;
  /** The same and the bytes after it, built once because jobs and prevhashes are read with it; typed by `decodePayload`. */
  readonly reader: P.CoderType<{ fields: object; rest: Uint8Array }>;
}

/** `{ name: 'SetTarget', channelId: 1, … }`: what `decode` gives and `encode` takes. */
export type MessageOf<D> = D extends MessageDef<infer N, infer F> ? { name: N } & Values<F> : never;

export type DecodeFailure = { readonly code: 'message-malformed'; readonly message: string; readonly text: string };

/** Declares a message. `sizes` are the smallest and largest legal payload. */
export function message<const N extends string, F extends Coders>(
  name: N,
  id: number,
  bit: ChannelBit,
  fields: F,
  sizes: { readonly least: number; readonly most: number; readonly extension?: number },
): MessageDef<N, F> {
  const coder = P.struct(fields as never) as unknown as P.CoderType<object>;
  const reader = P.struct({ fields: coder, rest: P.bytes(null) }) as MessageDef['reader'];
  return { name, id, bit, fields, coder, reader, extension: sizes.extension ?? 0, least: sizes.least, most: sizes.most };
}

/** The payload alone. @throws Error when a value does not fit its field: a bug of ours. */
export function encodePayload<D extends MessageDef>(def: D, value: MessageOf<D>): Uint8Array {
  return def.coder.encode(value);
}

/**
 * Reads a payload. Bytes after the last field are TLV space and come back as `rest` (FRM-16). Byte fields are views of
 * `payload`, which must not be changed afterwards.
 * @throws PeerError<DecodeFailure>
 */
export function decodePayload<D extends MessageDef>(def: D, payload: Uint8Array): { message: MessageOf<D>; rest: Uint8Array } {
  try {
    const { fields, rest } = def.reader.decode(payload);
    return { message: { name: def.name, ...fields } as MessageOf<D>, rest };
  } catch (error) {
    throw new PeerError<DecodeFailure>({ code: 'message-malformed', message: def.name, text: (error as Error).message });
  }
}
