/** Vectors of messages: a whole plain frame and its fields, read and written by the tables in `core/sv2/messages`. */
import * as z from 'zod';
import { concat, fromHex, toHex } from '../../core/bytes.ts';
import { faultOf } from '../../core/errors.ts';
import { commonFromClient, commonFromServer } from '../../core/sv2/messages/common.ts';
import { extensionsFromClient, extensionsFromServer } from '../../core/sv2/messages/extensions.ts';
import { jobDeclarationFromClient, jobDeclarationFromServer } from '../../core/sv2/messages/job-declaration.ts';
import { miningFromClient, miningFromServer } from '../../core/sv2/messages/mining.ts';
import { templateDistributionFromClient, templateDistributionFromServer } from '../../core/sv2/messages/template-distribution.ts';
import { decodeHeader, encodeFrame, HEADER_BYTES } from '../../core/wire/frame.ts';
import { decodePayload, encodePayload, type MessageDef, type MessageOf } from '../../core/wire/message.ts';
import { F32 } from '../../core/wire/types.ts';
import { Comparison } from './outcome.ts';
import { hex, name } from './schemas.ts';

const protocols: Readonly<Record<string, readonly MessageDef[]>> = {
  common: [...commonFromClient, ...commonFromServer],
  extensions: [...extensionsFromClient, ...extensionsFromServer],
  mining: [...miningFromClient, ...miningFromServer],
  'job-declaration': [...jobDeclarationFromClient, ...jobDeclarationFromServer],
  'template-distribution': [...templateDistributionFromClient, ...templateDistributionFromServer],
};

export const messageVector = z.strictObject({
  kind: z.literal('message'),
  name,
  message: name,
  protocol: z.enum(Object.keys(protocols)).optional(),
  bytes: hex,
  fields: z.record(z.string(), z.unknown()).optional(),
  tlvs: hex.optional(),
  fault: z.string().optional(),
});
type MessageVector = z.infer<typeof messageVector>;

/** Frame to fields, and fields to frame; or the fault that reading must give. */
export function checkMessage(vector: MessageVector): string[] {
  const found = findDef(vector);
  if (typeof found === 'string') return [found];
  if (vector.fault !== undefined) return checkFault(found, vector);
  const compare = new Comparison();
  compare.step('reading', () => checkRead(found, vector, compare));
  compare.step('writing', () => checkWritten(found, vector, compare));
  return compare.wrong;
}

function checkRead(def: MessageDef, vector: MessageVector, compare: Comparison): void {
  const { bytes, tlvs } = vector;
  const header = decodeHeader(bytes.subarray(0, HEADER_BYTES));
  compare.text('msg_type', String(header.messageType), String(def.id));
  compare.text('extension', String(header.extension), String(def.extension));
  compare.text('msg_length', String(header.payloadBytes), String(bytes.length - HEADER_BYTES));
  const { message, rest } = decodePayload(def, bytes.subarray(HEADER_BYTES));
  const { name: _, ...values } = message as { name: string };
  compare.text('fields', canonical(values), canonical(typedFields(def, vector)));
  compare.bytes('tlvs', rest, tlvs ?? new Uint8Array());
}

function checkWritten(def: MessageDef, vector: MessageVector, compare: Comparison): void {
  const payload = encodePayload(def, { name: def.name, ...typedFields(def, vector) } as MessageOf<MessageDef>);
  const frame = { extension: def.extension, bit: def.bit, messageType: def.id };
  compare.bytes('the written frame', encodeFrame(frame, concat(payload, vector.tlvs ?? new Uint8Array())), vector.bytes);
}

/** The vector's fields with their types: hex or text, number or bigint, as the same field has them when it is read. */
function typedFields(def: MessageDef, { bytes, fields = {} }: MessageVector): Record<string, unknown> {
  const shape = decodePayload(def, bytes.subarray(HEADER_BYTES)).message as unknown as Record<string, unknown>;
  const isSingle = (key: string) => (def.fields as Record<string, unknown>)[key] === F32;
  const entries = Object.entries(specNames(fields));
  return Object.fromEntries(entries.map(([key, value]) => [key, isSingle(key) ? Math.fround(Number(value)) : typed(value, shape[key])]));
}

function checkFault(def: MessageDef, { bytes, fault }: MessageVector): string[] {
  try {
    decodePayload(def, bytes.subarray(HEADER_BYTES));
    return [`it was read without a fault, the vector says ${fault}`];
  } catch (error) {
    const { code } = faultOf(error);
    return code === fault ? [] : [`the fault is ${code}, the vector says ${fault}`];
  }
}

function findDef({ message, protocol }: MessageVector): MessageDef | string {
  const lists = protocol === undefined ? Object.values(protocols).flat() : (protocols[protocol] ?? []);
  const [def, another] = lists.filter((candidate) => candidate.name === message.replaceAll('.', ''));
  if (def === undefined) return `there is no message ${message}${protocol === undefined ? '' : ` in ${protocol}`}`;
  return another === undefined ? def : `there is more than one ${message}: the vector has to name its protocol`;
}

/** `min_ntime` and `minNtime` are one field. */
function specNames(fields: Record<string, unknown>): Record<string, unknown> {
  const camel = (key: string) => key.replace(/_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [camel(key), value]));
}

function typed(value: unknown, shape: unknown): unknown {
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map((element, index) => typed(element, Array.isArray(shape) ? shape[index] : undefined));
  if (shape instanceof Uint8Array) return fromHex(String(value));
  return typeof shape === 'bigint' ? BigInt(value as string | number) : value;
}

/** One text for equal fields: keys sorted, bytes as hex, 64-bit numbers as text, nothing as null. */
function canonical(value: unknown): string {
  if (value instanceof Uint8Array) return JSON.stringify(toHex(value));
  if (typeof value === 'bigint') return JSON.stringify(String(value));
  if (value === undefined || value === null) return 'null';
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${key}:${canonical(inner)}`).join(',')}}`;
}
