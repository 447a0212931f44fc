/**
 * A Stratum V2 pool as a source of work: dials, reports each step, keeps a session, reconnects with backoff, follows a pool
 * that moves, and stops where only a person can help. Never falls back from encrypted to plain (NOI-25, SEC-22). Obeys
 * NOI-20, COM-14, EXT-5, MIN-12, MIN-47, MIN-47a, SEC-1, SEC-20 … SEC-24, SEC-38, SEC-40.
 */
import { utf8 } from '@scure/base';
import type { Failure } from '../errors.ts';
import { showAuthorityKey } from '../noise/authority-key.ts';
import type { ByteStream, Endpoint } from '../ports.ts';
import { extensionIds } from '../sv2/messages/extensions.ts';
import { printable } from '../sv2/printable.ts';
import type { Job, Share } from '../work/job.ts';
import { Alarm } from './alarm.ts';
import { Backoff } from './backoff.ts';
import { dialFirst } from './dial.ts';
import { extensionPatienceMs } from './extension-patience.ts';
import { checkPayout, type ExpectedPayout, payoutInIdentity, scriptOfIdentity } from './payout.ts';
import { PoolEvidence } from './pool-evidence.ts';
import { PoolPlace } from './pool-place.ts';
import { RefusalWatch } from './refusal-watch.ts';
import type { SessionEnd } from './session-contract.ts';
import { sessionFault, stepOfFault } from './session-fault.ts';
import { refusedHere } from './share-answers.ts';
import { type SourceEvent, type SourceProof, type SourceState, type SourceStep, sourceSteps, type WorkSource } from './source.ts';
import type { V2PoolOptions } from './v2-pool-options.ts';
import { V2Session } from './v2-session.ts';
import { within } from './within.ts';

/** A connection that worked this long was a good one: the next wait is short again (SEC-24). */
export const STABLE_MS = 60_000;
/** A pool may be full or restarting; after this many refusals in a row, some minutes, the user name is wrong (MIN-12). */
export const MOST_CHANNEL_REFUSALS = 8;
/** The system's goodbye to the peer; the source does not wait longer for it. */
const CLOSE_TIMEOUT_MS = 1_000;
const MOST_USER_BYTES = 255; // STR0_255
/** Faults that no further try can mend. */
const FINAL: ReadonlySet<string> = new Set(['certificate-wrong-key', 'certificate-version', 'payout-mismatch', 'bad-arguments']);

type Run =
  | { readonly at: 'idle' }
  | { readonly at: 'dialling' }
  | { readonly at: 'connected'; readonly session: V2Session; readonly since: number }
  | { readonly at: 'waiting' }
  | { readonly at: 'over' };

export class V2Pool implements WorkSource {
  readonly id: string;
  readonly #options: V2PoolOptions;
  readonly #place: PoolPlace;
  readonly #expected: ExpectedPayout | undefined;
  readonly #backoff: Backoff;
  readonly #retry: Alarm;
  readonly #refusals = new RefusalWatch();
  readonly #evidence: PoolEvidence;
  #listener: (event: SourceEvent) => void = () => {};
  #run: Run = { at: 'idle' };
  #channel: 'standard' | 'extended';
  #step: SourceStep = 'name';
  #connections = 0;
  #channelRefusals = 0;
  #extensionTries = 0;
  #hashesPerSecond: number;
  #stopping: Promise<void> | undefined;

  constructor(options: V2PoolOptions) {
    this.id = options.id;
    this.#options = options;
    this.#place = new PoolPlace(options.url);
    this.#channel = options.channel;
    this.#expected = options.expectedPayout ?? payoutInIdentity(options.user);
    this.#backoff = new Backoff(options.random);
    this.#retry = new Alarm(options.clock, () => this.#connect());
    this.#evidence = new PoolEvidence(options.user);
    this.#hashesPerSecond = options.hashesPerSecond ?? 0;
  }

  start(listener: (event: SourceEvent) => void): void {
    this.#listener = listener;
    const { user, url } = this.#options;
    if (user.trim() === '') return this.#refuse({ code: 'user-missing' });
    const userBytes = utf8.decode(user.toWellFormed()).length;
    if (userBytes > MOST_USER_BYTES)
      return this.#refuse({ code: 'bad-arguments', field: 'user', bytes: userBytes, most: MOST_USER_BYTES } as Failure);
    if (url.keyPublished) this.#emit({ type: 'notice', fault: { code: 'key-published' } });
    this.#connect();
  }

