/**
 * TLV additions at the end of a payload (specification 3.4.3; EXT-8 … EXT-11): U16 extension id, U8 field, U16 length,
 * value. Written little-endian; read in either byte order, because the printed example and the general rule disagree.
 */
import { utf8 } from '@scure/base';
import { concat } from '../bytes.ts';
import { extensionIds } from './messages/extensions.ts';

export interface Tlv {
  readonly extension: number;
  readonly field: number;
  readonly value: Uint8Array;
}

/** Field 0x01 of extension 0x0002. */
const USER_IDENTITY_FIELD = 0x01;
/** EXT-10. */
export const MOST_USER_IDENTITY_BYTES = 32;
const HEADER_BYTES = 5;

/** The bytes of `tlvs`, ordered by extension id (EXT-8). */
export function encodeTlvs(tlvs: readonly Tlv[]): Uint8Array {
  const ordered = [...tlvs].sort((a, b) => a.extension - b.extension);
  return concat(...ordered.flatMap(({ extension, field, value }) => [header(extension, field, value.length), value]));
}

/**
 * The TLVs of negotiated extensions in `bytes`; others are skipped. A sequence that runs past the end, or means nothing
 * in either byte order, gives an empty list: un-negotiated trailing bytes are to be ignored.
 */
export function decodeTlvs(bytes: Uint8Array, negotiated: ReadonlySet<number>): Tlv[] {
  for (const order of [littleEndian, bigEndian]) {
    const known = walk(bytes, order)?.filter((tlv) => negotiated.has(tlv.extension)) ?? [];
    if (known.length > 0) return known;
  }
  return [];
}

/** The TLV that names the worker of a share (EXT-10), cut to 32 bytes on a character boundary. */
export function encodeUserIdentity(text: string): Uint8Array {
  return encodeTlvs([
    { extension: extensionIds.workerHashrate, field: USER_IDENTITY_FIELD, value: cutUtf8(text, MOST_USER_IDENTITY_BYTES) },
  ]);
}

/** `too-long`: more than 32 bytes; the message that carries it is to be rejected (EXT-8). */
export type UserIdentity =
  | { readonly kind: 'absent' }
  | { readonly kind: 'present'; readonly bytes: Uint8Array }
  | { readonly kind: 'too-long' };

/** The worker named in the TLV space of a SubmitSharesExtended, on a connection that negotiated extension 0x0002. */
export function readUserIdentity(tlvs: Uint8Array): UserIdentity {
  const found = decodeTlvs(tlvs, new Set([extensionIds.workerHashrate])).find((tlv) => tlv.field === USER_IDENTITY_FIELD);
  if (found === undefined) return { kind: 'absent' };
  return found.value.length > MOST_USER_IDENTITY_BYTES ? { kind: 'too-long' } : { kind: 'present', bytes: found.value };
}

/** The longest whole-character beginning of `text` that has at most `most` bytes of UTF-8. */
export function cutUtf8(text: string, most: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let length = 0;
  for (const character of text.toWellFormed()) {
    const bytes = utf8.decode(character);
    if (length + bytes.length > most) break;
    parts.push(bytes);
    length += bytes.length;
  }
  return concat(...parts);
}

function header(extension: number, field: number, length: number): Uint8Array {
  return Uint8Array.of(extension & 0xff, extension >> 8, field, length & 0xff, length >> 8);
}

type ByteOrder = (bytes: Uint8Array, at: number) => number;
const littleEndian: ByteOrder = (bytes, at) => (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
const bigEndian: ByteOrder = (bytes, at) => ((bytes[at] as number) << 8) | (bytes[at + 1] as number);

/** Every TLV in this byte order, or undefined when they do not end exactly where `bytes` do. */
function walk(bytes: Uint8Array, u16: ByteOrder): Tlv[] | undefined {
  const found: Tlv[] = [];
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const end = at + HEADER_BYTES + u16(bytes, at + 3);
    if (end > bytes.length) return undefined;
    found.push({ extension: u16(bytes, at), field: bytes[at + 2] as number, value: bytes.subarray(at + HEADER_BYTES, end) });
    at = end;
  }
  return at === bytes.length ? found : undefined;
}
