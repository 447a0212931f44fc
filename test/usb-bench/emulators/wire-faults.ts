/** What goes wrong between a chip and the host, on command: each fault names the next frames that it touches. */
import { concat, EMPTY } from '../../../core/bytes.ts';

export type WireFault =
  /** The bit `bit` (0 = most significant of the first byte) of each of the next `frames` frames is turned. */
  | { readonly kind: 'flip-bit'; readonly bit: number; readonly frames: number }
  /** `bytes` bytes from `at` on are missing in each of the next `frames` frames. */
  | { readonly kind: 'drop-bytes'; readonly at: number; readonly bytes: number; readonly frames: number }
  /** An FTDI status pair stands in the middle of each of the next `frames` frames, as if the bridge had not removed it. */
  | { readonly kind: 'stray-status'; readonly at: number; readonly frames: number }
  /** Noise stands before each of the next `frames` frames. */
  | { readonly kind: 'noise'; readonly bytes: Uint8Array; readonly frames: number }
  /** Each of the next `frames` frames comes twice. */
  | { readonly kind: 'duplicate'; readonly frames: number }
  /** The next `frames` frames are replaced by one heard before (`back` frames ago). */
  | { readonly kind: 'stale'; readonly back: number; readonly frames: number }
  /** Nothing is heard for `ms`; what the chip said in that time is lost. */
  | { readonly kind: 'silence'; readonly ms: number };

const STATUS = Uint8Array.of(0x01, 0x60);
/** Frames remembered for `stale`. */
const MEMORY = 64;

export class WireFaults {
  #waiting: { fault: Exclude<WireFault, { kind: 'silence' }>; left: number }[] = [];
  #heard: Uint8Array[] = [];
  #silentUntil = Number.NEGATIVE_INFINITY;
  /** Frames touched so far. */
  touched = 0;

  inject(fault: WireFault, now: number): void {
    if (fault.kind === 'silence') this.#silentUntil = Math.max(this.#silentUntil, now + fault.ms);
    else this.#waiting.push({ fault, left: fault.frames });
  }

  /** The frames that the host will hear in place of `frame`. */
  apply(frame: Uint8Array, now: number): readonly Uint8Array[] {
    if (now < this.#silentUntil) {
      this.touched += 1;
      return [];
    }
    const first = this.#waiting[0];
    const heard = first === undefined ? [frame] : this.#touch(frame, first);
    this.#heard = [...this.#heard, frame].slice(-MEMORY);
    return heard;
  }

  #touch(frame: Uint8Array, entry: { fault: Exclude<WireFault, { kind: 'silence' }>; left: number }): readonly Uint8Array[] {
    entry.left -= 1;
    if (entry.left <= 0) this.#waiting.shift();
    this.touched += 1;
    const { fault } = entry;
    switch (fault.kind) {
      case 'flip-bit':
        return [frame.map((byte, index) => (index === fault.bit >> 3 ? byte ^ (0x80 >> (fault.bit & 7)) : byte))];
      case 'drop-bytes':
        return [concat(frame.subarray(0, fault.at), frame.subarray(fault.at + fault.bytes))];
      case 'stray-status':
        return [concat(frame.subarray(0, fault.at), STATUS, frame.subarray(fault.at))];
      case 'noise':
        return [concat(fault.bytes, frame)];
      case 'duplicate':
        return [frame, frame];
      case 'stale':
        return [this.#heard.at(-fault.back) ?? EMPTY].filter((bytes) => bytes.length > 0);
    }
  }
}
