/**
 * The sources that are connected now, as failover wants them: opened, listened to, closed. The active one's jobs go to
 * the scheduler; the others' newest jobs are kept, so that a switch has work at once.
 */
import type { HearthEvent, SourceSettings } from '../contract.ts';
import { Failover, type FailoverLimits, type FailoverPlan, type FailoverSwitch } from '../pool/failover.ts';
import type { SourceEvent, SourceProof, SourceState, WorkSource } from '../pool/source.ts';
import type { Clock } from '../ports.ts';
import type { Job, Share } from '../work/job.ts';
import { failoverSourceOf } from './source-facts.ts';

/** Time for the answers to the last shares when a source is left; the new one mines already. */
export const LEAVE_GRACE_MS = 5_000;

export type ShareAnswer = Extract<SourceEvent, { type: 'accepted' | 'refused' | 'unanswered' | 'block' }>;

export interface SourceListener {
  /** A step, a state or evidence changed. */
  onState(id: string, state: SourceState): void;
  onJob(job: Job, clean: boolean): void;
  onNoWork(): void;
  onSwitch(change: FailoverSwitch): void;
  onShares(event: ShareAnswer): void;
  onNotice(id: string, fault: Extract<SourceEvent, { type: 'notice' }>['fault']): void;
  /** It is no longer connected, because nobody wants it. */
  onClosed(id: string): void;
  emit(event: HearthEvent): void;
}

export interface OpenSourcesOptions {
  readonly clock: Clock;
  /** Makes the source, not yet started. */
  open(settings: SourceSettings): WorkSource;
  readonly listener: SourceListener;
  /** Default: `FAILOVER_LIMITS`. */
  readonly limits?: FailoverLimits | undefined;
}

interface Open {
  readonly source: WorkSource;
  state: SourceState;
  job: Job | undefined;
}

export class OpenSources {
  readonly #options: OpenSourcesOptions;
  readonly #failover: Failover;
  readonly #open = new Map<string, Open>();
  readonly #leaving = new Set<Promise<void>>();
  #settings: readonly SourceSettings[] = [];
  #minedId: string | undefined;
  #hashrate = 0;
  #cancelTick: (() => void) | undefined;
  #applying = false;

  constructor(options: OpenSourcesOptions) {
    this.#options = options;
    this.#failover = new Failover(options.limits);
  }

  get plan(): FailoverPlan {
    return this.#failover.plan();
  }

  get activeId(): string | undefined {
    return this.#minedId;
  }

  stateOf(id: string): SourceState {
    return this.#open.get(id)?.state ?? { at: 'idle' };
  }

  proofOf(id: string): SourceProof | undefined {
    return this.#open.get(id)?.source.proof();
  }

  jobOf(id: string): Job | undefined {
    return this.#open.get(id)?.job;
  }

