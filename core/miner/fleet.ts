/**
 * All hashing devices: found, started, restarted by their finder, configured by id, kept in the list when they are gone.
 * Nonces go to the scheduler; what the scheduler says of them comes back to the device's counters.
 */
import type { DeviceSettingsEntry, DeviceSnapshot, HearthEvent } from '../contract.ts';
import type { Device, DeviceEvent, DeviceFinder, DeviceSettings, DeviceState } from '../devices/device.ts';
import { type Failure, faultOf } from '../errors.ts';
import type { Clock, DeviceRecord } from '../ports.ts';
import type { Scheduler, SchedulerEvent } from '../work/scheduler.ts';
import { DeviceBook } from './device-book.ts';
import { watchDevice } from './device-health.ts';
import { DeviceUnit, deviceSettingsOf, type KnownDevice } from './device-unit.ts';
import type { History } from './history.ts';
import { faultSnapshot, type StandingFaults } from './standing-faults.ts';

/** A USB bus holds 127; a home has fewer. */
const MAX_DEVICES = 256;
/** Each device has its own limit for stopping; this is the end of patience with one that has none. */
export const DEVICES_STOP_MS = 5_000;

/** Somebody has to do something before a board can be used; nobody looks whether they did while it is paused. */
const IN_THE_WAY = ['usb-no-permission', 'usb-no-driver', 'usb-driver-holds', 'usb-busy'] as const;

export interface FleetOptions {
  readonly clock: Clock;
  readonly finders: readonly DeviceFinder[];
  readonly scheduler: Scheduler;
  readonly history: History;
  readonly faults: StandingFaults;
  emit(event: HearthEvent): void;
  /** What a person set for a device. */
  settingsOf(device: KnownDevice): DeviceSettingsEntry;
  isPractice(sourceId: string): boolean;
  /** What the devices together can do has changed. */
  onHashrate(): void;
}

