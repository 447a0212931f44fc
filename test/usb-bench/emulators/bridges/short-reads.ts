/** Replies cut where the test wants them: a device may always send less than a full packet. */

export class ShortReads {
  #pieces: number[] = [];

  /** The next packets hold at most these numbers of bytes, one after the other. */
  plan(pieces: readonly number[]): void {
    this.#pieces.push(...pieces);
  }

  /** How much of `most` the packet that is made now may hold. */
  limit(most: number): number {
    return Math.min(most, this.#pieces[0] ?? most);
  }

  made(): void {
    this.#pieces.shift();
  }
}
