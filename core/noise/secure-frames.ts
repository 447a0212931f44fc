/**
 * Frames under encryption (specification 4.6; FRM-3 to FRM-6, FRM-17, NOI-12, SEC-3): the header alone, then the payload in
 * chunks of at most 65,519 bytes, each with its tag and its own nonce. An empty payload has no ciphertext at all.
 */
import { concat, EMPTY } from '../bytes.ts';
import { PeerError } from '../errors.ts';
import { decodeHeader, encodeHeader, type Frame, type FrameHeader, HEADER_BYTES } from '../wire/frame.ts';
import { type CipherState, TAG_BYTES } from './cipher-state.ts';
import { PieceBuffer } from './piece-buffer.ts';

export const SEALED_HEADER_BYTES = HEADER_BYTES + TAG_BYTES;
/** Noise messages end at 65,535 bytes, tag included. */
export const MAX_CHUNK_BYTES = 65_535 - TAG_BYTES;

/** What a sender says of a frame; the payload gives the length. */
export type FrameStart = Omit<FrameHeader, 'payloadBytes'>;

/** Largest payload in bytes that a frame may have; asked before anything of the payload is read (FRM-17). */
export type PayloadLimit = (header: FrameHeader) => number;

export type FrameFailure =
  | { readonly code: 'transport-tampered'; readonly part: 'header' | 'payload' }
  | {
      readonly code: 'frame-too-long';
      readonly extension: number;
      readonly messageType: number;
      readonly length: number;
      readonly limit: number;
    };

/** Ciphertext length of a payload of `payloadBytes` (FRM-4). */
export function sealedPayloadBytes(payloadBytes: number): number {
  return payloadBytes + Math.ceil(payloadBytes / MAX_CHUNK_BYTES) * TAG_BYTES;
}

/** Seals frames in the order they are sent. */
export class FrameWriter {
  readonly #cipher: CipherState;

  constructor(cipher: CipherState) {
    this.#cipher = cipher;
  }

  /** The frame as it goes over the wire. @throws RangeError when the payload is longer than 2^24−1 bytes */
  seal(start: FrameStart, payload: Uint8Array): Uint8Array {
    const header = encodeHeader({ ...start, payloadBytes: payload.length });
    const sealed = new Uint8Array(SEALED_HEADER_BYTES + sealedPayloadBytes(payload.length));
    this.#cipher.encryptWithAd(EMPTY, header, sealed.subarray(0, SEALED_HEADER_BYTES));
    let at = SEALED_HEADER_BYTES;
    for (let from = 0; from < payload.length; from += MAX_CHUNK_BYTES) {
      const chunk = payload.subarray(from, from + MAX_CHUNK_BYTES);
      const end = at + chunk.length + TAG_BYTES;
      this.#cipher.encryptWithAd(EMPTY, chunk, sealed.subarray(at, end));
      at = end;
    }
    return sealed;
  }
}

type ReaderState =
  | { readonly at: 'header' }
  | { readonly at: 'payload'; readonly header: FrameHeader; readonly chunks: readonly Uint8Array[]; readonly missing: number };

/** Opens frames from bytes cut anywhere. After a throw it must not be used again. */
export class FrameReader {
  readonly #cipher: CipherState;
  readonly #limitFor: PayloadLimit;
  readonly #buffer = new PieceBuffer();
  #state: ReaderState = { at: 'header' };

  constructor(cipher: CipherState, limitFor: PayloadLimit) {
    this.#cipher = cipher;
    this.#limitFor = limitFor;
  }

  /** Payload length of the frame that is half there (0 while its header is), or undefined between frames. */
  get halfFrame(): { readonly payloadBytes: number } | undefined {
    if (this.#state.at === 'payload') return this.#state.header;
    return this.#buffer.length > 0 ? { payloadBytes: 0 } : undefined;
  }

  push(bytes: Uint8Array): void {
    this.#buffer.push(bytes);
  }

  /** The next whole frame, or undefined until more bytes come. @throws PeerError<FrameFailure> */
  next(): Frame | undefined {
    while (this.#state.at === 'header' || this.#state.missing > 0) {
      const advanced = this.#state.at === 'header' ? this.#readHeader() : this.#readChunk(this.#state);
      if (!advanced) return undefined;
    }
    const { header, chunks } = this.#state;
    this.#state = { at: 'header' };
    return { header, payload: chunks.length === 1 ? (chunks[0] as Uint8Array) : concat(...chunks) };
  }

  #readHeader(): boolean {
    const sealed = this.#buffer.take(SEALED_HEADER_BYTES);
    if (sealed === undefined) return false;
    const header = decodeHeader(this.#open(sealed, 'header'));
    const limit = this.#limitFor(header);
    const { extension, messageType, payloadBytes: length } = header;
    if (length > limit) throw new PeerError<FrameFailure>({ code: 'frame-too-long', extension, messageType, length, limit });
    this.#state = { at: 'payload', header, chunks: [], missing: length };
    return true;
  }

  #readChunk(state: Extract<ReaderState, { at: 'payload' }>): boolean {
    const chunkBytes = Math.min(state.missing, MAX_CHUNK_BYTES);
    const sealed = this.#buffer.take(chunkBytes + TAG_BYTES);
    if (sealed === undefined) return false;
    const chunks = [...state.chunks, this.#open(sealed, 'payload')];
    this.#state = { ...state, chunks, missing: state.missing - chunkBytes };
    return true;
  }

  #open(sealed: Uint8Array, part: 'header' | 'payload'): Uint8Array {
    const plain = this.#cipher.decryptWithAd(EMPTY, sealed);
    if (plain === undefined) throw new PeerError<FrameFailure>({ code: 'transport-tampered', part });
    return plain;
  }
}
