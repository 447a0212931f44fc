/**
 * Chooses the kernel of a thread by trying all: each must give the known answers in every lane and agree with the first kernel
 * (the plainest) on many nonces, and is then timed. The fastest wins. Engines optimise a function in the background after it
 * has run for a while, so the kernels are warmed up before the first look, and looked at again later, when that is done for certain;
 * each look also proves the code that is there by then. Nothing is assumed about processor or engine.
 */
import type { HashKernel, HashTrial } from '../ports.ts';
import { RunningKernel } from './hash-kernel.ts';

/** For all kernels together. Optimising takes 10–100 ms where the machine is not busy. */
const WARM_UP_MS = 120;
const SLICE_BLOCKS = 256;
/** Timed slices, of which the best counts: neighbours on the machine only ever slow one down, and rarely all of these. */
const SLICES = 60;
/** Blocks compared with the first kernel, every lane of each. */
const COMPARED_BLOCKS = 128;
const EVERY_WORD = 0xffffffff;

export interface Chosen {
  readonly kernel: RunningKernel;
  /** At its best, which is its speed when nothing disturbs it. */
  readonly hashesPerSecond: number;
}

export class KernelTrial {
  /** Plainest first. Those that were wrong once are left out for ever. */
  #candidates: RunningKernel[];
  readonly #trial: HashTrial;
  readonly #now: () => number;

  /** Takes about `WARM_UP_MS`. `now` in milliseconds. */
  constructor(kernels: readonly HashKernel[], trial: HashTrial, now: () => number) {
    this.#trial = trial;
    this.#now = now;
    this.#candidates = kernels.flatMap((kernel) => RunningKernel.start(kernel) ?? []);
    for (const candidate of this.#candidates) candidate.load(trial.words);
    const start = now();
    while (now() - start < WARM_UP_MS && this.#candidates.length > 0) for (const candidate of this.#candidates) this.#slice(candidate);
  }

  /** Takes some 50 ms and leaves the kernels without a task; undefined when none runs here and is right. */
  look(): Chosen | undefined {
    const [reference] = this.#candidates;
    if (reference === undefined) return undefined;
    this.#candidates = this.#candidates.filter((candidate) => isRight(candidate, reference, this.#trial));
    return this.#candidates
      .map((kernel) => ({ kernel, hashesPerSecond: this.#measure(kernel) }))
      .reduce<Chosen | undefined>(faster, undefined);
  }

  #measure(kernel: RunningKernel): number {
    kernel.load(this.#trial.words);
    const bestMs = Math.min(...Array.from({ length: SLICES }, () => this.#slice(kernel)));
    return (SLICE_BLOCKS * kernel.lanes * 1000) / bestMs;
  }

  /** Some tenths of a millisecond of hashing, timed. */
  #slice(kernel: RunningKernel): number {
    const start = this.#now();
    kernel.search({ first: 0, blocks: SLICE_BLOCKS, done: 0 }, [], 1);
    return this.#now() - start;
  }
}

/** Knows the answers in every lane, and has in every lane of many blocks what `reference` has. */
export function isRight(kernel: RunningKernel, reference: RunningKernel, trial: HashTrial): boolean {
  kernel.load(trial.words);
  reference.load(trial.words);
  kernel.limit = EVERY_WORD;
  reference.limit = EVERY_WORD;
  const lanes = Array.from({ length: kernel.lanes }, (_, lane) => lane);
  return lanes.every((lane) => knowsAnswers(kernel, trial, lane)) && agrees(kernel, reference, lanes);
}

function knowsAnswers(kernel: RunningKernel, trial: HashTrial, lane: number): boolean {
  const stride = 0x10001;
  return trial.answers.every(({ nonce, topWord }) => {
    kernel.block(nonce - lane * stride, stride);
    return kernel.topWord(lane) === topWord;
  });
}

/** Blocks far apart over all the nonces, so that every bit of a nonce takes part. */
function agrees(kernel: RunningKernel, reference: RunningKernel, lanes: readonly number[]): boolean {
  for (let block = 0; block < COMPARED_BLOCKS; block += 1) {
    const [first, stride] = [Math.imul(block, 0x9e3779b1), Math.imul(block, 0x85ebca77)];
    kernel.block(first, stride);
    const words = lanes.map((lane) => kernel.topWord(lane));
    if (!words.every((word, lane) => word === wordOf(reference, first + Math.imul(lane, stride)))) return false;
  }
  return true;
}

function wordOf(kernel: RunningKernel, nonce: number): number {
  kernel.block(nonce, 0);
  return kernel.topWord(0);
}

function faster(best: Chosen | undefined, next: Chosen): Chosen {
  return best === undefined || next.hashesPerSecond > best.hashesPerSecond ? next : best;
}
