/**
 * The application: sources, scheduler, devices, settings and history put together. It knows no socket, file or clock of
 * its own; `core/host/compose.ts` gives it the real ones. `snapshot.ts` shows it, `commands.ts` moves it.
 */
import { hashesPerShare } from '../bitcoin/target.ts';
import { type DeviceSettingsEntry, deviceSettings, type HearthEvent, type Settings, type SourceSettings } from '../contract.ts';
import type { FailoverSwitch } from '../pool/failover.ts';
import type { WorkSource } from '../pool/source.ts';
import type { Job, Share } from '../work/job.ts';
import { Scheduler, type SchedulerEvent } from '../work/scheduler.ts';
import { AppHealth } from './app-health.ts';
import type { KnownDevice } from './device-unit.ts';
import { EventList } from './event-list.ts';
import { Fleet } from './fleet.ts';
import { HashrateLog } from './hashrate-log.ts';
import { History } from './history.ts';
import { lazySource } from './lazy-source.ts';
import type { MinerOptions } from './miner-options.ts';
import { MiningControl } from './mining-control.ts';
import { OpenSources, type ShareAnswer, type SourceListener } from './open-sources.ts';
import { openSettings, type SettingsFile } from './settings.ts';
import { ShareLedger } from './share-ledger.ts';
import { Sleep } from './sleep.ts';
import { proofBefore } from './source-facts.ts';
import { SourceLog } from './source-log.ts';
import { faultSnapshot, StandingFaults } from './standing-faults.ts';
import { UsbView } from './usb-view.ts';

const TICK_MS = 1_000;
/** What the devices really do is known after this; before, what they say they can do. */
const MEASURED_AFTER_MS = 60_000;
/** How often a source hears the devices' speed. */
const HASHRATE_EVERY_MS = 10_000;

/** Opens settings and history, finds devices, and mines if it was mining. Never throws for what a disk or file does. */
export async function startMiner(options: MinerOptions): Promise<Miner> {
  const events = new EventList(options.clock);
  const faults = new StandingFaults((event) => events.add(event));
  const settings = await openSettings({
    ...options,
    path: `${options.dataPath}/settings.json`,
    keepInMemory: options.commandLine?.sources !== undefined,
    onFault: (failure) => faults.raise(faultSnapshot(failure, 'app', options.clock.now())),
    onCleared: (code) => faults.clear('app', code),
  });
  const miner = new Miner(options, { events, faults, settings });
  await miner.begin();
  return miner;
}

interface Opened {
  readonly events: EventList;
  readonly faults: StandingFaults;
  readonly settings: SettingsFile;
}

