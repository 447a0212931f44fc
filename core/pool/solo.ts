/**
 * Solo on the person's own node (design, sections 2 and 6): templates from getblocktemplate, shares counted here, blocks
 * to the node at once. The whole reward goes to the person's address, or nothing is hashed.
 */
import type { Network } from '../bitcoin/network.ts';
import { describe, type Failure, faultOf } from '../errors.ts';
import type { Clock, Dialer, Files, Http, Log, Random } from '../ports.ts';
import type { BlockTemplate } from '../templates/template.ts';
import type { Job, Share } from '../work/job.ts';
import { Backoff } from './backoff.ts';
import { isLoopback } from './network-address.ts';
import { type NodeAuth, NodeRpc } from './node-rpc.ts';
import { NodeVisit } from './node-visit.ts';
import { type BlockVerdict, SoloBlocks } from './solo-blocks.ts';
import { RUN_BYTES } from './solo-job.ts';
import { SoloWork } from './solo-work.ts';
import type { SourceEvent, SourceProof, SourceState, SourceStep, WorkSource } from './source.ts';

/** Blocks may be two hours off; clocks should be far better. */
export const CLOCK_TOLERANCE_SECONDS = 120;
/** A busy fleet changes its speed all the time; a new target is a new job. */
export const RETARGET_PAUSE_MS = 15_000;
const WARMING_UP_RETRY_MS = 2_000;
const SYNCING_RETRY_MS = 10_000;
/** A node has few threads, and a long poll left behind holds one of them until the tip moves. */
const MAX_POLLS_LEFT = 2;

/** A person has to act; trying again changes nothing. */
const FINAL = new Set([
  'payout-mismatch',
  'node-other-network',
  'node-signet-signed',
  'address-checksum',
  'address-malformed',
  'address-other-network',
]);