  submit(share: Share): void {
    if (this.#run.at !== 'connected') {
      // The job's connection is gone, and its channel with it: this share can be sent nowhere.
      this.#emit({ type: 'unanswered', shareIds: [share.id] });
      if (share.isBlock) this.#emit({ type: 'block', shareId: share.id, accepted: false, text: 'no connection' });
      return;
    }
    const result = this.#run.session.submit(share);
    if (result === 'sent') return this.#evidence.v1.share(share);
    for (const event of refusedHere(share, result)) this.#emit(event);
  }

  setHashrate(hashesPerSecond: number): void {
    this.#hashesPerSecond = hashesPerSecond;
    if (this.#run.at === 'connected') this.#run.session.setHashrate(hashesPerSecond);
  }

  proof(): SourceProof {
    const session = this.#run.at === 'connected' ? this.#run.session : undefined;
    const { network, user, url } = this.#options;
    const mine = this.#expected?.script ?? scriptOfIdentity(user);
    return {
      ...this.#evidence.proof(session, { network, ...(mine && { mine }) }),
      endpoint: shown(this.#place.endpoint),
      ...(url.authorityKey && { authorityKey: showAuthorityKey(url.authorityKey) }),
    };
  }

  stop(graceMs: number): Promise<void> {
    this.#stopping ??= this.#stop(graceMs);
    return this.#stopping;
  }

  async #stop(graceMs: number): Promise<void> {
    const { clock } = this.#options;
    this.#retry.cancel();
    const run = this.#run;
    if (run.at === 'connected') {
      this.#emit({ type: 'no-work' });
      await within(clock, graceMs, (done) => run.session.drained(done));
      run.session.stop();
      await within(clock, CLOSE_TIMEOUT_MS, (done) => run.session.closed(done));
    }
    this.#run = { at: 'over' };
    this.#setState({ at: 'stopped' });
    this.#listener = () => {};
  }

  #connect(): void {
    if (this.#run.at === 'over' || this.#stopping !== undefined) return;
    this.#run = { at: 'dialling' };
    this.#connections += 1;
    const number = this.#connections;
    this.#begin('name');
    this.#dial(number).catch((error: unknown) => {
      if (!this.#abandoned(number)) this.#failed(sessionFault(error));
    });
  }

