/** A SoloSource on a node in memory, with the clock in the test's hand. */
import { difficultyOf } from '../../core/bitcoin/target.ts';
import { type SoloOptions, SoloSource } from '../../core/pool/solo.ts';
import type { SourceEvent, SourceState } from '../../core/pool/source.ts';
import { headerOf } from '../../core/work/header-of.ts';
import type { Job, Share } from '../../core/work/job.ts';
import { FakeClock } from '../fake/fake-clock.ts';
import { FakeDialer } from '../fake/fake-dialer.ts';
import { FakeNode } from '../fake/fake-node.ts';
import { MemoryFiles } from '../fake/memory-files.ts';
import { QuietLog } from '../fake/quiet-log.ts';
import { seededRandom } from '../fake/seeded-random.ts';

export const REGTEST_ADDRESS = 'bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080';
export const COOKIE_PATH = '/node/.cookie';
const PORT = 18443;

export class SoloBench {
  readonly clock: FakeClock;
  readonly node = new FakeNode();
  readonly files = new MemoryFiles();
  readonly log = new QuietLog();
  readonly dialer: FakeDialer;
  readonly events: SourceEvent[] = [];
  readonly source: SoloSource;
  #shareId = 0;

  constructor(change: Partial<SoloOptions> = {}) {
    this.clock = new FakeClock(this.node.curtime * 1000);
    this.dialer = new FakeDialer(this.clock);
    this.up();
    this.files.texts.set(COOKIE_PATH, '__cookie__:right');
    const { clock, node: http, files, log, dialer } = this;
    this.source = new SoloSource({
      id: 'solo-1',
      url: `http://127.0.0.1:${PORT}`,
      auth: { kind: 'cookie', path: COOKIE_PATH },
      address: REGTEST_ADDRESS,
      http,
      files,
      dialer,
      clock,
      random: seededRandom('solo'),
      log,
      ...change,
    });
  }

  /** Started and given time to reach its first job, or not. */
  static async started(change: Partial<SoloOptions> = {}, prepare: (bench: SoloBench) => void = () => {}): Promise<SoloBench> {
    const bench = new SoloBench(change);
    prepare(bench);
    bench.source.start((event) => bench.events.push(event));
    await bench.settle();
    return bench;
  }

  up(): void {
    this.node.failure = undefined;
    this.dialer.serve('127.0.0.1', PORT, () => {});
  }

  down(): void {
    this.node.failure = { code: 'connection-refused', host: '127.0.0.1', port: PORT };
    this.dialer.silence('127.0.0.1', PORT);
  }

  /** Promises here are chains of several; a few rounds let them all run. */
  async settle(ms = 0): Promise<void> {
    await this.clock.settle(ms);
    for (let round = 0; round < 4; round += 1) await this.clock.settle(0);
  }

  all<T extends SourceEvent['type']>(type: T): Extract<SourceEvent, { type: T }>[] {
    return this.events.filter((event) => event.type === type) as Extract<SourceEvent, { type: T }>[];
  }

  get state(): SourceState {
    return this.all('state').at(-1)?.state ?? { at: 'idle' };
  }

  get job(): Job {
    const event = this.all('job').at(-1);
    if (!event) throw new Error('no job yet');
    return event.job;
  }

  /** A share of this job; any header will do, because the node here does not look at its work. */
  share(job: Job, isBlock: boolean, nonce = this.#shareId): Share {
    this.#shareId += 1;
    if (job.root.kind !== 'extranonce') throw new Error('solo jobs have an extranonce');
    const extranonce = new Uint8Array(job.root.extranonceSize).fill(3);
    const { version, ntime, nbits, prevHash } = job;
    const { hash } = headerOf({ ...job.root, extranonce, version, ntime, nbits, prevHash, nonce });
    const difficulty = { difficulty: difficultyOf(hash), shareDifficulty: difficultyOf(job.shareTarget) };
    return { id: this.#shareId, job, deviceId: 'd', extranonce, version, ntime, nonce, hash, ...difficulty, isBlock, foundAt: 0 };
  }
}
