/**
 * Arithmetic on 32-bit words, written down instead of done: a graph of operations from which a kernel is emitted.
 * A word is `known` while building (padding, round constants), `uniform` (the same for every nonce of a work: made once,
 * with scalar instructions) or `varying` (made for every nonce). What is known or uniform is folded here, and that is
 * where all the precomputation of the message schedule comes from; no special case is written by hand.
 */

export type Operation = 'add' | 'xor' | 'and' | 'or' | 'shl' | 'shr' | 'rotr';

export interface Known {
  readonly kind: 'known';
  readonly value: number;
}

/** An input is a word in memory, at byte `offset`. */
export type Uniform =
  | { readonly kind: 'uniform'; readonly id: number; readonly input: number }
  | { readonly kind: 'uniform'; readonly id: number; readonly operation: Operation; readonly parts: readonly Word[]; readonly by?: number };

export type Varying =
  | { readonly kind: 'varying'; readonly id: number; readonly nonce: true }
  | { readonly kind: 'varying'; readonly id: number; readonly operation: Operation; readonly parts: readonly Word[]; readonly by?: number };

export type Word = Known | Uniform | Varying;

const ALL_ONES = 0xffffffff;

const fold: Record<Operation, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  xor: (a, b) => a ^ b,
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  shl: (a, b) => a << b,
  shr: (a, b) => a >>> b,
  rotr: (a, b) => (a >>> b) | (a << (32 - b)),
};

export class WordGraph {
  /** Varying words in the order they were made, and where each round ends. */
  readonly varying: Varying[] = [];
  readonly rounds: number[] = [];
  /** Vector instructions have no rotation: it becomes two shifts. */
  readonly #rotates: boolean;
  readonly #uniforms = new Map<string, Uniform>();

  constructor(rotates: boolean) {
    this.#rotates = rotates;
  }

  known(value: number): Known {
    return { kind: 'known', value: value >>> 0 };
  }

  /** The word at byte `offset` of memory. */
  input(offset: number): Uniform {
    return this.#uniform(`in ${offset}`, (id) => ({ kind: 'uniform', id, input: offset }));
  }

  /** The nonce as an integer; called once. */
  nonce(): Varying {
    return this.#vary({ kind: 'varying', id: this.varying.length, nonce: true });
  }

  /** Everything made since the last call belongs to one round: kernels interleave rounds. */
  endRound(): void {
    this.rounds.push(this.varying.length);
  }

  /** Sum modulo 2^32; what is known is added at build time, what is uniform once a work. */
  add(...terms: readonly Word[]): Word {
    const known = terms.reduce((total, term) => (term.kind === 'known' ? (total + term.value) >>> 0 : total), 0);
    const uniform = this.#sum([...terms.filter((term) => term.kind === 'uniform'), ...(known === 0 ? [] : [this.known(known)])]);
    const [first, ...rest] = terms.filter((term) => term.kind === 'varying');
    if (first === undefined) return uniform ?? this.known(0);
    // The first term is the oldest: what is ready early is added early, off the critical path.
    return this.#sum([first, ...(uniform === undefined ? [] : [uniform]), ...rest]) as Word;
  }

  xor(a: Word, b: Word): Word {
    if (isKnown(a, 0)) return b;
    return isKnown(b, 0) ? a : this.make('xor', [a, b]);
  }

  and(a: Word, b: Word): Word {
    if (isKnown(a, 0) || isKnown(b, 0)) return this.known(0);
    if (isKnown(a, ALL_ONES)) return b;
    return isKnown(b, ALL_ONES) ? a : this.make('and', [a, b]);
  }

  /** Rotations by `rotations` and, if given, a shift right by `shift`, all joined by exclusive or. */
  mix(word: Word, rotations: readonly number[], shift?: number): Word {
    const parts = rotations.flatMap((by) => this.#rotation(word, by));
    if (shift !== undefined) parts.push(this.make('shr', [word], shift));
    return parts.reduce((a, b) => this.xor(a, b));
  }

  /** Reverses the four bytes. */
  swapBytes(word: Word): Word {
    const low = this.make('shl', [this.and(word, this.known(0xff00))], 8);
    const high = this.and(this.make('shr', [word], 8), this.known(0xff00));
    const outer = this.make('or', [this.make('shl', [word], 24), this.make('shr', [word], 24)]);
    return this.make('or', [this.make('or', [low, high]), outer]);
  }

  /** One operation, folded when all its parts are known. */
  make(operation: Operation, parts: readonly Word[], by?: number): Word {
    if (parts.every((part) => part.kind === 'known')) {
      const [a, b = { value: by as number }] = parts as readonly Known[];
      return this.known(fold[operation]((a as Known).value, b.value));
    }
    return this.#make(operation, parts, by);
  }

  #sum(terms: readonly Word[]): Word | undefined {
    return terms.length === 0 ? undefined : terms.reduce((a, b) => this.make('add', [a, b]));
  }

  #rotation(word: Word, by: number): Word[] {
    if (word.kind !== 'varying' || this.#rotates) return [this.make('rotr', [word], by)];
    return [this.make('shr', [word], by), this.make('shl', [word], 32 - by)];
  }

  #make(operation: Operation, parts: readonly Word[], by?: number): Word {
    const shape = { operation, parts, ...(by === undefined ? {} : { by }) };
    if (parts.some((part) => part.kind === 'varying')) return this.#vary({ kind: 'varying', id: this.varying.length, ...shape });
    const key = `${operation} ${by} ${parts.map((part) => (part.kind === 'known' ? part.value : `#${(part as Uniform).id}`)).join(' ')}`;
    return this.#uniform(key, (id) => ({ kind: 'uniform', id, ...shape }));
  }

  #vary(word: Varying): Varying {
    this.varying.push(word);
    return word;
  }

  #uniform(key: string, create: (id: number) => Uniform): Uniform {
    const present = this.#uniforms.get(key);
    if (present !== undefined) return present;
    const made = create(this.#uniforms.size);
    this.#uniforms.set(key, made);
    return made;
  }
}

function isKnown(word: Word, value: number): boolean {
  return word.kind === 'known' && word.value === value;
}
