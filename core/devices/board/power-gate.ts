/** Lets boards power up one after the other: all at once would pull down the hub that feeds them. */

/** Others may follow so long after the one before has started. */
export const STAGGER_MS = 2_000;

export interface PowerTicket {
  /** Resolves when it is this board's turn. */
  readonly turn: Promise<void>;
  /**
   * When the board hashes, has given up, or waits no longer. Idempotent. `unused`: it took no power, so the next one follows at
   * once, or as soon as this one's turn would have come.
   */
  leave(how?: 'unused'): void;
}

export interface PowerGate {
  enter(): PowerTicket;
}

/** @param after calls back after so many milliseconds */
export function powerGate(after: (ms: number, callback: () => void) => void): PowerGate {
  let tail: Promise<void> = Promise.resolve();
  return {
    enter() {
      const turn = tail;
      let open: () => void = () => {};
      const mine = new Promise<void>((resolve) => {
        open = resolve;
      });
      tail = turn.then(() => mine);
      let left = false;
      const leave = (how?: 'unused') => {
        if (!left && how === 'unused') open();
        else if (!left) after(STAGGER_MS, open);
        left = true;
      };
      return { turn, leave };
    },
  };
}
