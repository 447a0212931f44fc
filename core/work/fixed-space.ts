/**
 * Blocks of a job whose merkle root the pool fixed (standard channel): the version bits kept back from devices, then
 * ntime as seconds pass. It outlives its job: the same root given again goes on where it stopped.
 */
import { EMPTY } from '../bytes.ts';
import type { BlockSource, HeaderBlock } from './blocks.ts';
import type { Job } from './job.ts';
import { nextSubset, softwareBits, subsetsOf } from './version-bits.ts';

export class FixedSpace implements BlockSource {
  readonly #merkleRoot: Uint8Array;
  #job: Job;
  #bits: number;
  #subset = 0;
  /** The ntime being used; before the first block, one below the first. */
  #ntime: number;

  constructor(job: Job, merkleRoot: Uint8Array) {
    this.#merkleRoot = merkleRoot;
    this.#job = job;
    this.#bits = softwareBits(job.versionMask, 'fixed');
    this.#ntime = job.ntime - 1;
  }

  /** The same root in a new job. With another version or mask, versions could meet: only unused ntimes remain. */
  resume(job: Job): void {
    const same = job.version === this.#job.version && job.versionMask === this.#job.versionMask && job.ntime <= this.#ntime;
    if (!same) this.#subset = 0;
    this.#job = job;
    this.#bits = softwareBits(job.versionMask, 'fixed');
  }

  take(latestNtime: number): HeaderBlock | undefined {
    if (this.#subset === 0) {
      const next = Math.max(this.#ntime + 1, this.#job.ntime);
      if (next > latestNtime) return undefined;
      this.#ntime = next;
    } else if (this.#ntime > latestNtime) return undefined;
    const version = (this.#job.version ^ this.#subset) >>> 0;
    this.#subset = nextSubset(this.#subset, this.#bits);
    return { merkleRoot: this.#merkleRoot, extranonce: EMPTY, ntime: this.#ntime, version };
  }

  left(latestNtime: number): number {
    const all = subsetsOf(this.#bits);
    const later = Math.max(0, latestNtime - Math.max(this.#ntime, this.#job.ntime - 1)) * all;
    return this.#subset === 0 || this.#ntime > latestNtime ? later : later + subsetsAfter(this.#subset, this.#bits);
  }
}

function subsetsAfter(subset: number, mask: number): number {
  let count = 0;
  for (let next = subset; next !== 0; next = nextSubset(next, mask)) count += 1;
  return count;
}
