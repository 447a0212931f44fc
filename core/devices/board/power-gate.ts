/** Lets boards power up one after the other: all at once would pull down the hub that feeds them. */

/** Others may follow so long after the one before has started. */
export const STAGGER_MS = 2_000;

export interface PowerGate {
  /** Resolves when it is this board's turn; call what it gives when the board hashes or has given up. Idempotent. */
  enter(): Promise<() => void>;
}

/** @param after calls back after so many milliseconds */
export function powerGate(after: (ms: number, callback: () => void) => void): PowerGate {
  let tail: Promise<void> = Promise.resolve();
  return {
    enter() {
      let open: () => void = () => {};
      const turn = tail;
      tail = new Promise((resolve) => {
        open = resolve;
      });
      let left = false;
      const leave = () => {
        if (!left) after(STAGGER_MS, open);
        left = true;
      };
      return turn.then(() => leave);
    },
  };
}