export class Fleet {
  readonly #options: FleetOptions;
  readonly #units = new Map<string, DeviceUnit>();
  readonly #book: DeviceBook;
  #resting = true;
  #asleep = false;
  #stopped = false;
  #hashesOfForgotten = 0;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#book = new DeviceBook(options.history);
  }

  /** Shows the devices of earlier runs as gone, then looks for those that are here. Never throws. */
  async start(): Promise<void> {
    const { history, finders, clock } = this.#options;
    this.#book.open();
    for (const record of history.read((store) => store.devices(), [])) this.#units.set(record.id, new DeviceUnit(record, record.seenAt));
    const onFault = (fault: Failure) => this.#options.faults.raise(faultSnapshot(fault, 'devices', clock.now(), 'device-failed'));
    const begin = async (finder: DeviceFinder) => {
      try {
        await finder.start((device) => this.#add(device), onFault, this.ids());
      } catch (error) {
        onFault(faultOf(error));
      }
    };
    await Promise.all(finders.map(begin));
  }

  /** Leaves all hardware safe, within `DEVICES_STOP_MS`. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const stops = [
      ...this.#options.finders.map((finder) => finder.stop()),
      ...Array.from(this.#units.values(), (unit) => unit.running?.device.stop()),
    ];
    const settled = Promise.allSettled(stops).then(() => undefined);
    await Promise.race([settled, new Promise<void>((resolve) => void this.#options.clock.after(DEVICES_STOP_MS, resolve))]);
  }

  /** All devices rest (paused, stopped), or those hash that a person did not pause. */
  rest(resting: boolean): void {
    if (this.#resting === resting) return;
    this.#resting = resting;
    for (const unit of this.#units.values()) this.#configure(unit);
  }

  /** Boards rest whatever is wanted, until the computer is awake again. What they were silent for does not count. */
  sleep(asleep: boolean): void {
    if (this.#asleep === asleep) return;
    this.#asleep = asleep;
    for (const unit of this.#units.values()) {
      unit.lastSignAt = this.#options.clock.monotonic();
      if (unit.known.kind !== 'processor') this.#configure(unit);
    }
  }

  /** Settings of this device changed. */
  configure(id: string): void {
    const unit = this.#units.get(id);
    if (unit) this.#configure(unit);
  }

  /** False when it is unknown, gone or has no means. */
  identify(id: string): boolean {
    const unit = this.#units.get(id);
    return unit?.running?.device.identify() ?? false;
  }

  /** Takes a device that is gone out of the list; false when it is unknown or still here. */
  forget(id: string): boolean {
    const unit = this.#units.get(id);
    if (!unit?.isGone) return false;
    this.#units.delete(id);
    this.#book.forget(id);
    this.#hashesOfForgotten += unit.meter.total;
    this.#options.faults.clear(id);
    this.#options.history.write({ type: 'device-forgotten', id });
    return true;
  }

  ids(): readonly string[] {
    return [...this.#units.keys()];
  }

  has(id: string): boolean {
    return this.#units.has(id);
  }

  /** What the scheduler made of a nonce. */
  heard(event: SchedulerEvent): void {
    const deviceId = event.type === 'share' ? event.share.deviceId : event.deviceId;
    const unit = this.#units.get(deviceId);
    if (!unit) return;
    const monotonic = this.#options.clock.monotonic();
    if (event.type === 'hardware-error') return this.#wrong(unit);
    if (event.type === 'device-threw') return this.#fault(unit, event.fault);
    unit.goodNonces.add(1, monotonic);
    if (event.type === 'easier') unit.meter.nonce(event.difficulty, monotonic);
    if (event.type !== 'share') return;
    unit.meter.nonce(event.share.difficulty, monotonic);
    unit.shares += 1;
    unit.lastShareAt = event.share.foundAt;
    this.#book.found(event.share, this.#options.isPractice(event.share.job.sourceId));
  }

  /** Once a second: faults that show only over time. `hashesPerShare` of the job being mined, if any. */
  watch(hashesPerShare: number | undefined): void {
    const { clock, faults } = this.#options;
    for (const unit of this.#units.values()) watchDevice(unit, { clock, faults, hashesPerShare });
  }

  hashesPerSecond(): number {
    const now = this.#options.clock.monotonic();
    return this.#hashing().reduce((sum, unit) => sum + unit.meter.perSecond(now), 0);
  }

  expectedHashesPerSecond(): number {
    return this.#hashing().reduce((sum, unit) => sum + unit.expected, 0);
  }

  /** Hashes since the start. */
  totalHashes(): number {
    return Array.from(this.#units.values(), (unit) => unit.meter.total).reduce((sum, hashes) => sum + hashes, this.#hashesOfForgotten);
  }

  /** Sum of what the devices say they draw; undefined when one that hashes does not say. */
  watts(): number | undefined {
    const hashing = this.#hashing();
    if (hashing.length === 0 || hashing.some((unit) => unit.telemetry.watts === undefined)) return undefined;
    return hashing.reduce((sum, unit) => sum + (unit.telemetry.watts ?? 0), 0);
  }

  /** @param practice which of a device's two records is shown */
  snapshots(practice: boolean): readonly DeviceSnapshot[] {
    const { clock, faults, settingsOf } = this.#options;
    const about = ({ known }: DeviceUnit) => ({
      entry: settingsOf(known),
      fault: faults.about(known.id),
      record: this.#book.of(known.id, practice),
    });
    return Array.from(this.#units.values(), (unit) => unit.snapshot(about(unit), clock.monotonic()));
  }

  #hashing(): DeviceUnit[] {
    return [...this.#units.values()].filter((unit) => unit.state === 'hashing');
  }

  #add(device: Device): void {
    const { clock, scheduler } = this.#options;
    const { id } = device.identity;
    const known = this.#units.get(id);
    if (this.#stopped || (!known && this.#units.size >= MAX_DEVICES)) return void device.stop();
    const unit = known ?? new DeviceUnit(device.identity, clock.now());
    void unit.running?.device.stop(); // plugged in again before its loss was noticed
    unit.running?.attachment.detach();
    const attachment = scheduler.attach(device);
    const running = { device, attachment };
    Object.assign(unit, { known: device.identity, running });
    this.#units.set(id, unit);
    this.#state(unit, { at: 'preparing', step: 'start' });
    this.#remember(unit);
    device.start(attachment.feed, this.#settingsFor(unit), (event) => {
      if (unit.running === running) this.#event(unit, event);
    });
  }

  #remember(unit: DeviceUnit): void {
    const { id, kind, model, serial, location, chips } = unit.known;
    const device: DeviceRecord = {
      id,
      kind,
      model,
      location,
      chips,
      seenAt: this.#options.clock.now(),
      ...(serial !== undefined && { serial }),
    };
    this.#options.history.write({ type: 'device', device });
  }

  #event(unit: DeviceUnit, event: DeviceEvent): void {
    const now = this.#options.clock.monotonic();
    switch (event.type) {
      case 'nonce':
        unit.lastSignAt = now;
        return unit.running?.attachment.found(event.found);
      case 'hashes':
        if (event.count > 0) unit.lastSignAt = now;
        return unit.meter.counted(event.count, now);
      case 'expected':
        unit.expected = event.hashesPerSecond;
        return this.#options.onHashrate();
      case 'telemetry':
        unit.telemetry = event.telemetry;
        return;
      case 'hardware-error':
        return this.#wrong(unit);
      case 'fault':
        return this.#fault(unit, event.fault);
      case 'fault-over':
        return this.#options.faults.clear(unit.known.id, event.code);
      case 'state':
        return this.#state(unit, event.state);
    }
  }

  #state(unit: DeviceUnit, state: DeviceState): void {
    const { clock, emit, faults, history, onHashrate } = this.#options;
    const { id } = unit.known;
    const wasGone = unit.isGone;
    const same = unit.state === state.at;
    unit.state = state.at;
    unit.detail = state.at === 'preparing' ? state.step : state.at === 'resting' ? state.reason : undefined;
    if (same) return;
    unit.since = clock.now();
    if (state.at === 'hashing') {
      unit.meter.start(clock.monotonic());
      unit.lastSignAt = clock.monotonic();
    }
    if (state.at === 'hashing' || wasGone) {
      faults.clear(id);
      history.write({ type: 'outage-over', about: id, until: clock.now() });
    }
    // Nobody reads its sensors now: what they said last is no longer so.
    if (state.at === 'resting' || state.at === 'gone') unit.telemetry = {};
    if (state.at === 'resting' && state.reason === 'paused') for (const code of IN_THE_WAY) faults.clear(id, code);
    if (state.at === 'gone') this.#gone(unit, state.fault);
    emit({ type: 'device-state', deviceId: id, state: state.at });
    onHashrate();
  }

  #gone(unit: DeviceUnit, failure: Failure): void {
    const { clock, faults, history } = this.#options;
    unit.running?.attachment.detach();
    unit.running = undefined;
    if (this.#stopped) return;
    const fault = faultSnapshot(failure, unit.known.id, clock.now(), 'device-gone');
    faults.clear(unit.known.id);
    faults.raise(fault);
    history.write({ type: 'outage', outage: { from: clock.now(), about: unit.known.id, code: fault.code } });
  }

  #wrong(unit: DeviceUnit): void {
    unit.hardwareErrors += 1;
    unit.wrongNonces.add(1, this.#options.clock.monotonic());
  }

  #fault(unit: DeviceUnit, failure: Failure): void {
    this.#options.faults.raise(faultSnapshot(failure, unit.known.id, this.#options.clock.now(), 'device-failed'));
  }

  #configure(unit: DeviceUnit): void {
    unit.running?.device.configure(this.#settingsFor(unit));
  }

  #settingsFor({ known }: DeviceUnit): DeviceSettings {
    const asleep = this.#asleep && known.kind !== 'processor';
    return deviceSettingsOf(this.#options.settingsOf(known), this.#resting || asleep);
  }
}
