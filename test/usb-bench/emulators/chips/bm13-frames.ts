/** Finds the host's frames in a stream of bytes: preamble 55 AA, a length that depends on the kind, a checksum. */
import { concat, EMPTY } from '../../../../core/bytes.ts';
import { crc5, crc16 } from '../crc.ts';

export type Bm13Frame = { readonly kind: 'command' | 'job' | 'garbage'; readonly bytes: Uint8Array };

const JOB = 0x21;
const HEADER_JOB_BYTES = 86;
const SHORT = 5;
const LONG = 9;
/** The longest job: four midstates. */
const LONGEST = 150;

export class Bm13Frames {
  readonly #takes: 'midstates' | 'header';
  #buffer: Uint8Array = EMPTY;

  constructor(takes: 'midstates' | 'header') {
    this.#takes = takes;
  }

  reset(): void {
    this.#buffer = EMPTY;
  }

  /** Whole frames without preamble, in order; a bad one is given back as garbage and searched for the next preamble. */
  push(bytes: Uint8Array): Bm13Frame[] {
    this.#buffer = concat(this.#buffer, bytes);
    const frames: Bm13Frame[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): Bm13Frame | undefined {
    const start = preambleIn(this.#buffer);
    if (start > 0) return { kind: 'garbage', bytes: this.#cut(start) };
    if (this.#buffer.length < 4) return undefined;
    const length = this.#lengthOf(this.#buffer[2] as number, this.#buffer[3] as number);
    if (length === undefined) return { kind: 'garbage', bytes: this.#cut(2) };
    if (this.#buffer.length < length + 2) return undefined;
    const bytes = this.#buffer.slice(2, length + 2);
    if (!isSound(bytes)) return { kind: 'garbage', bytes: this.#cut(2) };
    this.#cut(length + 2);
    return { kind: bytes[0] === JOB ? 'job' : 'command', bytes };
  }

  #lengthOf(header: number, length: number): number | undefined {
    if (header === JOB) return this.#takes === 'header' ? HEADER_JOB_BYTES : midstateJobLength(length);
    if ((header & 0xe0) !== 0x40 || (header & 0x0f) > 3) return undefined;
    return length === SHORT || length === LONG ? length : undefined;
  }

  #cut(length: number): Uint8Array {
    const cut = this.#buffer.slice(0, length);
    this.#buffer = this.#buffer.slice(length);
    return cut;
  }
}

/** 36 (in hexadecimal) is what real hosts send for one midstate; 22 + 32 each is its meaning. */
function midstateJobLength(length: number): number | undefined {
  return length <= LONGEST && [54, 86, 150].includes(length) ? length : undefined;
}

function isSound(bytes: Uint8Array): boolean {
  if (bytes[0] !== JOB) return crc5(bytes, (bytes.length - 1) * 8) === bytes.at(-1);
  const end = bytes.length - 2;
  return crc16(bytes.subarray(0, end)) === (((bytes[end] as number) << 8) | (bytes[end + 1] as number));
}

/** Where the preamble stands, or may be about to; the length of the buffer when nowhere. */
function preambleIn(buffer: Uint8Array): number {
  for (let at = 0; at < buffer.length; at += 1) {
    if (buffer[at] === 0x55 && (at + 1 === buffer.length || buffer[at + 1] === 0xaa)) return at;
  }
  return buffer.length;
}