export class Miner {
  readonly options: MinerOptions;
  readonly events: EventList;
  readonly faults: StandingFaults;
  readonly settings: SettingsFile;
  readonly history: History;
  readonly ledger: ShareLedger;
  readonly fleet: Fleet;
  readonly sources: OpenSources;
  readonly usb: UsbView;
  readonly control: MiningControl;
  readonly startedAt: number;
  /** Unix milliseconds of the newest job, by source. */
  readonly lastJobAt = new Map<string, number>();
  readonly #scheduler: Scheduler;
  readonly #hashrate: HashrateLog;
  readonly #sourceLog: SourceLog;
  readonly #health: AppHealth;
  readonly #sleep: Sleep;
  readonly #changed = new Set<() => void>();
  #toldHashrateAt = Number.NEGATIVE_INFINITY;
  #cancelTick: (() => void) | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: MinerOptions, { events, faults, settings }: Opened) {
    const { clock, log, finders } = options;
    this.options = options;
    this.events = events;
    this.faults = faults;
    this.settings = settings;
    this.startedAt = clock.now();
    const history = openHistory(options, faults);
    const emit = (event: HearthEvent) => this.#emit(event);
    const common = { clock, log, history, faults, emit };
    this.history = history;
    this.#hashrate = new HashrateLog(clock, history);
    this.#health = new AppHealth(common);
    this.#sourceLog = new SourceLog(common);
    const scheduler = new Scheduler(options, (event) => this.#scheduled(event));
    this.#scheduler = scheduler;
    const onAnswer = (accepted: boolean) => this.#hashrate.answered(accepted);
    this.ledger = new ShareLedger({ ...common, about: (id) => this.aboutSource(id), onAnswer });
    this.fleet = new Fleet({
      ...common,
      finders,
      scheduler,
      settingsOf: (device) => this.#deviceSettings(device),
      isPractice: (id) => this.aboutSource(id).practice,
      onHashrate: () => this.#tellHashrate(),
    });
    this.#sleep = new Sleep({ clock, rest: (asleep) => this.fleet.sleep(asleep), reconnect: () => this.#reconnect() });
    this.usb = new UsbView({ clock, eyes: options.usbEyes, rule: options.usbRule, onChange: () => this.#changedNow() });
    const open = (source: SourceSettings) => this.openSource(source);
    this.sources = new OpenSources({ clock, open, listener: this.#sourceListener(emit), limits: options.failover });
    const { fleet, sources } = this;
    this.control = new MiningControl({ clock, scheduler, fleet, sources, emit, onChange: () => this.#changedNow() });
  }

  /** Called once by `startMiner`. */
  async begin(): Promise<void> {
    const { commandLine, log, version } = this.options;
    log.write('info', 'started', { version });
    const sources = commandLine?.sources;
    if (sources) await this.settings.change((settings) => ({ ...settings, sources: [...sources], mining: true }));
    const { current } = this.settings;
    this.#health.started(current.mining);
    this.sources.set(current.sources);
    // Resumes after a crash or restart; devices join as they are found.
    if (current.mining && current.sources.length > 0) this.control.start();
    this.#tick();
    // Not waited for: a bus that answers slowly must not hold up the other devices, nor the window.
    void this.fleet.start();
  }

  /** Stops cleanly: devices rest, last answers are waited for, everything is written. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** The source being mined, or that would be, is the practice chain. */
  get practice(): boolean {
    const id = this.sources.activeId ?? this.sources.plan.preferredId;
    return id !== undefined && this.aboutSource(id).practice;
  }

  get job(): Job | undefined {
    return this.#scheduler.job;
  }

  /** False when there is no source. */
  async mine(): Promise<boolean> {
    if (this.settings.current.sources.length === 0) return false;
    if (!this.control.wanted) this.ledger.restartEstimate();
    this.control.start();
    await this.#remember(true);
    return true;
  }

  async pause(): Promise<void> {
    this.control.pause();
    await this.#remember(false);
  }

  async stop(): Promise<void> {
    await Promise.all([this.control.stop(), this.#remember(false)]);
  }

  /** The computer is about to sleep: boards are made safe at once. What a person wanted stays wanted. */
  sleep(): void {
    this.options.log.write('info', 'sleep', {});
    this.#sleep.begin();
  }

  /** The computer is awake again: boards are started anew, pools and nodes asked anew. */
  wake(): void {
    this.#health.tick(this.control.wanted); // the time asleep is told once, here
    this.#woke();
  }

  /** Saves, and puts what changed into effect. @throws AppError `bad-arguments` when the outcome is no valid settings */
  async changeSettings(changed: (settings: Settings) => Settings): Promise<void> {
    const saved = this.settings.change(changed);
    this.sources.set(this.settings.current.sources);
    this.#changedNow();
    await saved;
  }

  /** A source, not yet started. @param secret one that is not stored yet */
  openSource(settings: SourceSettings, secret?: string): WorkSource {
    const { commandLine, secrets, openSource } = this.options;
    const known = secret ?? commandLine?.secrets.get(settings.id);
    return lazySource(settings.id, proofBefore(settings), async () => openSource(settings, known ?? (await secrets.get(settings.id))));
  }

  aboutSource(id: string): { readonly name: string; readonly practice: boolean } {
    const source = this.settings.current.sources.find((one) => one.id === id);
    return { name: source?.name ?? id, practice: source?.kind === 'practice' };
  }

  /** Calls when the next snapshot would differ. */
  onChange(changed: () => void): () => void {
    this.#changed.add(changed);
    return () => this.#changed.delete(changed);
  }

  async #close(): Promise<void> {
    const wasWanted = this.control.wanted;
    this.#cancelTick?.();
    this.#sleep.stop();
    await Promise.all([this.control.stop(), this.fleet.stop()]);
    this.#scheduler.stop();
    this.#hashrate.tick(this.fleet.totalHashes(), { mining: false, force: true });
    await this.settings.close();
    await this.history.close();
    this.options.log.write('info', 'stopped', { wasMining: wasWanted });
  }

  /** Whether to go on at the next start. */
  #remember(mining: boolean): Promise<void> {
    return this.settings.current.mining === mining ? Promise.resolve() : this.changeSettings((settings) => ({ ...settings, mining }));
  }

  #sourceListener(emit: (event: HearthEvent) => void): SourceListener {
    return {
      emit,
      onJob: (job, clean) => this.#take(job, clean),
      onNoWork: () => {
        this.#scheduler.empty();
        this.control.follow();
      },
      onShares: (event) => this.#answered(event),
      onState: (id, state) => {
        this.#sourceLog.state(id, state);
        this.control.follow();
      },
      onNotice: (id, fault) => {
        this.#sourceLog.notice(id, fault);
        if (fault.code === 'shares-refused') this.sources.distrust(id);
      },
      onClosed: (id) => this.#sourceLog.closed(id),
      onSwitch: (change) => this.#switched(change),
    };
  }

  /** On the way of a new block: the devices first, everything else after. */
  #take(job: Job, clean: boolean): void {
    if (this.control.takesWork) this.#scheduler.take(job, clean);
    this.lastJobAt.set(job.sourceId, this.options.clock.now());
    if (this.control.state !== 'mining') this.control.follow();
    this.#changedNow();
  }

  #switched({ fromId, toId, reason }: FailoverSwitch): void {
    this.ledger.restartEstimate();
    this.options.log.write('info', 'source-switched', { from: fromId, to: toId, reason });
    if (fromId !== undefined) this.#emit({ type: 'source-switched', fromId, toId, reason });
  }

  #answered(event: ShareAnswer): void {
    if (event.type === 'accepted') this.ledger.accept(event.shareIds);
    else if (event.type === 'refused') this.ledger.refuse(event.shareId, event.code);
    else if (event.type === 'unanswered') this.ledger.unanswer(event.shareIds);
    else this.ledger.block(event.shareId, event.accepted);
    this.#changedNow();
  }

  #scheduled(event: SchedulerEvent): void {
    if (event.type === 'share') this.#share(event.share);
    if (event.type === 'stale' && event.block) this.ledger.staleBlock(event.block);
    this.fleet.heard(event);
    this.#changedNow();
  }

  /** On record first (some microseconds), then out: see `history.ts` for what that buys. */
  #share(share: Share): void {
    this.ledger.found(share);
    if (!this.sources.submit(share)) this.ledger.refuse(share.id, 'stale-share');
  }

