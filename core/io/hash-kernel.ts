/** A kernel made ready to run: the module of a `HashKernel` (core/ports.ts) with its memory at hand. */
import type { HashKernel } from '../ports.ts';

const WORDS_OUT = 16; // byte 64
const ALL_NONCES = 2 ** 32;

interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly scan: (first: number, stride: number, blocks: number) => number;
}
/** As much of WebAssembly's JavaScript interface as is used here: Node's types leave it out. */
declare const WebAssembly: {
  validate(bytes: Uint8Array): boolean;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: unknown };
};

/** The nonces from `first` on, `blocks` for each lane, of which `done` blocks are tried. */
export interface Chunk {
  readonly first: number;
  readonly blocks: number;
  done: number;
}

export class RunningKernel {
  readonly name: string;
  readonly lanes: number;
  readonly #scan: KernelExports['scan'];
  readonly #memory: Uint32Array;

  /** undefined where the engine lacks an instruction that the kernel uses. */
  static start(kernel: HashKernel): RunningKernel | undefined {
    return WebAssembly.validate(kernel.wasm) ? new RunningKernel(kernel) : undefined;
  }

  private constructor(kernel: HashKernel) {
    const exports = new WebAssembly.Instance(new WebAssembly.Module(kernel.wasm)).exports as KernelExports;
    this.name = kernel.name;
    this.lanes = kernel.lanes;
    this.#scan = exports.scan;
    this.#memory = new Uint32Array(exports.memory.buffer);
  }

  /** Twelve words of a task: midstate, tail, limit. */
  load(words: Uint32Array): void {
    this.#memory.set(words);
  }

  get limit(): number {
    return this.#memory[11] as number;
  }

  set limit(word: number) {
    this.#memory[11] = word;
  }

  /** The top word that the last block with a promising nonce had in `lane`. */
  topWord(lane: number): number {
    return this.#memory[WORDS_OUT + lane] as number;
  }

  /** One block at `first`, its lanes `stride` apart; true when some lane is at most the limit. */
  block(first: number, stride: number): boolean {
    return this.#scan(first, stride, 1) === 0;
  }

  /**
   * Goes on with `chunk` until it is done or `found` holds `most` nonces or more (it may pass `most` by `lanes`); appends
   * those whose top word is at most the limit.
   */
  search(chunk: Chunk, found: number[], most: number): void {
    while (chunk.done < chunk.blocks && found.length < most) {
      chunk.done += this.#scan(chunk.first + chunk.done, chunk.blocks, chunk.blocks - chunk.done) >>> 0;
      if (chunk.done === chunk.blocks) return;
      this.#collect(chunk.first + chunk.done, chunk.blocks, found);
      chunk.done += 1;
    }
  }

  #collect(first: number, stride: number, found: number[]): void {
    for (let lane = 0; lane < this.lanes; lane += 1) {
      if (this.topWord(lane) <= this.limit) found.push((first + lane * stride) % ALL_NONCES);
    }
  }
}
