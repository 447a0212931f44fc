/**
 * Answers of the control protocol, in its two dialects. `v0` (Bitaxe, EmberOne minor 0): success is `LEN = data length | ID |
 * data`, an error `LEN = total length | ID | code | text`, so that only the expected length tells them apart. `v1` (EmberOne
 * from minor 1): `LEN = total | ID | STATUS | data`.
 */

export type ControlDialect = 'v0' | 'v1';

export type ControlFailure =
  /** The firmware says no: 10 timeout, 11 invalid, 12 overflow, FF with a text. */
  | { readonly code: 'control-error'; readonly status: number; readonly text: string }
  | { readonly code: 'control-silent'; readonly timeoutMs: number }
  /** An answer for something else, or of another length. */
  | { readonly code: 'control-garbled' };

export type ControlAnswer =
  | { readonly kind: 'success'; readonly data: Uint8Array }
  | { readonly kind: 'failure'; readonly fault: ControlFailure }
  /** More bytes must come, or silence. */
  | { readonly kind: 'unfinished' };

export interface ExpectedAnswer {
  readonly dialect: ControlDialect;
  readonly id: number;
  readonly dataBytes: number;
}

const LEAD_BYTES = 3;
/** The shortest error: length, id, code. */
const ERROR_BYTES = 4;
/** What the firmware answers with when it could not read the id. */
const UNKNOWN_ID = 0xff;
const UNFINISHED: ControlAnswer = { kind: 'unfinished' };
const GARBLED: ControlAnswer = { kind: 'failure', fault: { code: 'control-garbled' } };

/** What `bytes`, all that came since the request, mean. `silent`: nothing more is coming. */
export function readControlAnswer(bytes: Uint8Array, expected: ExpectedAnswer, silent: boolean): ControlAnswer {
  if (bytes.length < LEAD_BYTES) return silent && bytes.length > 0 ? GARBLED : UNFINISHED;
  const length = (bytes[0] as number) | ((bytes[1] as number) << 8);
  const id = bytes[2] as number;
  if (id !== expected.id && id !== UNKNOWN_ID) return GARBLED;
  return expected.dialect === 'v1' ? readV1(bytes, length, expected, silent) : readV0(bytes, length, expected, silent);
}

function readV0(bytes: Uint8Array, length: number, { id, dataBytes }: ExpectedAnswer, silent: boolean): ControlAnswer {
  const total = LEAD_BYTES + dataBytes;
  if (length === dataBytes && bytes[2] === id) {
    if (bytes.length === total) return { kind: 'success', data: bytes.slice(LEAD_BYTES) };
    if (bytes.length > total) return GARBLED;
    // An error may have just this length too; then it is shorter than the success, and silence follows.
    if (!silent) return UNFINISHED;
  }
  if (length < ERROR_BYTES) return GARBLED;
  if (bytes.length < length) return silent ? GARBLED : UNFINISHED;
  return bytes.length === length ? errorOf(bytes) : GARBLED;
}

function readV1(bytes: Uint8Array, length: number, { dataBytes }: ExpectedAnswer, silent: boolean): ControlAnswer {
  if (length < ERROR_BYTES || bytes.length > length) return GARBLED;
  if (bytes.length < length) return silent ? GARBLED : UNFINISHED;
  if (bytes[LEAD_BYTES] !== 0) return errorOf(bytes);
  return length === ERROR_BYTES + dataBytes ? { kind: 'success', data: bytes.slice(ERROR_BYTES) } : GARBLED;
}

function errorOf(bytes: Uint8Array): ControlAnswer {
  const text = Array.from(bytes.subarray(ERROR_BYTES), (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '?')).join('');
  return { kind: 'failure', fault: { code: 'control-error', status: bytes[LEAD_BYTES] as number, text } };
}
