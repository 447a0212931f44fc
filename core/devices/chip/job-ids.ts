/** The ids that jobs get on the wire, in turn. Starts at the first: chips do not mind, and nothing is left from before. */
import type { JobIdRange } from './chip-family.ts';

export class JobIds {
  readonly #range: JobIdRange;
  #next: number;

  constructor(range: JobIdRange) {
    this.#range = range;
    this.#next = range.first;
  }

  next(): number {
    const { first, last, step, modulo128 } = this.#range;
    const id = this.#next;
    this.#next = modulo128 === true ? (id + step) % 128 : id + step > last ? first : id + step;
    return id;
  }
}
