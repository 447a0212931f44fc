/** Hashes jobs of a solo source in plain JavaScript: regtest's blocks take two tries. Keeps all that the source says. */

import { headerAt } from '../../core/bitcoin/header.ts';
import { targetOfNbits } from '../../core/bitcoin/nbits.ts';
import { sha256d } from '../../core/bitcoin/sha256d.ts';
import { difficultyOf, meetsTarget } from '../../core/bitcoin/target.ts';
import { writeU32Le } from '../../core/bitcoin/u32.ts';
import { fromNumberLe, showHash } from '../../core/bytes.ts';
import type { SourceEvent, SourceState, WorkSource } from '../../core/pool/source.ts';
import { headerOf } from '../../core/work/header-of.ts';
import type { Job, Share } from '../../core/work/job.ts';
import { until } from './bitcoind.ts';

/** Regtest needs two, a signet of one's own a few million. */
const MAX_TRIES = 50_000_000;
/** Shorter than the minute after which a template is fetched anew in any case. */
const WAIT_MS = 55_000;

export class SoloMiner {
  readonly events: SourceEvent[] = [];
  readonly source: WorkSource;
  #shareId = 0;

  constructor(source: WorkSource) {
    this.source = source;
    source.start((event) => this.events.push(event));
  }

  get state(): SourceState {
    const states = this.all('state');
    return states.at(-1)?.state ?? { at: 'idle' };
  }

  get job(): Job | undefined {
    return this.all('job').at(-1)?.job;
  }

  all<T extends SourceEvent['type']>(type: T): Extract<SourceEvent, { type: T }>[] {
    return this.events.filter((event) => event.type === type) as Extract<SourceEvent, { type: T }>[];
  }

  /** Waits until the last job is one of this height, and gives it. */
  async jobAt(height: number, timeoutMs = WAIT_MS): Promise<Job> {
    await until(timeoutMs, () => this.job?.height === height);
    return this.job as Job;
  }

  async stateIs(at: SourceState['at'], timeoutMs = WAIT_MS): Promise<SourceState> {
    await until(timeoutMs, () => this.state.at === at);
    return this.state;
  }

  /** Finds a block of this job and hands it in; gives its hash as explorers show it. */
  mine(job: Job): { hash: string; shareId: number } {
    const share = this.solve(job);
    this.source.submit(share);
    return { hash: showHash(share.hash), shareId: share.id };
  }

  /** The verdict on a block. */
  async verdict(shareId: number, timeoutMs = WAIT_MS): Promise<{ accepted: boolean; text?: string | undefined }> {
    const find = () => this.all('block').find((event) => event.shareId === shareId);
    await until(timeoutMs, () => find() !== undefined);
    const { accepted, text } = find() as { accepted: boolean; text?: string };
    return { accepted, text };
  }

  solve(job: Job): Share {
    if (job.root.kind !== 'extranonce') throw new Error('solo jobs have an extranonce');
    this.#shareId += 1;
    const extranonce = fromNumberLe(BigInt(this.#shareId), job.root.extranonceSize);
    const { version, ntime, nbits, prevHash } = job;
    const { header } = headerOf({ ...job.root, extranonce, version, ntime, nbits, prevHash, nonce: 0 });
    const target = targetOfNbits(nbits);
    for (let nonce = 0; nonce < MAX_TRIES; nonce += 1) {
      writeU32Le(header, headerAt.nonce, nonce);
      const hash = sha256d(header);
      if (!meetsTarget(hash, target)) continue;
      const rest = {
        hash,
        difficulty: difficultyOf(hash),
        shareDifficulty: difficultyOf(job.shareTarget),
        isBlock: true,
        foundAt: Date.now(),
      };
      return { id: this.#shareId, job, deviceId: 'test', extranonce, version, ntime, nonce, ...rest };
    }
    throw new Error('no block found');
  }
}
