/** Remembers, over a reload, that the first accepted share after the first run is still to be told. */
import { Kept } from './kept.svelte.ts';

class Celebration {
  readonly #kept = new Kept<{ readonly due: boolean }>('celebration', { due: false });

  get due(): boolean {
    return this.#kept.value.due;
  }
  awaits(): void {
    this.#kept.patch({ due: true });
  }
  over(): void {
    this.#kept.reset();
  }
}

export const celebration = new Celebration();
