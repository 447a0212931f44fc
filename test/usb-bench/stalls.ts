/**
 * Notices that this process, and with it the machine, stood still: drivers have limits in real time, and a guest that gets no
 * processor breaks them through nobody's fault.
 */

/** How often it is looked, and how late a look may be before it is a stall. */
const LOOK_MS = 50;
export const STALL_MS = 300;
/** Newest last; older ones are of no interest. */
const MOST = 1_000;

export interface Stall {
  /** When it was noticed, by the clock that was given. */
  readonly at: number;
  readonly ms: number;
}

/** Calls `onStall` for each. Returns how to end it. */
export function watchStalls(onStall: (ms: number) => void): () => void {
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const ms = now - last - LOOK_MS;
    last = now;
    if (ms >= STALL_MS) onStall(Math.round(ms));
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

export class Stalls {
  readonly #all: Stall[] = [];

  add(ms: number): void {
    this.#all.push({ at: performance.now(), ms });
    if (this.#all.length > MOST) this.#all.shift();
  }

  /** The longest since `at`; 0: there was none. */
  worstSince(at: number): number {
    return Math.max(0, ...this.#all.filter((stall) => stall.at >= at).map(({ ms }) => ms));
  }
}