  #tick(): void {
    const { clock } = this.options;
    this.#cancelTick = clock.after(TICK_MS, () => this.#tick());
    const mining = this.control.wanted;
    this.fleet.watch(mining && this.job ? hashesPerShare(this.job.shareTarget) : undefined);
    this.#hashrate.tick(this.fleet.totalHashes(), { mining });
    this.#sourceLog.tick();
    this.#sleep.tick();
    if (this.#health.tick(mining).woke) this.#woke();
    const { activeId } = this.sources;
    if (activeId !== undefined) this.#health.watchSource(activeId, this.sources.proofOf(activeId), this.ledger);
    if (clock.monotonic() - this.#toldHashrateAt >= HASHRATE_EVERY_MS) this.#tellHashrate();
    this.#changedNow();
  }

  #woke(): void {
    this.options.log.write('info', 'woke', {});
    this.#sleep.end();
  }

  #reconnect(): void {
    for (const id of this.sources.plan.run) this.sources.reopen(id);
  }

  #tellHashrate(): void {
    if (!this.control.wanted) return;
    this.#toldHashrateAt = this.options.clock.monotonic();
    const measured = this.fleet.hashesPerSecond();
    const expected = this.fleet.expectedHashesPerSecond();
    const isMature = this.control.workingMs > MEASURED_AFTER_MS && measured > 0;
    this.sources.setHashrate(isMature || expected === 0 ? measured : expected);
  }

  #deviceSettings({ id, kind }: KnownDevice): DeviceSettingsEntry {
    const entry = this.settings.current.devices[id] ?? deviceSettings.parse({});
    return kind === 'processor' ? { ...entry, ...this.options.commandLine?.processor } : entry;
  }

  #emit(event: HearthEvent): void {
    this.events.add(event);
    this.#changedNow();
  }

  #changedNow(): void {
    for (const changed of this.#changed) changed();
  }
}

function openHistory({ history: opener, clock }: MinerOptions, faults: StandingFaults): History {
  const history = new History({
    opener,
    clock,
    onFault: (failure) => faults.raise(faultSnapshot(failure, 'app', clock.now(), 'history-not-saved')),
    onCleared: (code) => faults.clear('app', code),
  });
  history.open();
  return history;
}
