/** Lets boards power up one after the other: all at once would pull down the hub that feeds them. */

/** Others may follow so long after the one before has started. */
export const STAGGER_MS = 2_000;

export interface PowerGate {
  /**
   * Resolves when it is this board's turn; call what it gives when the board hashes or has given up. Idempotent. `unused`: it had
   * left while it waited and took no power, so the next one follows at once.
   */
  enter(): Promise<(how?: 'unused') => void>;
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
      const leave = (how?: 'unused') => {
        if (!left && how === 'unused') open();
        else if (!left) after(STAGGER_MS, open);
        left = true;
      };
      return turn.then(() => leave);
    },
  };
}
