/** What a fuzz target is. */
import type { SeededRandom } from './random.ts';

export interface FuzzTarget {
  /** As it is given to `--only`. */
  readonly name: string;
  /** Its part of all cases: few where a case is dear (a handshake costs as much as forty messages). */
  readonly parts: number;
  /**
   * One case, drawn from `random` alone, in bounded steps. It may throw a PeerError, because that is how the code under
   * test refuses bytes; anything else that it throws is a finding, also its own complaint that an answer was wrong.
   */
  run(random: SeededRandom, caseIndex: number): void | Promise<void>;
}

/** A target's own complaint. */
export function insist(holds: boolean, claim: string): asserts holds {
  if (!holds) throw new Error(`not so: ${claim}`);
}
