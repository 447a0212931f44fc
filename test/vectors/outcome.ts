/** What became of one vector: nothing wrong, or sentences that say what. */
import { toHex } from '../../core/bytes.ts';

export interface Outcome {
  readonly name: string;
  /** Empty = passed. */
  readonly wrong: readonly string[];
}

/** Collects what does not agree. */
export class Comparison {
  readonly wrong: string[] = [];

  bytes(what: string, got: Uint8Array, expected: Uint8Array): void {
    this.text(what, toHex(got), toHex(expected));
  }

  text(what: string, got: string, expected: string): void {
    if (got !== expected) this.wrong.push(`${what} is ${got}, the vector says ${expected}`);
  }

  /** Runs a step; what it throws is wrong too. */
  step(what: string, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.wrong.push(`${what} failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