  /** New list; a source whose settings changed is opened anew. */
  set(settings: readonly SourceSettings[]): void {
    if (settings === this.#settings) return;
    const before = new Map(this.#settings.map((source) => [source.id, JSON.stringify(source)]));
    this.#settings = settings;
    this.#heard(this.#failover.setOrder(settings.map(failoverSourceOf), this.#now()));
    const changed = settings.filter((source) => before.has(source.id) && before.get(source.id) !== JSON.stringify(source));
    for (const { id } of changed) this.reopen(id);
  }

  start(): void {
    this.#heard(this.#failover.start(this.#now()));
  }

  /** Leaves every source; answers to shares under way are waited for, up to `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    this.#cancelTick?.();
    this.#failover.stop();
    this.#minedId = undefined;
    for (const id of [...this.#open.keys()]) this.#close(id, graceMs);
    await Promise.allSettled(this.#leaving);
  }

  /** Closes and opens again (changed settings, a new password, a person's retry). */
  reopen(id: string): void {
    if (!this.#open.has(id)) return;
    this.#close(id, LEAVE_GRACE_MS);
    this.#heard(this.#failover.reopened(id, this.#now()));
  }

  use(id: string): void {
    const { at } = this.stateOf(id);
    if (at === 'refused' || at === 'stopped' || at === 'waiting') this.reopen(id);
    this.#heard(this.#failover.use(id, this.#now()));
  }

  /** MIN-47: leave it for a while if there is another. */
  distrust(id: string): void {
    this.#heard(this.#failover.distrust(id, this.#now()));
  }

  /** False when its source is not connected any more: the share was not sent. */
  submit(share: Share): boolean {
    const open = this.#open.get(share.job.sourceId);
    open?.source.submit(share);
    return open !== undefined;
  }

  setHashrate(hashesPerSecond: number): void {
    this.#hashrate = hashesPerSecond;
    for (const { source } of this.#open.values()) source.setHashrate(hashesPerSecond);
  }

  #now(): number {
    return this.#options.clock.monotonic();
  }

  /** Does what failover wants now. Sources may speak while they are opened or closed: their turn comes after. */
  #heard(change: FailoverSwitch | undefined): void {
    if (change) this.#options.listener.onSwitch(change);
    if (this.#applying) return;
    this.#applying = true;
    try {
      this.#apply();
    } finally {
      this.#applying = false;
    }
    this.#mine();
    this.#tickLater();
  }

  #apply(): void {
    // Each turn opens or closes one, and a source opens once a plan: bounded by twice the list.
    for (let turns = this.#settings.length * 2 + this.#open.size; turns >= 0; turns -= 1) {
      const { run } = this.#failover.plan();
      const surplus = [...this.#open.keys()].find((id) => !run.includes(id));
      const missing = run.find((id) => !this.#open.has(id));
      if (surplus !== undefined) this.#close(surplus, LEAVE_GRACE_MS);
      else if (missing !== undefined) this.#start(missing);
      else return;
    }
  }

  #start(id: string): void {
    const settings = this.#settings.find((source) => source.id === id);
    if (!settings) return;
    const open: Open = { source: this.#options.open(settings), state: { at: 'idle' }, job: undefined };
    this.#open.set(id, open);
    open.source.setHashrate(this.#hashrate);
    open.source.start((event) => this.#event(id, open, event));
  }

  #close(id: string, graceMs: number): void {
    const open = this.#open.get(id);
    this.#open.delete(id);
    if (this.#minedId === id) this.#minedId = undefined;
    const leaving = (open?.source.stop(graceMs) ?? Promise.resolve()).catch(() => {}).finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
    this.#options.listener.onClosed(id);
  }

  #event(id: string, open: Open, event: SourceEvent): void {
    const { listener } = this.#options;
    // A source that was left still answers the shares it was sent.
    if (event.type === 'accepted' || event.type === 'refused' || event.type === 'unanswered' || event.type === 'block')
      return listener.onShares(event);
    if (this.#open.get(id) !== open) return;
    switch (event.type) {
      case 'state':
        return this.#state(id, open, event.state);
      case 'step':
        return listener.onState(id, open.state);
      case 'job':
        return this.#job(id, open, event.job, event.clean);
      case 'no-work':
        return this.#noWork(id, open);
      case 'notice':
        return listener.onNotice(id, event.fault);
    }
  }

  #state(id: string, open: Open, state: SourceState): void {
    open.state = state;
    if (state.at !== 'open') open.job = undefined;
    this.#options.listener.onState(id, state);
    if (state.at === 'open' && open.job === undefined) return; // works when its first job is here
    if (state.at !== 'open' && id === this.#minedId) this.#options.listener.onNoWork();
    this.#heard(this.#failover.heard(id, healthOf(state), this.#now()));
  }

  #job(id: string, open: Open, job: Job, clean: boolean): void {
    const first = open.job === undefined;
    open.job = job;
    // The mined one first: nothing may stand between a new block and the devices.
    if (id === this.#minedId) this.#options.listener.onJob(job, clean || first);
    this.#options.listener.emit({ type: 'job', sourceId: id, clean, ...(job.height !== undefined && { height: job.height }) });
    if (first) this.#heard(this.#failover.heard(id, 'up', this.#now()));
  }

  #noWork(id: string, open: Open): void {
    open.job = undefined;
    if (id === this.#minedId) this.#options.listener.onNoWork();
    this.#heard(this.#failover.heard(id, 'down', this.#now()));
  }

  /** The active source of the plan is the one mined; on a change its newest job is taken at once. */
  #mine(): void {
    const { activeId } = this.#failover.plan();
    if (activeId === this.#minedId) return;
    this.#minedId = activeId;
    const job = activeId === undefined ? undefined : this.#open.get(activeId)?.job;
    if (job) this.#options.listener.onJob(job, true);
    else this.#options.listener.onNoWork();
  }

  #tickLater(): void {
    this.#cancelTick?.();
    const deadline = this.#failover.deadline();
    this.#cancelTick =
      deadline === undefined
        ? undefined
        : this.#options.clock.after(Math.max(0, deadline - this.#now()), () => this.#heard(this.#failover.tick(this.#now())));
  }
}

function healthOf({ at }: SourceState): 'up' | 'down' | 'refused' {
  if (at === 'open') return 'up';
  return at === 'refused' || at === 'stopped' ? 'refused' : 'down';
}
