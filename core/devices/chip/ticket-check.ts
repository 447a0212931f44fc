/**
 * Did the chips take their ticket mask? GekkoScience's test: after the first works, nonces much below the mask mean that it
 * was not taken; none near it among many means that it is higher than asked. Either way it is sent again, three times at most.
 */

export const MAX_RESENDS = 3;
/** Nonces of these first works may still come from before. */
export const SKIPPED_WORKS = 8;
/** A few stray nonces prove nothing. */
const TOO_EASY_NONCES = 4;

interface TicketRule {
  /** One nonce below this must come … */
  readonly low: number;
  /** … within so many. */
  readonly within: number;
  /** Below this, the mask is not in force. */
  readonly tooLow: number;
}

const rules: Readonly<Record<number, TicketRule>> = {
  64: { low: 65.9, within: 20_000, tooLow: 63.9 },
  32: { low: 33.3, within: 10_000, tooLow: 31.9 },
  16: { low: 16.9, within: 5_000, tooLow: 15.9 },
  8: { low: 8.9, within: 1_250, tooLow: 7.9 },
  4: { low: 4.9, within: 450, tooLow: 3.9 },
  2: { low: 2.9, within: 150, tooLow: 1.9 },
  1: { low: 1.9, within: 50, tooLow: 0 },
};

export type TicketVerdict = 'watching' | 'send-again' | 'done';

export class TicketCheck {
  readonly #rule: TicketRule | undefined;
  #works = 0;
  #nonces = 0;
  #tooEasy = 0;
  #resends = 0;
  #done: boolean;

  /** Difficulties without a rule (above 64) are not watched: their nonces are too rare to tell. */
  constructor(difficulty: number) {
    this.#rule = rules[difficulty];
    this.#done = this.#rule === undefined;
  }

  work(): void {
    this.#works += 1;
  }

  /** A correct nonce of this difficulty came. */
  nonce(difficulty: number): TicketVerdict {
    const rule = this.#rule;
    if (rule === undefined || this.#done) return 'done';
    if (this.#works <= SKIPPED_WORKS) return 'watching';
    this.#nonces += 1;
    if (difficulty < rule.tooLow) this.#tooEasy += 1;
    else if (difficulty < rule.low) {
      this.#done = true;
      return 'done';
    }
    return this.#tooEasy >= TOO_EASY_NONCES || this.#nonces >= rule.within ? this.#again() : 'watching';
  }

  #again(): TicketVerdict {
    if (this.#resends >= MAX_RESENDS) {
      this.#done = true;
      return 'done';
    }
    this.#resends += 1;
    this.#works = 0;
    this.#nonces = 0;
    this.#tooEasy = 0;
    return 'send-again';
  }
}
