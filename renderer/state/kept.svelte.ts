/**
 * What a person typed, kept in the page's session so that a reload, an error or a crash loses nothing. Secrets are
 * never put in here. A stored value of another shape is dropped, key by key.
 */
type Plain = Readonly<Record<string, string | number | boolean>>;

export class Kept<T extends Plain> {
  readonly #key: string;
  readonly #initial: T;
  readonly #store: Storage | undefined;
  value: T = $state.raw() as T;
  /** True when something typed before a reload was found. */
  readonly restored: boolean;

  constructor(key: string, initial: T, store: Storage | undefined = sessionStore()) {
    this.#key = `hearth.${key}`;
    this.#initial = initial;
    this.#store = store;
    const found = this.#read();
    this.restored = found !== undefined;
    this.value = { ...initial, ...found };
  }

  patch(change: Partial<T>): void {
    this.value = { ...this.value, ...change };
    try {
      this.#store?.setItem(this.#key, JSON.stringify(this.value));
    } catch {
      // A full or forbidden store must not stop anyone from typing.
    }
  }

  reset(): void {
    this.value = this.#initial;
    this.#store?.removeItem(this.#key);
  }

  #read(): Partial<T> | undefined {
    try {
      const found: unknown = JSON.parse(this.#store?.getItem(this.#key) ?? 'null');
      if (typeof found !== 'object' || found === null) return undefined;
      const known = Object.entries(found).filter(([key, value]) => key in this.#initial && typeof value === typeof this.#initial[key]);
      return Object.fromEntries(known) as Partial<T>;
    } catch {
      return undefined;
    }
  }
}

function sessionStore(): Storage | undefined {
  try {
    return globalThis.sessionStorage;
  } catch {
    return undefined; // storage switched off by the person
  }
}