  /** Name, address and TCP; the session does the rest. */
  async #dial(number: number): Promise<void> {
    const { dialer, clock } = this.#options;
    const began = clock.monotonic();
    const dialled = await dialFirst(dialer, {
      endpoint: this.#place.endpoint,
      allowed: (address) => this.#place.allows(address),
      passed: (step, text) => this.#passed(step, text),
      abandoned: () => this.#abandoned(number),
    });
    if (dialled === undefined) return;
    this.#place.connected(dialled.address);
    this.#open(dialled.stream, number, clock.monotonic() - began);
  }

  #abandoned(number: number): boolean {
    return number !== this.#connections || this.#run.at !== 'dialling' || this.#stopping !== undefined;
  }

  #open(stream: ByteStream, number: number, connectMs: number): void {
    const { id, clock, random, log, user, version, url, workerName } = this.#options;
    const patienceMs = workerName && extensionPatienceMs(this.#extensionTries, connectMs);
    const session = new V2Session(
      {
        sourceId: id,
        number,
        stream,
        clock,
        random,
        log,
        authorityKey: url.authorityKey,
        endpoint: this.#place.endpoint,
        user,
        channels: this.#channel,
        firmware: version,
        hashesPerSecond: this.#hashesPerSecond,
        extensions: { wanted: patienceMs ? [extensionIds.workerHashrate] : [], patienceMs: patienceMs ?? 0 },
        workerName: workerName ?? (() => ''),
        checkJob: (job) => this.#checkJob(job),
      },
      {
        onStep: (step, text) => this.#passed(step, text),
        onEvent: (event) => this.#onSessionEvent(event),
        onJob: (job, clean) => this.#onJob(job, clean),
        onReconnect: (newHost, newPort) => this.#onReconnect(newHost, newPort),
        onEnd: (end, unanswered) => this.#onEnd(end, unanswered),
      },
    );
    this.#run = { at: 'connected', session, since: clock.monotonic() };
    session.start();
  }

  #begin(step: SourceStep): void {
    this.#step = step;
    this.#setState({ at: 'connecting', step });
  }

  #passed(step: SourceStep, text: string): void {
    this.#learn(step);
    this.#emit({ type: 'step', step, text });
    const next = sourceSteps[sourceSteps.indexOf(step) + 1];
    if (next === undefined) this.#setState({ at: 'open' });
    else this.#begin(next);
  }

  #learn(step: SourceStep): void {
    if (this.#run.at === 'connected') this.#evidence.learn(this.#run.session.facts);
    if (step !== 'channel') return;
    this.#channelRefusals = 0;
    this.#evidence.v1.connected();
  }

  #checkJob(job: Job): Failure | undefined {
    if (this.#expected === undefined || checkPayout(job.root, this.#expected) !== 'mismatch') return undefined;
    return { code: 'payout-mismatch' };
  }

  #onJob(job: Job, clean: boolean): void {
    if (this.#stopping !== undefined) return;
    this.#evidence.job = job;
    this.#emit({ type: 'job', job, clean });
    this.#evidence.v1.job(job, clean);
  }

  #onSessionEvent(event: SourceEvent): void {
    this.#emit(event);
    if (event.type === 'accepted') {
      this.#evidence.v1.accepted(event.shareIds.length);
      for (const _ of event.shareIds) this.#refusals.answered(false);
    }
    if (event.type !== 'refused') return;
    this.#evidence.v1.refused(event.code);
    const part = this.#refusals.answered(true);
    if (part !== undefined) this.#emit({ type: 'notice', fault: { code: 'shares-refused', ...{ part, lastCode: event.code } } });
  }

  #onReconnect(newHost: string, newPort: number): void {
    const { clock, log } = this.#options;
    if (this.#run.at !== 'connected') return;
    const { session } = this.#run;
    const answer = this.#place.move({ newHost, newPort, authenticated: session.facts.authenticated ?? false }, clock.monotonic());
    const shown = { newHost: printable(newHost), newPort };
    if (!answer.follow) return this.#emit({ type: 'notice', fault: { code: 'reconnect-refused', ...{ why: answer.why, ...shown } } });
    log.write('info', 'pool-reconnect', { sourceId: this.id, ...shown });
    session.stop('moved');
  }

  #onEnd(end: SessionEnd, unanswered: readonly number[]): void {
    const run = this.#run;
    if (run.at !== 'connected') return;
    const worked = this.#evidence.job !== undefined;
    this.#evidence.ended(run.session);
    this.#run = { at: 'waiting' };
    if (unanswered.length > 0) this.#emit({ type: 'unanswered', shareIds: unanswered });
    if (this.#stopping !== undefined) return;
    if (worked) this.#emit({ type: 'no-work' });
    if (worked && this.#options.clock.monotonic() - run.since >= STABLE_MS) this.#backoff.reset();
    if (end.why === 'fault') return this.#failed(end.fault);
    if (end.why === 'no-standard-channels') this.#channel = 'extended';
    if (end.why === 'extensions-unanswered') this.#extensionTries += 1;
    this.#connect();
  }

  /** Waits and tries again at the address the person chose, or gives up where no further try can help. */
  #failed(fault: Failure): void {
    const { clock, log } = this.#options;
    const step = stepOfFault(fault, this.#step);
    // Where the pool sent us is the pool's business: what fails there says nothing against the address that was chosen.
    const moved = !this.#place.isHome;
    this.#place.goHome();
    log.write('warn', 'pool-failed', { sourceId: this.id, step, ...fault });
    // Some servers answer a wish for standard jobs with a plain refusal; what the wish was is all that may be changed.
    if (fault.code === 'setup-refused' && this.#options.channel === 'standard') this.#channel = other(this.#channel);
    if (fault.code === 'channel-refused' && !moved) this.#channelRefusals += 1;
    if (!moved && (FINAL.has(fault.code) || this.#channelRefusals >= MOST_CHANNEL_REFUSALS)) return this.#refuse(fault, step);
    const retryAtMs = clock.monotonic() + this.#backoff.next();
    this.#run = { at: 'waiting' };
    this.#retry.set(retryAtMs);
    this.#setState({ at: 'waiting', fault, step, retryAtMs });
  }

  #refuse(fault: Failure, step: SourceStep = 'name'): void {
    this.#run = { at: 'over' };
    this.#setState({ at: 'refused', fault, step });
  }

  #setState(state: SourceState): void {
    this.#emit({ type: 'state', state });
  }

  #emit(event: SourceEvent): void {
    this.#listener(event);
  }
}

function other(channel: 'standard' | 'extended'): 'standard' | 'extended' {
  return channel === 'standard' ? 'extended' : 'standard';
}

function shown({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
