/**
 * A person's word for an experimental board. For a board that its strings name, the setting holds for good. For what might
 * be any gadget, it holds only while this very thing stays plugged in: the next one in the same port with the same worn-out
 * serial number may be a printer, so there the word must be given after it was plugged in.
 */

export class Consent {
  readonly #eachPlug: boolean;
  #last: boolean | undefined;
  #given = false;

  constructor({ eachPlug }: { readonly eachPlug: boolean }) {
    this.#eachPlug = eachPlug;
  }

  get isGiven(): boolean {
    return this.#given;
  }

  /** The setting as it is now. */
  heard(allowed: boolean): void {
    if (!allowed) this.#given = false;
    else if (!this.#eachPlug || this.#last === false) this.#given = true;
    this.#last = allowed;
  }
}
