/**
 * The search space of this run of the app: every job's headers are dealt from here, so that no two works ever cover
 * the same header, across devices, reconnects, changed prefixes and jobs given twice.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { toHex } from '../bytes.ts';
import type { Random } from '../ports.ts';
import { drawsUntilRepeat, ExtranonceCounter } from './extranonce-counter.ts';
import { ExtranonceLeases } from './extranonce-lease.ts';
import { ExtranonceSpace, type WrapGuard } from './extranonce-space.ts';
import { FixedSpace } from './fixed-space.ts';
import type { Job, JobRoot } from './job.ts';
import { JobSpace } from './job-space.ts';

/**
 * Spaces remembered for jobs that may be given again; the one unused longest is forgotten first. At two jobs a minute
 * this is more than a day, far longer than any job lives.
 */
export const MAX_REMEMBERED_SPACES = 4096;
/** With so many draws before a repeat, nothing need be remembered: at 100,000 a second that is four months. */
const NEVER_REPEATS_FROM = 2 ** 40;

type ExtranonceRoot = Extract<JobRoot, { kind: 'extranonce' }>;

export class SearchSpace {
  readonly #counter: ExtranonceCounter;
  readonly #guards = new Map<string, WrapGuard>();
  readonly #fixed = new Map<string, FixedSpace>();
  /** Parts of the extranonce lent to miners that roll it themselves. */
  readonly leases = new ExtranonceLeases();

  constructor(random: Random) {
    this.#counter = new ExtranonceCounter(random);
  }

  /** The space of a job. The space of an earlier job must not be dealt from any more. */
  open(job: Job): JobSpace {
    return new JobSpace(job, job.root.kind === 'fixed' ? this.#fixedSpace(job, job.root.merkleRoot) : this.#extranonceSpace(job, job.root));
  }

  #fixedSpace(job: Job, merkleRoot: Uint8Array): FixedSpace {
    const key = `${toHex(job.prevHash)}${toHex(merkleRoot)}${job.nbits}`;
    const known = this.#fixed.get(key);
    known?.resume(job);
    return remember(this.#fixed, key, known ?? new FixedSpace(job, merkleRoot));
  }

  #extranonceSpace(job: Job, root: ExtranonceRoot): ExtranonceSpace {
    if (drawsUntilRepeat(root.extranonceSize) >= NEVER_REPEATS_FROM) {
      return new ExtranonceSpace(job, root, this.#counter, this.#freshGuard());
    }
    const key = endOf(job, root);
    return new ExtranonceSpace(job, root, this.#counter, remember(this.#guards, key, this.#guards.get(key) ?? this.#freshGuard()));
  }

  #freshGuard(): WrapGuard {
    return { roundStart: this.#counter.drawn, draws: Number.MAX_SAFE_INTEGER, floor: 0, highest: 0 };
  }
}

/** Equal for all jobs whose headers could be equal for some extranonce: what comes after it, and the length. */
function endOf(job: Job, root: ExtranonceRoot): string {
  const length = root.coinbasePrefix.length + root.extranoncePrefix.length + root.extranonceSize + root.coinbaseSuffix.length;
  const hash = sha256.create().update(job.prevHash).update(sha256(root.coinbaseSuffix));
  for (const node of root.merklePath) hash.update(node);
  return `${toHex(hash.digest())} ${length} ${job.nbits}`;
}

/** Puts `value` last, so that the first of the map is the one unused longest. */
function remember<T>(map: Map<string, T>, key: string, value: T): T {
  map.delete(key);
  map.set(key, value);
  if (map.size > MAX_REMEMBERED_SPACES) map.delete(map.keys().next().value as string);
  return value;
}
