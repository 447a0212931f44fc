/** One device as the miner keeps it: what it said last, what was counted, and its part of the snapshot. */
import type { DeviceAnswers, DeviceRecordSnapshot, DeviceSettingsEntry, DeviceSnapshot, FaultSnapshot } from '../contract.ts';
import type { Device, DeviceIdentity, DeviceSettings, DeviceState, Telemetry } from '../devices/device.ts';
import type { Attachment } from '../work/scheduler.ts';
import { HashMeter } from './hash-meter.ts';
import { RateMeter } from './rate-meter.ts';

/** Wrong answers count as a fault by their rate over this time. */
const ERROR_WINDOW_MS = 600_000;

/** What a device unplugged long ago has left of its identity. */
export type KnownDevice = Pick<
  DeviceIdentity,
  'id' | 'kind' | 'model' | 'location' | 'chips' | 'serial' | 'frequency' | 'experimental' | 'canIdentify'
>;

/** What the miner knows of a device beside what the device says. */
export interface AboutDevice {
  readonly entry: DeviceSettingsEntry;
  readonly fault: FaultSnapshot | undefined;
  readonly record: DeviceRecordSnapshot | undefined;
}

export interface Running {
  readonly device: Device;
  readonly attachment: Attachment;
}

export class DeviceUnit {
  known: KnownDevice;
  running: Running | undefined;
  state: DeviceState['at'] = 'gone';
  detail: string | undefined;
  /** Unix milliseconds of the present state. */
  since: number;
  expected = 0;
  telemetry: Telemetry = {};
  shares = 0;
  hardwareErrors = 0;
  lastShareAt: number | undefined;
  /** Monotonic milliseconds of the last sign of hashing. */
  lastSignAt = 0;
  readonly meter: HashMeter;
  readonly goodNonces = new RateMeter(ERROR_WINDOW_MS);
  readonly wrongNonces = new RateMeter(ERROR_WINDOW_MS);

  constructor(known: KnownDevice, now: number) {
    this.known = known;
    this.meter = new HashMeter(known.kind === 'processor');
    this.since = now;
  }

  get isGone(): boolean {
    return this.state === 'gone';
  }

  /** Answers checked in the last minutes; undefined when there were none. */
  answers(monotonic: number): DeviceAnswers | undefined {
    const right = this.goodNonces.inWindow(monotonic);
    const wrong = this.wrongNonces.inWindow(monotonic);
    return right + wrong === 0 ? undefined : { right, wrong, overMs: ERROR_WINDOW_MS };
  }

  snapshot({ entry, fault, record }: AboutDevice, monotonic: number): DeviceSnapshot {
    const { known, telemetry } = this;
    const answers = this.isGone ? undefined : this.answers(monotonic);
    const hashing = this.state === 'hashing';
    return {
      id: known.id,
      kind: known.kind,
      model: known.model,
      ...(entry.name !== undefined && { name: entry.name }),
      location: known.location,
      ...(known.serial !== undefined && { serial: known.serial }),
      chips: known.chips,
      state: this.state,
      ...(this.detail !== undefined && { detail: this.detail }),
      hashesPerSecond: hashing ? this.meter.perSecond(monotonic) : 0,
      expectedHashesPerSecond: this.isGone ? 0 : this.expected,
      shares: this.shares,
      hardwareErrors: this.hardwareErrors,
      ...(answers !== undefined && { answers }),
      ...(record !== undefined && { record }),
      ...(this.lastShareAt !== undefined && { lastShareAt: this.lastShareAt }),
      since: this.since,
      ...(!this.isGone && shown(telemetry)),
      settings: entry,
      canIdentify: known.canIdentify === true && !this.isGone,
      ...(known.kind === 'processor' && { maxThreads: known.chips }),
      ...(known.frequency !== undefined && { frequency: known.frequency }),
      ...(known.experimental !== undefined && { experimental: known.experimental }),
      ...(fault !== undefined && { fault }),
    };
  }
}

/** Telemetry that the contract shows. */
function shown({ tempC, fanRpm, fanPercent, watts, frequencyMhz, feed }: Telemetry): Partial<DeviceSnapshot> {
  return {
    ...(tempC !== undefined && { tempC }),
    ...(fanRpm !== undefined && { fanRpm }),
    ...(fanPercent !== undefined && { fanPercent }),
    ...(watts !== undefined && { watts }),
    ...(frequencyMhz !== undefined && { frequencyMhz }),
    ...(feed !== undefined && feed.totalMs > 0 && { starved: feed.starvedMs / feed.totalMs }),
  };
}

/** A person's settings of a device as the device takes them. */
export function deviceSettingsOf(entry: DeviceSettingsEntry, resting: boolean): DeviceSettings {
  const { threads, dutyCycle, frequencyMhz, profile, allowExperimental } = entry;
  return {
    paused: resting || entry.paused,
    ...(threads !== undefined && { threads }),
    ...(dutyCycle !== undefined && { dutyCycle }),
    ...(frequencyMhz !== undefined && { frequencyMhz }),
    ...(profile !== undefined && { profile }),
    ...(allowExperimental !== undefined && { allowExperimental }),
  };
}
