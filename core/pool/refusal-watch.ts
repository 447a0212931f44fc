/**
 * Watches how a pool answers shares that were checked here (MIN-47, SEC-20): a few refusals are races at a new block; most of
 * them refused is the pool's fault, or theft.
 */

/** Answers looked at; of fewer nothing is said. */
export const WINDOW = 20;
const TOO_MANY = 0.5;
/** Below this the pool counts as healed, and a relapse is told again. */
const FEW = 0.25;

export class RefusalWatch {
  readonly #refused: boolean[] = [];
  #told = false;

  /** The share of refused answers when it has just become too large, else undefined. */
  answered(refused: boolean): number | undefined {
    this.#refused.push(refused);
    if (this.#refused.length > WINDOW) this.#refused.shift();
    const part = this.#refused.filter(Boolean).length / WINDOW;
    if (part < FEW) this.#told = false;
    if (this.#told || this.#refused.length < WINDOW || part <= TOO_MANY) return undefined;
    this.#told = true;
    return part;
  }
}
