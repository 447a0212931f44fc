/**
 * Turns word graphs into instructions. Words used once stay on the operand stack, the others get a local that is given
 * back after its last use: V8 sees short lives and keeps them in registers. Known and uniform words are read from memory,
 * which costs a vector unit nothing, by a load that copies one word into all lanes.
 */
import { code, I32, simd, V128, type ValueType } from './wasm-writer.ts';
import type { Operation, Uniform, Varying, Word } from './word-graph.ts';

/** `scalar`: one nonce in an i32; `vector`: four in a v128. */
export type Unit = 'scalar' | 'vector';

const scalarCode: Record<Operation, number[]> = {
  add: [0x6a],
  and: [0x71],
  or: [0x72],
  xor: [0x73],
  shl: [0x74],
  shr: [0x76],
  rotr: [0x78],
};
const vectorCode: Record<Exclude<Operation, 'rotr'>, number[]> = {
  and: simd(0x4e),
  or: simd(0x50),
  xor: simd(0x51),
  shl: simd(0xab),
  shr: simd(0xad),
  add: simd(0xae),
};
const LOAD_SPLAT = [...simd(0x09), 2];

/** Where in memory the emitter puts words: uniform ones and constants, one after the other. */
export interface Slots {
  readonly uniforms: number;
  readonly constants: number;
}

export class Emitter {
  /** Runs once a call: makes the uniform words. */
  readonly prologue: number[] = [];
  /** Runs once a block. */
  readonly body: number[] = [];
  readonly locals: ValueType[] = [];
  readonly #parameters: number;
  readonly #slots: Slots;
  readonly #constants = new Map<number, number>();
  readonly #uniformLocals = new Map<Uniform, number>();
  readonly #uniformSlots = new Map<Uniform, number>();
  readonly #free: Record<Unit, number[]> = { scalar: [], vector: [] };

  constructor(parameters: number, slots: Slots) {
    this.#parameters = parameters;
    this.#slots = slots;
  }

  newLocal(unit: Unit): number {
    return this.#parameters + this.locals.push(unit === 'vector' ? V128 : I32) - 1;
  }

  /** Constants as they must stand in memory from `slots.constants` on. */
  constantBytes(): number[] {
    return [...this.#constants.keys()].flatMap((value) => [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24]);
  }

  /** A lane of computation whose nonces come from local `nonceLocal`. */
  unit(unit: Unit, nonceLocal: number, results: readonly Word[]): UnitEmitter {
    return new UnitEmitter(this, unit, nonceLocal, results);
  }

  /** Code that pushes a known or uniform word as the unit needs it. */
  pushShared(unit: Unit, word: Exclude<Word, Varying>): number[] {
    if (unit === 'vector') return [...code.i32(0), ...LOAD_SPLAT, ...codeOffset(this.#slotOf(word))];
    return word.kind === 'known' ? code.i32(word.value) : this.#pushUniform(word);
  }

  takeLocal(unit: Unit): number {
    return this.#free[unit].pop() ?? this.newLocal(unit);
  }

  giveBack(unit: Unit, local: number): void {
    this.#free[unit].push(local);
  }

  #slotOf(word: Exclude<Word, Varying>): number {
    if (word.kind === 'uniform') return this.#uniformSlot(word);
    if (!this.#constants.has(word.value)) this.#constants.set(word.value, this.#slots.constants + this.#constants.size * 4);
    return this.#constants.get(word.value) as number;
  }

  #uniformSlot(word: Uniform): number {
    if ('input' in word) return word.input;
    const present = this.#uniformSlots.get(word);
    if (present !== undefined) return present;
    const slot = this.#slots.uniforms + this.#uniformSlots.size * 4;
    if (slot >= this.#slots.constants) throw new RangeError('too many uniform words for their place in memory');
    this.#uniformSlots.set(word, slot);
    this.prologue.push(...code.i32(0), ...this.#pushUniform(word), ...storeWord(slot));
    return slot;
  }

  #pushUniform(word: Uniform): number[] {
    let local = this.#uniformLocals.get(word);
    if (local === undefined) {
      const made = this.#makeUniform(word);
      local = this.newLocal('scalar');
      this.#uniformLocals.set(word, local);
      this.prologue.push(...made, ...code.set(local));
    }
    return code.get(local);
  }

  #makeUniform(word: Uniform): number[] {
    if ('input' in word) return [...code.i32(0), ...loadWord(word.input)];
    const parts = (word.parts as readonly Exclude<Word, Varying>[]).flatMap((part) => this.pushShared('scalar', part));
    return [...parts, ...(word.by === undefined ? [] : code.i32(word.by)), ...scalarCode[word.operation]];
  }
}

/** Emits one graph, round by round, so that several graphs can be interleaved. */
export class UnitEmitter {
  readonly #shared: Emitter;
  readonly #unit: Unit;
  readonly #nonceLocal: number;
  readonly #uses = new Map<Word, number>();
  readonly #locals = new Map<Varying, number>();

  constructor(shared: Emitter, unit: Unit, nonceLocal: number, results: readonly Word[]) {
    this.#shared = shared;
    this.#unit = unit;
    this.#nonceLocal = nonceLocal;
    for (const result of results) this.#count(result);
  }

  /** Code for those of `words` that are used more than once; the others follow where they are used. */
  emit(words: readonly Varying[]): void {
    for (const word of words) {
      if ((this.#uses.get(word) ?? 0) < 2 || 'nonce' in word) continue;
      const made = this.#make(word);
      const local = this.#shared.takeLocal(this.#unit);
      this.#locals.set(word, local);
      this.#shared.body.push(...made, ...code.set(local));
    }
  }

  /** Code that pushes `word`. */
  push(word: Word): number[] {
    if (word.kind !== 'varying') return this.#shared.pushShared(this.#unit, word);
    if ('nonce' in word) return code.get(this.#nonceLocal);
    const local = this.#locals.get(word);
    if (local === undefined) return this.#make(word);
    const left = (this.#uses.get(word) as number) - 1;
    this.#uses.set(word, left);
    if (left === 0) this.#shared.giveBack(this.#unit, local);
    return code.get(local);
  }

  #make(word: Varying): number[] {
    if ('nonce' in word) return code.get(this.#nonceLocal);
    const parts = word.parts.flatMap((part) => this.push(part));
    return [...parts, ...(word.by === undefined ? [] : code.i32(word.by)), ...this.#instruction(word.operation)];
  }

  #instruction(operation: Operation): number[] {
    if (this.#unit === 'scalar') return scalarCode[operation];
    if (operation === 'rotr') throw new TypeError('vectors have no rotation');
    return vectorCode[operation];
  }

  /** Counts uses from the results backwards: what leads to no result is never emitted. */
  #count(word: Word): void {
    const uses = this.#uses.get(word) ?? 0;
    this.#uses.set(word, uses + 1);
    if (uses > 0 || word.kind !== 'varying' || 'nonce' in word) return;
    for (const part of word.parts) this.#count(part);
  }
}

/** i32.load, aligned, at `offset` from the address on the stack. */
export function loadWord(offset: number): number[] {
  return [0x28, 2, ...codeOffset(offset)];
}

/** i32.store, aligned. */
export function storeWord(offset: number): number[] {
  return [0x36, 2, ...codeOffset(offset)];
}

function codeOffset(offset: number): number[] {
  return offset < 0x80 ? [offset] : [(offset & 0x7f) | 0x80, ...codeOffset(offset >>> 7)];
}
