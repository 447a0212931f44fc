/** The works a device was given lately, by id: what a nonce belongs to, kept in bounded memory. */
import type { Work } from '../devices/device.ts';
import type { JobSpace } from './job-space.ts';
import type { CheckedWork } from './share-check.ts';

/**
 * A stick that takes new work every 3 ms gets back to 3 s with this; chips answer within their queue of at most 128
 * jobs. A work is about 400 bytes.
 */
export const MAX_ISSUED_WORKS = 1024;

export interface IssuedWork extends Work, CheckedWork {
  readonly space: JobSpace;
  /** Rises with every clean job; nonces of earlier ones are stale. */
  readonly generation: number;
  readonly extranonce: Uint8Array;
}

export class IssuedWorks {
  readonly #works = new Map<number, IssuedWork>();

  add(work: IssuedWork): void {
    this.#works.set(work.id, work);
    if (this.#works.size > MAX_ISSUED_WORKS) this.#works.delete(this.#works.keys().next().value as number);
  }

  /** Undefined when it was never given to this device, or too long ago. */
  find(id: number): IssuedWork | undefined {
    return this.#works.get(id);
  }
}
