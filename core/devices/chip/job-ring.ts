/**
 * The jobs a chain was given lately, by job id: maps replies back to works. Every nonce is hashed here, because a reply
 * may name its job ambiguously (BM1387), not at all (Icarus) or wrongly, and because chips make mistakes; only a nonce
 * whose hash is real leaves. Memory is bounded: two jobs for each id.
 */
import { DIFFICULTY_ONE, isChipHash } from '../../bitcoin/chip-difficulty.ts';
import { HEADER_BYTES, headerAt } from '../../bitcoin/header.ts';
import { sha256d } from '../../bitcoin/sha256d.ts';
import { meetsTarget } from '../../bitcoin/target.ts';
import { readU32Le, writeU32Le } from '../../bitcoin/u32.ts';
import type { FoundNonce, Work } from '../device.ts';
import type { JobCandidate, JobIdRange, NonceReply } from './chip-family.ts';
import { JobIds } from './job-ids.ts';

/** The newest jobs that are tried when the named one does not fit: chips answer late, never more than this. */
export const RECOVERY_JOBS = 4;
/** Nonces remembered to tell repeated ones; chips repeat themselves at once or not at all. */
export const REMEMBERED_NONCES = 64;

export type WrongReply = 'unknown-job' | 'wrong-hash' | 'version-outside-mask';

export type RingAnswer =
  /** `recovered`: the reply named another job than the one it fits. */
  | { readonly kind: 'found'; readonly found: FoundNonce; readonly hash: Uint8Array; readonly recovered: boolean }
  /** Correct, for a job that was voided since. */
  | { readonly kind: 'stale'; readonly found: FoundNonce; readonly hash: Uint8Array }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'wrong'; readonly reason: WrongReply };

interface Entry {
  readonly work: Work;
  readonly versions: readonly number[];
  isVoid: boolean;
  /** The job that had the id before: chips answer jobs whose id was just given away. */
  readonly before: Entry | undefined;
}

interface Match {
  readonly entry: Entry;
  readonly version: number;
}

export class JobRing {
  readonly #ids: JobIds;
  readonly #entries = new Map<number, Entry>();
  /** Newest first. */
  #newest: Entry[] = [];
  readonly #remembered: Remembered[] = [];
  readonly #header = new Uint8Array(HEADER_BYTES);
  readonly #difficultyOne: number;

  constructor(range: JobIdRange, difficultyOne = DIFFICULTY_ONE) {
    this.#ids = new JobIds(range);
    this.#difficultyOne = difficultyOne;
  }

  /** Remembers a work under the next job id. `versions` as they go to the chip. */
  add(work: Work, versions: readonly number[]): number {
    const jobId = this.#ids.next();
    const replaced = this.#entries.get(jobId);
    const before = replaced && { ...replaced, before: undefined };
    const entry: Entry = { work, versions, isVoid: false, before };
    this.#entries.set(jobId, entry);
    this.#newest = [entry, ...this.#newest.slice(0, RECOVERY_JOBS - 1)];
    return jobId;
  }

  /** All jobs so far are void: correct nonces for them are stale from now on. */
  voidAll(): void {
    for (const entry of this.#entries.values()) {
      entry.isVoid = true;
      if (entry.before !== undefined) entry.before.isVoid = true;
    }
  }

  /** What a nonce reply is worth. */
  resolve(reply: NonceReply): RingAnswer {
    for (const { entry, index, recovered } of this.#tries(reply)) {
      const answer = this.#try(entry, index, reply, recovered);
      if (answer !== undefined) return answer;
    }
    const isUnknown = reply.candidates.length > 0 && this.#named(reply.candidates).length === 0;
    return { kind: 'wrong', reason: isUnknown ? 'unknown-job' : 'wrong-hash' };
  }

  /** Whether its hash is real, for any job that it may belong to. Remembers nothing. */
  isReal(reply: NonceReply): boolean {
    for (const { entry, index } of this.#tries(reply)) {
      if (this.#hashOf({ entry, version: versionOf(entry, index, reply) }, reply.nonce) !== undefined) return true;
    }
    return false;
  }

  /** The jobs that it names, then the newest ones. */
  *#tries({ candidates }: NonceReply): Iterable<{ readonly entry: Entry; readonly index: number; readonly recovered: boolean }> {
    for (const named of this.#named(candidates)) yield { ...named, recovered: false };
    for (const entry of this.#newest) for (const index of entry.versions.keys()) yield { entry, index, recovered: candidates.length > 0 };
  }

  #named(candidates: readonly JobCandidate[]): { entry: Entry; index: number }[] {
    const named: { entry: Entry; index: number }[] = [];
    for (const { jobId, midstateIndex: index } of candidates) {
      for (let entry = this.#entries.get(jobId); entry !== undefined; entry = entry.before) {
        if (index < entry.versions.length) named.push({ entry, index });
      }
    }
    return named;
  }

  #try(entry: Entry, index: number, reply: NonceReply, recovered: boolean): RingAnswer | undefined {
    const version = versionOf(entry, index, reply);
    const hash = this.#hashOf({ entry, version }, reply.nonce);
    if (hash === undefined) return undefined;
    if ((reply.rolledBits & ~entry.work.versionMask) !== 0) return { kind: 'wrong', reason: 'version-outside-mask' };
    if (this.#isRepeated(entry.work.id, version, reply.nonce)) return { kind: 'duplicate' };
    const { work } = entry;
    const found = { work, nonce: reply.nonce, version, ntime: readU32Le(work.header, headerAt.ntime) };
    return entry.isVoid ? { kind: 'stale', found, hash } : { kind: 'found', found, hash, recovered };
  }

  /** The hash if a chip would report it: of difficulty 1, or what the work asks for where that is easier. */
  #hashOf({ entry, version }: Match, nonce: number): Uint8Array | undefined {
    const { work } = entry;
    this.#header.set(work.header);
    writeU32Le(this.#header, headerAt.version, version);
    writeU32Le(this.#header, headerAt.nonce, nonce);
    const hash = sha256d(this.#header);
    return isChipHash(hash, this.#difficultyOne) || meetsTarget(hash, work.target) ? hash : undefined;
  }

  #isRepeated(workId: number, version: number, nonce: number): boolean {
    if (this.#remembered.some((each) => each.nonce === nonce && each.version === version && each.workId === workId)) return true;
    this.#remembered.push({ workId, version, nonce });
    if (this.#remembered.length > REMEMBERED_NONCES) this.#remembered.shift();
    return false;
  }
}

function versionOf({ versions }: Entry, index: number, { rolledBits }: NonceReply): number {
  return ((versions[index] as number) | rolledBits) >>> 0;
}

interface Remembered {
  readonly workId: number;
  readonly version: number;
  readonly nonce: number;
}
