/** How fast a device is set to run, and what another speed would mean. Pure; the limits come from the device. */
import type { DeviceSettingsEntry, DeviceSnapshot } from '../../core/contract.ts';

export const profiles = ['eco', 'stock', 'performance'] as const;
export type Profile = (typeof profiles)[number];

/** Below this share of what is set, a device was slowed down: steps of a clock are finer. */
const SLOWED = 0.97;

/** A frequency of one's own goes before a profile; without either it is stock. Undefined: cannot be set. */
export function wantedMhz({ frequency, settings }: DeviceSnapshot): number | undefined {
  return frequency && (settings.frequencyMhz ?? frequency.profiles[settings.profile ?? 'stock']);
}

/** The profile in use; undefined: a frequency of one's own. */
export function profileOf({ settings }: DeviceSnapshot): Profile | undefined {
  return settings.frequencyMhz === undefined ? (settings.profile ?? 'stock') : undefined;
}

/** Faster than its maker set it: asks first. */
export function isAboveStock({ frequency }: DeviceSnapshot, mhz: number): boolean {
  return frequency !== undefined && mhz > frequency.profiles.stock;
}

/** It hashes slower than it is set to, whatever the reason: heat, power, earlier failures. */
export function isSlowed(device: DeviceSnapshot): boolean {
  const wanted = wantedMhz(device);
  return device.state === 'hashing' && wanted !== undefined && device.frequencyMhz !== undefined && device.frequencyMhz < wanted * SLOWED;
}

/** Power at another frequency, at the same voltage: in proportion. Undefined where the device does not say what it draws. */
export function wattsAt({ watts, frequencyMhz, state }: DeviceSnapshot, mhz: number): number | undefined {
  return watts === undefined || !frequencyMhz || state !== 'hashing' ? undefined : (watts * mhz) / frequencyMhz;
}

/** Settings with this profile, or this frequency, in place of what was set before. */
export function withSpeed({ settings }: DeviceSnapshot, speed: Profile | number): DeviceSettingsEntry {
  const { frequencyMhz: _frequency, profile: _profile, ...rest } = settings;
  return typeof speed === 'number' ? { ...rest, frequencyMhz: speed } : { ...rest, profile: speed };
}
