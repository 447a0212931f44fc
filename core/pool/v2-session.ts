/**
 * One connection to a V2 pool, from the open stream to its end: moves bytes between stream and MiningClient, keeps the timer,
 * opens the channel, turns jobs and answers into source events, and notices when the pool has gone silent. Obeys MIN-13 …
 * MIN-15, MIN-47a, COM-14, EXT-5, SEC-4, SEC-11, SEC-16, SEC-19, SEC-20. Exactly one `onEnd` closes it.
 */
import { PeerError } from '../errors.ts';
import type { StreamEnd } from '../ports.ts';
import type { MiningClient } from '../sv2/mining-client.ts';
import type { MiningEvent } from '../sv2/mining-event.ts';
import type { MiningJob, NotSent } from '../sv2/mining-job.ts';
import { RateBudget } from '../sv2/rate-budget.ts';
import type { Share } from '../work/job.ts';
import { Alarm } from './alarm.ts';
import { HashrateReport } from './hashrate-report.ts';
import { channelWishes, clientOf } from './session-client.ts';
import type { SessionEnd, SessionListener, SessionOptions } from './session-contract.ts';
import { CIPHER, certificateText, clockText, type Established, establishedFacts, type SessionFacts } from './session-facts.ts';
import { channelFault, sessionFault } from './session-fault.ts';
import { ShareAnswers } from './share-answers.ts';
import { SilenceWatch } from './silence-watch.ts';
import type { SourceEvent } from './source.ts';
import { jobOf, MOST_SHARES_PER_SECOND } from './v2-job.ts';

/** Bytes that the system does not take: the line is dead. */
export const MOST_QUEUED_BYTES = 1 << 20;
const SUBMIT_RATE = { perSecond: 5 * MOST_SHARES_PER_SECOND, burst: 500 };
/** Jobs whose shares still find their way. */
const MOST_JOBS = 64;
/** A job's time further than this from ours means that one of the clocks is wrong (SEC-16). */
const CLOCK_TOLERANCE_SECONDS = 7200;

type Phase =
  | { readonly at: 'setting-up' }
  | { readonly at: 'opening'; readonly requestId: number }
  | { readonly at: 'open'; readonly channelId: number; readonly silence: SilenceWatch }
  | { readonly at: 'ended' };

export class V2Session {
  readonly #options: SessionOptions;
  readonly #listener: SessionListener;
  readonly #client: MiningClient;
  readonly #jobs = new Map<string, MiningJob>();
  readonly #answers = new ShareAnswers();
  readonly #submits: RateBudget;
  #phase: Phase = { at: 'setting-up' };
  #facts: SessionFacts = {};
  readonly #hashrate: HashrateReport;
  #clockTold = false;
  #draining: (() => void) | undefined;
  #closing: (() => void) | undefined;
  #streamEnded = false;
  readonly #alarm: Alarm;

  constructor(options: SessionOptions, listener: SessionListener) {
    const now = options.clock.monotonic();
    this.#options = options;
    this.#listener = listener;
    this.#hashrate = new HashrateReport(options.hashesPerSecond);
    this.#submits = new RateBudget(SUBMIT_RATE, now);
    this.#alarm = new Alarm(options.clock, () => this.#onTimer());
    this.#client = clientOf(options, now);
  }

  /** Begins the handshake. Called once; the listener hears nothing before it. */
  start(): void {
    this.#options.stream.listen({ onBytes: (bytes) => this.#onBytes(bytes), onEnd: (end) => this.#onStreamEnd(end) });
    this.#flush();
  }

  get facts(): SessionFacts {
    return this.#facts;
  }

  get bytesIn(): number {
    return this.#client.bytesIn;
  }

  get bytesOut(): number {
    return this.#client.bytesOut;
  }

