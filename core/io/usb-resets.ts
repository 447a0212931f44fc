/** The resets under way on one bus. */
export class UsbResets {
  /** How many there were so far. */
  begun = 0;
  readonly #underWay = new Set<Promise<void>>();

  run(reset: () => Promise<void>): Promise<void> {
    this.begun += 1;
    const running = reset().finally(() => this.#underWay.delete(running));
    this.#underWay.add(running);
    return running;
  }

  /** Resolves when none is under way. Never rejects. */
  async over(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }
}
