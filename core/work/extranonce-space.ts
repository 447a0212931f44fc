/**
 * Blocks of a job with an extranonce: all software version bits of one root first (they cost no merkle work), then the
 * next extranonce. A short extranonce comes round again; from then on a later ntime keeps the headers apart.
 */
import type { BlockSource, HeaderBlock } from './blocks.ts';
import { drawsUntilRepeat, type ExtranonceCounter } from './extranonce-counter.ts';
import { merkleRootOf } from './header-of.ts';
import type { Job, JobRoot } from './job.ts';
import { nextSubset, softwareBits, subsetsOf } from './version-bits.ts';

/**
 * What is known of all coinbases with the same end: from which draw on values are fresh, and which ntimes are used.
 * Shared by all jobs whose headers could meet, whatever their prefix.
 */
export interface WrapGuard {
  /** `ExtranonceCounter.drawn` when the present round began. */
  roundStart: number;
  /** Draws in a round: of the shortest extranonce seen. */
  draws: number;
  /** Earliest ntime of the present round. */
  floor: number;
  /** Latest ntime used in any round. */
  highest: number;
}

export class ExtranonceSpace implements BlockSource {
  readonly #job: Job;
  readonly #root: Extract<JobRoot, { kind: 'extranonce' }>;
  readonly #counter: ExtranonceCounter;
  readonly #guard: WrapGuard;
  readonly #bits: number;
  #present: HeaderBlock | undefined;
  #subset = 0;

  constructor(job: Job, root: Extract<JobRoot, { kind: 'extranonce' }>, counter: ExtranonceCounter, guard: WrapGuard) {
    this.#job = job;
    this.#root = root;
    this.#counter = counter;
    this.#guard = guard;
    this.#bits = softwareBits(job.versionMask, 'extranonce');
    guard.draws = Math.min(guard.draws, drawsUntilRepeat(root.extranonceSize));
  }

  take(latestNtime: number): HeaderBlock | undefined {
    const present = this.#subset === 0 ? this.#draw(latestNtime) : this.#present;
    if (present === undefined) return undefined;
    const block = { ...present, version: (this.#job.version ^ this.#subset) >>> 0 };
    this.#present = present;
    this.#subset = nextSubset(this.#subset, this.#bits);
    return block;
  }

  left(latestNtime: number): number {
    const { roundStart, draws, floor } = this.#guard;
    const inRound = Math.max(this.#job.ntime, floor) <= latestNtime ? Math.max(0, roundStart + draws - this.#counter.drawn) : 0;
    const fresh = latestNtime - Math.max(this.#guard.highest, this.#job.ntime - 1);
    return (inRound + Math.max(0, fresh) * draws) * subsetsOf(this.#bits);
  }

  #draw(latestNtime: number): HeaderBlock | undefined {
    const guard = this.#guard;
    const over = this.#counter.drawn - guard.roundStart >= guard.draws;
    const floor = over ? guard.highest + 1 : guard.floor;
    const ntime = Math.max(this.#job.ntime, floor);
    if (ntime > latestNtime) return undefined;
    if (over) {
      guard.roundStart = this.#counter.drawn;
      guard.floor = floor;
    }
    guard.highest = Math.max(guard.highest, ntime);
    const extranonce = this.#counter.draw(this.#root.extranonceSize);
    return { merkleRoot: merkleRootOf(this.#root, extranonce), extranonce, ntime, version: this.#job.version };
  }
}