export interface SoloOptions {
  readonly id: string;
  /** `http://host:port` of the node's JSON-RPC. */
  readonly url: string;
  readonly auth: NodeAuth;
  /** Gets the whole reward. */
  readonly address: string;
  /** File that keeps blocks found until the node has judged them; each source its own. Absent: memory only. */
  readonly blocksPath?: string;
  readonly http: Http;
  readonly files: Files;
  readonly dialer: Dialer;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export class SoloSource implements WorkSource {
  readonly id: string;
  readonly #options: SoloOptions;
  readonly #rpc: NodeRpc;
  readonly #blocks: SoloBlocks;
  readonly #backoff: Backoff;
  readonly #run: Uint8Array;
  #listener: (event: SourceEvent) => void = () => {};
  #visit: NodeVisit | undefined;
  #cancelRetry: () => void = () => {};
  #at: SourceState['at'] = 'idle';
  #step: SourceStep = 'name';
  #work: SoloWork | undefined;
  #hashesPerSecond = 0;
  #retargetedAtMs = Number.NEGATIVE_INFINITY;
  #pollsLeft = 0;
  #clockOffsetSeconds: number | undefined;
  #stopping: Promise<void> | undefined;

  /** @throws AppError<UrlFailure> when the address is not `http://host:port`. */
  constructor(options: SoloOptions) {
    const { id, http, files, url, auth, clock, log, random, blocksPath } = options;
    this.id = id;
    this.#options = options;
    this.#rpc = new NodeRpc({ http, files, url, auth });
    this.#backoff = new Backoff(random);
    this.#run = random.bytes(RUN_BYTES);
    const store = blocksPath === undefined ? undefined : { files, path: blocksPath };
    this.#blocks = new SoloBlocks({ rpc: this.#rpc, clock, log, store, onVerdict: (verdict) => this.#onVerdict(verdict) });
  }

  start(listener: (event: SourceEvent) => void): void {
    this.#listener = listener;
    void this.#blocks.restore();
    this.#go();
  }

  submit(share: Share): void {
    const verdict = this.#work?.judge(share) ?? { code: 'stale-share' };
    // The block first: nothing else is worth as much.
    if (verdict.block) this.#blocks.submit(verdict.block, share.id);
    if (verdict.code) this.#listener({ type: 'refused', shareId: share.id, code: verdict.code });
    else this.#listener({ type: 'accepted', shareIds: [share.id] });
  }

  setHashrate(hashesPerSecond: number): void {
    this.#hashesPerSecond = hashesPerSecond;
    const now = this.#options.clock.monotonic();
    if (this.#at !== 'open' || now - this.#retargetedAtMs < RETARGET_PAUSE_MS) return;
    const work = this.#work;
    if (work?.wantsOtherTarget(hashesPerSecond)) this.#tell(work.reissue(hashesPerSecond), false);
  }

  proof(): SourceProof {
    const { host, port } = this.#rpc.endpoint;
    const roundTripMs = this.#visit?.roundTripMs;
    return {
      protocol: 'node-rpc',
      endpoint: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
      privacy: isLoopback(host) ? 'local' : 'plain',
      bytesIn: this.#rpc.bytesIn,
      bytesOut: this.#rpc.bytesOut,
      ...(roundTripMs === undefined ? {} : { roundTripMs }),
      ...(this.#clockOffsetSeconds === undefined ? {} : { clockOffsetSeconds: this.#clockOffsetSeconds }),
      ...(this.#work === undefined ? {} : { payout: this.#work.payout }),
    };
  }

  stop(graceMs: number): Promise<void> {
    this.#stopping ??= this.#stop(graceMs);
    return this.#stopping;
  }

  async #stop(graceMs: number): Promise<void> {
    this.#leave();
    await this.#blocks.stop(graceMs);
    this.#enter({ at: 'stopped' });
    this.#listener = () => {};
  }

  #go(): void {
    const { dialer, clock, address } = this.#options;
    const visit: NodeVisit = new NodeVisit(
      { rpc: this.#rpc, dialer, clock, address, withoutLongPoll: this.#pollsLeft >= MAX_POLLS_LEFT },
      {
        onStep: (step) => {
          this.#step = step;
          this.#enter({ at: 'connecting', step });
        },
        onPassed: (step, text) => this.#listener({ type: 'step', step, text }),
        onTemplate: (result, network) => this.#onTemplate(result, network),
      },
    );
    this.#visit = visit;
    visit.run().catch((error) => {
      if (this.#visit === visit) this.#failed(error);
    });
  }

  #onTemplate(result: unknown, network: Network): string | undefined {
    const now = this.#options.clock.monotonic();
    const work = this.#workOn(network);
    const taken = work.take(result, this.#hashesPerSecond, now);
    if (taken.kind === 'job' && taken.clean) this.#pollsLeft = 0;
    const template = work.template as BlockTemplate;
    this.#compareClocks(template);
    if (this.#at !== 'open') this.#opened(taken.kind === 'job' ? taken.job : work.reissue(this.#hashesPerSecond), template);
    else if (taken.kind === 'job') this.#tell(taken.job, taken.clean);
    if (taken.kind === 'job' && taken.clean) this.#blocks.tipChanged(template.height - 1);
    return work.longpollId;
  }

  /** On the same tip too the first job is clean: the devices have nothing. */
  #opened(job: Job, template: BlockTemplate): void {
    const { transactions, coinbaseSatoshi, height } = template;
    const offset = this.#clockOffsetSeconds;
    this.#listener({ type: 'step', step: 'clock', text: offset === undefined ? 'not shown by the node' : `${offset} s from the node’s` });
    const reward = `${Number(coinbaseSatoshi) / 1e8} BTC to ${this.#options.address}`;
    this.#listener({ type: 'step', step: 'job', text: `block ${height}, ${transactions.length} transactions, ${reward}` });
    this.#backoff.reset();
    this.#enter({ at: 'open' });
    this.#tell(job, true);
    this.#blocks.retryNow();
  }

  #tell(job: Job, clean: boolean): void {
    this.#retargetedAtMs = this.#options.clock.monotonic();
    this.#listener({ type: 'job', job, clean });
  }

  /** What is known of jobs outlives a visit, so that their blocks do too; another network is another work. */
  #workOn(network: Network): SoloWork {
    if (this.#work?.network !== network) {
      const { address } = this.#options;
      this.#work = new SoloWork({ sourceId: this.id, address, network, run: this.#run });
    }
    return this.#work;
  }

  /** A template's time is the node's clock, except where the chain's own rules have pushed it ahead. */
  #compareClocks({ curtime, mintime }: BlockTemplate): void {
    if (curtime <= mintime) return;
    const before = this.#clockOffsetSeconds ?? 0;
    const offset = Math.floor(this.#options.clock.now() / 1000) - curtime;
    this.#clockOffsetSeconds = offset;
    if (Math.abs(offset) <= CLOCK_TOLERANCE_SECONDS || Math.abs(before) > CLOCK_TOLERANCE_SECONDS) return;
    this.#listener({ type: 'notice', fault: { code: 'clock-off', offsetSeconds: offset } as Failure });
  }

  #onVerdict({ shareId, accepted, text, hash }: BlockVerdict): void {
    // The share of a block from an earlier run is not known any more; the log has its verdict.
    if (shareId !== undefined) this.#listener({ type: 'block', shareId, accepted, text });
    if (!accepted) this.#listener({ type: 'notice', fault: { code: 'block-refused', hash, text } as Failure });
  }

  #failed(error: unknown): void {
    const { clock, log } = this.#options;
    const wasOpen = this.#at === 'open';
    const fault = faultOf(error);
    this.#leave();
    log.write('warn', 'node-lost', { sourceId: this.id, step: this.#step, fault: describe(fault) });
    if (isFinal(fault)) this.#enter({ at: 'refused', fault, step: this.#step });
    else {
      const waitMs = this.#waitMs(fault);
      this.#enter({ at: 'waiting', fault, step: this.#step, retryAtMs: clock.monotonic() + waitMs });
      this.#cancelRetry = clock.after(waitMs, () => this.#go());
    }
    if (wasOpen) this.#listener({ type: 'no-work' });
  }

  #leave(): void {
    this.#cancelRetry();
    const visit = this.#visit;
    this.#visit = undefined;
    if (visit?.end()) this.#pollsLeft += 1;
  }

  #waitMs({ code }: Failure): number {
    if (code === 'node-warming-up') return WARMING_UP_RETRY_MS;
    return code === 'node-syncing' ? SYNCING_RETRY_MS : this.#backoff.next();
  }

  #enter(state: SourceState): void {
    this.#at = state.at;
    this.#listener({ type: 'state', state });
  }
}

/** A wrong password stays wrong; a cookie is written anew at every start of the node. */
function isFinal(fault: Failure): boolean {
  const { status, by } = fault as { status?: number; by?: string };
  return FINAL.has(fault.code) || (fault.code === 'node-unauthorised' && status === 401 && by !== 'cookie');
}