  /** Sends a share of one of this session's jobs, or says why not. */
  submit(share: Share): 'sent' | NotSent | 'too-many-shares' {
    const now = this.#options.clock.monotonic();
    const job = this.#jobs.get(share.job.key);
    if (job === undefined || this.#phase.at !== 'open') return 'stale-share';
    if (!share.isBlock && !this.#submits.spend(now)) return 'too-many-shares';
    const result = this.#client.submit(job, { ...share, shareId: share.id }, this.#options.workerName(share.deviceId), now);
    if (typeof result === 'string') return result;
    this.#answers.sent(share);
    this.#flush();
    if (result.unanswered !== undefined) this.#listener.onEvent({ type: 'unanswered', shareIds: [result.unanswered] });
    return 'sent';
  }

  setHashrate(hashesPerSecond: number): void {
    this.#hashrate.changed(hashesPerSecond);
    this.#tellHashrate();
    this.#arm();
  }

  /** Closes the channel and the stream; shares that wait are given up. */
  stop(why: 'stopped' | 'moved' = 'stopped'): void {
    this.#end({ why });
  }

  /** Calls back once when no share waits for an answer: at once, later, or when the session ends. */
  drained(callback: () => void): void {
    this.#draining = callback;
    this.#checkDrained();
  }

  /** Calls back once when the stream has ended. */
  closed(callback: () => void): void {
    if (this.#streamEnded) callback();
    else this.#closing = callback;
  }

  #onStreamEnd(end: StreamEnd): void {
    this.#streamEnded = true;
    this.#end({ why: 'fault', fault: { code: 'stream-lost', ...{ how: end.code, ...('text' in end ? { text: end.text } : {}) } } });
    this.#closing?.();
  }

  #onBytes(bytes: Uint8Array): void {
    const { clock } = this.#options;
    this.#step(() => this.#client.receive(bytes, clock.monotonic(), Math.floor(clock.now() / 1000)));
  }

  #onTimer(): void {
    const now = this.#options.clock.monotonic();
    this.#step(() => {
      const events = this.#client.tick(now);
      this.#checkSilence(now);
      return events;
    });
    this.#tellHashrate();
    this.#arm();
  }

  /** Everything that can make the client speak goes through here: events out, bytes out, faults to the end. */
  #step(act: () => readonly MiningEvent[]): void {
    if (this.#phase.at === 'ended') return;
    try {
      for (const event of act()) this.#onEvent(event);
      this.#flush();
    } catch (error) {
      this.#end({ why: 'fault', fault: sessionFault(error) });
    }
    this.#checkDrained();
    this.#arm();
  }

  #flush(): void {
    if (this.#phase.at === 'ended') return;
    const { stream } = this.#options;
    const bytes = this.#client.outgoing();
    if (bytes.length > 0) stream.write(bytes);
    if (stream.queuedBytes > MOST_QUEUED_BYTES)
      this.#end({ why: 'fault', fault: { code: 'stalled', ...{ queuedBytes: stream.queuedBytes } } });
    this.#arm();
  }

  #onEvent(event: MiningEvent): void {
    if (this.#phase.at === 'ended') return;
    if (this.#phase.at === 'open') this.#phase.silence.heard(this.#options.clock.monotonic());
    switch (event.type) {
      case 'established':
        return this.#onEstablished(event);
      case 'setup':
        this.#facts = { ...this.#facts, roundTripMs: event.roundTripMs };
        return this.#listener.onStep('setup', `version 2${event.fixedVersion ? ', fixed version' : ''}`);
      case 'open':
        return this.#onOpen([...event.extensions]);
      case 'extensions':
        this.#facts = { ...this.#facts, extensions: [...event.extensions] };
        return;
      case 'cannot-serve':
        return this.#end({ why: 'no-standard-channels' });
      case 'extensions-unanswered':
        if (this.#phase.at === 'setting-up') this.#end({ why: 'extensions-unanswered' });
        return;
      case 'reconnect':
        return this.#listener.onReconnect(event.newHost, event.newPort);
      default:
        return this.#onChannelEvent(event);
    }
  }

  #onChannelEvent(event: MiningEvent): void {
    const fault = channelFault(event);
    if (event.type === 'channel-closed' && event.unanswered.length > 0)
      this.#listener.onEvent({ type: 'unanswered', shareIds: event.unanswered });
    if (fault !== undefined) throw new PeerError(fault);
    switch (event.type) {
      case 'channel':
        return this.#onChannel(event.channel.id, event.channel.kind, event.channel.extranonceSize);
      case 'job':
        return this.#onJob(event.job, event.clean);
      case 'accepted':
        return this.#onAccepted(event.shareIds);
      case 'refused':
        return this.#tell(this.#answers.refused(event.shareId, event.errorCode));
      case 'unanswered':
        return this.#listener.onEvent({ type: 'unanswered', shareIds: event.shareIds });
      default:
        return this.#options.log.write('debug', 'pool-event', { sourceId: this.#options.sourceId, event: event.type });
    }
  }

  #onEstablished(event: Established): void {
    const pinned = this.#options.authorityKey !== undefined;
    this.#facts = { ...this.#facts, ...establishedFacts(event, Math.floor(this.#options.clock.now() / 1000)) };
    const offset = this.#facts.clockOffsetSeconds ?? 0;
    this.#listener.onStep('noise', CIPHER);
    this.#listener.onStep('certificate', certificateText(event, pinned));
    this.#listener.onStep('clock', clockText(offset, pinned));
    if (pinned && offset !== 0) this.#tellClock(offset);
  }

  #onOpen(extensions: readonly number[]): void {
    const { clock, user } = this.#options;
    this.#facts = { ...this.#facts, extensions };
    const wishes = channelWishes(user, this.#hashrate.rate);
    this.#hashrate.told(clock.monotonic());
    this.#phase = { at: 'opening', requestId: this.#client.openChannel(wishes, clock.monotonic()) };
  }

  #onChannel(channelId: number, kind: 'standard' | 'extended', extranonceSize: number): void {
    this.#phase = { at: 'open', channelId, silence: new SilenceWatch(this.#options.clock.monotonic()) };
    this.#facts = { ...this.#facts, channel: kind };
    this.#listener.onStep('channel', kind === 'standard' ? 'standard' : `extended, ${extranonceSize} bytes to roll`);
  }

  #onJob(mined: MiningJob, clean: boolean): void {
    if (this.#phase.at !== 'open') return;
    const { sourceId, number, clock, checkJob } = this.#options;
    const job = jobOf(mined, { sourceId, number, hashesPerSecond: this.#hashrate.known });
    const fault = checkJob(job);
    if (fault !== undefined) return this.#end({ why: 'fault', fault });
    if (clean) this.#jobs.clear();
    this.#jobs.set(job.key, mined);
    if (this.#jobs.size > MOST_JOBS) this.#jobs.delete(this.#jobs.keys().next().value as string);
    if (!this.#phase.silence.hadJob) this.#listener.onStep('job', `job ${mined.jobId}`);
    this.#phase.silence.job(clock.monotonic());
    this.#listener.onJob(job, clean);
    const ahead = mined.ntime - Math.floor(clock.now() / 1000);
    if (Math.abs(ahead) > CLOCK_TOLERANCE_SECONDS) this.#tellClock(-ahead);
  }

  #onAccepted(shareIds: readonly number[]): void {
    if (this.#phase.at === 'open') this.#phase.silence.answered();
    this.#tell(this.#answers.accepted(shareIds));
  }

  #tell(events: readonly SourceEvent[]): void {
    for (const event of events) this.#listener.onEvent(event);
  }

  #tellClock(offsetSeconds: number): void {
    if (this.#clockTold) return;
    this.#clockTold = true;
    this.#listener.onEvent({ type: 'notice', fault: { code: 'clock-off', ...{ offsetSeconds } } });
  }

  /** Tells the pool a materially different speed, when that is due. */
  #tellHashrate(): void {
    const now = this.#options.clock.monotonic();
    if (this.#phase.at !== 'open' || now < (this.#hashrate.dueAt ?? Number.POSITIVE_INFINITY)) return;
    if (!this.#client.updateChannel(this.#phase.channelId, this.#hashrate.rate, now)) return;
    this.#hashrate.told(now);
    this.#flush();
  }

  #oldestPendingAt(): number | undefined {
    return this.#phase.at === 'open' ? this.#client.channels.get(this.#phase.channelId)?.pending.oldestSentAt : undefined;
  }

  #checkSilence(now: number): void {
    if (this.#phase.at !== 'open') return;
    const fault = this.#phase.silence.check(now, this.#oldestPendingAt());
    if (fault?.code === 'shares-unanswered') this.#listener.onEvent({ type: 'notice', fault });
    else if (fault !== undefined) throw new PeerError(fault);
  }

  #dueAt(): number {
    const open = this.#phase.at === 'open' ? [this.#phase.silence.dueAt(this.#oldestPendingAt()), this.#hashrate.dueAt] : [];
    return Math.min(...[this.#client.deadline, ...open].filter((at) => at !== undefined));
  }

  #arm(): void {
    if (this.#phase.at !== 'ended') this.#alarm.set(this.#dueAt());
  }

  #checkDrained(): void {
    if (this.#draining === undefined || (this.#phase.at === 'open' && this.#oldestPendingAt() !== undefined)) return;
    const callback = this.#draining;
    this.#draining = undefined;
    callback();
  }

  #end(end: SessionEnd): void {
    if (this.#phase.at === 'ended') return;
    const phase = this.#phase;
    const { stream } = this.#options;
    const unanswered = phase.at === 'open' ? this.#giveUp(phase.channelId, end) : [];
    this.#phase = { at: 'ended' };
    this.#alarm.cancel();
    stream.close();
    this.#listener.onEnd(end, unanswered);
    this.#checkDrained();
  }

  /** Says goodbye where we are the ones who leave (MIN-13), and gives the shares without an answer. */
  #giveUp(channelId: number, end: SessionEnd): readonly number[] {
    if (end.why !== 'stopped' && end.why !== 'moved') return this.#client.channels.get(channelId)?.pending.giveUp() ?? [];
    const unanswered = this.#client.closeChannel(channelId, 'client-stopped');
    this.#options.stream.write(this.#client.outgoing());
    return unanswered;
  }
}
