/** Faults of a device that show only over time: wrong answers, and silence while it should hash. */
import type { Clock } from '../ports.ts';
import type { DeviceUnit } from './device-unit.ts';
import { faultSnapshot, type StandingFaults } from './standing-faults.ts';

/** Good chips err once in thousands; one in twenty means heat, power or frequency. */
const MANY_ERRORS = 0.05;
/** Below it the fault ends: two different limits, so that it does not come and go. */
const FEW_ERRORS = 0.02;
/** Fewer say nothing about a rate. */
const LEAST_ERRORS = 10;
/** Nonces come at random: a gap of 30 times their mean happens by chance once in 10^13. */
const SILENT_INTERVALS = 30;
const LEAST_SILENCE_MS = 60_000;

export interface DeviceHealthWorld {
  readonly clock: Clock;
  readonly faults: StandingFaults;
  /** Of the job being mined; undefined when there is none. */
  readonly hashesPerShare: number | undefined;
}

export function watchDevice(unit: DeviceUnit, world: DeviceHealthWorld): void {
  if (unit.isGone) return;
  watchErrors(unit, world);
  watchSilence(unit, world);
}

function watchErrors(unit: DeviceUnit, { clock, faults }: DeviceHealthWorld): void {
  const now = clock.monotonic();
  const wrong = unit.wrongNonces.inWindow(now);
  const share = wrong / Math.max(wrong + unit.goodNonces.inWindow(now), 1);
  const { id } = unit.known;
  if (share < FEW_ERRORS) faults.clear(id, 'hardware-errors');
  else if (share > MANY_ERRORS && wrong >= LEAST_ERRORS)
    faults.raise(faultSnapshot({ code: 'hardware-errors', percent: Math.round(share * 100) }, id, clock.now()));
}

function watchSilence(unit: DeviceUnit, { clock, faults, hashesPerShare }: DeviceHealthWorld): void {
  const { id } = unit.known;
  const silentMs = clock.monotonic() - unit.lastSignAt;
  // Without work, or resting, silence is right; it counts anew afterwards.
  if (unit.state !== 'hashing' || hashesPerShare === undefined || unit.expected <= 0) unit.lastSignAt = clock.monotonic();
  else if (silentMs > allowedSilenceMs(unit, hashesPerShare))
    return faults.raise(faultSnapshot({ code: 'device-silent', seconds: Math.round(silentMs / 1000) }, id, clock.now()));
  faults.clear(id, 'device-silent');
}

function allowedSilenceMs(unit: DeviceUnit, hashesPerShare: number): number {
  if (unit.meter.counts) return LEAST_SILENCE_MS;
  const hashesPerSign = unit.meter.hashesPerNonce || hashesPerShare;
  return Math.max(LEAST_SILENCE_MS, (SILENT_INTERVALS * hashesPerSign * 1000) / unit.expected);
}
