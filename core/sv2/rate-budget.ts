/** A budget of events a second with a burst (SEC-4): a token bucket over a clock that is given. */

export interface BudgetRate {
  readonly perSecond: number;
  readonly burst: number;
}

export class RateBudget {
  readonly #rate: BudgetRate;
  #tokens: number;
  #at: number;

  /** @param now monotonic milliseconds; the budget starts full */
  constructor(rate: BudgetRate, now: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#at = now;
  }

  /** Spends one; false when nothing is left. */
  spend(now: number): boolean {
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + ((now - this.#at) / 1000) * this.#rate.perSecond);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
